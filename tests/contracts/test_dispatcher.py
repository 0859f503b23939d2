"""Every Dispatcher carries bytes to the handler, tries again what may be tried again, and tells of failures."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from bot.errors import ModelRejectedError, ModelUnavailableError, QueueClosedError
from workers.dispatch import ATTEMPTS, InlineDispatcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.ports import Dispatcher

    Open = Callable[[Callable[[bytes, bool], None]], Dispatcher]

LONG_S = 60.0


@pytest.fixture
def inline() -> Iterator[Open]:
    opened: list[Dispatcher] = []

    def open_dispatcher(handler: Callable[[bytes, bool], None]) -> Dispatcher:
        opened.append(InlineDispatcher(handler, threads=2, capacity=4))
        return opened[-1]

    yield open_dispatcher
    for dispatcher in opened:
        dispatcher.close()


@pytest.fixture(params=["inline"])
def dispatch(request: pytest.FixtureRequest) -> Open:
    return request.getfixturevalue(request.param)


def test_every_payload_reaches_the_handler_once(dispatch: Open) -> None:
    seen: list[bytes] = []
    dispatcher = dispatch(lambda payload, _: seen.append(payload))
    for number in range(20):
        dispatcher.submit(b"%d" % number)
    dispatcher.join(LONG_S)

    assert sorted(seen, key=int) == [b"%d" % number for number in range(20)]


def test_submit_returns_before_handling_ends(dispatch: Open) -> None:
    release = threading.Event()
    finished: list[bytes] = []

    def slow(payload: bytes, _: bool) -> None:  # noqa: FBT001 - the handler's signature
        release.wait(LONG_S)
        finished.append(payload)

    dispatcher = dispatch(slow)
    dispatcher.submit(b"a")
    early = list(finished)
    release.set()
    dispatcher.join(LONG_S)

    assert (early, finished) == ([], [b"a"])


def test_join_raises_what_the_handler_raised(dispatch: Open) -> None:
    def refuse(_: bytes, __: bool) -> None:  # noqa: FBT001 - the handler's signature
        message = "not this model"
        raise ModelRejectedError(message)

    dispatcher = dispatch(refuse)
    dispatcher.submit(b"a")

    with pytest.raises(ModelRejectedError, match="not this model"):
        dispatcher.join(LONG_S)


def test_join_says_when_its_time_is_over(dispatch: Open) -> None:
    release = threading.Event()
    dispatcher = dispatch(lambda _, __: release.wait(LONG_S) and None)
    dispatcher.submit(b"a")

    with pytest.raises(TimeoutError):
        dispatcher.join(0.05)
    release.set()


def test_a_retryable_error_is_tried_again_until_it_works(dispatch: Open) -> None:
    tries: list[bool] = []

    def flaky(_: bytes, last_try: bool) -> None:  # noqa: FBT001 - the handler's signature
        tries.append(last_try)
        if not last_try:
            message = "busy"
            raise ModelUnavailableError(message)

    dispatcher = dispatch(flaky)
    dispatcher.submit(b"a")
    dispatcher.join(LONG_S)

    assert tries == [False] * (ATTEMPTS - 1) + [True]


def test_an_error_that_is_not_retryable_is_tried_once(dispatch: Open) -> None:
    tries: list[bool] = []

    def refuse(_: bytes, last_try: bool) -> None:  # noqa: FBT001 - the handler's signature
        tries.append(last_try)
        message = "no"
        raise ModelRejectedError(message)

    dispatcher = dispatch(refuse)
    dispatcher.submit(b"a")
    with pytest.raises(ModelRejectedError):
        dispatcher.join(LONG_S)

    assert len(tries) == 1


def test_close_finishes_what_was_submitted_and_takes_no_more(dispatch: Open) -> None:
    seen: list[bytes] = []
    dispatcher = dispatch(lambda payload, _: seen.append(payload))
    dispatcher.submit(b"a")
    dispatcher.close()

    with pytest.raises(QueueClosedError):
        dispatcher.submit(b"b")
    assert seen == [b"a"]


def test_a_failure_is_told_whichever_thread_submitted_it(dispatch: Open) -> None:
    def fail_on_seven(payload: bytes, _: bool) -> None:  # noqa: FBT001 - the handler's signature
        if payload == b"7":
            message = "seven"
            raise ModelRejectedError(message)

    dispatcher = dispatch(fail_on_seven)
    threads = [threading.Thread(target=dispatcher.submit, args=(b"%d" % number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with pytest.raises(ModelRejectedError, match="seven"):
        dispatcher.join(LONG_S)
