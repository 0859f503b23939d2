"""A change of embedder on Elasticsearch, killed again and again: the old version answers until the new one is whole."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.fakes.elastic import setting
from tests.faults.short_commands import Settings, grown, run, written

if TYPE_CHECKING:
    from pathlib import Path

FILES = 150
CHUNKS = 10 * FILES
STEPS = (0, 1, 400, 400)
"""How many chunks each run may write before it is killed."""

OLD, NEW = "hashing://64", "hashing://512"


def write(folder: Path, word: str) -> Path:
    folder.mkdir()
    for number in range(FILES):
        parts = "".join(f"## Part {part}\n\n{word}{number} {'filler ' * 30}\n\n" for part in range(5))
        (folder / f"{word}{number}.md").write_text(f"# File {number}\n\n{parts}")
    return folder


def found(settings: Settings, batch: Path) -> list[list[str]]:
    """Return the chunks found for every question, sorted."""
    lines = (run(settings, "search", "--batch", batch, "-k", "50") or "").splitlines()
    return [sorted(hit["chunk"] for hit in json.loads(line)["hits"]) for line in lines]


@pytest.mark.timeout(600)
def test_a_killed_change_of_embedder_never_takes_search_down_and_is_resumed(
    elasticsearch_url: str, elasticsearch_name: str, tmp_path: Path
) -> None:
    common = {
        "QUORUM_HOME": str(tmp_path / "home"),
        "QUORUM_INDEX": setting(elasticsearch_url, elasticsearch_name),
        "QUORUM_INGEST__CHUNK_CHARS": "200",
    }
    old, new = common | {"QUORUM_EMBEDDER": OLD}, common | {"QUORUM_EMBEDDER": NEW}
    one, other = write(tmp_path / "one", "alpha"), write(tmp_path / "other", "beta")
    asked = [f"{word}{number}" for word in ("alpha", "beta") for number in range(0, FILES, 10)]
    batch = tmp_path / "asked.jsonl"
    batch.write_text(
        "\n".join(json.dumps({"id": name, "question": name, "documents": [f"{name}.md"]}) for name in asked)
    )
    for folder in (one, other):
        run(old, "ingest", folder)
    before = found(old, batch)
    progress = partial(written, elasticsearch_url, elasticsearch_name)
    killed, begun = 0, progress()
    for number, steps in enumerate(STEPS):
        killed += run(new, "ingest", one, killed_when=grown(progress, by=steps)) is None

        assert found(old, batch) == before, number
    midway = progress() - begun
    run(new, "ingest", one)

    assert killed == len(STEPS)
    assert sum(STEPS) <= midway < CHUNKS < progress() - begun, "one was killed after the new version was whole"
    assert all(before)
    assert found(new, batch) == found(old, batch) == before
    report = json.loads(run(new, "ingest", other, "--json") or "")
    assert {record["status"] for record in report["files"]} == {"unchanged"}
