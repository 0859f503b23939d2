"""Dead letters that hosts share: a Redis hash each, and a sorted set that lists them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bot.backends.redis.connecting import Connection
from bot.backends.redis.keys import DEAD, LETTER, RETENTION_S
from bot.types import DeadLetter

if TYPE_CHECKING:
    from collections.abc import Sequence


class RedisDeadLetters:
    """`DeadLetters` in Redis; each is kept for 30 days."""

    def __init__(self, url: str) -> None:
        """Read the URL. Raises `ConfigurationError`; a server that is down is found at the first call."""
        self._connection = Connection(url)
        self._client = self._connection.client
        self._push = self._connection.script("push")
        self._letters = self._connection.script("letters")

    def push(self, payload: bytes, reason: str) -> None:
        """Keep the payload once, with the newest reason."""
        digest = _digest(payload)
        keys = [LETTER + digest, DEAD]
        self._connection.call(lambda: self._push(keys, [digest, payload, reason, RETENTION_S]))

    def all(self) -> Sequence[DeadLetter]:
        """List what is kept, oldest first."""
        rows = self._connection.call(lambda: self._letters([DEAD], [LETTER]))
        return [DeadLetter(bytes(payload), reason.decode(), float(at)) for payload, reason, at in rows]

    def remove(self, payload: bytes) -> None:
        """Forget the payload."""
        digest = _digest(payload)

        def forget() -> None:
            with self._client.pipeline(transaction=True) as pipeline:
                pipeline.delete(LETTER + digest)
                pipeline.zrem(DEAD, digest)
                pipeline.execute()

        self._connection.call(forget)

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()


def _digest(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()
