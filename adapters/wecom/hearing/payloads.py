"""Takes WeCom's XML and JSON apart, which may be huge, deeply nested, or of shapes that nobody has seen yet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.parsers import expat

from adapters.wecom.errors import BadPayloadError
from bot import text as texts

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST = 1 << 20
"""Bytes of a callback's body; WeCom's own have a few thousand, pasted logs included."""

DEEPEST = 16
"""Levels of XML and JSON; WeCom's own have five."""


def elements(text: str) -> dict[str, str]:
    """Return the texts of an XML document by their paths under the root, such as `SelectedItems/SelectedItem`.

    Of several elements with one path the first counts. Raises `BadPayloadError` for what is no XML, has a DOCTYPE,
    which alone can declare entities, or is nested deeper than `DEEPEST`.
    """
    return _Elements().read(text)


def fields(text: str) -> Mapping[str, object]:
    """Return a JSON object; raises `BadPayloadError` for anything else, and for one deeper than `DEEPEST`."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or _is_deep(found):
        message = "A payload is no JSON object, or one too deep."
        raise BadPayloadError(message)
    return found


def encrypted_xml(body: bytes) -> str:
    """Return what the body of an app's callback carries; raises `BadPayloadError`."""
    return _encrypted(elements(_decoded(body)).get("Encrypt", ""))


def encrypted_json(body: bytes) -> str:
    """Return what the body of an AI bot's callback carries; raises `BadPayloadError`."""
    return _encrypted(word(fields(_decoded(body)), "encrypt"))


def inside(node: object, *path: str) -> object:
    """Return what stands at a path of names in an object of JSON, None where nothing does."""
    for name in path:
        node = node.get(name) if isinstance(node, dict) else None
    return node


def word(node: object, *path: str) -> str:
    """Return the text or the number at a path as text fit for every store, and "" where there is none."""
    found = inside(node, *path)
    is_number = isinstance(found, int | float) and not isinstance(found, bool)
    return texts.storable(found) if isinstance(found, str) else str(found) if is_number else ""


def items(node: object, *path: str) -> list[object]:
    """Return the list at a path, and an empty one where there is none."""
    found = inside(node, *path)
    return found if isinstance(found, list) else []


def seconds(text: str) -> float:
    """Return a Unix time, 0.0 where it is missing or none."""
    return float(text) if text.isascii() and text.isdigit() and len(text) <= len("9999999999") else 0.0


def _is_deep(node: object) -> bool:
    level = [node]
    for _ in range(DEEPEST):
        level = [child for node in level for child in _children(node)]
    return bool(level)


def _children(node: object) -> list[object]:
    return list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []


class _Elements:
    """Reads one document, element by element."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}
        self._path: list[str] = []
        self._texts: list[list[str]] = []

    def read(self, text: str) -> dict[str, str]:
        parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            parser.Parse(texts.storable(text).encode(), True)  # noqa: FBT003 - expat knows it by its place alone
        except expat.ExpatError:
            message = "A payload is no XML."
            raise BadPayloadError(message) from None
        return self._found

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        if len(self._path) >= DEEPEST:
            message = f"A payload's XML is nested deeper than {DEEPEST} levels."
            raise BadPayloadError(message)
        self._path.append(name)
        self._texts.append([])

    def _end(self, _name: str) -> None:
        path = "/".join(self._path[1:])
        self._found.setdefault(path, "".join(self._texts.pop()))
        self._path.pop()

    def _characters(self, text: str) -> None:
        self._texts[-1].append(text)


def _refuse_doctype(*_declared: object) -> None:
    message = "A payload's XML has a DOCTYPE, which WeCom never sends."
    raise BadPayloadError(message)


def _decoded(body: bytes) -> str:
    if len(body) > LARGEST:
        message = f"A callback's body has more than {LARGEST} bytes."
        raise BadPayloadError(message)
    try:
        return body.decode()
    except UnicodeDecodeError:
        message = "A callback's body is not UTF-8."
        raise BadPayloadError(message) from None


def _encrypted(text: str) -> str:
    if not text:
        message = "A callback carries nothing encrypted."
        raise BadPayloadError(message)
    return text
