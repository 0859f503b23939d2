"""Whatever redis-py raises is said in Quorum's own errors, with what to do and without a password."""

from __future__ import annotations

import inspect
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import redis
from redis import exceptions, sentinel

from bot.backends.redis import RedisStore
from bot.backends.redis.address import parse
from bot.backends.redis.failures import told
from bot.errors import ConfigurationError, QuorumError, StorageFullError, StoreUnavailableError
from scripts.services.machine import free_port
from tests.fakes.redis_wire import saying

if TYPE_CHECKING:
    from collections.abc import Callable

RAISED = sorted(
    {
        kind
        for module in (exceptions, sentinel)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Exception)
    },
    key=lambda kind: kind.__name__,
)
LOST = [
    redis.ConnectionError,
    redis.TimeoutError,
    redis.BusyLoadingError,
    redis.ReadOnlyError,
    exceptions.MasterDownError,
]
OPERATIONS: dict[str, Callable[[RedisStore], object]] = {
    "get": lambda store: store.get("k"),
    "put": lambda store: store.put("k", b"v"),
    "add": lambda store: store.add("k", b"v"),
    "delete": lambda store: store.delete("k"),
}


@pytest.mark.parametrize("kind", RAISED, ids=lambda kind: kind.__name__)
def test_every_error_of_the_driver_is_wrapped(kind: type[Exception]) -> None:
    error = kind("3999 127.0.0.1:6381") if issubclass(kind, exceptions.AskError) else kind("what it says")

    with (
        pytest.raises(QuorumError, match=r"^QUORUM_STORE: Redis at 'redis://h/1'") as wrapped,
        told(parse("redis://h/1")),
    ):
        raise error
    assert wrapped.value.__cause__ is error


@pytest.mark.parametrize("kind", LOST, ids=lambda kind: kind.__name__)
def test_what_passes_by_itself_is_tried_again(kind: type[Exception]) -> None:
    error = kind("what it says")

    with pytest.raises(StoreUnavailableError) as wrapped, told(parse("redis://h/1")):
        raise error
    assert wrapped.value.retryable


@pytest.mark.parametrize(
    ("line", "error", "words"),
    [
        (b"-LOADING Redis is loading the dataset in memory", StoreUnavailableError, "still reads its data"),
        (b"-READONLY You can't write against a read only replica.", StoreUnavailableError, "name the primary"),
        (b"-MASTERDOWN Link with MASTER is down", StoreUnavailableError, "name the primary"),
        (b"-ERR max number of clients reached", StoreUnavailableError, "max number of clients"),
        (b"-OOM command not allowed when used memory > 'maxmemory'.", StorageFullError, "raise its maxmemory"),
        (
            b"-ERR Error running script: @user_script:2: -OOM command not allowed when used memory > 'maxmemory'.",
            StorageFullError,
            "noeviction",
        ),
        (b"-MISCONF Redis is configured to save RDB snapshots, but", StorageFullError, "free some space"),
        (b"-NOAUTH Authentication required.", ConfigurationError, "refuses the user or the password"),
        (b"-NOPERM this user has no permissions to run the 'set' command", ConfigurationError, "grant ~quorum:"),
        (b"-MOVED 3999 127.0.0.1:6381", ConfigurationError, "not supported"),
        (b"-CLUSTERDOWN Hash slot not served", ConfigurationError, "not supported"),
        (b"-ERR unknown command 'SET', with args beginning with:", ConfigurationError, "6.2 or newer"),
        (b"HTTP/1.1 400 Bad Request", ConfigurationError, "is no Redis"),
    ],
    ids=lambda value: value[:30].decode() if isinstance(value, bytes) else "",
)
def test_what_a_server_says_is_told_with_what_to_do(line: bytes, error: type[QuorumError], words: str) -> None:
    with (
        saying(line) as port,
        closing(RedisStore(f"redis://127.0.0.1:{port}/0")) as store,
        pytest.raises(error, match=words),
    ):
        store.put("k", b"v")


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())
def test_a_server_that_is_not_there_is_unavailable(operation: Callable[[RedisStore], object]) -> None:
    address = f"127.0.0.1:{free_port()}/0"

    with closing(RedisStore(f"redis://{address}")) as store, pytest.raises(StoreUnavailableError, match=address):
        operation(store)


def test_a_password_that_the_server_repeats_is_not_shown() -> None:
    line = b"-ERR unknown command 'AUTH', with args beginning with: 's3cret'"

    with (
        saying(line) as port,
        closing(RedisStore(f"redis://:s3cret@127.0.0.1:{port}/0")) as store,
        pytest.raises(ConfigurationError, match=r"\*\*\*") as refused,
    ):
        store.get("k")
    assert "s3cret" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_sentinels_that_are_not_there_are_unavailable() -> None:
    hosts = ",".join(f"127.0.0.1:{free_port()}" for _ in range(3))

    with (
        closing(RedisStore(f"redis+sentinel://:s3cret@{hosts}/main/0?sentinel_password=s4cret")) as store,
        pytest.raises(StoreUnavailableError, match=r"known to no sentinel.*MasterNotFoundError") as refused,
    ):
        store.get("k")
    assert "cret" not in str(refused.value)
