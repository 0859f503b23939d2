"""State in a Redis that several hosts share: the store, the ledger, the leases and the dead letters."""

from __future__ import annotations

import importlib.util

from bot.errors import MissingExtraError

if importlib.util.find_spec("redis") is None:
    raise MissingExtraError("redis", "engines")  # noqa: EM101 - a library's name

from bot.backends.redis.leases import RedisLeases
from bot.backends.redis.ledger import RedisLedger
from bot.backends.redis.letters import RedisDeadLetters
from bot.backends.redis.store import RedisStore

__all__ = ["RedisDeadLetters", "RedisLeases", "RedisLedger", "RedisStore"]
