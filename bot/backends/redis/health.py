"""What is unwise about a Redis that answers: where questions that were acknowledged could be lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from redis.exceptions import NoPermissionError, ResponseError

from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.backends.redis.connecting import Connection

OLDEST = (6, 2)
"""The oldest version whose commands we know to be enough; 7.0 is the one that is tested."""

NEARLY_FULL = 0.8


def examine(connection: Connection) -> list[str]:
    """Return a sentence for each thing that is unwise; raise `ConfigurationError` for what cannot work."""
    info: dict[str, Any] = connection.call(lambda: dict(connection.client.info()))
    where = f"{connection.address.setting}: Redis at {connection.address.shown!r}"
    version = str(info["redis_version"])
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < OLDEST:
        message = f"{where} is {version}, too old: use 6.2 or newer"
        raise ConfigurationError(message)
    if info.get("cluster_enabled"):
        message = f"{where} is part of a Redis Cluster, which is not supported: use a single one"
        raise ConfigurationError(message)
    return [*_persistence(info, connection), *_memory(info)]


def _persistence(info: dict[str, Any], connection: Connection) -> Iterator[str]:
    if info.get("aof_enabled"):
        if info.get("aof_last_write_status", "ok") != "ok":
            yield "Redis could not write its append-only file the last time: look at its disk and its log"
        return
    snapshots = connection.call(lambda: _snapshots(connection))
    if snapshots is None:
        yield "Redis has no append-only file and does not tell whether it saves snapshots: set appendonly yes"
    elif snapshots:
        yield (
            "Redis saves snapshots only: questions acknowledged since the last one are lost when it dies. "
            "Set appendonly yes"
        )
    else:
        yield "Redis saves nothing to disk: every acknowledged question is lost when it dies. Set appendonly yes"


def _snapshots(connection: Connection) -> bool | None:
    try:
        return bool(connection.client.config_get("save").get("save"))
    except NoPermissionError:  # the user may not ask
        return None
    except ResponseError as exc:  # hosted services have no CONFIG
        if "unknown command" not in str(exc).lower():
            raise
        return None


def _memory(info: dict[str, Any]) -> Iterator[str]:
    policy = info.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        yield f"maxmemory-policy of Redis is {policy}: it may throw questions away. Set maxmemory-policy noeviction"
    used, limit = int(info["used_memory"]), int(info.get("maxmemory") or info.get("total_system_memory") or 0)
    if limit and used > NEARLY_FULL * limit:
        yield (
            f"Redis uses {used // 1_000_000} of {limit // 1_000_000} MB: when it is full, no question is accepted. "
            "Raise maxmemory"
        )
