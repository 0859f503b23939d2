"""Whatever may change an answer changes the key under which it is kept; how a question is typed does not."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import text
from bot.backends.lance.counts import Change, Counts
from bot.conversation.cache import Recipe, key
from bot.types import Address, Question

if TYPE_CHECKING:
    from pathlib import Path

words = st.text(max_size=8)
names = st.frozensets(st.sampled_from(["hr", "dba", "a", "b", "a,b", "", "None"]), max_size=3)
figures = st.floats(min_value=0, max_value=2)
recipes = st.builds(
    Recipe,
    voters=st.lists(st.tuples(words, words, figures, figures), max_size=3).map(tuple),
    prompts=st.lists(words, max_size=3).map(tuple),
    **dict.fromkeys(("index", "embedder", "reranker", "voting", "retrieval", "evidence"), words),
)
questions = st.builds(
    Question,
    text=st.text(max_size=20),
    address=st.builds(Address, thread=words),
    collections=st.none() | names,
    hidden=names,
)
generations = st.integers(min_value=0)


@given(recipes, recipes, questions, generations)
def test_every_difference_between_recipes_is_a_difference_of_keys(
    one: Recipe, other: Recipe, question: Question, generation: int
) -> None:
    for field in fields(Recipe):
        changed = replace(one, **{field.name: getattr(other, field.name)})

        assert (key(question, generation, changed) == key(question, generation, one)) == (changed == one)


@given(recipes, questions, generations, generations)
def test_every_generation_of_the_index_has_keys_of_its_own(
    recipe: Recipe, question: Question, one: int, other: int
) -> None:
    assert (key(question, one, recipe) == key(question, other, recipe)) == (one == other)


@given(recipes, questions, st.none() | names, names)
def test_two_scopes_never_share_a_key(
    recipe: Recipe, question: Question, collections: frozenset[str] | None, hidden: frozenset[str]
) -> None:
    other = replace(question, collections=collections, hidden=hidden)

    assert (key(question, 1, recipe) == key(other, 1, recipe)) == (question.scope == other.scope)


@given(recipes, questions)
def test_two_languages_never_share_a_key(recipe: Recipe, question: Question) -> None:
    other = replace(question, language="zh" if question.language == "en" else "en")

    assert key(question, 1, recipe) != key(other, 1, recipe)


@given(recipes, questions, st.text(max_size=20))
def test_two_texts_share_a_key_only_if_they_are_alike(recipe: Recipe, question: Question, other: str) -> None:
    same = text.alike(question.text) == text.alike(other)

    assert (key(question, 1, recipe) == key(replace(question, text=other), 1, recipe)) == same


@given(recipes, questions, words, st.builds(Address), st.floats(allow_nan=False))
def test_who_asks_and_where_and_when_is_no_part_of_the_key(
    recipe: Recipe, question: Question, identity: str, address: Address, asked_at: float
) -> None:
    other = replace(question, id=identity, address=address, asked_at=asked_at)

    assert key(question, 1, recipe) == key(other, 1, recipe)


@given(st.text(alphabet=[chr(point) for point in range(0x21, 0x7F)]))
def test_full_width_and_half_width_characters_are_alike(half: str) -> None:
    assert text.alike("".join(chr(ord(sign) + 0xFEE0) for sign in half)) == half


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＶＰＮ　怎么重置？", "VPN 怎么重置?"),
        ("  reset\tthe\n VPN ", "reset the VPN"),
        ("ｶﾞｲﾄﾞ", "ガイド"),
        ("cafe\u0301", "caf\u00e9"),
        ("a\x00b", "a b"),
    ],
)
def test_width_and_white_space_are_folded(one: str, other: str) -> None:
    assert text.alike(one) == text.alike(other)


@pytest.mark.parametrize(("one", "other"), [("ls -R", "ls -r"), ("2⁸", "28"), ("a b", "ab"), ("reset", "reset?")])
def test_what_may_change_the_answer_is_not_folded(one: str, other: str) -> None:
    assert text.alike(one) != text.alike(other)


def test_a_question_with_half_a_character_has_a_key() -> None:
    asked = Question("q", "half: \ud800", Address("web", "room", "me"), "en", 1.0)

    assert key(asked, 1, Recipe(1, "", "", "", (), (), "", "", "", 800))


def test_an_index_made_anew_in_the_same_place_takes_up_no_number_of_the_old_one(tmp_path: Path) -> None:
    generations = []
    for file in ("first.db", "second.db"):
        counts = Counts(tmp_path / file, "hashing://64", behind=False)
        counts.mark()
        counts.settle(Change(Counter()))
        generations.append(counts.state()[0])
        counts.close()

    assert generations[0] < generations[1]


@given(recipes, questions, generations)
def test_what_is_said_without_documents_is_kept_apart(recipe: Recipe, question: Question, generation: int) -> None:
    assert key(replace(question, task="compare"), generation, recipe) != key(question, generation, recipe)
