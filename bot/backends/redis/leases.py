"""Leases that hosts share: a Redis string each, which ends by itself."""

from __future__ import annotations

import uuid

from bot.backends.redis.connecting import Connection
from bot.backends.redis.keys import LEASE, milliseconds


class RedisLeases:
    """`Leases` in Redis, on Redis's clock.

    A lease that lasts ten times as long as a new one would was set before that clock went back, and counts as over.
    """

    def __init__(self, url: str) -> None:
        """Read the URL. Raises `ConfigurationError`; a server that is down is found at the first call."""
        self._connection = Connection(url)
        self._acquire = self._connection.script("acquire")
        self._extend = self._connection.script("extend")
        self._release = self._connection.script("release")

    def acquire(self, name: str, ttl_s: float) -> str | None:
        """Return a token if nobody holds the lease, otherwise None."""
        token = uuid.uuid4().hex
        got = self._connection.call(lambda: self._acquire([LEASE + name], [token, milliseconds(ttl_s)]))
        return token if got else None

    def extend(self, name: str, token: str, ttl_s: float) -> bool:
        """Hold it for `ttl_s` more seconds from now; False when the token holds it no longer."""
        return bool(self._connection.call(lambda: self._extend([LEASE + name], [token, milliseconds(ttl_s)])))

    def release(self, name: str, token: str) -> None:
        """Let go; another's lease stays."""
        self._connection.call(lambda: self._release([LEASE + name], [token]))

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()
