"""The blocks themselves, and on which surface each may stand."""

from __future__ import annotations

from tests.fakes.slack.blocks.elements import (
    CLICKED,
    FEEDBACK,
    FLAG,
    ICON,
    ID,
    IMAGE,
    TYPED,
    URL,
    plain,
    text,
)
from tests.fakes.slack.blocks.shapes import Check, either, items, kinds, of, one_of, shape, string

BLOCK = {"block_id": ID}
WORD = shape(
    {},
    {"text": string(40_000, 0), "style": of(dict), "url": URL, "user_id": of(str), "channel_id": of(str)}
    | {"usergroup_id": of(str), "range": one_of("here", "channel", "everyone"), "name": of(str), "unicode": of(str)}
    | {"unsafe": FLAG, "skin_tone": of(int), "timestamp": of(int), "format": of(str), "fallback": of(str)}
    | {"value": of(str), "team_id": of(str)},
)
WORDS = items(
    kinds(
        dict.fromkeys(
            ["text", "link", "user", "usergroup", "channel", "emoji", "broadcast", "date", "color", "team"], WORD
        )
    ),
    10_000,
    0,
)
RICH_SECTION = shape({"elements": WORDS})
RICH_PARTS = kinds(
    {
        "rich_text_section": RICH_SECTION,
        "rich_text_preformatted": shape({"elements": WORDS}, {"border": of(int), "language": of(str)}),
        "rich_text_quote": shape({"elements": WORDS}, {"border": of(int)}),
        "rich_text_list": shape(
            {
                "elements": items(kinds({"rich_text_section": RICH_SECTION}), 10_000),
                "style": one_of("bullet", "ordered"),
            },
            {"indent": of(int), "border": of(int), "offset": of(int)},
        ),
    }
)
RICH_TEXT = shape({"elements": items(RICH_PARTS, 10_000, 0)}, BLOCK)
SOURCES = items(shape({"url": URL, "text": string(256)}), 100)
TASK = shape(
    {"task_id": of(str), "title": string(256)},
    {**BLOCK, "details": RICH_TEXT, "output": RICH_TEXT, "sources": SOURCES}
    | {"status": one_of("pending", "in_progress", "complete", "error")},
)
CELL = kinds({"raw_text": shape({"text": string(10_000, 0)}), "rich_text": RICH_TEXT})
CONTEXT = kinds({"image": IMAGE, "mrkdwn": text(3000), "plain_text": text(3000)})
INPUTS = kinds(CLICKED | TYPED)

EVERYWHERE: dict[str, Check] = {
    "section": either(
        "text",
        "fields",
        shape(
            {},
            {**BLOCK, "text": text(3000), "fields": items(text(2000), 10), "expand": FLAG}
            | {"accessory": kinds(CLICKED | {"image": IMAGE})},
        ),
    ),
    "divider": shape({}, BLOCK),
    "header": shape({"text": plain(150)}, BLOCK),
    "image": either(
        "image_url",
        "slack_file",
        shape({"alt_text": string(2000)}, {**BLOCK, "image_url": URL, "slack_file": of(dict), "title": plain(2000)}),
    ),
    "actions": shape({"elements": items(kinds(CLICKED), 25)}, BLOCK),
    "context": shape({"elements": items(CONTEXT, 10)}, BLOCK),
    "rich_text": RICH_TEXT,
    "input": shape(
        {"label": plain(2000), "element": INPUTS},
        {**BLOCK, "hint": plain(2000), "optional": FLAG, "dispatch_action": FLAG},
    ),
}
MESSAGES: dict[str, Check] = {
    **EVERYWHERE,
    "markdown": shape({"text": string(12_000)}, BLOCK),
    "context_actions": shape({"elements": items(kinds({"feedback_buttons": FEEDBACK, "icon_button": ICON}), 5)}, BLOCK),
    "table": shape({"rows": items(items(CELL, 20), 100)}, {**BLOCK, "column_settings": items(of(dict), 20, 0)}),
    "task_card": TASK,
    "plan": shape({"title": string(256)}, {**BLOCK, "tasks": items(kinds({"task_card": TASK}), 50)}),
    "alert": shape({"text": text(3000)}, {**BLOCK, "level": one_of("default", "info", "warning", "error", "success")}),
}
"""Blocks of a message; Markdown and tables stand in no view."""
VIEW = shape(
    {"blocks": items(kinds(EVERYWHERE), 100, 0)},
    {"title": plain(24), "submit": plain(24), "close": plain(24), "private_metadata": string(3000, 0)}
    | {"callback_id": string(255, 0), "clear_on_close": FLAG, "notify_on_close": FLAG, "external_id": string(255, 0)},
)
