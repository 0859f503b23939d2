"""What stands in Redis: keys that are ours, that end by themselves, and changes that are made once."""

from __future__ import annotations

import re
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import redis

from bot.backends.redis import RedisDeadLetters, RedisLeases, RedisLedger, RedisStore
from bot.errors import StoreUnavailableError
from bot.types import Address, Question, Receipt
from tests.fakes.redis_wire import Wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.services.redis import Redis

RETENTION_S = 30 * 86_400
TEN_YEARS_S = 3_650 * 86_400
OPERATIONS = Path(__file__).resolve().parent.parent.parent / "docs" / "operations.md"
TYPES = {"hash": "hash", "sorted set": "zset", "string": "string"}


@pytest.fixture
def client(redis_database: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(redis_database) as client:
        yield client


@pytest.fixture
def wire(redis_database: str) -> Iterator[Wire]:
    """Lead to the same database over a wire that loses replies on order."""
    with Wire(redis_database).open() as wire:
        yield wire


def question(name: str, text: str = "why?") -> Question:
    return Question(name, text, Address("web", "room", "someone"), "en", 1.5)


def lifetimes(client: redis.Redis) -> dict[str, float]:
    """Return the seconds that each key has left; -1 for ever."""
    return {key.decode(): client.pttl(key) / 1000 for key in client.scan_iter()}


def write_everything(url: str) -> None:
    with ExitStack() as opened:
        store, ledger, leases, letters = (
            opened.enter_context(closing(kind(url)))
            for kind in (RedisStore, RedisLedger, RedisLeases, RedisDeadLetters)
        )
        store.put("short", b"1", ttl_s=60)
        store.put("for good", b"1")
        store.add("added", b"1")
        for name in ("open", "working", "answered", "delivered", "failed", "cancelled"):
            ledger.open(question(name))
            ledger.advance(name, name)
        ledger.advance("failed", "open")
        leases.acquire("l", 60)
        letters.push(b"payload", "why")


def test_every_key_begins_with_our_name_and_ends_by_itself(redis_database: str, client: redis.Redis) -> None:
    write_everything(redis_database)
    found = lifetimes(client)

    assert len(found) == 3 + 6 + 3 + 1 + 2
    assert all(key.startswith("quorum:") for key in found)
    assert all(0 < seconds <= TEN_YEARS_S for seconds in found.values())


def test_the_rights_that_the_documentation_grants_are_enough(own_redis: Redis) -> None:
    granted = re.search(r"^ACL SETUSER quorum .*$", OPERATIONS.read_text(encoding="utf-8"), re.MULTILINE)
    assert granted is not None
    with redis.Redis.from_url(own_redis.url) as client:
        client.execute_command(*granted[0].replace("PASSWORD", "s3cret").split())
    url = own_redis.url.replace("://", "://quorum:s3cret@")
    write_everything(url)

    with closing(RedisLedger(url)) as ledger, closing(RedisDeadLetters(url)) as letters:
        assert [entry.question.id for entry in ledger.unfinished(0)] == ["open", "working", "answered", "failed"]
        assert ledger.next(question("open").address.lane) is not None
        assert len(letters.all()) == 1
        assert ledger.warnings() == []


def test_every_key_is_documented(redis_database: str, client: redis.Redis) -> None:
    write_everything(redis_database)
    documented = re.findall(
        r"^\| `(quorum:[^`]*)` \| ([\w ]+) \|", OPERATIONS.read_text(encoding="utf-8"), re.MULTILINE
    )
    kinds = {re.compile(re.sub(r"<\w+>", ".*", key)): kind for key, kind in documented}
    unknown = [
        key
        for key in client.scan_iter()
        if client.type(key).decode()
        not in {TYPES[kind] for key_, kind in kinds.items() if key_.fullmatch(key.decode())}
    ]

    assert unknown == []


def test_what_belongs_to_a_question_lives_thirty_days_after_its_last_change(
    redis_database: str, client: redis.Redis
) -> None:
    with closing(RedisLedger(redis_database)) as ledger:
        ledger.open(question("a"))
        for key in client.scan_iter():
            client.expire(key, 100)
        ledger.advance("a", "working")

    assert {round(seconds, -2) for seconds in lifetimes(client).values()} == {RETENTION_S}


def test_what_names_a_row_that_is_gone_is_dropped_when_it_is_met(redis_database: str, client: redis.Redis) -> None:
    with closing(RedisLedger(redis_database)) as ledger, closing(RedisDeadLetters(redis_database)) as letters:
        for name in ("gone", "there"):
            ledger.open(question(name))
            letters.push(name.encode(), "why")
        client.delete(
            "quorum:ledger:gone",
            *[key for key in client.keys("quorum:dead:*") if client.hget(key, "payload") == b"gone"],
        )
        waiting, first = ledger.unfinished(0), ledger.next(question("gone").address.lane)
        kept = letters.all()

    assert [entry.question.id for entry in waiting] == ["there"]
    assert first is not None
    assert first.question.id == "there"
    assert [letter.payload for letter in kept] == [b"there"]
    assert [client.zcard(f"quorum:{index}") for index in ("unfinished", "lane:web/room/", "dead")] == [1, 1, 1]


def test_more_questions_than_one_round_trip_reads_come_in_order(redis_database: str) -> None:
    names = [f"q{number}" for number in range(1200)]
    with closing(RedisLedger(redis_database)) as ledger:
        for name in names:
            ledger.open(question(name))
        ledger.advance("q7", "working")

        assert [entry.question.id for entry in ledger.unfinished(0)] == names


def test_a_claim_whose_reply_is_lost_is_still_ours(redis_database: str, wire: Wire) -> None:
    with closing(RedisLedger(wire.url)) as ledger, closing(RedisLedger(redis_database)) as other:
        ledger.open(question("warm"))
        wire.losing = b"EVALSHA"
        claimed = ledger.open(question("a"))

        assert (claimed, ledger.open(question("a")), other.open(question("a"))) == (True, False, False)


def test_an_attempt_whose_reply_is_lost_counts_once(wire: Wire) -> None:
    with closing(RedisLedger(wire.url)) as ledger:
        ledger.open(question("a"))
        ledger.advance("a", "open")
        wire.losing = b"EVALSHA"
        ledger.advance("a", "working", Receipt("web", "r1"))
        entry = ledger.find("a")

    assert wire.losing == b""
    assert entry is not None
    assert (entry.state, entry.attempts, entry.receipt) == ("working", 1, Receipt("web", "r1"))


def test_a_lease_whose_reply_is_lost_is_still_ours(wire: Wire) -> None:
    with closing(RedisLeases(wire.url)) as leases:
        leases.acquire("warm", 60)
        wire.losing = b"EVALSHA"
        token = leases.acquire("a", 60)

        assert token is not None
        assert leases.extend("a", token, 60)


def test_an_addition_whose_reply_is_lost_is_not_made_twice(wire: Wire) -> None:
    with closing(RedisStore(wire.url)) as store:
        store.get("warm")
        wire.losing = b"SET"

        with pytest.raises(StoreUnavailableError):
            store.add("a", b"1")


def test_a_value_is_read_although_the_first_reply_is_lost(wire: Wire) -> None:
    with closing(RedisStore(wire.url)) as store:
        store.put("a", b"1")
        wire.losing = b"GET"

        assert store.get("a") == b"1"


def test_a_lease_from_before_the_clock_went_back_is_over(redis_database: str, client: redis.Redis) -> None:
    with closing(RedisLeases(redis_database)) as leases:
        leases.acquire("a", 15)
        client.expire("quorum:lease:a", 3600 + 15)

        assert leases.acquire("a", 15) is not None


def test_a_question_that_changed_before_the_clock_was_set_back_is_unfinished_and_due(
    redis_database: str, client: redis.Redis
) -> None:
    with closing(RedisLedger(redis_database)) as ledger:
        ledger.open(question("q"))
        ledger.advance("q", "open", due_in_s=30)
        due = ledger.unfinished(0)
        client.zincrby("quorum:unfinished", 3600, "q")
        set_back = ledger.unfinished(120)

    assert (due, [entry.question.id for entry in set_back]) == ([], ["q"])
