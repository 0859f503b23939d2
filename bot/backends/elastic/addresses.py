"""Reads addresses: `elasticsearch://user:password@host:9200,other:9200/prefix/name?api_key=…&ca=…&replicas=1&timeout=10`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from bot.addresses import without_secrets
from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from urllib.parse import SplitResult

PORT = 9200
TIMEOUT_S = 10.0
_OPTIONS = ("api_key", "ca", "replicas", "timeout")
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,199}")
"""Elasticsearch's rules for names of indices, without the characters that a URL would have to escape."""

_EXAMPLE = "elasticsearch://host:9200/quorum"


@dataclass(frozen=True, slots=True)
class Address:
    """Where an index is and how to get in; `hosts` are (name, port), `shown` is fit for messages."""

    shown: str
    tls: bool
    hosts: tuple[tuple[str, int], ...]
    prefix: str
    name: str
    user: str = ""
    password: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)
    ca: str = ""
    replicas: int = 0
    timeout_s: float = TIMEOUT_S

    @property
    def urls(self) -> list[str]:
        """The hosts as the client wants them."""
        scheme = "https" if self.tls else "http"
        return [f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}{self.prefix}" for host, port in self.hosts]


def read(url: str) -> Address:
    """Take the setting's URL apart. Raises `ConfigurationError`, which never shows user, password or key."""
    try:
        parts = urlsplit(url)
        hosts = tuple(map(_host, parts.netloc.rpartition("@")[2].split(",")))
    except ValueError as exc:
        raise _wrong(url, f"it names no host and port; write {_EXAMPLE}") from exc
    prefix, _, name = unquote(parts.path).rpartition("/")
    if not all(host for host, _ in hosts) or not name:
        raise _wrong(url, f"it names no host or no index; write {_EXAMPLE}")
    if not _NAME.fullmatch(name):
        raise _wrong(url, f"{name!r} cannot name an index: begin with a small letter or a digit, then also . _ -")
    options = _options(url, parts)
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    if (user or password) and options.get("api_key"):
        raise _wrong(url, "it has both a user and an api_key; take one of them out")
    return Address(
        shown=without_secrets(url),
        tls=parts.scheme == "elasticsearchs",
        hosts=hosts,
        prefix=prefix,
        name=name,
        user=unquote(user),
        password=unquote(password),
        api_key=options.get("api_key", ""),
        ca=_file(url, options.get("ca", "")),
        replicas=int(_number(url, options, "replicas", 0)),
        timeout_s=_number(url, options, "timeout", TIMEOUT_S),
    )


def _host(text: str) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    return parts.hostname or "", parts.port or PORT


def _options(url: str, parts: SplitResult) -> dict[str, str]:
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = options.keys() - set(_OPTIONS)
    if unknown:
        raise _wrong(url, f"unknown option {min(unknown)!r}; known: {', '.join(_OPTIONS)}")
    # A plus sign in a query stands for a blank, but a key that was pasted means it.
    return options | {name: options[name].replace(" ", "+") for name in ("api_key",) if name in options}


def _file(url: str, path: str) -> str:
    if path and not Path(path).is_file():
        raise _wrong(url, f"there is no certificate file at ca={path!r}")
    return path


def _number(url: str, options: dict[str, str], name: str, default: float) -> float:
    text = options.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"\d{1,4}(\.\d+)?", text) or (name == "timeout" and not float(text)):
        raise _wrong(url, f"{name}={text!r} is no number that can be meant")
    return float(text)


def _wrong(url: str, why: str) -> ConfigurationError:
    return ConfigurationError(f"QUORUM_INDEX={without_secrets(url)!r}: {why}")
