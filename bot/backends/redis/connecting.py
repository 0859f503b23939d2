"""A connection to Redis that gives up within three seconds, and repeats what was lost where that does no harm."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import Sentinel

from bot.backends.redis import address, failures

if TYPE_CHECKING:
    from bot.backends.redis.address import Address

T = TypeVar("T")
Script = Callable[[list[str], list[str | bytes | float]], Any]
"""Runs with its keys and its arguments."""

CONNECT_S = 1.0
ANSWER_S = 1.9
"""Together under the 3 seconds within which Slack wants its 503 (docs.slack.dev, "Responding to events")."""

SENTINELS_S = 0.9
"""All sentinels together, so that two of three may be gone."""

HEALTH_S = 30
"""A connection that was idle for longer is tried with a PING before it is used."""


class Connection:
    """A pool of connections that threads share; nothing is sent before the first call."""

    def __init__(self, url: str, setting: str = "QUORUM_STORE") -> None:
        """Read the URL of a setting. Raises `ConfigurationError`."""
        self.address = address.parse(url, setting)
        self._sentinel = _sentinel(self.address)
        self.client = _client(self.address, self._sentinel)

    def call(self, work: Callable[[], T], *, again: bool = True) -> T:
        """Run `work`, and run it once more if the connection was lost and `again` says that twice does no harm.

        A time-out is not repeated: the caller has waited long enough. Raises `StoreUnavailableError`,
        `StorageFullError` or `ConfigurationError`.
        """
        with failures.told(self.address):
            try:
                return work()
            except redis.ConnectionError as exc:
                if not again or type(exc) is not redis.ConnectionError:  # its subclasses say no to every attempt
                    raise
            return work()

    def script(self, name: str) -> Script:
        """Read a Lua script of this package; Redis runs it as one atomic step."""
        text = (resources.files(__package__) / "lua" / f"{name}.lua").read_text(encoding="utf-8")
        script: Script = self.client.register_script(text)
        return script

    def close(self) -> None:
        """Close all connections."""
        self.client.close()
        if self._sentinel is not None:
            self._sentinel.close()


def _client(where: Address, sentinel: Sentinel | None) -> redis.Redis:
    options: dict[str, Any] = {
        **dict(where.files),
        "db": where.database,
        "username": where.user,
        "password": where.password,
        "protocol": 2,  # what every Redis and every redis-py that we support speaks
        "socket_timeout": ANSWER_S,
        "socket_connect_timeout": CONNECT_S,
        "health_check_interval": HEALTH_S,
        "retry": Retry(NoBackoff(), 0),  # the driver cannot know what may run twice
    }
    if sentinel is not None:
        master: redis.Redis = sentinel.master_for(where.master, **options)  # type: ignore[no-untyped-call] # as below
        return master
    host, port = where.hosts[0]
    return redis.Redis(host, port, ssl=where.tls, **options)


def _sentinel(where: Address) -> Sentinel | None:
    if not where.master:
        return None
    patience_s = SENTINELS_S / len(where.hosts)
    options: dict[str, Any] = {
        "password": where.sentinel_password,
        "protocol": 2,
        "socket_timeout": patience_s,
        "socket_connect_timeout": patience_s,
        "retry": Retry(NoBackoff(), 0),
    }
    return Sentinel(where.hosts, sentinel_kwargs=options)  # type: ignore[no-untyped-call] # redis-py 8 has no types there
