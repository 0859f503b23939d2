"""Reads addresses of the form `openai+http://host:8000/v1#model`."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from bot.errors import ConfigurationError


def split(url: str) -> tuple[str, str]:
    """Split a setting's URL into the server's base address and the model's name.

    `openai+` in front is optional. Raises `ConfigurationError` where the scheme, the host or the model is missing, and
    for a password in the address, which messages and the index would show.
    """
    base, _, model = url.removeprefix("openai+").partition("#")
    parts = urlsplit(base)
    if "@" in parts.netloc:
        message = "A model address holds a user or a password. Take it out and set QUORUM_MODELS__API_KEY instead."
        raise ConfigurationError(message)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not model:
        message = f"{url!r} is no model address; write openai+http://host:8000/v1#model-name (or openai+https://…)"
        raise ConfigurationError(message)
    return base.rstrip("/"), model


def is_loopback(url: str) -> bool:
    """Tell whether an address is this machine, where no proxy helps."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
