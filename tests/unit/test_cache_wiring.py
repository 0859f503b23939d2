"""Workers ask through the answer cache, whoever measures asks the bot itself, and a changed index is asked anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot import wiring
from bot.conversation.cache import served
from bot.knowledge.indexing import prepare
from bot.pipeline import Bot
from bot.settings import Caching, Settings, Voting
from tests.fakes.made import chunk
from tests.fakes.scribe import question

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.ports import Leases
    from bot.wiring import Parts

ASKED = "What does the error ORA-01555 mean?"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def leases(settings: Settings) -> Iterator[Leases]:
    opened = wiring.open_leases(settings)
    yield opened
    opened.close()


@pytest.fixture
def parts(settings: Settings) -> Iterator[Parts]:
    opened = wiring.build(settings)
    yield opened
    opened.close()


def learn(parts: Parts, document: str, body: str) -> None:
    """Add a document to the index."""
    parts.index.add(prepare([chunk(document, body, title=document)], parts.embedder, parts.line_embedder))


@pytest.mark.slow
def test_a_change_of_the_index_makes_old_answers_unreachable(parts: Parts, leases: Leases) -> None:
    answerer = wiring.build_answerer(parts, leases)
    learn(parts, "ORA-01600", "Another error.")
    before = [answerer.answer(question(identity, ASKED)) for identity in ("q1", "q2")]

    learn(parts, "ORA-01555", "ORA-01555 means that the snapshot is too old: raise the undo retention.")
    after = [answerer.answer(question(identity, ASKED)) for identity in ("q3", "q4")]

    assert [(served(answer), answer.outcome) for answer in before] == [(False, "refused"), (True, "refused")]
    assert [served(answer) for answer in after] == [False, True]
    assert {citation.document for answer in after for citation in answer.citations} == {"ORA-01555"}


def test_whoever_measures_asks_the_bot_itself(parts: Parts) -> None:
    assert type(parts.bot) is Bot


def test_without_a_time_to_keep_answers_there_is_no_cache(leases: Leases, settings: Settings) -> None:
    parts = wiring.build(settings.model_copy(update={"cache": Caching(answers_s=0)}))

    answerer = wiring.build_answerer(parts, leases)
    parts.close()

    assert answerer is parts.bot


def test_other_settings_are_another_recipe(parts: Parts, settings: Settings) -> None:
    other = wiring.build(settings.model_copy(update={"voting": Voting(policy="fixed:1")}))
    recipes = [wiring.recipe(each) for each in (parts, parts, other)]
    other.close()

    assert recipes[0] == recipes[1] != recipes[2]
