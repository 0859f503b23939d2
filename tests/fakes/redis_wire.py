"""Two ways in which Redis goes wrong on the wire: replies that are lost, and a server that says one thing only."""

from __future__ import annotations

import select
import socket
import socketserver
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scripts.services.machine import HOST

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 65_536


class Wire:
    """Stands between a client and the real Redis; loses the reply to the next request that holds `losing`."""

    def __init__(self, url: str) -> None:
        """Lead to the Redis at a `redis://` URL."""
        self._parts = urlsplit(url)
        self.losing = b""
        self.url = ""

    @contextmanager
    def open(self) -> Iterator[Wire]:
        """Listen until the block ends."""
        with listening(self._carry) as port:
            login, at, _ = self._parts.netloc.rpartition("@")
            self.url = self._parts._replace(netloc=f"{login}{at}{HOST}:{port}").geturl()
            yield self

    def _carry(self, client: socket.socket) -> None:
        with socket.create_connection((self._parts.hostname or HOST, self._parts.port or 6379)) as server:
            losing = False
            while True:
                for ready in select.select([client, server], [], [])[0]:
                    data = ready.recv(CHUNK)
                    if not data or (ready is server and losing):
                        return
                    if ready is client and self.losing and self.losing in data:
                        losing, self.losing = True, b""
                    (server if ready is client else client).sendall(data)


@contextmanager
def saying(line: bytes) -> Iterator[int]:
    """Answer everything with one line; yields the port."""

    def repeat(client: socket.socket) -> None:
        while client.recv(CHUNK):
            client.sendall(line + b"\r\n")

    with listening(repeat) as port:
        yield port


@contextmanager
def listening(serve: object) -> Iterator[int]:
    """Run `serve` for each connection on a thread of its own; yields the port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                serve(self.request)  # type: ignore[operator]
            except OSError:
                return  # the client went away first

    class Listener(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Listener((HOST, 0), Handler) as listener:
        threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield listener.server_address[1]
        listener.shutdown()
