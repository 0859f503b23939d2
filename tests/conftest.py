"""What every test shares: a clean environment, the open data sets, and the rule on missing services."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from uuid import uuid4

import pytest
from hypothesis import settings

from tests.fakes.warm import WARM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scripts.services.elasticsearch import Elasticsearch
    from scripts.services.redis import Redis

ROOT = Path(__file__).resolve().parent.parent
_PROGRAMS = {ROOT / "tests" / "e2e", ROOT / "tests" / "faults"}
_SERVICES = {"elasticsearch_url", "own_elasticsearch", "own_redis"}
_MESSENGERS = {"FakeSlack", "FakeWeCom"}

settings.register_profile("quorum", deadline=None)  # how long one example takes says nothing on a shared machine
settings.register_profile("quick", settings.get_profile("quorum"), max_examples=20)
settings.register_profile("nightly", settings.get_profile("quorum"), max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quorum"))
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Mark as slow what waits for programs, a messenger's server or Elasticsearch."""
    for item in items:
        waits = not _PROGRAMS.isdisjoint(item.path.parents)
        if isinstance(item, pytest.Function):
            waits |= not (_MESSENGERS.isdisjoint(vars(item.module)) and _SERVICES.isdisjoint(item.fixturenames))
        if waits and not item.get_closest_marker("quick"):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True, scope="session")
def _clean_environment() -> Iterator[None]:
    """Keep the settings and proxies of the person who runs the tests out of them."""
    with pytest.MonkeyPatch.context() as environment:
        for name in list(os.environ):
            if (name.startswith("QUORUM_") and name != "QUORUM_DATA") or name.lower().endswith("_proxy"):
                environment.delenv(name)
        WARM.begin()
        yield
        WARM.close()


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
    """A running Redis that the test may stop, kill, pause and start again.

    It is on the disk before it answers: with the default, a busy disk may let it answer two seconds ahead of its file.
    """
    from scripts.services import redis
    from scripts.services.server import ServiceError

    try:
        redis.program()
    except ServiceError:
        missing("redis-server (`make services` fetches it)")
    with own_folder() as folder:
        server = redis.Redis(folder, options={"appendfsync": "always"})
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
        server = elasticsearch.Elasticsearch(folder, jvm=elasticsearch.QUICK)
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


@pytest.fixture(scope="session")
def chinese_font() -> Path:
    """The file of a font with Chinese characters."""
    from scripts.services import fonts

    found = fonts.chinese()
    return found[0] if found else missing("a font with Chinese characters (`make services` fetches it)")


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that one of the run's processes makes, and all of them use; only for what nobody changes."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"once-{name}"
    with folder.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made := folder.with_suffix(".made")).exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            made.touch()
    return folder


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
