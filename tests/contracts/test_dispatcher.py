"""Every Dispatcher carries bytes to the handler, again where an error asks for it, and tells of failures."""

from __future__ import annotations

import threading
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from bot.errors import ModelRejectedError, PostponedError, QueueClosedError
from workers.dispatch import InlineDispatcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.ports import Dispatcher

    Open = Callable[[Callable[[bytes], None]], Dispatcher]

LONG_S = 60.0


@contextmanager
def inline(_: pytest.FixtureRequest) -> Iterator[Open]:
    yield lambda handler: InlineDispatcher(handler, threads=2)


@contextmanager
def celery_on_memory(_: pytest.FixtureRequest) -> Iterator[Open]:
    from tests.fakes import celery_threads

    with celery_threads.running("memory://") as worker:
        yield worker.dispatcher


@contextmanager
def celery_on_redis(request: pytest.FixtureRequest) -> Iterator[Open]:
    from scripts.services.redis import empty_database
    from tests.fakes import celery_threads

    url: str = request.getfixturevalue("redis_url")
    with empty_database(url) as database, celery_threads.running(database) as worker:
        yield worker.dispatcher


ENGINES = [
    pytest.param(inline, id="inline"),
    pytest.param(celery_on_memory, id="memory", marks=pytest.mark.slow),
    pytest.param(celery_on_redis, id="redis", marks=pytest.mark.slow),
]


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Open]:
    """One engine after the other: of two Celery workers in one process, one would run the other's tasks."""
    with request.param(request) as opening:
        yield opening


@pytest.fixture
def dispatch(engine: Open) -> Iterator[Open]:
    """Open a dispatcher around a handler."""
    with ExitStack() as stack:
        yield lambda handler: stack.enter_context(closing(engine(handler)))


def refuse(_: bytes) -> None:
    message = "not this model"
    raise ModelRejectedError(message)


def test_every_payload_reaches_the_handler_once(dispatch: Open) -> None:
    seen: list[bytes] = []
    dispatcher = dispatch(seen.append)
    for number in range(20):
        dispatcher.submit(b"%d" % number)
    dispatcher.join(LONG_S)

    assert sorted(seen, key=int) == [b"%d" % number for number in range(20)]


def test_a_payload_arrives_as_it_was_sent(dispatch: Open) -> None:
    payload = '{"text": "数据库连不上？ ORA-12541 \\u2028 🙂"}'.encode() + b"\xff\x00"
    seen: list[bytes] = []
    dispatcher = dispatch(seen.append)
    dispatcher.submit(payload)
    dispatcher.join(LONG_S)

    assert seen == [payload]


def test_submit_returns_before_handling_ends(dispatch: Open) -> None:
    release = threading.Event()
    finished: list[bytes] = []

    def slow(payload: bytes) -> None:
        release.wait(LONG_S)
        finished.append(payload)

    dispatcher = dispatch(slow)
    dispatcher.submit(b"a")
    early = list(finished)
    release.set()
    dispatcher.join(LONG_S)

    assert (early, finished) == ([], [b"a"])


def test_join_raises_what_the_handler_raised(dispatch: Open) -> None:
    dispatcher = dispatch(refuse)
    dispatcher.submit(b"a")

    with pytest.raises(ModelRejectedError, match="not this model"):
        dispatcher.join(LONG_S)


def test_join_says_when_its_time_is_over(dispatch: Open) -> None:
    release = threading.Event()

    def wait(_: bytes) -> None:
        release.wait(LONG_S)

    dispatcher = dispatch(wait)
    dispatcher.submit(b"a")

    with pytest.raises(TimeoutError):
        dispatcher.join(0.05)
    release.set()
    dispatcher.join(LONG_S)


def test_a_payload_comes_back_as_often_as_the_handler_asks_for_it(dispatch: Open) -> None:
    seen: list[bytes] = []

    def postpone_four_times(payload: bytes) -> None:
        seen.append(payload)
        if len(seen) <= 4:
            raise PostponedError(0.01, "busy")

    dispatcher = dispatch(postpone_four_times)
    dispatcher.submit(b"a")
    dispatcher.join(LONG_S)

    assert seen == [b"a"] * 5


def test_other_payloads_are_handled_while_one_is_postponed(dispatch: Open) -> None:
    other = threading.Event()

    def postpone_until_the_other_came(payload: bytes) -> None:
        if payload == b"other":
            other.set()
        elif not other.is_set():
            raise PostponedError(0.05, "the other first")

    dispatcher = dispatch(postpone_until_the_other_came)
    dispatcher.submit(b"first")
    dispatcher.submit(b"other")
    dispatcher.join(LONG_S)

    assert other.is_set()


def test_an_error_that_is_not_retryable_ends_the_matter(dispatch: Open) -> None:
    tries: list[bytes] = []

    def refuse_and_count(payload: bytes) -> None:
        tries.append(payload)
        refuse(payload)

    dispatcher = dispatch(refuse_and_count)
    dispatcher.submit(b"a")
    with pytest.raises(ModelRejectedError):
        dispatcher.join(LONG_S)

    assert len(tries) == 1


def test_a_closed_dispatcher_takes_no_more(dispatch: Open) -> None:
    seen: list[bytes] = []
    dispatcher = dispatch(seen.append)
    dispatcher.submit(b"a")
    dispatcher.join(LONG_S)
    dispatcher.close()

    with pytest.raises(QueueClosedError):
        dispatcher.submit(b"b")
    assert seen == [b"a"]


def test_a_failure_is_told_whichever_thread_submitted_it(dispatch: Open) -> None:
    def fail_on_seven(payload: bytes) -> None:
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
