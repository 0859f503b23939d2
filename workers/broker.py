"""What Celery is told about `QUORUM_QUEUE`: where Redis is, how long it is waited for, and when messages come back."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bot.addresses import without_secrets

if TYPE_CHECKING:
    from bot.backends.redis.address import Address

CONNECT_S = 1.0
ANSWER_S = 1.5
"""Together under the 3 s within which Slack wants its 503 (docs.slack.dev, Events API, "Responding to events")."""

SENTINELS_S = 0.4
"""All sentinels together."""

_LONGEST_SWEEP_S = 10
_MUTEX_S = 10


@dataclass(frozen=True, slots=True)
class Broker:
    """The URL in kombu's own dialect; `shown` is the setting as messages may show it."""

    url: str = field(repr=False)
    shown: str
    tls: dict[str, Any] | None = None
    options: dict[str, Any] = field(default_factory=dict, repr=False)


def read(url: str, visibility_timeout_s: int) -> Broker:
    """Translate the setting. Raises `ConfigurationError`, which shows no password."""
    if url.startswith("memory:"):  # the queue of one process, for tests
        return Broker("memory://", url, options={"polling_interval": 0.01})
    from bot.backends.redis import address

    where = address.parse(url, "QUORUM_QUEUE")
    options = _options(visibility_timeout_s)
    if where.master:
        options |= {"master_name": where.master, "sentinel_kwargs": _sentinels(where)}
    # Without this kombu would take any certificate.
    tls = {"ssl_cert_reqs": ssl.CERT_REQUIRED, **dict(where.files)} if where.tls else None
    return Broker(_dialect(where), without_secrets(url), tls, options)


def _dialect(where: Address) -> str:
    scheme = "sentinel" if where.master else "rediss" if where.tls else "redis"
    user, password = quote(where.user or "", safe=""), quote(where.password or "", safe="")
    login = f"{user}:{password}@" if password else ""
    return ";".join(f"{scheme}://{login}{host}:{port}/{where.database}" for host, port in where.hosts)


def _sentinels(where: Address) -> dict[str, Any]:
    """Say how a sentinel is asked: redis-py itself would ask a dead one four times, over some seconds."""
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    patience_s = SENTINELS_S / len(where.hosts)
    return {
        "password": where.sentinel_password,
        "socket_timeout": patience_s,
        "socket_connect_timeout": patience_s,
        "retry": Retry(NoBackoff(), 0),
    }


def _options(visibility_timeout_s: int) -> dict[str, Any]:
    """See https://docs.celeryq.dev/en/stable/getting-started/backends-and-brokers/redis.html and kombu's docstring."""
    return {
        "visibility_timeout": visibility_timeout_s,
        # How often workers look for messages of dead workers; kombu's own pace is every hundred seconds.
        "unacked_restore_interval": max(1, min(visibility_timeout_s // 10, _LONGEST_SWEEP_S)),
        "unacked_restore_throttle": 1,
        "unacked_mutex_expire": _MUTEX_S,  # a worker that dies while it looks keeps the others from it for so long
        "socket_connect_timeout": CONNECT_S,
        "socket_timeout": ANSWER_S,
        # Without these, kombu tries for ever to open a connection that something is to be published on.
        "max_retries": 0,
        "interval_start": 0,
        "interval_step": 0,
        "interval_max": 0,
    }
