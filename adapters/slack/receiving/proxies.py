"""The proxy that the environment names for a WebSocket, which counts as the page of its scheme does."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

_SCHEMES = {"wss": "https", "ws": "http"}


def proxy_for(url: str) -> str | None:
    """Return the proxy through which an address is reached; None where it is reached directly, as `NO_PROXY` says."""
    parts = urlsplit(url)
    if not parts.hostname or proxy_bypass(parts.hostname):
        return None
    return getproxies().get(_SCHEMES.get(parts.scheme, parts.scheme))
