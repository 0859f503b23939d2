"""The null: shipped off-topic questions, their fit, and the profile that is kept with an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot import text
from bot.retrieval import null, profile
from bot.retrieval.evidence import FLOORS, Profile
from bot.retrieval.offtopic import LANGUAGES, background, questions
from bot.types import DocumentRecord
from tests.fakes.handbook import TEXTS
from tests.fakes.shelf import Shelf

if TYPE_CHECKING:
    from bot.retrieval.candidates import Candidates
    from bot.types import Language

URL = "lance:///somewhere"


class Kept(dict[str, bytes]):
    """The store's two methods that profiles need, on a dict."""

    def put(self, key: str, value: bytes, ttl_s: float | None = None) -> None:
        assert ttl_s is None
        self[key] = value


class Counting:
    """An index that only knows its generation and its size, and how often it was searched."""

    def __init__(self) -> None:
        self.asked, self.now, self.shelf = 0, 1, Shelf(TEXTS)

    def documents(self) -> list[DocumentRecord]:
        return [DocumentRecord("a.md", "a.md", "/docs", "digest", chunks=1_000)]

    def generation(self) -> int:
        return self.now

    def ask(self, question: str) -> Candidates:
        self.asked += 1
        return self.shelf.ask(question)


UNCOUNTED = profile.Drift(since=-1, chunks=0)


def refresh(
    store: Kept, index: Counting, embedder: str = "hashing://2048", drift: profile.Drift = UNCOUNTED
) -> Profile:
    return profile.refresh(store, URL, index, embedder, index.ask, drift)  # type: ignore[arg-type]  # as much of both as it uses


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_questions_are_many_distinct_and_of_all_lengths(language: Language) -> None:
    texts = questions(language)
    lengths = [len(text.tokens(question)) for question in texts]

    assert 60 <= len(texts) == len(set(texts)) <= 150
    assert min(lengths) <= 5
    assert max(lengths) >= 25
    assert {text.language(question) for question in texts} == {language}


def test_words_of_asking_are_known_as_frequent() -> None:
    assert background("en").frequencies["the"] > 40
    assert background("zh").frequencies["什么"] > 10
    assert background("en").frequencies.get("tablespace", 0) == 0


def test_the_fit_follows_the_length() -> None:
    rows = [dict.fromkeys(FLOORS, 0.5 + 2 * length) | {"length": length} for length in (1.0, 2.0, 3.0)]

    line = null.fit(rows)["mass"]

    assert (line.intercept, line.slope, line.spread) == pytest.approx((0.5, 2, 0))


def test_questions_of_one_length_can_be_fitted() -> None:
    rows = [dict.fromkeys(FLOORS, value) | {"length": 2.0} for value in (1.0, 3.0)]

    line = null.fit(rows)["mass"]

    assert line.intercept + line.slope * 2 == pytest.approx(2)
    assert line.spread == pytest.approx(1)


def test_a_sample_is_spread_over_the_whole_list() -> None:
    assert null.sample([str(k) for k in range(10)], 5) == ["0", "2", "4", "6", "8"]
    assert null.sample(["a"], 5) == ["a"]


def test_an_index_is_measured_once_for_each_generation() -> None:
    store, index = Kept(), Counting()

    first = refresh(store, index)
    after_first = index.asked
    again = refresh(store, index)
    after_again = index.asked
    index.now = 2
    changed = refresh(store, index)

    assert first == again
    assert after_first == after_again == 2 * null.QUESTIONS
    assert index.asked == 2 * after_first
    assert changed.generation == 2


def test_small_changes_add_up_before_the_index_is_measured_again() -> None:
    store, index = Kept(), Counting()
    refresh(store, index)
    measured = []
    for generation in (2, 3):
        index.now = generation
        refresh(store, index, drift=profile.Drift(since=generation - 1, chunks=15))
        measured.append(index.asked // (2 * null.QUESTIONS))

    assert measured == [1, 2]


def test_a_change_that_nobody_counted_is_measured_at_once() -> None:
    store, index = Kept(), Counting()
    refresh(store, index)
    index.now = 3
    refresh(store, index, drift=profile.Drift(since=2, chunks=1))

    assert index.asked == 2 * 2 * null.QUESTIONS


def test_calibrated_weights_outlive_a_change_of_the_index_but_not_of_the_embedder() -> None:
    store, index = Kept(), Counting()
    own = Profile(
        weights={"z_cov": 1.0}, bias=-1.0, calibrated=True, generation=0, embedder="hashing://2048", data="mine"
    )
    profile.save(store, URL, own)  # type: ignore[arg-type]  # as above

    kept = refresh(store, index)
    other = refresh(store, index, "sentence-transformers:x")

    assert (kept.weights, kept.data, kept.generation) == ({"z_cov": 1.0}, "mine", 1)
    assert not other.calibrated


def test_a_damaged_profile_is_measured_again(caplog: pytest.LogCaptureFixture) -> None:
    store, index = Kept({profile.key(URL): b'{"null": 3}'}), Counting()

    refresh(store, index)

    assert index.asked == 2 * null.QUESTIONS
    assert URL in caplog.text
