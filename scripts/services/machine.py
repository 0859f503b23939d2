"""What the services need of the machine: free ports, locks among processes, and who belongs to whom."""

from __future__ import annotations

import fcntl
import os
import random
import socket
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "127.0.0.1"
LOWEST_PORT = 12_000
_TRIED = 1_000
SAME_BIRTH_S = 60
"""A process that began this long before or after the one written down has only inherited its number."""


def living_session(pid: int, born: float) -> list[psutil.Process]:
    """Return the processes of the session that `pid`, begun at `born` (seconds since 1970), leads or led."""
    with suppress(psutil.NoSuchProcess):  # the others of its session may have outlived it
        if abs(psutil.Process(pid).create_time() - born) > SAME_BIRTH_S:
            return []
    living = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) == pid and not is_over(process):
                living.append(process)
        except (psutil.Error, ProcessLookupError, PermissionError):
            continue
    return living


def is_over(process: psutil.Process) -> bool:
    """Return whether nothing of the process runs any more, though its parent may not have asked for its end yet.

    A killed Java is a zombie as soon as its first thread ended; its ports are free only after the last.
    """
    return process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1


def free_port() -> int:
    """Return a port of this machine on which nothing listens.

    It is below the range from which the system takes ports for outgoing connections: there, a client that tries again
    and again while its server is down can be given that very port, connect to itself and keep the server out.
    """
    range_file = Path("/proc/sys/net/ipv4/ip_local_port_range")
    highest = int(range_file.read_text().split()[0]) if range_file.exists() else 32_768
    candidates = range(LOWEST_PORT, max(highest, LOWEST_PORT + 1000))
    return next(port for port in random.sample(candidates, _TRIED) if is_free(port))


def is_free(port: int) -> bool:
    """Return whether a server could listen on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def listens(port: int) -> bool:
    """Return whether something accepts connections on the port."""
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the file's lock: one thread of one process at a time; the system frees it when the holder dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def attempted(path: Path) -> Iterator[bool]:
    """Try the file's lock without waiting, and say whether it is held now; what `locked` says of it holds here too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
