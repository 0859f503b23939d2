"""Golden sets: questions with their right documents and answer keys, one JSON object a line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from bot.errors import InputError
from bot.text import language as tell_language
from bot.types import Language

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


FIELDS = frozenset(
    {"id", "question", "language", "documents", "answer_keys", "answerable", "kind", "page", "collection"}
)
"""The fields of a line; `id`, `language`, `kind`, `page` and `collection` may be left out."""

_LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Golden:
    """One question with its right answer.

    `documents` are the documents that hold the answer, any of them. `answer_keys` are groups of alternatives: an
    answer is right when it contains one alternative of every group. An unanswerable question has neither.
    """

    id: str
    question: str
    language: Language
    documents: tuple[str, ...] = ()
    answer_keys: tuple[tuple[str, ...], ...] = ()
    answerable: bool = True
    kind: str = ""
    page: int | None = None
    collection: str | None = None


def read_golden(path: Path) -> list[Golden]:
    """Read a golden set from a JSONL file; blank lines are skipped.

    Raises `InputError` that names the line and what is wrong with it.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        message = f"The golden set {str(path)!r} cannot be read: {exc}. Give a JSONL file in UTF-8."
        raise InputError(message) from exc
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    golden = [_golden(line, f"{path.name}, line {number}", str(number)) for number, line in lines]
    if not golden:
        message = f"The golden set {str(path)!r} holds no questions. Give one JSON object a line."
        raise InputError(message)
    _refuse_repeated_ids(golden, path.name)
    return golden


def _golden(line: str, where: str, default_id: str) -> Golden:
    row = _row(line, where)
    question = _text(row, "question", where)
    if not question.strip():
        raise _wrong(where, "'question' is empty")
    keys = _groups(row, where)
    documents = _strings(row.get("documents", []), "documents", where)
    answerable = row.get("answerable", True)
    if not isinstance(answerable, bool):
        raise _wrong(where, f"'answerable' is {answerable!r} and must be true or false")
    if not answerable and (documents or keys):
        raise _wrong(where, "an unanswerable question has no 'documents' and no 'answer_keys'")
    if answerable and not (documents or keys):
        raise _wrong(where, "an answerable question needs 'documents' or 'answer_keys'")
    return Golden(
        id=str(row.get("id", default_id)),
        question=question,
        language=_language(row, question, where),
        documents=documents,
        answer_keys=keys,
        answerable=answerable,
        kind=_text(row, "kind", where),
        page=_page(row, where),
        collection=_text(row, "collection", where) or None,
    )


def _row(line: str, where: str) -> Mapping[str, object]:
    try:
        row = json.loads(line)
    except ValueError as exc:
        message = f"{where}: not JSON ({exc}). Give one object a line."
        raise InputError(message) from exc
    if not isinstance(row, dict):
        raise _wrong(where, f"a JSON object is needed, not {type(row).__name__}")
    unknown = sorted(row.keys() - FIELDS)
    if unknown:
        raise _wrong(where, f"unknown field {unknown[0]!r}; known are {', '.join(sorted(FIELDS))}")
    return cast("dict[str, object]", row)


def _text(row: Mapping[str, object], name: str, where: str) -> str:
    value = row.get(name)
    if value is None and name != "question":
        return ""
    if not isinstance(value, str):
        raise _wrong(where, f"{name!r} is {value!r} and must be a text")
    return value


def _strings(value: object, name: str, where: str) -> tuple[str, ...]:
    items = value if isinstance(value, list) else None
    if items is None or not all(isinstance(item, str) and item.strip() for item in items):
        raise _wrong(where, f"{name!r} is {value!r} and must be a list of texts that are not empty")
    return tuple(items)


def _groups(row: Mapping[str, object], where: str) -> tuple[tuple[str, ...], ...]:
    value = row.get("answer_keys", [])
    if not isinstance(value, list):
        raise _wrong(where, f"'answer_keys' is {value!r} and must be a list of texts or of lists of alternatives")
    groups = tuple(_strings(group if isinstance(group, list) else [group], "answer_keys", where) for group in value)
    if not all(groups):
        raise _wrong(where, "'answer_keys' holds an empty list of alternatives, which no answer can contain")
    return groups


def _language(row: Mapping[str, object], question: str, where: str) -> Language:
    value = row.get("language") or tell_language(question)
    if value not in _LANGUAGES:
        raise _wrong(where, f"'language' is {value!r} and must be one of {', '.join(_LANGUAGES)}")
    return cast("Language", value)


def _page(row: Mapping[str, object], where: str) -> int | None:
    value = row.get("page")
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _wrong(where, f"'page' is {value!r} and must be a whole number from 1")
    return value


def _refuse_repeated_ids(golden: list[Golden], name: str) -> None:
    seen: set[str] = set()
    for item in golden:
        if item.id in seen:
            message = f"{name}: the id {item.id!r} stands twice; every question needs its own."
            raise InputError(message)
        seen.add(item.id)


def _wrong(where: str, what: str) -> InputError:
    return InputError(f"{where}: {what}.")
