"""Keeps secrets out of httpx's log, which shows addresses: they join the address behind its back, on the way out.

WeCom wants the app's secret and its access token in the query of an address (document 91039).
"""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

QUERY = "quorum_query"
"""The request's extension that holds the query nobody is to see, as it stands in the address."""


class Secretive(httpx.BaseTransport):
    """Sends each request with the query that its extension `QUERY` holds; nothing above it knows that query."""

    def __init__(self, api_url: str) -> None:
        """Use the proxy that the environment names for this address, if it names one."""
        alone = httpx.Limits(max_keepalive_connections=0)  # nothing is left open that someone must close
        self._inner = httpx.HTTPTransport(proxy=_proxy(api_url), retries=0, limits=alone)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises `httpx.TransportError`."""
        query: str = request.extensions.get(QUERY, "")
        sent = httpx.Request(
            request.method,
            request.url.copy_with(query=query.encode() or None),
            headers=request.headers,
            stream=request.stream,
            extensions={name: value for name, value in request.extensions.items() if name != QUERY},
        )
        return self._inner.handle_request(sent)

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


def _proxy(api_url: str) -> str | None:
    parts = urlsplit(api_url)
    if proxy_bypass(parts.hostname or ""):
        return None
    known = getproxies()
    return known.get(parts.scheme) or known.get("all")
