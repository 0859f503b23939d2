"""Block Kit as the text that people see: rich text first, and the blocks of apps, our own answers among them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from adapters.slack.markup import mrkdwn

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Json = Mapping[str, Any]

INDENT = "  "


def flatten(blocks: Iterable[Json], ours: str = "", known: Mapping[str, str] = mrkdwn.NOBODY) -> str:
    """Return the text of all blocks; mentions of `ours`, our user id, outside code become `mrkdwn.OURS`.

    Buttons and menus say nothing. `known` names people, groups and channels by id.
    """
    return mrkdwn.stacked(_block(block, ours, known) for block in blocks)


def _block(block: Json, ours: str, known: Mapping[str, str]) -> str:
    match block.get("type"):
        case "rich_text":
            said = [_part(part, ours, known) for part in block.get("elements") or ()]
        case "section" | "header":
            said = [_words(text, ours, known) for text in (block.get("text"), *(block.get("fields") or ())) if text]
        case "context":
            said = [" ".join(_words(text, ours, known) for text in block.get("elements") or ())]
        case "table":
            said = [" | ".join(_cell(cell, ours, known) for cell in row) for row in block.get("rows") or ()]
        case "markdown" | "image":
            said = [mrkdwn.unescape(str(block.get("text") or block.get("alt_text") or ""))]
        case _:
            return ""
    return mrkdwn.stacked(said)


def _words(text: Json, ours: str, known: Mapping[str, str]) -> str:
    words = str(text.get("text", text.get("alt_text", "")))
    return mrkdwn.plain(words, ours, known) if text.get("type") == "mrkdwn" else words


def _cell(cell: Json, ours: str, known: Mapping[str, str]) -> str:
    return _block(cell, ours, known) if cell.get("type") == "rich_text" else str(cell.get("text", ""))


def _part(part: Json, ours: str, known: Mapping[str, str]) -> str:
    elements = part.get("elements") or ()
    match part.get("type"):
        case "rich_text_preformatted":
            return mrkdwn.fenced("".join(_element(element, "", known) for element in elements))
        case "rich_text_quote":
            return "\n".join(f"> {line}" for line in _line(elements, ours, known).strip("\n").split("\n"))
        case "rich_text_list":
            return _list(part, ours, known)
    return _line(elements, ours, known)


def _list(part: Json, ours: str, known: Mapping[str, str]) -> str:
    lead = INDENT * int(part.get("indent") or 0)
    first = int(part.get("offset") or 0) + 1
    ordered = part.get("style") == "ordered"
    items = (_part(item, ours, known).strip("\n") for item in part.get("elements") or ())
    marked = (f"{lead}{f'{number}.' if ordered else '-'} {item}" for number, item in enumerate(items, first))
    return "\n".join(marked)


def _line(elements: Iterable[Json], ours: str, known: Mapping[str, str]) -> str:
    """Join the elements of a line; neighbours in code are one piece of code, in which nobody is mentioned."""
    parts = []
    for is_code, run in groupby(elements, lambda element: bool((element.get("style") or {}).get("code"))):
        if is_code:
            parts.append(mrkdwn.span("".join(_element(element, "", known) for element in run)))
        else:
            parts.extend(_element(element, ours, known) for element in run)
    return "".join(parts)


def _element(element: Json, ours: str, known: Mapping[str, str]) -> str:
    kind = str(element.get("type"))
    if kind in _NAMED:
        sign, key = _NAMED[kind]
        name = str(element.get(key, ""))
        return mrkdwn.OURS if kind == "user" and ours and name == ours else sign + known.get(name, name)
    match kind:
        case "link":
            return mrkdwn.linked(str(element.get("url", "")), str(element.get("text") or ""))
        case "emoji":
            tone = f":skin-tone-{element['skin_tone']}:" if element.get("skin_tone") else ""
            return f":{element.get('name', '')}:{tone}"
        case "date":
            return str(element.get("fallback") or element.get("timestamp", ""))
    return str(element.get("text") or element.get("value") or "")


_NAMED = {
    "user": ("@", "user_id"),
    "usergroup": ("@", "usergroup_id"),
    "broadcast": ("@", "range"),
    "channel": ("#", "channel_id"),
}
