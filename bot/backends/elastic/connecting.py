"""Opens the client: one that knows the password, gives up soon, and talks to a server of the right version."""

from __future__ import annotations

import logging
import re
import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from bot.backends.elastic.failures import VERSION, mapped, other_version
from bot.errors import ConfigurationError, IndexUnavailableError, MissingExtraError

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from bot.backends.elastic.addresses import Address

CONNECT_S = 3.0
WRITE_S = 120.0
"""Writing waits longer: a refresh builds the graph of the new vectors."""


_CONNECTIONS = 32
"""Threads that may search at the same time; more wait for one another."""


def connect(address: Address) -> Elasticsearch:
    """Return a client of a server that was seen to answer.

    Raises `MissingExtraError`, `IndexUnavailableError`, and `ConfigurationError` for what the address says.
    """
    try:
        from elasticsearch import Elasticsearch
    except ImportError as exc:
        raise MissingExtraError(library="elasticsearch", extra="engines") from exc
    # It warns of every retry and names every request; what matters is raised.
    logging.getLogger("elastic_transport").setLevel(logging.ERROR)
    _knock(address)
    with mapped(address), ExitStack() as closing:
        client = Elasticsearch(
            address.urls,
            request_timeout=address.timeout_s,
            max_retries=max(1, len(address.hosts) - 1),
            retry_on_timeout=False,
            connections_per_node=_CONNECTIONS,
            **_login(address),
        )
        closing.callback(client.close)
        _check_version(client, address)
        closing.pop_all()
    return client


def _login(address: Address) -> dict[str, Any]:
    login: dict[str, Any] = {}
    if address.api_key:
        login["api_key"] = address.api_key
    elif address.user:
        login["basic_auth"] = (address.user, address.password)
    if address.ca:
        login["ca_certs"] = address.ca
    return login


def _knock(address: Address) -> None:
    """Open and close one plain connection: the client has no time limit of its own for connecting."""
    failures = []
    for host in address.hosts:
        try:
            socket.create_connection(host, timeout=CONNECT_S).close()
        except OSError as exc:
            failures.append(f"{host[0]}:{host[1]}: {exc.strerror or exc}")
        else:
            return
    message = (
        f"Elasticsearch at {address.shown!r} cannot be reached ({'; '.join(failures)}). "
        "Is it running? Check host and port of QUORUM_INDEX."
    )
    raise IndexUnavailableError(message)


def _check_version(client: Elasticsearch, address: Address) -> None:
    """Ask one node, since the core distribution has no `GET /`; who may not ask that is let in."""
    from elasticsearch import AuthorizationException

    try:
        found = client.nodes.info(node_id="_local", metric="_none", filter_path="nodes.*.version")
    except AuthorizationException:
        return
    needed = tuple(map(int, VERSION.split(".")))
    for node in found.get("nodes", {}).values():
        numbers = tuple(map(int, re.findall(r"\d+", node["version"])[:2]))
        if numbers < needed or numbers[0] > needed[0]:
            raise ConfigurationError(other_version(address, node["version"]))
