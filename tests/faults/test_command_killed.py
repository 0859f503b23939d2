"""The real `quorum ingest`, killed at many moments: what was there is found, the next run finishes, nothing doubles."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.elastic import setting
from tests.faults.short_commands import Settings, run, timed

if TYPE_CHECKING:
    from pathlib import Path

FILES, ROWS = 40, 400
MOMENTS = (
    (0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95) if os.environ.get("QUORUM_FULL") == "1" else (0.1, 0.4, 0.7, 0.95)
)
"""Of the time that the first ingest took: from before the first file is read until the last one is written."""


@pytest.fixture(params=["lance", "elastic"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """The settings of an empty installation on one of the engines."""
    settings = {"QUORUM_HOME": str(tmp_path / "home"), "QUORUM_INGEST__CHUNK_CHARS": "200"}
    if request.param == "elastic":
        server, name = (request.getfixturevalue(f"elasticsearch_{part}") for part in ("url", "name"))
        settings["QUORUM_INDEX"] = setting(server, name)
    return settings


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


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_killed_command_keeps_every_document_and_the_next_finishes(tmp_path: Path, home: Settings) -> None:
    folder, batch = tmp_path / "kb", tmp_path / "asked.jsonl"
    asked = [{"question": f"page{number}", "documents": [f"f{number:02d}.md"]} for number in range(0, FILES, 3)]
    asked += [{"question": f"number{number}", "documents": [f"q{number}"]} for number in range(0, ROWS, 20)]
    batch.write_text("\n".join(json.dumps({"id": str(place)} | line) for place, line in enumerate(asked)))
    _write(folder, "old")
    took_s = timed(home, "ingest", folder)
    before = [sorted(hit["chunk"] for hit in hits) for hits in _found(home, batch)]
    _write(folder, "new")
    running = 0
    for moment in MOMENTS:
        running += run(home, "ingest", folder, "--json", killed_after_s=moment * took_s) is None

        assert [sorted(hit["chunk"] for hit in hits) for hits in _found(home, batch)] == before, moment
    _ingest(home, folder)

    assert running > 0
    assert all(before)
    assert [sorted(hit["chunk"] for hit in hits) for hits in _found(home, batch)] == before
    assert {record["status"] for record in _ingest(home, folder)["files"]} == {"unchanged"}
    batch.write_text(json.dumps({"id": "1", "question": "old"}))
    assert [hit for hit in _found(home, batch)[0] if hit["words"]] == []
