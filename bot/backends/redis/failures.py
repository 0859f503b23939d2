"""What goes wrong between us and Redis, said in Quorum's own errors, without a password."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from redis import exceptions
from redis.sentinel import MasterNotFoundError

from bot.errors import ConfigurationError, QuorumError, StorageFullError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.backends.redis.address import Address

DRIVER = (
    exceptions.RedisError,
    exceptions.RedisClusterException,
    exceptions.ChildDeadlockedError,
    exceptions.IncorrectPolicyType,
    OSError,
)
"""Everything that the driver raises."""

_KINDS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], type[QuorumError], str], ...] = (
    (
        (exceptions.AuthenticationError, exceptions.AuthenticationWrongNumberOfArgsError),
        ConfigurationError,
        "refuses the user or the password of QUORUM_STORE: write redis://user:password@host (user may be empty)",
    ),
    (
        (exceptions.NoPermissionError, exceptions.AuthorizationError, exceptions.ExternalAuthProviderError),
        ConfigurationError,
        "does not allow the user of QUORUM_STORE to do this: grant it the keys quorum:* and their commands",
    ),
    (
        (
            exceptions.AskError,
            exceptions.ClusterError,
            exceptions.RedisClusterException,
            exceptions.ClusterCrossSlotError,
            exceptions.TryAgainError,
        ),
        ConfigurationError,
        "is part of a Redis Cluster, which is not supported: set QUORUM_STORE to a single Redis or to sentinels",
    ),
    (
        exceptions.BusyLoadingError,
        StoreUnavailableError,
        "is still reading its data after a start: try again",
    ),
    (
        exceptions.ReadOnlyError,
        StoreUnavailableError,
        "is a read-only replica: set QUORUM_STORE to the primary, or to redis+sentinel:// which finds it",
    ),
    (
        MasterNotFoundError,
        StoreUnavailableError,
        "is not known to any sentinel that answers: are they running, and is the master's name right?",
    ),
    (
        exceptions.TimeoutError,
        StoreUnavailableError,
        "does not answer in time: is it paused or overloaded, is the address right?",
    ),
)

_FULL = "is full: raise its maxmemory (and keep maxmemory-policy noeviction), or give it a machine with more memory"
_UNTRUSTED = "has a TLS certificate that is not trusted: add ?ca=FILE with the PEM of its authority to QUORUM_STORE"
_TEXTS: tuple[tuple[str, type[QuorumError], str], ...] = (
    ("OOM command not allowed", StorageFullError, _FULL),
    ("MISCONF", StorageFullError, "cannot write to its disk and takes nothing more: free some space there"),
    ("READONLY", StoreUnavailableError, _KINDS[4][2]),
    ("LOADING", StoreUnavailableError, _KINDS[3][2]),
    ("NOAUTH", ConfigurationError, _KINDS[0][2]),
    ("NOPERM", ConfigurationError, _KINDS[1][2]),
    ("certificate verify failed", ConfigurationError, _UNTRUSTED),
    ("CERTIFICATE_REQUIRED", ConfigurationError, "wants a client certificate: add ?cert=FILE&key=FILE to QUORUM_STORE"),
    ("WRONG_VERSION_NUMBER", ConfigurationError, "does not speak TLS on that port: write redis:// in QUORUM_STORE"),
    ("DB index is out of range", ConfigurationError, "has no database of that number: see its setting `databases`"),
    ("unknown command", ConfigurationError, "lacks a command that Quorum needs: use Redis 6.2 or newer"),
    ("cluster support disabled", ConfigurationError, _KINDS[2][2]),
)
"""Texts that come with a general class, from inside a Lua script for example."""


@contextmanager
def told(address: Address) -> Iterator[None]:
    """Turn the driver's errors into errors that say what to do."""
    try:
        yield
    except DRIVER as exc:
        text = str(exc)
        clean = not any(secret in text for secret in address.secrets)
        raise _error(exc, address) from (exc if clean else None)


def _error(exc: Exception, address: Address) -> QuorumError:
    text = str(exc)
    for secret in address.secrets:
        text = text.replace(secret, "***")
    kind, advice = _kind(exc)
    return kind(f"Redis at {address.shown!r} {advice} ({type(exc).__name__}: {text[:300]})")


def _kind(exc: Exception) -> tuple[type[QuorumError], str]:
    text = str(exc).casefold()
    for part, kind, advice in _TEXTS:
        if part.casefold() in text:
            return kind, advice
    if isinstance(exc, exceptions.OutOfMemoryError):
        return StorageFullError, _FULL
    for classes, kind, advice in _KINDS:
        if isinstance(exc, classes):
            return kind, advice
    return StoreUnavailableError, "cannot be reached or used just now: is it running, is QUORUM_STORE right?"
