"""Reads `QUORUM_STORE` where it names a Redis: one server, one over TLS, or several sentinels."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from bot.addresses import without_secrets
from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_PORT = 6379
_SENTINEL_PORT = 26_379
_TLS = {"ca": "ssl_ca_certs", "cert": "ssl_certfile", "key": "ssl_keyfile"}
"""Files that `rediss://` may name after the question mark, and what redis-py calls them."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where Redis is; `shown` is the URL as messages may show it, `master` the name that the sentinels watch."""

    shown: str
    hosts: tuple[tuple[str, int], ...]
    database: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    master: str = ""
    sentinel_password: str | None = field(default=None, repr=False)
    tls: bool = False
    files: tuple[tuple[str, str], ...] = ()

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no message may hold."""
        return tuple(filter(None, (self.password, self.sentinel_password)))


def parse(url: str) -> Address:
    """Read a URL. Raises `ConfigurationError`, whose message shows no password, for what cannot be meant."""
    shown = without_secrets(url)
    try:
        parts = urlsplit(url)
        query = {name: values[-1] for name, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()}
        return _sentinels(parts, query, shown) if "sentinel" in parts.scheme else _server(parts, query, shown)
    except ValueError:  # its text may hold a part of the password
        message = (
            f"QUORUM_STORE={shown!r} is no Redis address. Write redis://[user:password@]host:port/db, rediss://…?ca=FILE"
            " or redis+sentinel://[user:password@]host:port,host:port/MASTER/DB; in a password %-escape / and @ and :"
        )
        raise ConfigurationError(message) from None


def _server(parts: SplitResult, query: dict[str, str], shown: str) -> Address:
    tls = parts.scheme == "rediss"
    files = _files(query, shown) if tls else ()
    if query and not tls:
        raise ValueError
    host = (parts.hostname or "localhost", parts.port or _PORT)
    database = int(parts.path.strip("/") or 0)
    return Address(shown, (host,), database, *_login(parts), tls=tls, files=files)


def _sentinels(parts: SplitResult, query: dict[str, str], shown: str) -> Address:
    master, _, database = parts.path.strip("/").partition("/")
    sentinel_password = query.pop("sentinel_password", None)
    if not master or query:
        raise ValueError
    nodes = [urlsplit(f"//{node}") for node in parts.netloc.rpartition("@")[2].split(",")]
    hosts = tuple((node.hostname or "localhost", node.port or _SENTINEL_PORT) for node in nodes)
    return Address(shown, hosts, int(database or 0), *_login(parts), unquote(master), sentinel_password)


def _login(parts: SplitResult) -> tuple[str | None, str | None]:
    credentials, _, _ = parts.netloc.rpartition("@")
    user, _, password = credentials.partition(":")
    return unquote(user) or None, unquote(password) or None


def _files(query: dict[str, str], shown: str) -> tuple[tuple[str, str], ...]:
    for name, path in query.items():
        if name not in _TLS:
            raise ValueError
        if not Path(path).is_file():
            message = f"QUORUM_STORE={shown!r}: there is no file {path!r}. Set ?{name}= to a PEM file."
            raise ConfigurationError(message)
    return tuple((_TLS[name], path) for name, path in query.items())
