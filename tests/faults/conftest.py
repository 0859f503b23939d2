"""The two installations whose faults are tested: embedded, and on Redis, Celery and Elasticsearch."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fakes import rooms
from tests.faults.keeping import ROOT
from tests.faults.stack import Installation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.services.redis import Redis

QUORUM = Path(sys.executable).with_name("quorum")
WORKERS = 2
PARAMS = ("embedded", "engines")


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the knowledge base about rooms."""
    folder = tmp_path_factory.mktemp("house")
    rooms.write(folder / "rooms")
    return folder


def ingest(house: Path, home: Path, **settings: str) -> None:
    """Bring the rooms into an index with the real command."""
    environment = os.environ | settings | {"QUORUM_HOME": str(home)}
    run = subprocess.run(
        [QUORUM, "ingest", house / "rooms"], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


@pytest.fixture(scope="session")
def embedded_index(house: Path) -> str:
    """The address of an index in files."""
    ingest(house, house / "home")
    return f"lance://{house / 'home' / 'index'}"


@pytest.fixture
def embedded(embedded_index: str, tmp_path: Path) -> Installation:
    """`quorum serve` alone, which answers too."""
    return Installation("embedded", tmp_path, {"QUORUM_INDEX": embedded_index})


@pytest.fixture(scope="session")
def elastic_index(house: Path, elasticsearch_url: str) -> Iterator[str]:
    """The address of an index in the shared Elasticsearch."""
    from scripts.services.elasticsearch import own_name

    with own_name(elasticsearch_url) as name:
        address = f"{elasticsearch_url.replace('http', 'elasticsearch', 1)}/{name}"
        ingest(house, house / "elastic", QUORUM_INDEX=address)
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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let each fault strike one of the two installations, in turn; both with QUORUM_FULL=1, as `make faults` does."""
    if os.environ.get("QUORUM_FULL") == "1":
        return
    both = [item for item in items if isinstance(item, pytest.Function) and "installation" in item.fixturenames]
    faults = list(dict.fromkeys(_fault(item) for item in both))
    left_out = {
        item for item in both if item.callspec.params["installation"] != PARAMS[1 - faults.index(_fault(item)) % 2]
    }
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def _fault(item: pytest.Function) -> tuple[str, str]:
    """Name a test with all its parameters but the installation."""
    others = sorted((name, str(value)) for name, value in item.callspec.params.items() if name != "installation")
    return item.nodeid.partition("[")[0], str(others)
