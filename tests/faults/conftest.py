"""The installations whose faults are tested, embedded and on engines: a platform of the tests, Slack, and WeCom."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.conftest import once
from tests.fakes import rooms
from tests.faults.short_commands import run
from tests.faults.slack_asking import FULL
from tests.faults.slack_stack import SlackInstallation
from tests.faults.stack import Installation
from tests.faults.wecom_stack import STACKS, WecomInstallation, WecomStack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scripts.services.redis import Redis

WORKERS = 2
PARAMS = ("embedded", "engines")
AT_ONCE = {"QUORUM_WORK__CONCURRENCY": "2" if FULL else "1"}
"""Of a worker; each of its children takes seconds to open the index."""

STRUCK = {"installation", "slack_installation"}
"""The fixtures that are each of the two in turn."""


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the knowledge base about rooms, with a home that holds it."""

    def make(folder: Path) -> None:
        rooms.write(folder / "rooms")
        ingest(folder, folder / "home")

    return once(tmp_path_factory, "house", make)


def ingest(house: Path, home: Path, **settings: str) -> None:
    """Bring the rooms into an index with the real command."""
    run(settings | {"QUORUM_HOME": str(home)}, "ingest", house / "rooms")


@pytest.fixture(scope="session")
def embedded_index(house: Path) -> str:
    """The address of an index in files."""
    return f"lance://{house / 'home' / 'index'}"


@pytest.fixture
def embedded(embedded_index: str, tmp_path: Path) -> Installation:
    """`quorum serve` alone, which answers too."""
    return Installation("embedded", tmp_path, {"QUORUM_INDEX": embedded_index})


@pytest.fixture(scope="session")
def elastic_index(house: Path, elasticsearch_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an index in the shared Elasticsearch."""
    from scripts.services.elasticsearch import own_name

    with own_name(elasticsearch_url) as name:
        address = f"{elasticsearch_url.replace('http', 'elasticsearch', 1)}/{name}"
        ingest(house, tmp_path_factory.mktemp("elastic"), QUORUM_INDEX=address)
        yield address


@pytest.fixture
def engines(elastic_index: str, own_redis: Redis, tmp_path: Path) -> Installation:
    """`quorum serve` and two `quorum work`, with a Redis of their own."""
    return on_engines(elastic_index, own_redis, tmp_path)


def on_engines(index: str, redis: Redis, folder: Path) -> Installation:
    """Set up a server and two workers on these engines."""
    queue = redis.url.removesuffix("/0") + "/1"
    settings = {"QUORUM_INDEX": index, "QUORUM_STORE": redis.url, "QUORUM_QUEUE": queue}
    return Installation("engines", folder, settings, WORKERS)


@pytest.fixture(params=PARAMS)
def installation(request: pytest.FixtureRequest) -> Installation:
    """Each installation in turn."""
    found: Installation = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def slack_embedded(embedded_index: str, tmp_path: Path) -> SlackInstallation:
    """`quorum serve slack` alone, which answers too."""
    return SlackInstallation("Slack, embedded", tmp_path, {"QUORUM_INDEX": embedded_index})


@pytest.fixture
def slack_engines(embedded_index: str, own_redis: Redis, tmp_path: Path) -> SlackInstallation:
    """`quorum serve slack` and two `quorum work`, with a Redis of their own and the index in files."""
    queue = own_redis.url.removesuffix("/0") + "/1"
    settings = {"QUORUM_INDEX": embedded_index, "QUORUM_STORE": own_redis.url, "QUORUM_QUEUE": queue}
    return SlackInstallation("Slack, engines", tmp_path, settings | AT_ONCE, WORKERS)


@pytest.fixture(params=PARAMS)
def slack_installation(request: pytest.FixtureRequest) -> SlackInstallation:
    """Each installation in turn."""
    found: SlackInstallation = request.getfixturevalue(f"slack_{request.param}")
    return found


@pytest.fixture(scope="session", params=STACKS)
def wecom_stack(
    request: pytest.FixtureRequest, embedded_index: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WecomStack]:
    """`quorum serve wecom` that runs, with a standby for the long connection, and workers where there are engines."""
    from scripts.services.redis import empty_database

    way, _, engine = request.param.partition("-")
    settings, workers = {"QUORUM_INDEX": embedded_index}, 0
    with ExitStack() as stack:
        if engine == "engines":
            url, workers = request.getfixturevalue("redis_url"), WORKERS
            settings |= {name: stack.enter_context(empty_database(url)) for name in ("QUORUM_STORE", "QUORUM_QUEUE")}
            settings |= AT_ONCE
        folder = tmp_path_factory.mktemp(request.param)
        name, standbys = f"WeCom, app and {way}, {engine}", int(way == "socket")
        installation = WecomInstallation(name, folder, settings, workers, standbys=standbys, way=way)
        yield stack.enter_context(installation.running())


@pytest.fixture
def wecom_embedded(embedded_index: str, tmp_path: Path) -> WecomInstallation:
    """`quorum serve wecom` alone, with the long connection, for tests that kill it where they say."""
    return WecomInstallation(
        "WeCom, app and socket, embedded", tmp_path, {"QUORUM_INDEX": embedded_index}, way="socket"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let each fault strike one of the two installations, in turn; both with QUORUM_FULL=1, as `make faults` does."""
    if os.environ.get("QUORUM_FULL") == "1":
        return
    both = [item for item in items if isinstance(item, pytest.Function) and STRUCK.intersection(item.fixturenames)]
    faults = list(dict.fromkeys(_fault(item) for item in both))
    left_out = {item for item in both if _struck(item) != PARAMS[1 - faults.index(_fault(item)) % 2]}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def _fault(item: pytest.Function) -> tuple[str, str]:
    """Name a test with all its parameters but the installation."""
    others = sorted((name, str(value)) for name, value in item.callspec.params.items() if name not in STRUCK)
    return item.nodeid.partition("[")[0], str(others)


def _struck(item: pytest.Function) -> str:
    """Return the installation that a fault strikes in this test."""
    return next(str(value) for name, value in item.callspec.params.items() if name in STRUCK)
