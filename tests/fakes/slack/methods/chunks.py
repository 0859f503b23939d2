"""What is added to a stream: Markdown, or chunks of Markdown, tasks, plans and blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.slack.blocks import check_message
from tests.fakes.slack.methods.content import MOST_MARKDOWN
from tests.fakes.slack.refused import refuse

if TYPE_CHECKING:
    from tests.fakes.slack.call import Call
    from tests.fakes.slack.records import JSON, Message, Stream
    from tests.fakes.slack.workspace import Workspace

STATES = ("pending", "in_progress", "complete", "error")
MOST_FIELD = 256
MOST_BLOCKS = 50
FIELDS = {"markdown_text": {"text"}, "task_update": {"id", "title", "status"}, "plan_update": {"title"}}


def add(call: Call, message: Message) -> None:
    """Add what a call brings to the stream of a message; RefusedError where it cannot be added."""
    stream = message.stream
    assert stream
    markdown = call.get("markdown_text")
    chunks = call.decoded("chunks", list, "invalid_chunks")
    if markdown is not None and chunks is not None:
        refuse("cannot_provide_both_markdown_text_and_chunks")
    if (markdown is not None and stream.mode == "chunks") or (chunks and stream.mode == "markdown_text"):
        refuse("streaming_mode_mismatch")
    if len(markdown or "") > MOST_MARKDOWN:
        refuse("msg_too_long")
    for chunk in chunks or []:
        _check(chunk)
    stream.text += markdown or ""
    for chunk in chunks or []:
        _take(call.slack, stream, chunk)
    message.text = stream.text
    tasks = list(stream.tasks.values())
    message.blocks = [*([{"type": "markdown", "text": stream.text}] if stream.text else []), *tasks, *stream.blocks]


def _check(chunk: object) -> None:
    """Refuse a chunk of an unknown shape."""
    kind = chunk.get("type") if isinstance(chunk, dict) else None
    if not isinstance(chunk, dict) or kind not in {*FIELDS, "blocks"}:
        refuse("invalid_chunks")
    if not FIELDS.get(str(kind), set()) <= chunk.keys():
        refuse("invalid_chunks")
    if kind == "task_update" and chunk["status"] not in STATES:
        refuse("invalid_chunks")
    most = MOST_MARKDOWN if kind == "markdown_text" else MOST_FIELD
    if any(isinstance(value, str) and len(value) > most for value in chunk.values()):
        refuse("msg_too_long")


def _take(slack: Workspace, stream: Stream, chunk: JSON) -> None:
    """Add one chunk: titles and states replace, details are appended."""
    match chunk["type"]:
        case "markdown_text":
            stream.text += chunk["text"]
        case "blocks":
            check_message(chunk["blocks"], slack.blocks_limit)
            stream.blocks += chunk["blocks"]
            if len(stream.blocks) > MOST_BLOCKS:
                refuse("msg_blocks_too_many")
        case "task_update":
            new: JSON = {"type": "task_card", "task_id": chunk["id"], "title": chunk["title"]}
            old = stream.tasks.setdefault(str(chunk["id"]), new)
            old |= {"title": chunk["title"], "status": chunk["status"]}
            if chunk.get("sources"):
                old["sources"] = [{"url": each["url"], "text": each["text"]} for each in chunk["sources"]]
