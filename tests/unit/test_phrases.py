"""Every phrase exists in both languages with the same variables."""

from __future__ import annotations

import inspect
from string import Template

import pytest

from bot import phrases
from bot.phrases import PHRASES, say


@pytest.mark.parametrize("key", sorted(PHRASES))
def test_both_languages_say_it_with_the_same_variables(key: str) -> None:
    english, chinese = Template(PHRASES[key]["en"]), Template(PHRASES[key]["zh"])

    assert english.is_valid()
    assert chinese.is_valid()
    assert sorted(english.get_identifiers()) == sorted(chinese.get_identifiers())
    assert english.template != chinese.template


def test_variables_are_filled_in() -> None:
    assert say("agreement", "en", count=5, total=7) == "5 of 7 samples agree"
    assert say("agreement", "zh", count=5, total=7) == "7 个样本中 5 个一致"


def test_a_missing_variable_is_an_error() -> None:
    with pytest.raises(KeyError, match="total"):
        say("agreement", "en", count=5)


def test_no_key_is_said_in_two_areas() -> None:
    areas = [module.PHRASES for _, module in inspect.getmembers(phrases, inspect.ismodule)]

    assert areas
    assert sum(map(len, areas)) == len(PHRASES)
