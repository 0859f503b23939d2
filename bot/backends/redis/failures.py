"""What goes wrong between us and Redis, said in Quorum's own errors, without a password."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

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

_LONGEST_TEXT = 300


class _Case(NamedTuple):
    """One way to fail, known by the driver's class or text (a pattern); `advice` follows "Redis at …"."""

    kind: type[QuorumError]
    advice: str
    text: str = r"(?!)"
    classes: tuple[type[Exception], ...] = ()


_CASES = (
    _Case(
        StorageFullError,
        "is full: raise its maxmemory (and keep maxmemory-policy noeviction), or give it more memory",
        r"\bOOM command not allowed",
        (exceptions.OutOfMemoryError,),
    ),
    _Case(StorageFullError, "cannot save to its disk and takes nothing more: free some space there", r"\bMISCONF "),
    _Case(
        ConfigurationError,
        "refuses the user or the password: write redis://user:password@host:port/db (the user may be left out)",
        r"\b(NOAUTH|WRONGPASS) ",
        (exceptions.AuthenticationError, exceptions.AuthenticationWrongNumberOfArgsError),
    ),
    _Case(
        ConfigurationError,
        "does not allow the user to do this: grant ~quorum:* and the commands of docs/operations.md",
        r"\bNOPERM ",
        (exceptions.NoPermissionError, exceptions.AuthorizationError, exceptions.ExternalAuthProviderError),
    ),
    _Case(
        StoreUnavailableError,
        "is a read-only replica: name the primary, or use redis+sentinel://, which finds it",
        r"\b(READONLY|MASTERDOWN) |previous master is now a slave",
        (exceptions.ReadOnlyError, exceptions.MasterDownError),
    ),
    _Case(
        ConfigurationError,
        "is part of a Redis Cluster, which is not supported: use a single Redis or redis+sentinel://",
        r"\b(CROSSSLOT|CLUSTERDOWN|MOVED) ",
        (
            exceptions.AskError,
            exceptions.ClusterError,
            exceptions.ClusterCrossSlotError,
            exceptions.RedisClusterException,
            exceptions.TryAgainError,
        ),
    ),
    _Case(StoreUnavailableError, "still reads its data after a start", r"\bLOADING ", (exceptions.BusyLoadingError,)),
    _Case(
        StoreUnavailableError,
        "is known to no sentinel that answers: do they run, and watch a master of that name? "
        "If they want a password, add ?sentinel_password=",
        r"No master found",
        (MasterNotFoundError,),
    ),
    _Case(
        ConfigurationError,
        "shows a TLS certificate that is not trusted for this host: add ?ca=FILE with the PEM of its authority",
        r"(?i)certificate.verify.failed",
    ),
    _Case(
        ConfigurationError,
        "wants a client certificate: add ?cert=FILE&key=FILE, or set its tls-auth-clients to no",
        r"(?i)certificate.required",
    ),
    _Case(ConfigurationError, "speaks no TLS on that port: write redis://", r"(?i)wrong.version.number"),
    _Case(ConfigurationError, "has no database of that number: see its setting `databases`", r"index is out of range"),
    _Case(ConfigurationError, "lacks a command: use Redis 6.2 or newer", r"(?i)unknown (redis )?command"),
    _Case(ConfigurationError, "is no Redis: another program answers there", classes=(exceptions.InvalidResponse,)),
    _Case(
        StoreUnavailableError,
        "does not answer in time: is it paused or overloaded, is the address right, {tls}?",
        classes=(exceptions.TimeoutError, TimeoutError),
    ),
)
_ELSE = _Case(StoreUnavailableError, "cannot be used just now: does it run, is the address right, {tls}?")
_PLAIN = "does it want TLS (rediss://)"
_TLS = "does it speak TLS on that port, does it want a client certificate (?cert=FILE&key=FILE)"


@contextmanager
def told(address: Address) -> Iterator[None]:
    """Turn the driver's errors into errors that say what to do."""
    try:
        yield
    except DRIVER as exc:
        secret = any(one in str(exc) for one in address.secrets)
        raise _error(exc, address) from (None if secret else exc)


def _error(exc: Exception, address: Address) -> QuorumError:
    case = next((case for case in _CASES if isinstance(exc, case.classes) or re.search(case.text, str(exc))), _ELSE)
    text = "" if isinstance(exc, MasterNotFoundError) else f": {exc}"  # that one lists every option of every sentinel
    for secret in address.secrets:
        text = text.replace(secret, "***")
    advice = case.advice.replace("{tls}", _TLS if address.tls else _PLAIN)
    return case.kind(
        f"{address.setting}: Redis at {address.shown!r} {advice} ({type(exc).__name__}{text[:_LONGEST_TEXT]})"
    )
