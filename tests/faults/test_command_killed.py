"""The real `quorum ingest`, killed at many moments: what was there is found, the next run finishes, nothing doubles."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.elastic import setting

PROGRAM = Path(sys.executable).with_name("quorum")
FILES, ROWS = 40, 400
MOMENTS_S = (
    (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0) if os.environ.get("QUORUM_FULL") == "1" else (1.0, 2.0, 3.0, 5.0)
)
"""From before the first file is read to after the last one is written, on fast and on slow machines."""


Settings = dict[str, str]


@pytest.fixture(params=["lance", "elastic"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """The settings of an empty installation on one of the engines."""
    settings = {"QUORUM_HOME": str(tmp_path / "home"), "QUORUM_INGEST__CHUNK_CHARS": "200"}
    if request.param == "elastic":
        server, name = (request.getfixturevalue(f"elasticsearch_{part}") for part in ("url", "name"))
        settings["QUORUM_INDEX"] = setting(server, name)
    return settings


def _start(home: Settings, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [PROGRAM, *arguments],
        env=os.environ | home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def _ingest(home: Settings, folder: Path) -> dict[str, Any]:
    process = _start(home, "ingest", str(folder), "--json")
    out, err = process.communicate()
    assert process.returncode == 0, err.decode()
    report: dict[str, Any] = json.loads(out)
    return report


def _killed(home: Settings, folder: Path, after_s: float) -> bool:
    """Kill an ingest after a while; tell whether it was still running."""
    process = _start(home, "ingest", str(folder), "--json")
    try:
        process.communicate(timeout=after_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return True
    return False


def _found(home: Settings, batch: Path) -> list[list[dict[str, Any]]]:
    process = _start(home, "search", "--batch", str(batch), "-k", "50")
    out, err = process.communicate()
    assert process.returncode == 0, err.decode()
    return [json.loads(line)["hits"] for line in out.splitlines()]


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
    _ingest(home, folder)
    before = [sorted(hit["chunk"] for hit in hits) for hits in _found(home, batch)]
    _write(folder, "new")
    running = 0
    for moment in MOMENTS_S:
        running += _killed(home, folder, moment)

        assert [sorted(hit["chunk"] for hit in hits) for hits in _found(home, batch)] == before, moment
    _ingest(home, folder)

    assert running > 0
    assert all(before)
    assert [sorted(hit["chunk"] for hit in hits) for hits in _found(home, batch)] == before
    assert {record["status"] for record in _ingest(home, folder)["files"]} == {"unchanged"}
    batch.write_text(json.dumps({"id": "1", "question": "old"}))
    assert [hit for hit in _found(home, batch)[0] if hit["words"]] == []
