"""Readiness asks every backend at once and waits for none of them long."""

from __future__ import annotations

import logging
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

import anyio
import pytest

from bot.errors import StoreUnavailableError
from workers import readiness
from workers.readiness import Readiness

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def hung() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "PROBE_S", 0.2)


def fail(why: str) -> None:
    raise StoreUnavailableError(why)


def test_it_is_ready_when_everything_answers() -> None:
    report = anyio.run(Readiness({"ledger": lambda: None, "index": lambda: 7}).report)

    assert report == {"ready": True, "checks": {"ledger": "ok", "index": "ok"}}


def test_it_names_what_is_down_and_what_is_silent(hung: threading.Event) -> None:
    probes = {"ledger": partial(fail, "gone"), "index": hung.wait, "store": lambda: None}
    report = anyio.run(Readiness(probes).report)

    assert report == {"ready": False, "checks": {"ledger": "unavailable", "index": "silent", "store": "ok"}}


def test_several_silent_backends_are_waited_for_together(hung: threading.Event) -> None:
    begun = time.monotonic()
    anyio.run(Readiness({str(number): hung.wait for number in range(4)}).report)

    assert time.monotonic() - begun < 0.6


def test_the_log_says_why_once_a_change(caplog: pytest.LogCaptureFixture) -> None:
    asked = Readiness({"ledger": partial(fail, "the disk is gone")})
    for _ in range(3):
        anyio.run(asked.report)

    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "ledger is unavailable the disk is gone" in caplog.text
