"""Redis 7: from the PATH, or from Debian's packages, unpacked without root and without a system service."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from scripts.services import debian
from scripts.services.machine import HOST, attempted, locked
from scripts.services.server import PROGRAMS, SERVICES, Launch, Server, ServiceError, without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAJOR = 7
UNPACKED = PROGRAMS / "redis"
ANSWER_S = 2.0
OPTIONS = {
    "appendonly": "yes",
    "appendfsync": "everysec",
    "databases": "64",  # one for every test that runs at the same time
    "save": "",  # the append-only file is enough
}
ADVICE = "install redis-server 7 (Debian: apt-get install redis-server), or set REDIS_URL to a running one"


class Redis(Server):
    """A Redis of one's own, with an append-only file; `options` are lines of redis.conf (`{"maxmemory": "2mb"}`)."""

    patience_s = 30.0

    def __init__(self, folder: Path, port: int | None = None, options: Mapping[str, str] | None = None) -> None:
        """Own `folder`; see Server for `port`."""
        super().__init__(folder, port)
        self._options = OPTIONS | dict(options or {})

    @property
    def url(self) -> str:
        """The address of database 0, with the password where `options` set one."""
        password = quote(self._options.get("requirepass", ""), safe="")
        return f"redis://{f':{password}@' if password else ''}{HOST}:{self.port}/0"

    def check(self) -> None:
        """Raise ServiceError unless it answers and is Redis 7 or newer."""
        check(self.url)

    def launch(self) -> Launch:
        """Give the options on the command line: Redis reads no file."""
        options = self._options | {"bind": HOST, "port": str(self.port), "dir": str(self.folder), "daemonize": "no"}
        command = [str(program()), *(part for name, value in options.items() for part in (f"--{name}", value))]
        return Launch(command, libraries())


def check(url: str) -> None:
    """Raise ServiceError unless a Redis 7 or newer answers at the URL."""
    try:
        with redis.Redis.from_url(url, socket_timeout=ANSWER_S, retry=Retry(NoBackoff(), 0)) as client:
            version = str(client.info("server")["redis_version"])
    except (redis.RedisError, ValueError) as exc:
        message = f"no Redis answers at {without_secrets(url)!r}: {exc}"
        raise ServiceError(message) from exc
    if int(version.partition(".")[0]) < MAJOR:
        message = f"the Redis at {without_secrets(url)!r} is {version}, too old: {ADVICE}"
        raise ServiceError(message)


@contextmanager
def empty_database(url: str) -> Iterator[str]:
    """Lend the URL of an empty database of that server, to one borrower of this checkout at a time; empty it after.

    Of a server that is not ours only databases without any key are lent.
    """
    with redis.Redis.from_url(url) as client:
        count = int(client.config_get("databases")["databases"])
    shared = SERVICES / "redis" / "url"
    ours = shared.exists() and shared.read_text().strip() == url
    for number in range(1, count):
        database = urlsplit(url)._replace(path=f"/{number}").geturl()
        with attempted(SERVICES / "databases" / str(number)) as lent, redis.Redis.from_url(database) as client:
            if lent and (ours or client.dbsize() == 0):
                client.flushdb()
                try:
                    yield database
                finally:
                    client.flushdb()
                return
    message = f"each of the {count} databases of {without_secrets(url)!r} is in use"
    raise ServiceError(message)


def program() -> Path:
    """Return the path of redis-server; ServiceError where it was not fetched."""
    if found := shutil.which("redis-server"):
        return Path(found)
    if (unpacked := UNPACKED / "usr" / "bin" / "redis-server").exists():
        return unpacked
    message = "redis-server is not here: run `make services`"
    raise ServiceError(message)


def libraries() -> dict[str, str]:
    """Return the environment in which the unpacked redis-server finds its libraries."""
    folders = sorted({str(path.parent) for path in UNPACKED.glob("usr/lib/**/*.so*")})
    return {"LD_LIBRARY_PATH": ":".join([*folders, *filter(None, [os.environ.get("LD_LIBRARY_PATH")])])}


def fetch() -> bool:
    """Unpack Debian's redis-server and what it needs into the services' folder; False where there is one already."""
    with locked(PROGRAMS / "redis.lock"):
        try:
            program()
        except ServiceError:
            debian.unpack("redis-server", UNPACKED, ADVICE)
            return True
    return False
