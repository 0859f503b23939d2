"""What a message does beside being read: whom it pings, where it links, which buttons it has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.slack import markdown
from tests.fakes.slack.reading import TOKEN, decoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.fakes.slack.records import JSON

PING = re.compile(r"^(@[UW][A-Z0-9]+|!(here|channel|everyone)|!subteam\^S[A-Z0-9]+)(\||$)")


@dataclass(frozen=True)
class Button:
    """Something to press: one of a pair of feedback buttons has the action id of the pair."""

    action_id: str
    label: str
    value: str
    block_id: str = ""
    kind: str = "button"


def walk(value: Any) -> Iterator[JSON]:  # noqa: ANN401 - JSON
    """Yield every object inside a JSON value, outer ones first."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(inner)


def pings(text: str, blocks: Iterable[JSON]) -> list[str]:
    """Return everyone who is notified: `@U…`, `!channel`, `!subteam^S…`, from text, mrkdwn, Markdown and rich text."""
    found = _live(text)
    for each in walk(list(blocks)):
        match each.get("type"):
            case "mrkdwn":
                found += _live(str(each["text"]))
            case "markdown":
                found += _live(markdown.live(str(each["text"])))
            case "user":
                found.append(f"@{each['user_id']}")
            case "usergroup":
                found.append(f"!subteam^{each['usergroup_id']}")
            case "broadcast":
                found.append(f"!{each['range']}")
    return found


def _live(text: str) -> list[str]:
    return [match[1].partition("|")[0] for match in TOKEN.finditer(text) if PING.match(match[1])]


def links(text: str, blocks: Iterable[JSON]) -> list[tuple[str, str]]:
    """Return the links that a person can follow, as (label, address)."""
    blocks = list(blocks)
    found = [] if blocks else _linked(text)
    for each in walk(blocks):
        match each.get("type"):
            case "mrkdwn":
                found += _linked(str(each["text"]))
            case "markdown":
                found += markdown.links(str(each["text"]))
            case "link" | "url":
                found.append((str(each.get("text") or each["url"]), str(each["url"])))
            case "button" if each.get("url"):
                found.append((str(each["text"]["text"]), str(each["url"])))
    return found


def _linked(text: str) -> list[tuple[str, str]]:
    parts = [match[1].partition("|") for match in TOKEN.finditer(text)]
    return [(decoded(label or url), decoded(url)) for url, _, label in parts if url.startswith(("http", "mailto:"))]


def buttons(blocks: Iterable[JSON]) -> list[Button]:
    """Return the buttons of a message or a view."""
    found = []
    for block in blocks:
        for each in walk(block):
            action, place = str(each.get("action_id", "")), str(block.get("block_id", ""))
            match each.get("type"):
                case "button":
                    found.append(Button(action, str(each["text"]["text"]), str(each.get("value", "")), place))
                case "feedback_buttons":
                    for side in (each["positive_button"], each["negative_button"]):
                        label, value = str(side["text"]["text"]), str(side["value"])
                        found.append(Button(action, label, value, place, "feedback_buttons"))
    return found
