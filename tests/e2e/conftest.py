"""The command line as a person has it: a real process with a home folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import once
from tests.fakes import slack_installation, wecom_installation
from tests.fakes.warm import QUORUM, ROOT, WARM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.slack_installation import Installation

EXAMPLES = ROOT / "examples" / "knowledge"
TIMEOUT_S = 240


@dataclass(frozen=True)
class Run:
    """What a finished command left: exit status and both streams."""

    status: int
    out: str
    err: str

    @property
    def data(self) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True)
class Quorum:
    """Runs `quorum` with `QUORUM_HOME` set to `home`, through the program named in `before` if any.

    Without such a program, and with nothing special but settings of ours, it is forked off a process that has loaded
    the libraries.
    """

    home: Path
    before: tuple[str, ...] = ()

    def __call__(self, *arguments: str | Path, stdin: str | bytes = "", **settings: str) -> Run:
        environment = os.environ | {"QUORUM_HOME": str(self.home)} | settings
        content = stdin.encode() if isinstance(stdin, str) else stdin
        if not self.before:
            status, out, err = WARM.run([*map(str, arguments)], content, environment, TIMEOUT_S)
            return Run(status, out.decode(), err.decode())
        run = subprocess.run(
            [*self.before, QUORUM, *map(str, arguments)],
            input=content,
            capture_output=True,
            env=environment,
            cwd=ROOT,
            timeout=TIMEOUT_S,
            check=False,
        )
        return Run(run.returncode, run.stdout.decode(), run.stderr.decode())


@pytest.fixture
def quorum(tmp_path: Path) -> Quorum:
    """The command with an empty home."""
    return Quorum(tmp_path / "home")


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Quorum:
    """The command with the sample knowledge base brought in; only for tests that change nothing."""

    def make(folder: Path) -> None:
        run = Quorum(folder / "home")("ingest", EXAMPLES)
        assert run.status == 0, run.err + run.out

    return Quorum(once(tmp_path_factory, "sample", make) / "home")


@pytest.fixture(scope="session")
def slack_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the handbook, and with a collection that few may see; only to copy."""
    return once(tmp_path_factory, "slack", slack_installation.knowledge) / "home"


@pytest.fixture(scope="session", params=slack_installation.ALL)
def slack(
    request: pytest.FixtureRequest, slack_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """A Quorum before a fake Slack, shared by all tests: each brings people and channels of its own."""
    from scripts.services.redis import empty_database

    transport, _, engine = request.param.partition("-")
    with ExitStack() as stack:
        on_celery, is_loud = engine == "celery", request.param in slack_installation.TWO
        redis = stack.enter_context(empty_database(request.getfixturevalue("redis_url"))) if on_celery else ""
        folder = tmp_path_factory.mktemp(request.param)
        yield stack.enter_context(slack_installation.installed(slack_home, folder, transport, redis, loud=is_loud))


@pytest.fixture(scope="session")
def wecom_home(slack_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the handbook, a long manual, and a collection that few may see; only to copy."""
    return once(tmp_path_factory, "wecom", partial(wecom_installation.knowledge, slack_home)) / "home"


@pytest.fixture(scope="session", params=wecom_installation.ALL)
def wecom(
    request: pytest.FixtureRequest, wecom_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[wecom_installation.Installation]:
    """A Quorum before a fake WeCom, shared by all tests: each brings people and groups of its own."""
    from scripts.services.redis import empty_database

    way, _, engine = request.param.partition("-")
    with ExitStack() as stack:
        on_celery, is_loud = engine == "celery", request.param in wecom_installation.TWO
        redis = stack.enter_context(empty_database(request.getfixturevalue("redis_url"))) if on_celery else ""
        folder = tmp_path_factory.mktemp(request.param)
        found = stack.enter_context(wecom_installation.installed(wecom_home, folder, way, redis, loud=is_loud))
        yield found
        assert found.leaks() == {}
