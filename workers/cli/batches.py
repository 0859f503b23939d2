"""JSON Lines in and out: every line is read and checked before the first one is worked on."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Line:
    """One object of a batch: its number in the file, from 1, its id as text, and its fields."""

    number: int
    id: str
    fields: Mapping[str, Any]


def read(file: Path, required: Mapping[str, type]) -> list[Line]:
    """Read a JSON Lines file (`-` is standard input), whose objects have the `required` fields of these types.

    A `collection` that is there is a text. Blank lines are passed over; a missing id is the line's number. Raises
    `InputError` that names the line.
    """
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        message = f"{str(file)!r} is not UTF-8 (byte {exc.start}). Save it as UTF-8 and run the command again."
        raise InputError(message) from exc
    except OSError as exc:
        message = f"The batch file {str(file)!r} cannot be read: {exc.strerror}. Give the path of a JSON Lines file."
        raise InputError(message) from exc
    lines = text.split("\n")
    return [_parse(file, number, line, required) for number, line in enumerate(lines, 1) if line.strip()]


def write(value: Mapping[str, object]) -> None:
    """Print one object as one line of JSON on standard output, at once."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _parse(file: Path, number: int, line: str, required: Mapping[str, type]) -> Line:
    place = f"{str(file)!r} line {number}"
    try:
        fields = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as exc:
        message = f"{place} is not JSON: {exc}. Write one object a line."
        raise InputError(message) from exc
    if not isinstance(fields, dict):
        message = f"{place} is a {type(fields).__name__}, not an object. Write one object a line."
        raise InputError(message)
    optional = {} if fields.get("collection") is None else {"collection": str}
    for name, kind in {**required, **optional}.items():
        if not isinstance(fields.get(name), kind):
            message = f"{place}: the field {name!r} must be a {kind.__name__}, not {fields.get(name)!r:.80}"
            raise InputError(message)
    identity = fields.get("id")
    return Line(number, str(number if identity is None else identity), fields)
