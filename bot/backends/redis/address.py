"""Reads a setting that names a Redis: one server, one over TLS, or several sentinels."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
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
    """Where Redis is: `hosts` are those of the server, or of the sentinels that watch `master`.

    `shown` is the URL as messages may show it, `setting` what it was read from; `files` are options of redis-py.
    """

    hosts: tuple[tuple[str, int], ...]
    database: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    master: str = ""
    sentinel_password: str | None = field(default=None, repr=False)
    tls: bool = False
    files: tuple[tuple[str, str], ...] = ()
    shown: str = ""
    setting: str = "QUORUM_STORE"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no message may hold."""
        return tuple(filter(None, (self.password, self.sentinel_password)))


def parse(url: str, setting: str = "QUORUM_STORE") -> Address:
    """Read the URL of a setting. Raises `ConfigurationError`, which shows no password, for what cannot be meant."""
    shown = without_secrets(url)
    try:
        parts = urlsplit(url)
        if parts.fragment:  # most likely the rest of a password
            raise ValueError  # noqa: TRY301 - one message for all that is wrong
        query = {name: values[-1] for name, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()}
        read = _sentinels if parts.scheme == "redis+sentinel" else _server
        where = replace(read(parts, query), shown=shown, setting=setting)
    except ValueError:  # its text may hold a part of the password
        message = (
            f"{setting}={shown!r} is no Redis address. Write redis://[user:password@]host:port/db, rediss://…?ca=FILE "
            "or redis+sentinel://[user:password@]host:port,host:port/MASTER/DB; in a password %-escape / and @ and :"
        )
        raise ConfigurationError(message) from None
    for _, path in where.files:
        if not Path(path).is_file():
            message = f"{setting}={shown!r}: there is no file {path!r}. ?ca=, cert= and key= take paths of PEM files."
            raise ConfigurationError(message)
    return where


def _server(parts: SplitResult, query: dict[str, str]) -> Address:
    tls = parts.scheme == "rediss"
    if not query.keys() <= (_TLS.keys() if tls else set()):
        raise ValueError
    files = tuple((_TLS[name], path) for name, path in query.items())
    host = (parts.hostname or "localhost", parts.port or _PORT)
    return Address((host,), int(parts.path.strip("/") or 0), *_login(parts), tls=tls, files=files)


def _sentinels(parts: SplitResult, query: dict[str, str]) -> Address:
    master, _, database = parts.path.strip("/").partition("/")
    if not master or not query.keys() <= {"sentinel_password"}:
        raise ValueError
    nodes = [urlsplit(f"//{node}") for node in parts.netloc.rpartition("@")[2].split(",")]
    hosts = tuple((node.hostname or "localhost", node.port or _SENTINEL_PORT) for node in nodes)
    return Address(hosts, int(database or 0), *_login(parts), unquote(master), query.get("sentinel_password"))


def _login(parts: SplitResult) -> tuple[str | None, str | None]:
    credentials, _, _ = parts.netloc.rpartition("@")
    user, _, password = credentials.partition(":")
    return unquote(user) or None, unquote(password) or None
