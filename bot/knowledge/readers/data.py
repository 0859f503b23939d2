"""Structured text: JSON, JSONL, notebooks, XML and news feeds."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from bot.errors import FileRefusedError
from bot.knowledge.documents import Document, Row, Section, Table
from bot.knowledge.readers.encoding import decode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SHOWN = 5
"""So many faulty lines are named in a warning."""


def read_jsonl(data: bytes) -> Document:
    """Read one object a line; a file that is one JSON text in spite of its name is read as that."""
    text, warnings = decode(data)
    records: list[tuple[int, object]] = []
    faulty: list[int] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                records.append((number, json.loads(line)))
            except ValueError:
                faulty.append(number)
    if faulty and _is_json(text):
        return read_json(data)
    if faulty:
        named = ", ".join(map(str, faulty[:_SHOWN])) + (" …" if len(faulty) > _SHOWN else "")
        warnings += (f"{len(faulty)} lines are not JSON and were left out: {named}",)
    return Document(_parts(records, text), warnings=warnings)


def read_json(data: bytes) -> Document:
    """Read one JSON text: a list of objects becomes a table, an object of objects too, anything else text."""
    text, warnings = decode(data)
    try:
        value = json.loads(text)
    except ValueError as exc:
        raise FileRefusedError(
            reason="corrupt", detail=f"The file is not JSON: {exc}. Correct it at that place."
        ) from exc
    if isinstance(value, list):
        return Document(_parts(list(enumerate(value, start=1)), text), warnings=warnings)
    if isinstance(value, dict) and len(value) > 1 and all(isinstance(entry, dict) for entry in value.values()):
        named = [(number, {"key": key, **entry}) for number, (key, entry) in enumerate(value.items(), start=1)]
        return Document(_parts(named, text), warnings=warnings)
    return Document((Section(_pretty(value), markdown=False),), warnings=warnings)


def read_notebook(data: bytes) -> Document:
    """Read a Jupyter notebook: text as it stands, code and printed output in fences."""
    text, warnings = decode(data)
    try:
        book = json.loads(text)
        cells = [_cell(cell) for cell in book["cells"]]
        title = str(book.get("metadata", {}).get("title", ""))
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise FileRefusedError(reason="corrupt", detail="The file is not a Jupyter notebook. Save it again.") from exc
    return Document((Section("\n\n".join(cells)),), title=title, warnings=warnings)


def read_xml(data: bytes) -> Document:
    """Read a news feed as articles, any other XML as its text."""
    text, warnings = decode(data)
    if not any(mark in text[:2_000] for mark in ("<rss", "<feed", "<rdf:RDF")):
        return Document((Section(text, markdown=False, line=1),), warnings=warnings)
    from xml.parsers.expat import ExpatError

    from markitdown import StreamInfo
    from markitdown.converters import RssConverter

    try:
        result = RssConverter().convert(io.BytesIO(data), StreamInfo(extension=".xml"))
    except (ExpatError, ValueError, AttributeError) as exc:
        message = f"The feed cannot be read: {exc}. Check that it is well-formed XML."
        raise FileRefusedError(reason="corrupt", detail=message) from exc
    return Document((Section(result.markdown),), title=result.title or "", warnings=warnings)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _parts(records: Sequence[tuple[int, object]], text: str) -> tuple[Section | Table, ...]:
    objects = [(number, record) for number, record in records if isinstance(record, dict)]
    if not objects or len(objects) < len(records):
        return (Section(text, markdown=False, line=1),)
    header = tuple(dict.fromkeys(str(name) for _, record in objects for name in record))
    return (Table(header, tuple(Row(number, _cells(record, header)) for number, record in objects)),)


def _cells(record: Mapping[str, object], header: Sequence[str]) -> tuple[str, ...]:
    return tuple(_plain(record.get(name)) for name in header)


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(entry, (str, int, float)) for entry in value):
        return "\n".join(map(str, value))
    return _pretty(value) if isinstance(value, (dict, list)) else str(value)


def _pretty(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)


def _cell(cell: Mapping[str, object]) -> str:
    source = _joined(cell.get("source"))
    if cell.get("cell_type") == "markdown":
        return source
    outputs = cell.get("outputs")
    printed = [_output(output) for output in outputs] if isinstance(outputs, list) else []
    return "\n\n".join(f"```\n{part}\n```" for part in (source, *printed) if part)


def _output(output: Mapping[str, object]) -> str:
    data = output.get("data")
    rich = data.get("text/plain") if isinstance(data, dict) else None
    return _joined(output.get("text") or rich).strip()


def _joined(value: object) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value or "")
