"""A follow-up is understood by what it points back at, and a thread is remembered by its beginning and its end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import text as texts
from bot import wiring
from bot.conversation import memory
from bot.knowledge.indexing import prepare
from bot.settings import Settings
from bot.types import Question, Turn
from tests.fakes.handbook import TEXTS
from tests.fakes.made import chunk, question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.types import Answer
    from bot.wiring import Parts

ASKED = "ORA-01555: snapshot too old during the nightly report"
ASKED_ZH = "对账存储过程报错 ORA-01555: 快照过旧，该先查什么？"
PAGE = (
    "# ORA-01555: snapshot too old\n\n快照过旧：查询需要的撤销数据已被覆盖。A query needed undo that was overwritten. "
    "Raise UNDO_RETENTION above the longest query and grow the undo tablespace. LOB columns follow a retention of "
    "their own. 解决办法：调大 UNDO_RETENTION，并扩大撤销表空间。"
)
OURS = Turn("Quorum", "The undo was overwritten [1].", ours=True)


def after(said: str, *turns: str) -> Question:
    """Return a question with what people said before it; we answered each."""
    before = [turn for text in turns for turn in (Turn("ann", text), OURS)]
    return replace(question(said, texts.language(said)), context=tuple(before))


@pytest.mark.parametrize(
    "said",
    [
        "how do I fix it?",
        "why?",
        "what is the cause?",
        "and then?",
        "tell me more",
        "那怎么解决？",
        "为什么",
        "怎么办",
        "原因是什么？",
    ],
)
def test_what_says_nothing_of_its_own_means_what_was_asked_before(said: str) -> None:
    assert memory.own_words(said) == frozenset()
    assert memory.standalone(after(said, ASKED)) == f"{ASKED}\n{said}"


@pytest.mark.parametrize(
    "said", ["And for LOB columns?", "does it concern MySQL too?", "那 LOB 字段呢？", "它会影响备库吗"]
)
def test_a_question_with_words_of_its_own_may_point_back_too(said: str) -> None:
    assert memory.own_words(said)
    assert memory.standalone(after(said, ASKED)) == f"{ASKED}\n{said}"


@pytest.mark.parametrize("said", ["How many days of annual leave?", "thanks", "年假有几天", "ORA-00600 on db7", ""])
def test_a_question_of_its_own_points_back_at_nothing(said: str) -> None:
    assert memory.standalone(after(said, ASKED)) is None


def test_an_earlier_follow_up_is_passed_over_for_what_it_meant() -> None:
    assert memory.standalone(after("and how long does it take?", ASKED, "how do I fix it?")) == (
        f"{ASKED}\nand how long does it take?"
    )


def test_without_a_word_of_people_before_it_nothing_is_meant() -> None:
    assert memory.standalone(question("how do I fix it?")) is None
    assert memory.standalone(replace(question("how do I fix it?"), context=(OURS,))) is None


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("怎么重置密码？", {"重置", "置密", "密码"}),
        ("how do I renew the certificate?", {"renew", "certificate"}),
        ("ORA-01555", {"ora", "01555", "ora-01555"}),
    ],
)
def test_own_words_are_what_is_searched_without_the_words_around(text: str, own: set[str]) -> None:
    assert memory.own_words(text) <= own
    assert memory.own_words(text)


def test_a_long_thread_keeps_its_beginning_and_its_end() -> None:
    turns = [Turn("ann", f"{number} {'word ' * 100}") for number in range(50)]
    kept = memory.bounded(turns)

    assert (kept[0], kept[-1]) == (turns[0], turns[-1])
    assert len(kept) < 15


def test_a_long_turn_shows_that_it_was_cut() -> None:
    (log,) = memory.bounded([Turn("ann", "ORA-01555\n" + "noise on a line\n" * 500)])

    assert log.text.startswith("ORA-01555\n")
    assert log.text.endswith(" …")


@given(st.lists(st.builds(Turn, st.just("ann"), st.text(max_size=300)), max_size=30))
def test_what_is_kept_fits_and_stays_in_order(turns: list[Turn]) -> None:
    kept = memory.bounded(turns)
    said = [turn for turn in turns if turn.text.strip()]

    assert sum(len(texts.tokens(turn.text)) for turn in kept) <= memory.TOKENS + memory.TURN_TOKENS
    assert [turn for turn in said if turn in kept] or not said
    assert memory.bounded(kept) == kept


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """A bot over ten pages of a company and one on ORA-01555."""
    opened = wiring.build(Settings(home=tmp_path_factory.mktemp("home")))
    chunks = [chunk(name, text, title=text.splitlines()[0].strip("# ")) for name, text in TEXTS.items()]
    chunks.append(chunk("ORA-01555.md", PAGE, title="ORA-01555: snapshot too old"))
    opened.index.add(prepare(chunks, opened.embedder, opened.line_embedder))
    yield opened
    opened.close()


def cited(answer: Answer) -> set[str]:
    return {citation.document for citation in answer.citations}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("said", "before"),
    [
        ("how do I fix it?", ASKED),
        ("why?", ASKED),
        ("那怎么解决？", ASKED_ZH),
        ("有什么办法", ASKED_ZH),
        ("and for LOB columns?", ASKED),
    ],
)
def test_a_follow_up_finds_the_page_that_the_thread_is_about(parts: Parts, said: str, before: str) -> None:
    answer = parts.bot.answer(after(said, before))

    assert answer.outcome in {"answered", "answered_with_warning"}
    assert cited(answer) == {"ORA-01555.md"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("said", "before"),
    [
        ("What is the weather in Paris?", ASKED),
        ("who won the world cup this year?", ASKED),
        ("今天天气好吗？", ASKED_ZH),
        ("这个季度谁赢了世界杯？", ASKED_ZH),
    ],
)
def test_an_off_topic_follow_up_is_refused_whatever_the_thread_is_about(parts: Parts, said: str, before: str) -> None:
    assert parts.bot.answer(after(said, before)).outcome == "refused"


@pytest.mark.slow
def test_a_new_subject_in_a_thread_is_looked_up_by_itself(parts: Parts) -> None:
    assert cited(parts.bot.answer(after("Who replaces the toner of the printer?", ASKED))) == {"printer.md"}
