"""Answers are counted by platform and outcome, stages are timed, and the gauges are read when somebody asks."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest

from bot import metrics
from bot.backends.sqlite import SqliteDeadLetters, SqliteLedger
from bot.types import Address, Answer, Question, Step, Vote

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUESTION = Question("web-1", "Where?", Address("web", "c", "u"), "en", 1.0)
ANSWER = Answer(
    "web-1", "web-1", "refused", "No.", "en", vote=Vote((), (), None, 7, 7, 0.0), trace=(Step("retrieve", 0.02),)
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "q.db"


@pytest.fixture
def ledger(file: Path) -> Iterator[SqliteLedger]:
    opened = SqliteLedger(file)
    yield opened
    opened.close()


@pytest.fixture
def dead(file: Path) -> Iterator[SqliteDeadLetters]:
    opened = SqliteDeadLetters(file)
    yield opened
    opened.close()


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def levels(ledger: SqliteLedger, dead: SqliteDeadLetters) -> str:
    registry = CollectorRegistry()
    registry.register(metrics.Levels(ledger, dead))
    return generate_latest(registry).decode()


def test_an_answer_is_counted_by_platform_and_outcome() -> None:
    before = value("quorum_questions_total", platform="web", outcome="refused")
    metrics.record(QUESTION, ANSWER)

    assert value("quorum_questions_total", platform="web", outcome="refused") == before + 1


def test_stages_and_samples_are_counted_for_a_computed_answer_only() -> None:
    before = value("quorum_samples_total"), value("quorum_stage_seconds_count", stage="retrieve")
    metrics.record(QUESTION, ANSWER)
    metrics.record(QUESTION, ANSWER, computed=False)

    assert value("quorum_samples_total") == before[0] + 7
    assert value("quorum_stage_seconds_count", stage="retrieve") == before[1] + 1


def test_the_gauges_say_how_many_wait_and_for_how_long(ledger: SqliteLedger, dead: SqliteDeadLetters) -> None:
    ledger.open(QUESTION)
    dead.push(b"x", "no question")
    text = levels(ledger, dead)

    assert "quorum_ledger_unfinished 1.0" in text
    assert "quorum_dead_letters 1.0" in text


def test_what_a_closed_terminal_left_waits_for_nobody(ledger: SqliteLedger, dead: SqliteDeadLetters) -> None:
    ledger.open(replace(QUESTION, address=Address("cli", "terminal", "you")))
    text = levels(ledger, dead)

    assert "quorum_ledger_unfinished 0.0" in text
    assert "quorum_queue_age_seconds 0.0" in text


def test_a_question_in_work_does_not_wait(ledger: SqliteLedger, dead: SqliteDeadLetters) -> None:
    ledger.open(QUESTION)
    deadline = time.monotonic() + 10
    while "quorum_queue_age_seconds 0.0" in levels(ledger, dead):
        assert time.monotonic() < deadline
    ledger.advance(QUESTION.id, "working")

    assert "quorum_queue_age_seconds 0.0" in levels(ledger, dead)


def test_a_ledger_that_cannot_be_reached_leaves_the_gauges_out(ledger: SqliteLedger, dead: SqliteDeadLetters) -> None:
    ledger.close()

    assert levels(ledger, dead) == ""
