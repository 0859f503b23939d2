"""Where tests find their index on Elasticsearch."""

from __future__ import annotations

from bot.backends.elastic import Address, read


def at(server: str, name: str, options: str = "") -> Address:
    """Write `http://…` as the setting has it, and read it."""
    return read(setting(server, name, options))


def setting(server: str, name: str, options: str = "") -> str:
    """Return the value of QUORUM_INDEX for an index on a server."""
    return f"{server.replace('http', 'elasticsearch', 1).rstrip('/')}/{name}{options}"
