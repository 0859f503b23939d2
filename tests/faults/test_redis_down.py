"""Redis is stopped, killed, paused, filled up or locked, and those who work with it say so and go on afterwards."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import pytest
import redis

from bot.backends.redis import RedisLeases, RedisLedger, RedisStore
from bot.errors import ConfigurationError, StorageFullError, StoreUnavailableError
from bot.types import Address, Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.services.redis import Redis

SLACK_PATIENCE_S = 3.0


@pytest.fixture
def client(own_redis: Redis) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(own_redis.url) as client:
        yield client


@pytest.fixture
def ledger(own_redis: Redis) -> Iterator[RedisLedger]:
    with closing(RedisLedger(own_redis.url)) as ledger:
        yield ledger


def question(name: str, text: str = "why?") -> Question:
    return Question(name, text, Address("web", "room", "someone"), "en", 1.5)


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_an_open_ledger_goes_on_after_a_restart(own_redis: Redis, ledger: RedisLedger, end: str) -> None:
    for name in ("a", "b"):
        ledger.open(question(name))
    ledger.advance("a", "working")
    getattr(own_redis, end)()
    with pytest.raises(StoreUnavailableError):
        ledger.open(question("while it is down"))
    own_redis.start()
    again, fresh = ledger.open(question("a")), ledger.open(question("c"))
    entry = ledger.find("a")

    assert (again, fresh) == (False, True)
    assert entry is not None
    assert (entry.state, entry.attempts) == ("working", 1)
    assert [one.question.id for one in ledger.unfinished(0)] == ["a", "b", "c"]


def test_all_ports_go_on_although_nobody_noticed_the_restart(own_redis: Redis) -> None:
    with ExitStack() as opened:
        store, ledger, leases = (
            opened.enter_context(closing(kind(own_redis.url))) for kind in (RedisStore, RedisLedger, RedisLeases)
        )
        store.put("k", b"v")
        ledger.open(question("a"))
        token = leases.acquire("l", 3600)
        own_redis.kill()
        own_redis.start()

        assert store.add("k", b"w") is False
        assert store.get("k") == b"v"
        assert ledger.open(question("b")) is True
        assert token is not None
        assert leases.extend("l", token, 3600) is True


def test_a_paused_redis_is_given_up_before_slack_loses_patience(own_redis: Redis, ledger: RedisLedger) -> None:
    ledger.open(question("a"))
    own_redis.pause()
    seconds = []
    for name in ("over an open connection", "over a new one"):
        began = time.monotonic()
        with pytest.raises(StoreUnavailableError, match="does not answer in time"):
            ledger.open(question(name))
        seconds.append(time.monotonic() - began)
    own_redis.resume()

    assert max(seconds) < SLACK_PATIENCE_S
    assert ledger.open(question("a")) is False
    assert ledger.open(question("b")) is True


def test_a_full_redis_refuses_a_question_whole(client: redis.Redis, ledger: RedisLedger) -> None:
    ledger.open(question("before"))
    client.config_set("maxmemory", "1mb")
    with pytest.raises(StorageFullError, match="raise its maxmemory"):
        ledger.open(question("a"))
    while_full = ledger.find("a"), ledger.next(question("a").address.lane)
    client.config_set("maxmemory", "0")

    assert while_full[0] is None
    assert while_full[1] is not None
    assert while_full[1].question.id == "before"
    assert ledger.open(question("a")) is True
    assert [entry.question.id for entry in ledger.unfinished(0)] == ["before", "a"]


@pytest.mark.parametrize("login", ["", ":wrong@", "nobody:s3cret@"])
def test_a_wrong_password_is_a_setting_to_mend(own_redis: Redis, client: redis.Redis, login: str) -> None:
    client.config_set("requirepass", "s3cret")
    url = own_redis.url.replace("://", f"://{login}")

    with (
        closing(RedisStore(url)) as store,
        pytest.raises(ConfigurationError, match=r"QUORUM_STORE.*password") as refused,
    ):
        store.get("k")
    assert "s3cret" not in str(refused.value)


def test_a_user_of_little_rights_is_told_what_is_missing(own_redis: Redis, client: redis.Redis) -> None:
    client.acl_setuser("bot", enabled=True, passwords=["+s3cret"], keys=["quorum:*"], commands=["+get"])
    url = own_redis.url.replace("://", "://bot:s3cret@")

    with closing(RedisStore(url)) as store, pytest.raises(ConfigurationError, match=r"grant ~quorum:\*"):
        store.put("k", b"v")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, []),
        ({"appendonly": "no"}, ["saves nothing to disk"]),
        ({"appendonly": "no", "save": "3600 1"}, ["snapshots only"]),
        ({"maxmemory-policy": "allkeys-lru"}, ["maxmemory-policy of Redis is allkeys-lru"]),
        ({"maxmemory": "1mb"}, ["Raise maxmemory"]),
    ],
    ids=["sound", "nothing saved", "snapshots", "evicting", "nearly full"],
)
def test_what_is_unwise_is_told(
    client: redis.Redis, ledger: RedisLedger, settings: dict[str, Any], words: list[str]
) -> None:
    for name, value in settings.items():
        client.config_set(name, value)
    found = ledger.warnings()

    assert len(found) == len(words)
    assert all(word in sentence for word, sentence in zip(words, found, strict=True))


def test_a_redis_without_config_is_examined_all_the_same(own_redis: Redis, client: redis.Redis) -> None:
    client.config_set("appendonly", "no")
    client.acl_setuser("bot", enabled=True, nopass=True, keys=["quorum:*"], commands=["+@all", "-config"])

    with closing(RedisLedger(own_redis.url.replace("://", "://bot:any@"))) as ledger:
        found = ledger.warnings()

    assert ["does not tell" in sentence for sentence in found] == [True]
