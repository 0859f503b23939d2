"""Ingests the three folders of awkward files and checks that every file is reported and every text found."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tests.benchmarks.command import Quorum
from tests.benchmarks.rows import Bench, Row, at_most

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HOLDS = {
    "test.docx": (
        "314b0a30-5b04-470b-b9f7-eed2c2bec74a",
        "49e168b7-d2ae-407f-a055-2167576f39a1",
        "d666f1f7-46cb-42bd-9a39-9a39cf2a509f",
    ),
    "test.xlsx": ("6ff4173b-42a5-4784-9b19-f49caff4d93d", "affc7dad-52dc-4b98-9b5d-51e65d8a8ad0"),
    "test.xls": ("6ff4173b-42a5-4784-9b19-f49caff4d93d", "affc7dad-52dc-4b98-9b5d-51e65d8a8ad0"),
    "test.pptx": ("2cdda5c8-e50e-4db4-b5f0-9722a649f455", "44bf7d06-5e7a-4a40-a2e1-a2e42ef28c8a", "2003"),
    "test.pdf": ("While there is contemporaneous exploration of multi-agent approaches",),
    "test_mskanji.csv": ("佐藤太郎", "髙橋淳"),
}
"""Texts that must be found in a file of markitdown-files (its SOURCE.md)."""

NOT_IN_WIKIPEDIA = ("move to sidebar", "154 languages")
"""Texts of the page's furniture, which must not be indexed."""

REASONS = {
    "MEDRPT-2024-PAT-3847_medical_report_scan.pdf": {"scanned"},
    "random.bin": {"unknown-type"},
    "zen_of_python_corrupted.pdf": {"corrupt", "unreadable"},
    "aes-128-m.pdf": {"encrypted"},
    "aes-128.pdf": {"encrypted"},
    "aes-256-m.pdf": {"encrypted"},
    "aes-256.pdf": {"encrypted"},
    "aes-256-r6.pdf": {"encrypted"},
    "rc4-40.pdf": {"encrypted"},
    "rc4-128.pdf": {"encrypted"},
}
"""Files that must be refused, with the reasons that will do."""

MAY_RECOVER = {"zen_of_python_corrupted.pdf"}
"""Damaged files that may be read instead of refused."""


def markitdown(bench: Bench) -> list[Row]:
    """Read 34 files of a dozen formats; search every listed text inside its file."""
    folder = bench.source("markitdown-files") / "test_files"
    quorum, records = _ingest(bench, folder)
    rows = [_complete("markitdown-files", folder, records), _refused("markitdown-files", folder, records)]
    listed = [(name, text) for name, texts in HOLDS.items() for text in texts]
    # Among so few files a long list would hold every one of them.
    found = quorum.search([{"id": text, "question": text} for _, text in listed], k=5)
    missing = [
        f"{text} in {name}"
        for (name, text), result in zip(listed, found, strict=True)
        if name not in {hit["document"].partition("#")[0] for hit in result["hits"]}
    ]
    total = len(listed)
    furniture = [text for text in NOT_IN_WIKIPEDIA if _in_text(bench, folder / "test_wikipedia.html", text)]
    return [
        *rows,
        Row("markitdown-files, listed texts found by `search`", f"{total}", _left(total, missing), met=not missing),
        Row("markitdown-files, page furniture left out", "0 texts", f"{len(furniture)} texts", met=not furniture),
    ]


def pdfminer(bench: Bench) -> list[Row]:
    """Read 47 odd PDFs; the malicious one must not hang."""
    folder = bench.source("pdfminer-samples") / "samples"
    _, records = _ingest(bench, folder)
    evil = folder / "contrib" / "issue-1113-evil-xobjects.pdf"
    start = time.perf_counter()
    Quorum(bench.work / "evil").ingest(evil)
    return [
        _complete("pdfminer-samples", folder, records),
        _refused("pdfminer-samples", folder, records),
        at_most("pdfminer-samples, the malicious PDF alone", 150, time.perf_counter() - start, "s"),
    ]


def dbot(bench: Bench) -> list[Row]:
    """Read the D-Bot folder; the slides whose text layer is noise must be refused or warned about by page."""
    folder = bench.source("dbot-diagnosis")
    _, records = _ingest(bench, folder)
    slides = records.get("materials/slides/dbagent_chinese.pdf", {})
    told = slides.get("reason") == "garbled" or any("page" in warning for warning in slides.get("warnings", []))
    shown = slides.get("reason") or f"{len(slides.get('warnings', []))} warnings"
    return [
        _complete("dbot-diagnosis", folder, records),
        Row("dbot-diagnosis, garbled slides", "refused or warned by page", str(shown), met=told),
    ]


def _ingest(bench: Bench, folder: Path) -> tuple[Quorum, dict[str, Any]]:
    quorum = Quorum(bench.work / "home")
    bench.say(f"ingesting {folder.name}")
    report = quorum.ingest(folder)
    return quorum, {record["path"]: record for record in report["files"]}


def _complete(name: str, folder: Path, records: Mapping[str, object]) -> Row:
    paths = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    missing = [path for path in paths if path not in records]
    return Row(f"{name}, a record for each file", f"{len(paths)}", _left(len(paths), missing), met=not missing)


def _refused(name: str, folder: Path, records: Mapping[str, Mapping[str, Any]]) -> Row:
    expected = {p.relative_to(folder).as_posix(): REASONS[p.name] for p in folder.rglob("*") if p.name in REASONS}
    wrong = []
    for path, reasons in expected.items():
        record = records.get(path, {})
        recovered = (
            path.rpartition("/")[2] in MAY_RECOVER and record.get("status") == "indexed" and record.get("chunks")
        )
        if record.get("reason") not in reasons and not recovered:
            wrong.append(f"{path}: {record.get('status')} {record.get('reason')}")
    label = f"{name}, encrypted, scanned and corrupt files refused by reason"
    return Row(label, f"{len(expected)}", _left(len(expected), wrong), met=not wrong)


def _in_text(bench: Bench, page: Path, text: str) -> bool:
    """Tell whether the page's chunks hold the text, read from an index that holds this page alone."""
    from bot import settings, wiring
    from bot.text import tokens
    from bot.types import Query

    home = bench.work / "page"
    Quorum(home).ingest(page)
    parts = wiring.build(settings.load(home=home))
    try:
        found = parts.index.search(Query(tokens=tuple(tokens(text)), limit=1000))
        chunks = found.read([hit.id for hit in found.words])
        return any(text in chunk.text for chunk in chunks.values())
    finally:
        parts.close()


def _left(total: int, missing: list[str]) -> str:
    return f"{total - len(missing)}" + (f" (not: {'; '.join(missing[:6])})" if missing else "")
