"""Whole messages and views: what is wrong with their blocks, as the error that Slack gives."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.fakes.slack.blocks.layouts import MESSAGES, VIEW
from tests.fakes.slack.blocks.shapes import items, kinds
from tests.fakes.slack.marks import walk
from tests.fakes.slack.refused import refuse, refuse_arguments

if TYPE_CHECKING:
    from tests.fakes.slack.records import JSON

MOST_BLOCKS = 50
MOST_MARKDOWN = 12_000
LARGEST_VIEW = 250_000


def check_message(blocks: list[Any], longest: int) -> None:
    """Refuse blocks that cannot stand in a message; `longest` is the limit of their JSON in characters."""
    problems = [*items(kinds(MESSAGES), MOST_BLOCKS, 0)(blocks, "/blocks"), *_twice(blocks)]
    if not problems and sum(block["type"] == "table" for block in blocks) > 1:
        refuse("invalid_attachments", response_metadata={"messages": ["[ERROR] only_one_table_allowed"]})
    if problems:
        messages = [f"[ERROR] {problem}" for problem in problems]
        refuse("invalid_blocks", errors=problems, response_metadata={"messages": messages})
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    whole = len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")))
    if markdown > MOST_MARKDOWN or whole > longest:
        refuse("msg_blocks_too_long")


def check_view(view: JSON, *surfaces: str) -> None:
    """Refuse a view that cannot be shown."""
    if view.get("type") not in surfaces:
        refuse_arguments(f"must be one of {', '.join(surfaces)} [json-pointer:/view/type]")
    problems = [*VIEW(view, "/view"), *_twice(view.get("blocks", []))]
    if view["type"] == "modal" and "title" not in view:
        problems.append("missing required field: title [json-pointer:/view]")
    if "submit" not in view and any(each.get("type") == "input" for each in walk(view.get("blocks", []))):
        problems.append("missing required field: submit [json-pointer:/view]")
    if problems:
        refuse_arguments(*problems)
    if len(json.dumps(view, ensure_ascii=False).encode()) > LARGEST_VIEW:
        refuse("view_too_large")


def _twice(blocks: list[Any]) -> list[str]:
    """Name the ids that should be unique: of blocks in a message, of actions in a block."""
    known = [block for block in blocks if isinstance(block, dict)]
    ids = Counter(block["block_id"] for block in known if "block_id" in block)
    problems = [f"`block_id` {each!r} already exists [json-pointer:/blocks]" for each in ids if ids[each] > 1]
    for n, block in enumerate(known):
        actions = Counter(each["action_id"] for each in walk(block) if "action_id" in each)
        pointer = f"[json-pointer:/blocks/{n}]"
        problems += [
            f"`action_id` {each!r} already exists for block {pointer}" for each in actions if actions[each] > 1
        ]
    return problems
