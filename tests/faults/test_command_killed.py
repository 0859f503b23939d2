"""The real `quorum ingest`, killed at many moments: what was there is found, the next run finishes, nothing doubles."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.elastic import setting
from tests.fakes.warm import AFRESH
from tests.faults.short_commands import Changes, Settings, grown, run, written

if TYPE_CHECKING:
    from pathlib import Path

FILES, ROWS = 10, 3_400
"""Four batches are written."""

STEPS = {"lance": (0, 1, 3, 5), "elastic": (0, 400, 1_200)}
"""How much of its work can be seen when the command is killed: nothing, a batch begun, one whole, the next one begun.

LanceDB's count grows as a batch begins and as it is whole, and twice before that where a kill left one unfinished;
Elasticsearch's grows with every chunk.
"""


@dataclass(frozen=True)
class Installed:
    """An empty installation on one of the engines, and a number that grows with what is written there."""

    settings: Settings
    progress: Callable[[], int]
    steps: Sequence[int]


@pytest.fixture(params=["lance", "elastic"])
def installed(request: pytest.FixtureRequest, tmp_path: Path) -> Installed:
    home, steps = tmp_path / "home", STEPS[request.param]
    settings = {"QUORUM_HOME": str(home), "QUORUM_INGEST__CHUNK_CHARS": "200"}
    if request.param == "lance":
        return Installed(settings, Changes(home), steps)
    server, name = (request.getfixturevalue(f"elasticsearch_{part}") for part in ("url", "name"))
    return Installed(settings | {"QUORUM_INDEX": setting(server, name)}, partial(written, server, name), steps)


def _ingest(home: Settings, folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(run(home, "ingest", folder, "--json") or "")
    return report


def _found(home: Settings, batch: Path) -> list[list[dict[str, Any]]]:
    found = run(home, "search", "--batch", batch, "-k", "50") or ""
    return [json.loads(line)["hits"] for line in found.splitlines()]


def _write(folder: Path, version: str) -> None:
    folder.mkdir(exist_ok=True)
    for number in range(FILES):
        body = "".join(f"## Part {part}\n\n{version} of page{number} {'word ' * 30}\n\n" for part in range(10))
        (folder / f"f{number:02d}.md").write_text(f"# File {number}\n\n{body}")
    rows = "".join(f"q{number},{version} question number{number}?,{version} answer\n" for number in range(ROWS))
    (folder / "faq.csv").write_text(f"id,question,answer\n{rows}")


@pytest.mark.timeout(600)
def test_a_killed_command_keeps_every_document_and_the_next_finishes(tmp_path: Path, installed: Installed) -> None:
    home, folder, batch = installed.settings, tmp_path / "kb", tmp_path / "asked.jsonl"
    asked = [{"question": f"page{number}", "documents": [f"f{number:02d}.md"]} for number in range(0, FILES, 3)]
    asked += [{"question": f"number{number}", "documents": [f"q{number}"]} for number in range(0, ROWS, 100)]
    asked += [{"question": "old"}, {"question": "new"}]
    batch.write_text("\n".join(json.dumps({"id": str(place)} | line) for place, line in enumerate(asked)))
    _write(folder, "old")
    _ingest(home, folder)
    before = [sorted(hit["chunk"] for hit in hits) for hits in _found(home, batch)[:-2]]
    _write(folder, "new")
    killed = mixed = 0
    for steps in installed.steps:
        enough = grown(installed.progress, by=steps)
        killed += run(home, "ingest", folder, "--json", killed_when=enough) is None
        *found, old, new = _found(home, batch)
        mixed += all(any(hit["words"] for hit in hits) for hits in (old, new))

        assert [sorted(hit["chunk"] for hit in hits) for hits in found] == before, steps
    _ingest(home | AFRESH, folder)

    assert killed == len(installed.steps)
    assert mixed > 0, "none was killed between the first batch and the last"
    assert all(before)
    *found, old, _ = _found(home, batch)
    assert [sorted(hit["chunk"] for hit in hits) for hits in found] == before
    assert {record["status"] for record in _ingest(home, folder)["files"]} == {"unchanged"}
    assert [hit for hit in old if hit["words"]] == []
