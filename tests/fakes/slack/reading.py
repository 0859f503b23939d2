"""What a person reads: a message's text and blocks as the plain words that stand on the screen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.fakes.slack.markdown import plain as markdown_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.fakes.slack.records import JSON

FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
TOKEN = re.compile(r"<([^<>\n]+)>")
MARKS = re.compile(r"(?<![\w*_~])([*_~])(?=\S)(.+?)(?<=\S)\1(?![\w*_~])")


def read(text: str, blocks: Iterable[JSON]) -> str:
    """Return what a person reads of a message: its blocks, or its text where it has none."""
    shown = [_block(block) for block in blocks]
    return "\n".join(part for part in shown if part) if shown else mrkdwn(text)


def mrkdwn(text: str) -> str:
    """Return Slack's own mark-up without the marks: links as their labels, code kept, entities decoded once."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match[1])
        return f"\x00{len(kept) - 1}\x00"

    bare = CODE.sub(keep, FENCE.sub(keep, text))
    bare = MARKS.sub(r"\2", TOKEN.sub(lambda match: token(match[1]), bare))
    whole = re.sub(r"\x00(\d+)\x00", lambda match: TOKEN.sub(lambda m: token(m[1]), kept[int(match[1])]), bare)
    return decoded(whole)


def decoded(text: str) -> str:
    """Decode the three entities, once."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def token(inside: str) -> str:
    """Return what is shown for the inside of `<…>`: a label, a name, or the address itself."""
    target, bar, label = inside.partition("|")
    if target.startswith("!date"):
        return label
    if target.startswith(("@", "#", "!")):
        sign = "#" if target.startswith("#") else "@"
        name = label or target.lstrip("@#!").removeprefix("subteam^")
        return sign + name.lstrip("@#")
    return label if bar else target.removeprefix("mailto:")


def _words(value: Any) -> str:  # noqa: ANN401 - JSON
    """Return the words of a text object, plain or mrkdwn."""
    if not isinstance(value, dict):
        return ""
    text = str(value.get("text", ""))
    return mrkdwn(text) if value.get("type") == "mrkdwn" else text


def _rich(element: JSON) -> str:
    """Return the words of one part of a rich text."""
    word = _WORDS.get(str(element.get("type")))
    if word:
        return word(element)
    inner = [_rich(each) for each in element.get("elements", [])]
    if element.get("type") != "rich_text_list":
        return "".join(inner)
    first, ordered = int(element.get("offset", 0)) + 1, element.get("style") == "ordered"
    leads = [f"{n}. " if ordered else "• " for n in range(first, first + len(inner))]
    return "\n".join("  " * element.get("indent", 0) + a + b for a, b in zip(leads, inner, strict=True))


_WORDS: dict[str, Callable[[JSON], str]] = {
    "text": lambda word: str(word["text"]),
    "link": lambda word: str(word.get("text") or word["url"]),
    "emoji": lambda word: f":{word['name']}:",
    "user": lambda word: f"@{word['user_id']}",
    "usergroup": lambda word: f"@{word['usergroup_id']}",
    "broadcast": lambda word: f"@{word['range']}",
    "channel": lambda word: f"#{word['channel_id']}",
    "date": lambda word: str(word.get("fallback", "")),
    "color": lambda word: str(word["value"]),
}


def _rich_text(block: JSON) -> str:
    return "\n".join(_rich(element).removesuffix("\n") for element in block.get("elements", []))


def _cell(cell: JSON) -> str:
    return _rich_text(cell) if cell.get("type") == "rich_text" else str(cell.get("text", ""))


def _element(element: JSON) -> str:
    """Return the words of a button, a pair of feedback buttons, a menu or a text."""
    match element.get("type"):
        case "feedback_buttons":
            return " ".join(f"[{_words(element[side]['text'])}]" for side in ("positive_button", "negative_button"))
        case "button" | "icon_button":
            return f"[{_words(element.get('text'))}]"
        case "image":
            return str(element.get("alt_text", ""))
        case "mrkdwn" | "plain_text":
            return _words(element)
    return f"[{_words(element.get('placeholder'))}]"


def _section(block: JSON) -> str:
    parts = [_words(block.get("text")), *(_words(each) for each in block.get("fields", []))]
    return "\n".join(part for part in [*parts, _element(block["accessory"]) if "accessory" in block else ""] if part)


def _task(block: JSON) -> str:
    inner = [read("", [block[name]]) for name in ("details", "output") if name in block]
    return "\n".join([str(block.get("title", "")), *inner, *(str(each["text"]) for each in block.get("sources", []))])


_READERS: dict[str, Callable[[JSON], str]] = {
    "section": _section,
    "header": lambda block: _words(block.get("text")),
    "alert": lambda block: _words(block.get("text")),
    "divider": lambda _: "———",
    "markdown": lambda block: markdown_text(block["text"]),
    "rich_text": _rich_text,
    "context": lambda block: " ".join(_element(each) for each in block["elements"]),
    "actions": lambda block: " ".join(_element(each) for each in block["elements"]),
    "context_actions": lambda block: " ".join(_element(each) for each in block["elements"]),
    "image": lambda block: " ".join(part for part in (_words(block.get("title")), block.get("alt_text", "")) if part),
    "input": lambda block: _words(block["label"]),
    "table": lambda block: "\n".join(" | ".join(_cell(cell) for cell in row) for row in block["rows"]),
    "task_card": _task,
    "plan": lambda block: "\n".join([str(block.get("title", "")), *(_task(each) for each in block.get("tasks", []))]),
}


def _block(block: JSON) -> str:
    reader = _READERS.get(str(block.get("type")))
    return reader(block) if reader else ""
