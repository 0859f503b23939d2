"""A reranker reorders what it reads, and nothing comes before an exact code."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.errors import ModelUnavailableError
from bot.pipeline import Bot
from bot.retrieval.reranking import rerank
from bot.settings import Settings
from bot.types import Address, Question, Retrieval
from tests.fakes.answering import passage
from tests.fakes.reranker import OverlapReranker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.types import Origin, Passage, Scope

FAR = passage("The canteen opens at noon.", title="Canteen")
NEAR = passage("The listener restarts by itself.", title="Listener")
CODED = passage("No word in common.", title="ORA-12541", code=2.0)
QUESTION = Question("q", "when does the listener restart", Address("cli", "t", "u"), "en", 0.0)


class CountingReranker(OverlapReranker):
    """Remembers how many passages it was given."""

    def __init__(self) -> None:
        self.read: list[int] = []

    def scores(self, query: str, passages: Sequence[str]) -> Sequence[float]:
        self.read.append(len(passages))
        return super().scores(query, passages)


class DownReranker:
    """Fails as a server does that is down."""

    def scores(self, query: str, passages: Sequence[str]) -> Sequence[float]:
        message = f"cannot be reached with {len(passages)} passages and {len(query)} characters"
        raise ModelUnavailableError(message)


class ListRetriever:
    """Finds the same passages for every question, as many as are wanted."""

    def __init__(self, *passages: Passage) -> None:
        self.passages = passages
        self.wanted: list[int] = []

    def retrieve(self, _text: str, _scope: Scope, k: int, _origin: Origin | None) -> Retrieval:
        self.wanted.append(k)
        return Retrieval(self.passages[:k], evidence=0.9, answerable=False)


def test_the_passage_that_fits_the_question_best_comes_first() -> None:
    assert rerank("the listener restarts", (FAR, NEAR), OverlapReranker()) == (NEAR, FAR)


def test_an_exact_code_stays_before_everything_else() -> None:
    assert rerank("the listener restarts", (FAR, CODED, NEAR), OverlapReranker()) == (CODED, NEAR, FAR)


def test_equal_scores_keep_their_order() -> None:
    twins = tuple(replace(FAR, score=score) for score in (0.3, 0.2, 0.1))

    assert rerank("the canteen", twins, OverlapReranker()) == twins


def test_only_the_first_passages_are_read_and_none_is_lost() -> None:
    reranker = CountingReranker()

    found = rerank("the listener restarts", (FAR, FAR, FAR, NEAR), reranker, depth=3)

    assert found == (FAR, FAR, FAR, NEAR)
    assert reranker.read == [3]


@pytest.mark.parametrize("passages", [(), (NEAR,), (CODED,)])
def test_nothing_is_asked_where_there_is_nothing_to_order(passages: tuple[Passage, ...]) -> None:
    assert rerank("anything", passages, DownReranker()) == passages


def test_the_bot_reads_more_passages_than_it_keeps() -> None:
    retriever = ListRetriever(*[FAR] * 8, NEAR)
    reranker = CountingReranker()

    answer = Bot(retriever, [], Settings(), reranker).answer(QUESTION)

    assert (retriever.wanted, reranker.read) == ([20], [9])
    assert answer.closest[0] == "Listener"


def test_without_a_reranker_the_bot_takes_the_passages_as_they_come() -> None:
    retriever = ListRetriever(*[FAR] * 8, NEAR)

    answer = Bot(retriever, [], Settings()).answer(QUESTION)

    assert retriever.wanted == [6]
    assert answer.closest == ("Canteen",)
