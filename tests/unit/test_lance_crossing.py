"""The thread that asks LanceDB: begun when it is wanted, finished before it ends, and begun again."""

from __future__ import annotations

import asyncio
import threading
from concurrent import futures
from contextlib import closing

import pytest

from bot.backends.lance.crossing import Crossing

LONG_S = 30.0


async def named() -> str:
    return threading.current_thread().name


async def identity() -> int:
    return threading.get_ident()


async def failing() -> None:
    message = "no such column"
    raise ValueError(message)


def test_a_coroutine_runs_on_the_thread_of_its_own_and_returns_its_result() -> None:
    with closing(Crossing()) as crossing:
        assert crossing.run(named()) == "index-legs"


def test_an_error_comes_back_to_who_asked() -> None:
    with closing(Crossing()) as crossing:
        with pytest.raises(ValueError, match="no such column"):
            crossing.run(failing())
        assert crossing.run(named())


def test_what_was_begun_is_finished_before_the_thread_ends() -> None:
    crossing, begun = Crossing(), threading.Event()

    async def slow() -> threading.Thread:
        begun.set()
        await asyncio.sleep(0.1)
        return threading.current_thread()

    running = crossing.start(slow())
    assert begun.wait(LONG_S)
    crossing.close()

    assert not running.result(0).is_alive()


def test_it_begins_again_after_it_was_closed_and_a_second_close_does_nothing() -> None:
    with closing(Crossing()) as crossing:
        crossing.run(named())
        crossing.close()
        crossing.close()

        assert crossing.run(named()) == "index-legs"


def test_threads_that_ask_at_the_same_time_share_one() -> None:
    with closing(Crossing()) as crossing, futures.ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: crossing.run(identity()), range(50)))

    assert len(found) == 1
