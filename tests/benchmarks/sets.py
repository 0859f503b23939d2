"""The open data sets, read as their SOURCE.md says and written as files that `quorum ingest` takes."""

from __future__ import annotations

import json
import random
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_CLIENT_LINE = re.compile(r"ERROR (\d{4}) \((\w{5})\).*?: (.+)")
_ANY_ERROR = re.compile(r"ERROR (\d{4,5})\b(?=([^\n]*))")
_PAGE = re.compile(r"e(\d{4})\.md")


@dataclass(frozen=True, slots=True)
class Case:
    """One question and the document that answers it; `answers` where the set has any."""

    id: str
    question: str
    document: str
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorLines:
    """Real client error lines in three forms, and lines whose code has no page."""

    full: list[Case]
    message: list[Case]
    code: list[Case]
    absent: list[Case]


def read_cmrc(folder: Path) -> tuple[dict[str, str], list[Case]]:
    """Read CMRC2018 dev: 848 paragraphs by file name, and 3,219 questions."""
    data = json.loads((folder / "squad-style-data" / "cmrc2018_dev.json").read_text(encoding="utf-8"))["data"]
    paragraphs = [paragraph for article in data for paragraph in article["paragraphs"]]
    texts = {f"{paragraph['id']}.txt": paragraph["context"] for paragraph in paragraphs}
    cases = [
        Case(qa["id"], qa["question"], f"{paragraph['id']}.txt", tuple(answer["text"] for answer in qa["answers"]))
        for paragraph in paragraphs
        for qa in paragraph["qas"]
    ]
    return texts, cases


def write_texts(texts: dict[str, str], folder: Path) -> Path:
    """Write every text as a file of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def copy_error_pages(folder: Path, target: Path) -> Path:
    """Copy the pages of one error code each (`eNNNN.md`), and no other page, into one folder."""
    target.mkdir(parents=True, exist_ok=True)
    for page in folder.rglob("e*.md"):
        if _PAGE.fullmatch(page.name):
            shutil.copyfile(page, target / page.name)
    return target


def read_error_lines(folder: Path) -> ErrorLines:
    """Read the distinct client error lines from all pages outside the catalogue of error codes."""
    pages = {page.name for page in folder.rglob("e*.md") if _PAGE.fullmatch(page.name)}
    others = sorted(page for page in folder.rglob("*.md") if "error-codes" not in page.relative_to(folder).parts)
    texts = [page.read_text(encoding="utf-8") for page in others if page.name != "SOURCE.md"]
    lines = {m.group().strip(): m for text in texts for m in _CLIENT_LINE.finditer(text)}
    known = [match for match in lines.values() if f"e{match[1]}.md" in pages]
    absent = {m[0] + m[2].rstrip(): m[1] for text in texts for m in _ANY_ERROR.finditer(text)}
    states = _sql_states(folder)
    missing = {line: code for line, code in absent.items() if f"e{code}.md" not in pages and code not in states}
    return ErrorLines(
        full=[Case(str(n), m.group().strip(), f"e{m[1]}.md") for n, m in enumerate(known)],
        message=[Case(str(n), m[3].strip(), f"e{m[1]}.md") for n, m in enumerate(known)],
        code=[Case(code, code, f"e{code}.md") for code in sorted({m[1] for m in known})],
        absent=[Case(code, line, "") for line, code in missing.items()],
    )


def _sql_states(folder: Path) -> set[str]:
    """Return the five-digit SQL states, such as 42000, that stand where a code may stand."""
    tables = (page.read_text(encoding="utf-8") for page in folder.rglob("e*.md") if _PAGE.fullmatch(page.name))
    return {state for text in tables for state in re.findall(r"^\| \d{4}\s*\| (\d{5}) ", text, re.MULTILINE)}


def read_clinc(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """Read clinc150: (utterance, intent) pairs of train, val, test, oos_train, oos_val and oos_test."""
    data = json.loads((folder / "data" / "data_full.json").read_text(encoding="utf-8"))
    return {part: [(text, intent) for text, intent in rows] for part, rows in data.items()}


def write_rows(pairs: Sequence[tuple[str, str]], file: Path) -> Path:
    """Write question-and-answer rows whose ids are their positions."""
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = [{"id": str(n), "question": q, "answer": a} for n, (q, a) in enumerate(pairs)]
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return file


def without_answer(cases: Sequence[Case], documents: Sequence[str], seed: int = 7) -> list[dict[str, object]]:
    """Take the right document away from a random half of the questions, by the scope of their search."""
    removed = set(random.Random(seed).sample(range(len(cases)), len(cases) // 2))  # noqa: S311 - a fixed draw
    return [
        {"id": case.id, "question": case.question, "answerable": position not in removed}
        | ({"documents": [name for name in documents if name != case.document]} if position in removed else {})
        for position, case in enumerate(cases)
    ]
