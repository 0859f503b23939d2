"""The answer cache gives the same question the same answer, and never stands in the way of one."""

from __future__ import annotations

import threading
from concurrent import futures
from typing import TYPE_CHECKING

import pytest

from bot import metrics
from bot.backends.sqlite import SqliteLeases, SqliteStore
from bot.conversation.cache import MAKESHIFT_S, CachingAnswerer, lasting_s, served
from bot.conversation.flight import Flights
from bot.errors import ModelUnavailableError
from bot.types import NO_REPLY, Answer, Progress, Sample, Vote
from tests.fakes.scribe import Scribe, question

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.ports import Leases, Store
    from bot.types import Outcome

DAY_S = 86_400.0
LONG_S = 60.0
SHORT_S = 0.3


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = SqliteStore(tmp_path / "state.db")
    yield opened
    opened.close()


@pytest.fixture
def leases(tmp_path: Path) -> Iterator[Leases]:
    opened = SqliteLeases(tmp_path / "state.db")
    yield opened
    opened.close()


def caching(
    inner: Scribe, store: Store, leases: Leases, *, ttl_s: float = DAY_S, patience_s: float = LONG_S
) -> CachingAnswerer:
    """Put a cache before the scribe whose key is the question's text."""
    return CachingAnswerer(inner, lambda asked: asked.text, store, Flights(leases, SHORT_S, patience_s), ttl_s)


def counted(result: str) -> float:
    """Return how many questions had this result so far."""
    return metrics.ANSWER_CACHE.labels(result)._value.get()


def test_the_same_question_is_answered_once(store: Store, leases: Leases) -> None:
    inner = Scribe()
    cache = caching(inner, store, leases)

    first, second = cache.answer(question("q1")), cache.answer(question("q2"))

    assert len(inner.asked) == 1
    assert (first.text, first.citations, first.vote) == (second.text, second.citations, second.vote)


def test_a_hit_is_addressed_to_its_own_question_and_says_that_it_is_one(store: Store, leases: Leases) -> None:
    cache = caching(Scribe(), store, leases)
    cache.answer(question("q1"))

    hit = cache.answer(question("q2"))

    assert (hit.id, hit.question_id) == ("q2", "q2")
    assert [(step.name, step.detail) for step in hit.trace] == [("cache", {"result": "hit"})]
    assert hit.trace[0].seconds == hit.seconds < 1.0


def test_only_an_answer_from_the_cache_is_a_served_one(store: Store, leases: Leases) -> None:
    cache = caching(Scribe(), store, leases)

    assert [served(cache.answer(question(identity))) for identity in ("q1", "q2")] == [False, True]


def test_hits_and_misses_are_counted(store: Store, leases: Leases) -> None:
    cache = caching(Scribe(), store, leases)
    before = counted("miss"), counted("hit"), counted("joined")

    for identity in ("q1", "q2", "q3"):
        cache.answer(question(identity))

    assert (counted("miss"), counted("hit"), counted("joined")) == (before[0] + 1, before[1] + 2, before[2])


def test_another_question_is_answered_for_itself(store: Store, leases: Leases) -> None:
    cache = caching(Scribe(), store, leases)

    answers = [cache.answer(question("q1", "one")), cache.answer(question("q2", "other"))]

    assert answers[0].text != answers[1].text


def test_an_answer_serves_for_its_time_only(store: Store, leases: Leases) -> None:
    inner = Scribe()
    cache = caching(inner, store, leases, ttl_s=1e-6)

    cache.answer(question("q1"))
    cache.answer(question("q2"))

    assert len(inner.asked) == 2


def test_whoever_computes_tells_its_stages(store: Store, leases: Leases) -> None:
    heard: list[Progress] = []

    caching(Scribe(), store, leases).answer(question("q1"), heard.append)

    assert heard == [Progress("sampling")]


@pytest.mark.parametrize("outcome", ["answered", "answered_with_warning", "refused"])
def test_answers_and_refusals_are_kept(outcome: Outcome, store: Store, leases: Leases) -> None:
    inner = Scribe(outcome)
    cache = caching(inner, store, leases)

    outcomes = [cache.answer(question(identity)).outcome for identity in ("q1", "q2")]

    assert (outcomes, len(inner.asked)) == ([outcome, outcome], 1)


@pytest.mark.parametrize("outcome", ["failed", "escalated"])
def test_failures_and_escalations_are_not_kept(outcome: Outcome, store: Store, leases: Leases) -> None:
    inner = Scribe(outcome, "answered")
    cache = caching(inner, store, leases)

    outcomes = [cache.answer(question(identity)).outcome for identity in ("q1", "q2", "q3")]

    assert outcomes == [outcome, "answered", "answered"]
    assert len(inner.asked) == 2


def test_a_refusal_for_want_of_any_ballot_that_counts_is_not_kept() -> None:
    vote = Vote((), (Sample("voter", 1.0, spoilt="no JSON"),), None, 1, 1, 0.0)

    assert lasting_s(Answer("q", "q", "refused", "", "en", vote=vote)) == 0.0


def test_an_answer_without_one_of_the_voters_is_kept_for_a_minute() -> None:
    ballots = (Sample("up", 1.0, answerable=True), Sample("down", 1.0, spoilt=NO_REPLY))
    vote = Vote((), ballots, ballots[0], 2, 1, 1.0)

    assert lasting_s(Answer("q", "q", "answered", "", "en", vote=vote)) == MAKESHIFT_S


def test_an_error_reaches_the_asker_and_the_next_one_tries_again(store: Store, leases: Leases) -> None:
    inner = Scribe(ModelUnavailableError("down"), "answered")
    cache = caching(inner, store, leases)

    with pytest.raises(ModelUnavailableError):
        cache.answer(question("q1"))

    assert cache.answer(question("q2")).outcome == "answered"


def test_what_another_version_kept_is_computed_anew(store: Store, leases: Leases) -> None:
    inner = Scribe()
    store.put("cache:How do I reset it?", b'{"body": "an old answer"}')

    answer = caching(inner, store, leases).answer(question("q1"))

    assert (answer.outcome, len(inner.asked)) == ("answered", 1)


def test_a_store_that_is_down_stops_no_answer(store: Store, leases: Leases) -> None:
    cache = caching(Scribe(), store, leases)
    store.close()

    assert cache.answer(question("q1")).outcome == "answered"


def test_leases_that_are_down_stop_no_answer(store: Store, leases: Leases) -> None:
    inner = Scribe()
    cache = caching(inner, store, leases)
    leases.close()

    outcomes = [cache.answer(question(identity)).outcome for identity in ("q1", "q2")]

    assert (outcomes, len(inner.asked)) == (["answered", "answered"], 1)


def test_a_store_that_goes_down_meanwhile_stops_no_answer(store: Store, leases: Leases) -> None:
    inner = Scribe()
    inner.gate.clear()
    cache = caching(inner, store, leases)
    asked = threading.Event()

    with futures.ThreadPoolExecutor(1) as pool:
        answer = pool.submit(cache.answer, question("q1"), lambda _: asked.set())
        assert asked.wait(LONG_S)
        store.close()
        leases.close()
        inner.gate.set()

        assert answer.result(LONG_S).outcome == "answered"


def test_who_has_waited_long_enough_computes_for_itself(store: Store, leases: Leases) -> None:
    inner = Scribe()
    leases.acquire("answering:How do I reset it?", 10 * SHORT_S)

    answer = caching(inner, store, leases, patience_s=SHORT_S).answer(question("q1"))

    assert (answer.outcome, len(inner.asked)) == ("answered", 1)


def test_the_next_takes_over_from_a_holder_that_died(store: Store, leases: Leases) -> None:
    inner = Scribe()
    leases.acquire("answering:How do I reset it?", SHORT_S)  # and never extended: its holder is dead

    answer = caching(inner, store, leases).answer(question("q1"))

    assert (answer.outcome, len(inner.asked)) == ("answered", 1)
