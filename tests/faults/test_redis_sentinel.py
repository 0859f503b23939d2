"""Behind sentinels the ledger and the queue find the primary, and go on with the next one when it dies."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import redis

from bot.backends.redis import RedisLedger, RedisStore
from bot.errors import QueueUnavailableError, StoreUnavailableError
from bot.settings import load
from bot.types import Address, Question
from scripts.services.machine import HOST, free_port
from scripts.services.redis import Redis, libraries, program
from scripts.services.server import Launch, ServiceError
from tests.conftest import missing, own_folder
from tests.fakes.celery_process import Company
from tests.fakes.polling import until
from workers.celery_dispatch import CeleryDispatcher

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SLACK_PATIENCE_S = 3.0


class Sentinel(Redis):
    """A sentinel that alone decides when the primary `main` is down."""

    def __init__(self, folder: Path, primary: int) -> None:
        super().__init__(folder)
        self._primary = primary

    def launch(self) -> Launch:
        lines = [
            f"port {self.port}",
            f"bind {HOST}",
            f"sentinel monitor main {HOST} {self._primary} 1",
            "sentinel down-after-milliseconds main 500",
            "sentinel failover-timeout main 5000",
        ]
        file = self.folder / "sentinel.conf"
        file.write_text("\n".join(lines), encoding="utf-8")
        return Launch([str(program()), str(file), "--sentinel"], libraries())


@dataclass(frozen=True)
class Group:
    """A primary with one replica, watched by a sentinel; `url` names a dead sentinel first."""

    primary: Redis
    replica: Redis
    url: str


@pytest.fixture
def group() -> Iterator[Group]:
    try:
        program()
    except ServiceError:
        missing("redis-server (`make services` fetches it)")
    with ExitStack() as stack:

        def started(server: Redis) -> Redis:
            stack.callback(server.kill)
            server.start()
            return server

        primary, replica = (started(Redis(stack.enter_context(own_folder()))) for _ in range(2))
        with redis.Redis.from_url(replica.url) as client:
            client.replicaof(HOST, str(primary.port))
            until(lambda: client.info("replication")["master_link_status"] == "up", "the replica follows")
        sentinel = started(Sentinel(stack.enter_context(own_folder()), primary.port))
        with redis.Redis.from_url(sentinel.url) as client:
            until(lambda: client.sentinel_slaves("main"), "the sentinel knows the replica")
        yield Group(primary, replica, f"redis+sentinel://{HOST}:{free_port()},{HOST}:{sentinel.port}/main/0")


def question(name: str) -> Question:
    return Question(name, "why?", Address("web", "room", "someone"), "en", 1.5)


def test_an_open_ledger_moves_to_the_new_primary(group: Group) -> None:
    seconds: list[float] = []
    with closing(RedisLedger(group.url)) as ledger:
        ledger.open(question("before"))
        with redis.Redis.from_url(group.primary.url) as client:
            assert client.wait(1, 5000) == 1  # the replica has it
        group.primary.kill()

        def taken() -> bool:
            began = time.monotonic()
            try:
                return ledger.open(question("after"))
            except StoreUnavailableError:
                return False
            finally:
                seconds.append(time.monotonic() - began)

        until(taken, "a new primary takes questions")
        waiting = [entry.question.id for entry in ledger.unfinished(0)]

    assert waiting == ["before", "after"]
    assert max(seconds) < SLACK_PATIENCE_S


def test_a_master_that_nobody_watches_is_told(group: Group) -> None:
    with (
        closing(RedisStore(group.url.replace("/main/", "/other/"))) as store,
        pytest.raises(StoreUnavailableError, match="watch a master of that name"),
    ):
        store.get("k")


def test_the_queue_and_its_workers_move_to_the_new_primary(group: Group, tmp_path: Path) -> None:
    with closing(Company(group.url, tmp_path)) as company, closing(CeleryDispatcher(company.settings)) as dispatcher:
        company.start()
        company.submit(b"before")
        company.reached("before", "begin", "end")
        group.primary.kill()
        seconds: list[float] = []

        def taken() -> bool:
            began = time.monotonic()
            try:
                dispatcher.submit(f"after{len(seconds)}".encode())  # what is not said to be taken may be, or not
            except QueueUnavailableError:
                return False
            finally:
                seconds.append(time.monotonic() - began)
            return True

        until(taken, "a new primary takes payloads")
        company.reached(f"after{len(seconds) - 1}", "begin", "end")

    assert max(seconds) < SLACK_PATIENCE_S


def test_a_queue_behind_a_master_that_nobody_watches_is_told(group: Group) -> None:
    settings = load(queue=group.url.replace("/main/", "/other/"))
    with closing(CeleryDispatcher(settings)) as dispatcher, pytest.raises(QueueUnavailableError, match="other"):
        dispatcher.submit(b"a")
