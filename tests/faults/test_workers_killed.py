"""Workers and Redis die, and the queue loses nothing."""

from __future__ import annotations

import signal
import subprocess
import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import psutil
import pytest
import redis

from bot.errors import QueueUnavailableError
from bot.settings import load
from tests.fakes.celery_process import Company
from tests.fakes.polling import until
from workers.celery_dispatch import CeleryDispatcher
from workers.crew import RETURN_S

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scripts.services.redis import Redis


WITHIN_S = 3.0
STOPPED_S = 20.0
"""Less than billiard's 30 s, which a child waits for its last result to be read."""


@pytest.fixture
def company(redis_database: str, tmp_path: Path) -> Iterator[Company]:
    with closing(Company(redis_database, tmp_path)) as company:
        yield company


@pytest.fixture
def own_company(own_redis: Redis, tmp_path: Path) -> Iterator[Company]:
    with closing(Company(own_redis.url, tmp_path)) as company:
        yield company


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_payload_whose_child_was_killed_is_handed_in_again_at_once(company: Company) -> None:
    company.visibility_timeout_s = 300
    company.start()
    company.submit(b"a die")
    company.reached("a", "begin", "begin", "end", within_s=20)

    assert len({pid for _, pid, _ in company.notes("a")}) == 2


def test_a_payload_whose_worker_was_killed_goes_to_another(company: Company) -> None:
    worker = company.start()
    company.submit(b"a hold")
    company.reached("a", "begin")
    worker.kill()
    worker.wait()
    until(lambda: gone(company.notes("a")[0][1]), "the end of the child", 10)
    company.release()
    company.start()
    company.reached("a", "begin", "begin", "end")


def test_the_children_of_a_killed_worker_die_with_it(company: Company) -> None:
    worker = company.start()
    children = psutil.Process(worker.pid).children(recursive=True)
    worker.kill()
    worker.wait()

    assert children
    until(lambda: all(gone(child.pid) for child in children), "the end of the children", 10)


def test_a_payload_that_takes_too_long_is_told_to_end_and_tried_again(company: Company) -> None:
    company.start()
    company.submit(b"a long")
    company.reached("a", "begin", "begin", "end")

    assert len({pid for _, pid, _ in company.notes("a")[1:]}) == 1


def test_a_payload_that_cannot_be_told_to_end_is_killed_and_tried_again(company: Company) -> None:
    company.start()
    company.submit(b"a deaf")
    company.reached("a", "begin", "begin", "end")

    assert company.notes("a")[0][1] != company.notes("a")[1][1]


def test_a_worker_that_is_asked_to_stop_finishes_what_it_has_in_hand_and_returns_the_rest(company: Company) -> None:
    company.visibility_timeout_s = 300
    worker = company.start(concurrency=1)
    company.submit(b"late late")
    company.reached("late", "begin")
    company.submit(b"a hold", b"waiting")
    company.reached("a", "begin")
    worker.terminate()
    company.release()
    status = worker.wait(STOPPED_S)
    company.reached("a", "begin", "end")
    company.start()
    company.reached("waiting", "begin", "end")

    assert status == 0


def test_a_worker_that_must_stop_now_returns_what_it_has_in_hand(company: Company) -> None:
    company.visibility_timeout_s = 300
    worker = company.start()
    company.submit(b"a hold")
    company.reached("a", "begin")
    worker.send_signal(signal.SIGTERM)
    for patience_s in RETURN_S:  # as `quorum work` does, which would kill it in the end
        worker.send_signal(signal.SIGQUIT)
        with suppress(subprocess.TimeoutExpired):
            worker.wait(patience_s)
    worker.wait(30)
    company.release()
    company.start()
    company.reached("a", "begin", "begin", "end", within_s=20)


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_busy_worker_works_on_after_redis_was_restarted(own_company: Company, own_redis: Redis, end: str) -> None:
    own_company.visibility_timeout_s = 300
    own_company.start(concurrency=1)
    own_company.submit(b"a hold")
    own_company.reached("a", "begin")
    getattr(own_redis, end)()
    own_company.release()
    until(lambda: "Couldn't ack" in own_company.said, "it is done and nobody hears it: kombu 5.7 would take no more")
    own_redis.start()
    own_company.submit(b"b")
    own_company.reached("b", "begin", "end")


def test_an_idle_worker_works_on_after_redis_stood_still(own_company: Company, own_redis: Redis) -> None:
    own_company.start()
    own_redis.pause()
    with pytest.raises(QueueUnavailableError):
        own_company.submit(b"lost")
    with pytest.raises(QueueUnavailableError):
        own_company.submit(b"lost")
    own_redis.resume()
    own_company.submit(b"a")
    own_company.reached("a", "begin", "end")


@pytest.mark.parametrize("fault", ["stop", "pause"])
def test_a_queue_that_does_not_answer_is_told_within_three_seconds(own_redis: Redis, fault: str) -> None:
    dispatcher = CeleryDispatcher(load(queue=own_redis.url))
    dispatcher.submit(b"a")
    dispatcher.ping()
    getattr(own_redis, fault)()
    waited: list[float] = []
    for call in (lambda: dispatcher.submit(b"b"), dispatcher.ping, lambda: dispatcher.submit(b"c")):
        began = time.monotonic()
        with pytest.raises(QueueUnavailableError, match="quorum doctor"):
            call()
        waited.append(time.monotonic() - began)
    own_redis.resume()
    own_redis.start()
    dispatcher.submit(b"d")
    dispatcher.close()

    assert max(waited) < WITHIN_S


def test_a_redis_that_refuses_is_told_without_its_password(own_redis: Redis) -> None:
    with redis.Redis.from_url(own_redis.url) as client:
        client.config_set("requirepass", "right")
    dispatcher = CeleryDispatcher(load(queue=own_redis.url.replace("://", "://:hush@")))

    with pytest.raises(QueueUnavailableError, match="quorum doctor") as caught:
        dispatcher.submit(b"a")
    assert "hush" not in str(caught.value)
    dispatcher.close()


def test_a_full_redis_is_told(own_redis: Redis) -> None:
    with redis.Redis.from_url(own_redis.url) as client:
        client.config_set("maxmemory", "1")
    dispatcher = CeleryDispatcher(load(queue=own_redis.url))

    with pytest.raises(QueueUnavailableError, match="maxmemory"):
        dispatcher.submit(b"a")
    dispatcher.close()
