"""The scorer of clinc150 on results that can be checked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.benchmarks import intents
from tests.benchmarks.intents import Guess


def hit(document: str, words: float, meaning: float) -> dict[str, Any]:
    return {"document": document, "words": words, "meaning": meaning}


def test_neighbours_near_the_best_one_outvote_many_that_are_far() -> None:
    hits = [hit("a", 10, 0), *[hit("b", 4, 0) for _ in range(4)]]

    guess = intents.guess({"hits": hits, "evidence": 0.5}, {"a": "pay", "b": "play"}, "pay")

    assert guess.intent == "pay"
    assert guess.score == pytest.approx(0.5 / (1 + 4 * 0.4**4))


def test_both_legs_have_the_same_say() -> None:
    hits = [hit("a", 10, 0), hit("b", 9, 0.8), hit("c", 0, 0.7)]

    guess = intents.guess({"hits": hits, "evidence": 1.0}, {"a": "x", "b": "y", "c": "x"}, "y")

    assert guess.intent == "y"


def test_a_search_without_hits_is_refused_by_any_threshold() -> None:
    assert intents.guess({"hits": [], "evidence": 0.0}, {}, "x") == Guess("", 0.0, "x")


def test_a_refused_utterance_in_scope_is_wrong() -> None:
    guesses = [Guess("x", 0.9, "x"), Guess("x", 0.2, "x"), Guess("x", 0.1, "oos")]

    assert intents.score(guesses, 0.5) == (0.5, 1.0)


def test_the_threshold_refuses_as_much_as_the_accuracy_allows() -> None:
    inside = [Guess("x", score, "x") for score in (0.9, 0.8, 0.7, 0.6)]
    guesses = [*inside, Guess("y", 0.95, "x"), Guess("x", 0.65, "oos"), Guess("x", 0.1, "oos")]

    threshold = intents.fit(guesses, 0.6)

    assert threshold == 0.7
    assert intents.score(guesses, threshold) == (0.6, 1.0)


def test_an_accuracy_out_of_reach_refuses_nothing() -> None:
    assert intents.fit([Guess("y", 0.9, "x")], 0.5) == 0
