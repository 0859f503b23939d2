"""Every file of three open collections gets a record, and what their sources list is found in the chunks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bot.knowledge.sync import FileRecord, sync
from bot.settings import Ingesting
from bot.types import IndexedChunk
from tests.fakes.index import MemoryIndex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.types import Chunk

DATA = Path(os.environ.get("QUORUM_DATA", str(Path(__file__).parents[3] / "shared" / "data")))
SETS = ("markitdown-files", "pdfminer-samples", "dbot-diagnosis")

pytestmark = [
    pytest.mark.skipif(not DATA.is_dir(), reason=f"no open data at {DATA}; set QUORUM_DATA"),
]


class Ingested:
    """One collection's records by path and chunk texts by document."""

    def __init__(self, name: str) -> None:
        self.folder = DATA / name
        index = MemoryIndex()
        report = sync([self.folder], name, index, _prepare, Ingesting(timeout_s=60))
        self.records: dict[str, FileRecord] = {record.path: record for record in report.files}
        self.texts = {
            document: "\n".join(entry.chunk.searchable for entry in held)
            for (_, document), held in index._documents.items()
        }


def _prepare(chunks: Sequence[Chunk]) -> list[IndexedChunk]:
    empty = np.zeros((0, 4), np.float32)
    return [IndexedChunk(chunk, (), np.zeros(4, np.float32), empty) for chunk in chunks]


@pytest.fixture(scope="module")
def ingested() -> dict[str, Ingested]:
    return {name: Ingested(name) for name in SETS}


@pytest.mark.parametrize("name", SETS)
def test_every_file_has_one_record_with_a_reason_where_refused(ingested: dict[str, Ingested], name: str) -> None:
    found = ingested[name]
    files = {path.relative_to(found.folder).as_posix() for path in found.folder.rglob("*") if path.is_file()}

    assert files <= set(found.records)
    assert [record for record in found.records.values() if (record.status == "refused") != bool(record.reason)] == []


@pytest.mark.parametrize(
    ("document", "strings"),
    [
        ("test.docx", ("314b0a30-5b04-470b-b9f7-eed2c2bec74a", "49e168b7-d2ae-407f-a055-2167576f39a1",
                       "d666f1f7-46cb-42bd-9a39-9a39cf2a509f")),
        ("test.xlsx", ("6ff4173b-42a5-4784-9b19-f49caff4d93d", "affc7dad-52dc-4b98-9b5d-51e65d8a8ad0")),
        ("test.xls", ("6ff4173b-42a5-4784-9b19-f49caff4d93d", "affc7dad-52dc-4b98-9b5d-51e65d8a8ad0")),
        ("test.pptx", ("2cdda5c8-e50e-4db4-b5f0-9722a649f455", "44bf7d06-5e7a-4a40-a2e1-a2e42ef28c8a", "2003")),
        ("test.pdf", ("While there is contemporaneous exploration of multi-agent approaches",)),
        ("test_mskanji.csv", ("佐藤太郎", "髙橋淳")),
        ("test_files.zip/test.docx", ("314b0a30-5b04-470b-b9f7-eed2c2bec74a",)),
    ],
)  # fmt: skip
def test_the_listed_strings_are_in_the_chunks(
    ingested: dict[str, Ingested], document: str, strings: tuple[str, ...]
) -> None:
    text = ingested["markitdown-files"].texts[f"test_files/{document}"]

    assert [string for string in strings if string not in text] == []


def test_the_encyclopedia_page_is_free_of_navigation(ingested: dict[str, Ingested]) -> None:
    text = ingested["markitdown-files"].texts["test_files/test_wikipedia.html"]

    assert "move to sidebar" not in text
    assert "154 languages" not in text
    assert "Microsoft entered the operating system (OS) business in 1980" in text


@pytest.mark.parametrize(
    ("name", "path", "reason"),
    [
        ("markitdown-files", "test_files/MEDRPT-2024-PAT-3847_medical_report_scan.pdf", "scanned"),
        ("markitdown-files", "test_files/random.bin", "unknown-type"),
        ("markitdown-files", "test_files/test.jpg", "scanned"),
        *(("pdfminer-samples", f"samples/encryption/{file}.pdf", "encrypted")
          for file in ("aes-128", "aes-128-m", "aes-256", "aes-256-m", "aes-256-r6", "rc4-40", "rc4-128")),
        ("pdfminer-samples", "samples/contrib/issue-791-non-unicode-cmap.pdf", "garbled"),
        ("pdfminer-samples", "samples/contrib/pdf-with-jbig2.pdf", "scanned"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_name(
    ingested: dict[str, Ingested], name: str, path: str, reason: str
) -> None:
    assert ingested[name].records[path].reason == reason


def test_the_corrupted_file_is_recovered(ingested: dict[str, Ingested]) -> None:
    assert "Beautiful is better than ugly." in ingested["pdfminer-samples"].texts["samples/zen_of_python_corrupted.pdf"]


def test_the_malicious_file_does_not_hang(ingested: dict[str, Ingested]) -> None:
    assert ingested["pdfminer-samples"].records["samples/contrib/issue-1113-evil-xobjects.pdf"].reason != "time"


def test_garbled_slides_are_named_by_page_and_their_noise_is_not_indexed(ingested: dict[str, Ingested]) -> None:
    record = ingested["dbot-diagnosis"].records["materials/slides/dbagent_chinese.pdf"]

    assert any("garbled" in warning and "2-7" in warning for warning in record.warnings)
    assert "!\"#$%&'()" not in ingested["dbot-diagnosis"].texts[record.path]
