"""Blocks as HTML; their buttons post back to the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from tests.fakes.slack import markdown
from tests.fakes.slack.page.words import Names, link, mrkdwn, rich

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.slack.records import JSON

BUTTON = Markup(
    '<form method="post" action="/click"><input type="hidden" name="channel" value="{channel}">'
    '<input type="hidden" name="ts" value="{ts}"><input type="hidden" name="as" value="{user}">'
    '<input type="hidden" name="thread" value="{thread}"><input type="hidden" name="action_id" value="{action}">'
    '<input type="hidden" name="value" value="{value}"><button class="{style}">{label}</button></form>'
)


@dataclass(frozen=True)
class Place:
    """Where blocks stand, and who looks at them; what is pressed is pressed there by that person."""

    names: Names
    channel: str = ""
    ts: str = ""
    thread: str = ""
    user: str = ""


def html(blocks: list[JSON], place: Place) -> Markup:
    """Return blocks as HTML."""
    return Markup("").join(_KINDS[block["type"]](block, place) for block in blocks if block["type"] in _KINDS)


def words(value: Any, place: Place) -> Markup:  # noqa: ANN401 - JSON
    """Return a text object as HTML."""
    if not isinstance(value, dict):
        return Markup()
    text = str(value.get("text", ""))
    return mrkdwn(text, place.names) if value.get("type") == "mrkdwn" else escape(text)


def _button(element: JSON, label: str, value: str, place: Place) -> Markup:
    where = {"channel": place.channel, "ts": place.ts, "user": place.user, "thread": place.thread}
    style = element.get("style", "plain")
    return BUTTON.format(**where, action=element.get("action_id", ""), value=value, style=style, label=label)


def element(found: JSON, place: Place) -> Markup:
    """Return a button, a pair of feedback buttons, a picture or a text."""
    match found["type"]:
        case "button" if found.get("url"):
            return link(str(found["url"]), str(found["text"]["text"]))
        case "button" | "icon_button":
            return _button(found, found["text"]["text"], str(found.get("value", "")), place)
        case "feedback_buttons":
            sides = [("👍", found["positive_button"]), ("👎", found["negative_button"])]
            pressed = [_button(found, f"{s} {each['text']['text']}", str(each["value"]), place) for s, each in sides]
            return Markup("").join(pressed)
        case "image":
            return Markup('<span class="picture">🖼 {}</span>').format(found["alt_text"])
    return words(found if "text" in found else found.get("placeholder"), place)


def _elements(kind: str) -> Callable[[JSON, Place], Markup]:
    def show(block: JSON, place: Place) -> Markup:
        inner = Markup(" ").join(element(each, place) for each in block["elements"])
        return Markup('<div class="{}">{}</div>').format(kind, inner)

    return show


def _section(block: JSON, place: Place) -> Markup:
    fields = Markup("").join(
        Markup('<div class="field">{}</div>').format(words(f, place)) for f in block.get("fields", [])
    )
    beside = element(block["accessory"], place) if "accessory" in block else Markup()
    return Markup('<div class="section"><div>{}{}</div>{}</div>').format(
        words(block.get("text"), place), fields, beside
    )


def _cell(cell: JSON, place: Place) -> Markup:
    return Markup("<td>{}</td>").format(
        rich(cell, place.names) if cell["type"] == "rich_text" else cell.get("text", "")
    )


def _table(block: JSON, place: Place) -> Markup:
    rows = [Markup("<tr>{}</tr>").format(Markup("").join(_cell(c, place) for c in row)) for row in block["rows"]]
    return Markup("<table>{}</table>").format(Markup("").join(rows))


def _markdown(block: JSON, _: Place) -> Markup:
    return Markup('<div class="markdown">{}</div>').format(Markup(markdown.html(block["text"])))  # noqa: S704 - no HTML in it passes


_KINDS: dict[str, Callable[[JSON, Place], Markup]] = {
    "section": _section,
    "markdown": _markdown,
    "rich_text": lambda block, place: rich(block, place.names),
    "header": lambda block, place: Markup("<h3>{}</h3>").format(words(block["text"], place)),
    "divider": lambda _block, _place: Markup("<hr>"),
    "context": _elements("context"),
    "actions": _elements("actions"),
    "context_actions": _elements("actions"),
    "image": lambda block, _: Markup('<span class="picture">🖼 {}</span>').format(block["alt_text"]),
    "table": _table,
    "task_card": lambda block, _: Markup('<div class="context">{}: {}</div>').format(
        block.get("status", "pending"), block["title"]
    ),
    "input": lambda block, place: Markup('<div class="field">{}</div>').format(words(block["label"], place)),
}
