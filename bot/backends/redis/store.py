"""The store that hosts share: small values by key, in Redis strings."""

from __future__ import annotations

from typing import cast

from bot.backends.redis.connecting import Connection
from bot.backends.redis.keys import VALUE, milliseconds


class RedisStore:
    """A `Store` in Redis, which forgets a value when its time is over."""

    def __init__(self, url: str) -> None:
        """Read the URL. Raises `ConfigurationError`; a server that is down is found at the first call."""
        self._connection = Connection(url)
        self._client = self._connection.client

    def get(self, key: str) -> bytes | None:
        """Return the value, or None when there is none or its time is over."""
        value = self._connection.call(lambda: self._client.get(VALUE + key))
        return cast("bytes | None", value)  # text comes only from clients that were asked to decode

    def put(self, key: str, value: bytes, ttl_s: float | None = None) -> None:
        """Set the value for `ttl_s` seconds, or for good when None."""
        if ttl_s is not None and ttl_s <= 0:
            self.delete(key)
            return
        self._connection.call(lambda: self._client.set(VALUE + key, value, px=milliseconds(ttl_s)))

    def add(self, key: str, value: bytes, ttl_s: float | None = None) -> bool:
        """Set the value only if the key is absent; tell whether it was set.

        When the connection breaks before the reply, it may have been set: `StoreUnavailableError` is all one can say.
        """
        work = lambda: self._client.set(VALUE + key, value, px=milliseconds(ttl_s), nx=True)  # noqa: E731 - one command
        return bool(self._connection.call(work, again=False))

    def delete(self, key: str) -> None:
        """Forget the key; an unknown one is no error."""
        self._connection.call(lambda: self._client.delete(VALUE + key))

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()
