"""What the web API takes: one JSON object, checked field by field, refused in the asker's language."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from bot import phrases
from bot import text as texts
from bot.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.types import Language

MAX_BODY_BYTES = 1_000_000
"""A pasted log fits; a file does not."""

MAX_TEXT_CHARACTERS = 100_000
MAX_NAME_CHARACTERS = 200
MAX_COLLECTIONS = 100
_TELLING_CHARACTERS = 1_000
"""Enough to choose the language of a refusal, without reading a megabyte on the event loop."""


_IDENTITY = re.compile(r"[A-Za-z0-9._:~-]{1,200}")
_LANGUAGES = ("zh", "en")


class RequestRefusedError(InputError):
    """Raised when a request cannot be taken; the message is for the asker, `status` is the HTTP status."""

    def __init__(self, status: int, key: str, language: Language, **values: object) -> None:
        """Say the phrase `key`."""
        super().__init__(phrases.say(key, language, **values))
        self.status = status


def read(body: bytes, language: Language) -> Mapping[str, Any]:
    """Return the fields of a question, all of the right kind, absent ones left out; `language` is the browser's.

    Raises `RequestRefusedError` in the language that the request names, else that of its text, else `language`.
    """
    fields = _fields(body, language)
    text = fields.get("text", "")
    if fields.get("language") in _LANGUAGES:
        language = fields["language"]
    elif isinstance(text, str) and text.strip():
        language = texts.language(text[:_TELLING_CHARACTERS])
    wrong = _wrong(fields)
    if wrong is not None:
        kind = phrases.say(f"web_kind_{wrong}", language, characters=MAX_NAME_CHARACTERS, names=MAX_COLLECTIONS)
        raise RequestRefusedError(400, "web_field", language, name=wrong, kind=kind)
    if not text.strip():
        raise RequestRefusedError(400, "web_empty", language)
    if len(text) > MAX_TEXT_CHARACTERS:
        limit = f"{MAX_TEXT_CHARACTERS:,}"
        raise RequestRefusedError(400, "web_too_long", language, count=f"{len(text):,}", limit=limit)
    return fields


def spoken(accept_language: str) -> Language:
    """Choose the language of what is said before a question could be read, from the header `Accept-Language`."""
    return "zh" if accept_language.strip().lower().startswith("zh") else "en"


def _fields(body: bytes, language: Language) -> dict[str, Any]:
    try:
        fields = json.loads(body.decode("utf-8-sig"))
    except UnicodeDecodeError as exc:
        raise RequestRefusedError(400, "web_not_utf8", language, place=exc.start) from exc
    except (ValueError, RecursionError) as exc:
        raise RequestRefusedError(400, "web_not_json", language) from exc
    if not isinstance(fields, dict):
        raise RequestRefusedError(400, "web_not_json", language)
    return {name: value for name, value in fields.items() if value is not None}


def _wrong(fields: Mapping[str, Any]) -> str | None:
    """Name the first field that is of the wrong kind."""
    return next((name for name, fits in _KINDS.items() if name in fields and not fits(fields[name])), None)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_identity(value: object) -> bool:
    return isinstance(value, str) and _IDENTITY.fullmatch(value) is not None


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_NAME_CHARACTERS


def _is_language(value: object) -> bool:
    return value in _LANGUAGES


def _are_collections(value: object) -> bool:
    return isinstance(value, list) and len(value) <= MAX_COLLECTIONS and all(map(_is_name, value))


_KINDS = {
    "text": _is_text,
    "id": _is_identity,
    "language": _is_language,
    "conversation": _is_name,
    "user": _is_name,
    "collections": _are_collections,
}
