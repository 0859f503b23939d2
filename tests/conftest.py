"""What every test shares: a clean environment, the open data sets, and the rule on missing services."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from uuid import uuid4

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scripts.services.elasticsearch import Elasticsearch
    from scripts.services.redis import Redis

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile("quorum", deadline=None)  # how long one example takes says nothing on a shared machine
settings.register_profile("nightly", settings.get_profile("quorum"), max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quorum"))
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"


_SECONDS = {"faults": 15, "e2e": 2}
"""About how long a test of a folder waits for the processes that it starts."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let each of several test processes begin with its share of the tests that wait, and then compute.

    xdist hands the list out in equal parts and lets who is done steal. In the order of the folders one process had all
    tests that wait, and at the end all processes waited. Tests of one file stay together, and in their order.
    """
    processes = getattr(config, "workerinput", {}).get("workercount", 1)
    runs = [list(run) for _, run in groupby(items, key=lambda item: item.path)]
    waiting = {at: len(run) * _weight(run[0]) for at, run in enumerate(runs) if _weight(run[0])}
    shares: list[list[int]] = [[] for _ in range(processes)]
    for at in sorted(waiting, key=lambda at: -waiting[at]):
        min(shares, key=lambda share: sum(waiting[each] for each in share)).append(at)
    computing = [item for at, run in enumerate(runs) if at not in waiting for item in run]
    left, ordered = len(items), list[pytest.Item]()
    for number, share in enumerate(shares):
        part = [item for at in sorted(share) for item in runs[at]]
        room = max(0, left // (processes - number) - len(part))
        part += computing[:room]
        del computing[:room]
        ordered += part
        left -= len(part)
    items[:] = [*ordered, *computing]


def _weight(item: pytest.Item) -> int:
    return _SECONDS.get(item.path.relative_to(ROOT / "tests").parts[0], 0)


@pytest.fixture(autouse=True, scope="session")
def _clean_environment() -> Iterator[None]:
    """Keep the settings and proxies of the person who runs the tests out of them."""
    with pytest.MonkeyPatch.context() as environment:
        for name in list(os.environ):
            if (name.startswith("QUORUM_") and name != "QUORUM_DATA") or name.lower().endswith("_proxy"):
                environment.delenv(name)
        yield


@pytest.fixture(scope="session")
def open_data() -> Callable[[str], Path]:
    """Return the folder of one open data set, or skip by its name where the sets are absent."""
    base = Path(os.environ.get("QUORUM_DATA", ROOT.parent / "shared" / "data"))

    def folder(name: str) -> Path:
        if not (base / name).is_dir():
            pytest.skip(f"the open data set {name!r} is not in {str(base)!r}; set QUORUM_DATA to its folder")
        return base / name

    return folder


def missing(what: str) -> NoReturn:
    """Skip at home, naming what is missing; fail where CI says that everything must be there."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing, and CI is set")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The Redis of REDIS_URL, else of `make services`; all tests share it: take `redis_database` or own key names."""
    from scripts.services.redis import Redis
    from scripts.services.server import SERVICES

    if url := os.environ.get("REDIS_URL"):
        return url
    shared = Redis(SERVICES / "redis")
    return shared.url if shared.answers() else missing("Redis (`make services` starts it; or set REDIS_URL)")


@pytest.fixture(scope="session")
def elasticsearch_url() -> str:
    """The Elasticsearch of ELASTICSEARCH_URL, else of `make services`, as http://host:port; all tests share it."""
    from scripts.services.elasticsearch import Elasticsearch
    from scripts.services.server import SERVICES

    if url := os.environ.get("ELASTICSEARCH_URL"):
        return url
    shared = Elasticsearch(SERVICES / "elasticsearch")
    advice = "(`make services` starts it; or set ELASTICSEARCH_URL)"
    return shared.url if shared.answers() else missing(f"Elasticsearch {advice}")


@pytest.fixture
def redis_database(redis_url: str) -> Iterator[str]:
    """The URL of an empty Redis database that no other test uses."""
    from scripts.services.redis import empty_database

    with empty_database(redis_url) as database:
        yield database


@pytest.fixture
def elasticsearch_name(elasticsearch_url: str) -> Iterator[str]:
    """A name for an index; every index whose name begins with it is deleted after the test."""
    from scripts.services.elasticsearch import own_name

    with own_name(elasticsearch_url) as name:
        yield name


@pytest.fixture
def own_redis() -> Iterator[Redis]:
    """A running Redis that the test may stop, kill, pause and start again."""
    from scripts.services import redis
    from scripts.services.server import ServiceError

    try:
        redis.program()
    except ServiceError:
        missing("redis-server (`make services` fetches it)")
    with own_folder() as folder:
        server = redis.Redis(folder)
        try:
            server.start()
            yield server
        finally:
            server.kill()


@pytest.fixture(scope="module")
def _modules_elasticsearch() -> Iterator[Elasticsearch]:
    from scripts.services import elasticsearch
    from scripts.services.server import ServiceError

    try:
        elasticsearch.program()
    except ServiceError:
        missing("Elasticsearch's program (`make services` fetches it)")
    with own_folder() as folder:
        server = elasticsearch.Elasticsearch(folder)
        try:
            yield server
        finally:
            server.kill()


@pytest.fixture
def own_elasticsearch(_modules_elasticsearch: Elasticsearch) -> Elasticsearch:
    """A running Elasticsearch that the test may stop, kill, pause and start again; a module's tests share its data."""
    _modules_elasticsearch.resume()
    _modules_elasticsearch.start()
    return _modules_elasticsearch


@contextmanager
def own_folder() -> Iterator[Path]:
    """Name a folder for a server in a private one; where the test run is killed, the next `make services` ends it."""
    from scripts.services.server import OWN

    folder = OWN / f"{os.getpid()}-{uuid4().hex[:8]}"
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield folder / "server"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
