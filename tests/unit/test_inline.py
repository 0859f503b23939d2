"""What the inline dispatcher promises beyond the port: it is bounded, and closing finishes what is in hand."""

from __future__ import annotations

import threading

import pytest

from bot.errors import PostponedError, QueueUnavailableError
from workers import dispatch
from workers.dispatch import InlineDispatcher

LONG_S = 60.0


def test_a_queue_that_stays_full_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "_WAIT_S", 0.05)
    release = threading.Event()
    dispatcher = InlineDispatcher(lambda _: release.wait(LONG_S) and None, threads=1, capacity=2)

    for _ in range(2):
        dispatcher.submit(b"a")
    with pytest.raises(QueueUnavailableError, match="2 questions are waiting"):
        submit_twice(dispatcher)
    release.set()
    dispatcher.close()


def test_closing_finishes_what_is_in_hand_and_leaves_the_rest_to_the_ledger() -> None:
    begun, release = threading.Event(), threading.Event()
    finished: list[bytes] = []

    def slow(payload: bytes) -> None:
        begun.set()
        release.wait(LONG_S)
        finished.append(payload)

    dispatcher = InlineDispatcher(slow, threads=1)
    dispatcher.submit(b"in hand")
    dispatcher.submit(b"waiting")
    assert begun.wait(LONG_S)
    closing = threading.Thread(target=dispatcher.close)
    closing.start()
    release.set()
    closing.join(LONG_S)

    assert finished == [b"in hand"]


def test_a_postponed_payload_does_not_hold_up_closing() -> None:
    postponed = threading.Event()

    def postpone(_: bytes) -> None:
        postponed.set()
        raise PostponedError(3600, "much later")

    dispatcher = InlineDispatcher(postpone, threads=1)
    dispatcher.submit(b"a")
    assert postponed.wait(LONG_S)
    closing = threading.Thread(target=dispatcher.close)
    closing.start()
    closing.join(LONG_S)

    assert not closing.is_alive()


def submit_twice(dispatcher: InlineDispatcher) -> None:
    """One of these may be taken in hand at once, so that the second surely finds no room."""
    dispatcher.submit(b"a")
    dispatcher.submit(b"a")
