"""State in a Redis that several hosts share: the store, the ledger, the leases and the dead letters."""

from __future__ import annotations

from bot.errors import MissingExtraError

try:
    import redis as _redis  # noqa: F401 - every module below needs it
except ImportError as exc:
    raise MissingExtraError("redis", "engines") from exc  # noqa: EM101 - a library's name

from bot.backends.redis.leases import RedisLeases
from bot.backends.redis.ledger import RedisLedger
from bot.backends.redis.letters import RedisDeadLetters
from bot.backends.redis.store import RedisStore

__all__ = ["RedisDeadLetters", "RedisLeases", "RedisLedger", "RedisStore"]
