"""Lays out what we say in Slack as Block Kit: answers and refusals in as few messages as fit, notices, progress.

Limits are Slack's (docs.slack.dev, Block Kit reference); what a whole message may hold is not documented and was
measured by others: about 13,200 characters of JSON (github.com/slackapi/bolt-js/issues/2509).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from slack_sdk.models import blocks as kit

from adapters.layout import splitting
from adapters.slack.layout import sources
from adapters.slack.markup import escaping, mrkdwn, rendering
from bot.answering import composing
from bot.phrases import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.types import Answer, Language

MARKDOWN = 12_000
"""Characters of Markdown in one message."""

MESSAGE = 13_000
"""Characters of JSON of all blocks in one message."""

TEXT = 3_500
"""Characters of the text for notifications; 4,000 is an error when a message is updated."""

SECTION = 3_000
FEEDBACK, SOURCES, COMPARE, ESCALATE = "quorum_feedback", "quorum_sources", "quorum_compare", "quorum_escalate"


@dataclass(frozen=True, slots=True)
class Reply:
    """One message: its blocks, and the text for notifications and for clients that show no blocks."""

    text: str = field(repr=False)
    blocks: tuple[dict[str, Any], ...] = field(repr=False)


def answer(found: Answer, *, escalated: bool = False) -> list[Reply]:
    """Lay out an answer, refusal or failure; the last message has the sources, the agreement and the buttons.

    `escalated` says that a human was asked, in place of the button that asks one.
    """
    links = {citation.url for citation in found.citations if citation.url}
    body = escaping.markdown(found.text, links).strip() or "…"
    tail = _tail(found, escalated=escalated)
    parts = _fitting(body, tail)
    words = "\n".join([*sources.lines(found), *_agreement(found)])
    replies = []
    for number, part in enumerate(parts, 1):
        is_last = number == len(parts)
        shown: list[kit.Block] = [kit.MarkdownBlock(text=part)]
        if len(parts) > 1:
            shown.append(_context(say("slack_part", found.language, number=number, total=len(parts))))
        text = rendering.render(part, links) + (f"\n\n{words}" if is_last and words else "")
        replies.append(_reply(text, [*shown, *(tail if is_last else [])]))
    return replies


def progress(text: str) -> Reply:
    """Lay out the acknowledgement, or how far the answer is; it has no buttons."""
    return _reply(mrkdwn.escape(text), [_context(mrkdwn.escape(text))])


def notice(text: str) -> Reply:
    """Lay out a short message of our own, in mrkdwn: a limit, a file that cannot be read, a human that was asked."""
    return _reply(text, [_section(part) for part in splitting.split(text, SECTION)])


def helping(language: Language, *, is_greeting: bool = False) -> Reply:
    """Lay out how to ask; as a greeting it answers a mention that asks nothing."""
    title = f"*{say('slack_help_title', language)}*"
    greeting = [say("slack_empty", language)] if is_greeting else []
    return notice("\n\n".join([*greeting, f"{title}\n{say('slack_help', language)}"]))


def metadata(question_id: str) -> dict[str, Any]:
    """Return the metadata by which we find our own reply again (design.md, section 14)."""
    return {"event_type": "quorum_reply", "event_payload": {"question": question_id}}


def size(blocks: Sequence[dict[str, Any]]) -> int:
    """Measure blocks as Slack does, in characters of JSON."""
    return splitting.units(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")))


def _tail(found: Answer, *, escalated: bool) -> list[kit.Block]:
    """Build what stands under the text: notices, sources, agreement, buttons."""
    is_answer = found.outcome in {"answered", "answered_with_warning"}
    notices = [mrkdwn.escape(each) for each in found.notices if each.strip()]
    tail: list[kit.Block] = [_context(*notices)] if notices else []
    tail += [_section(each) for each in sources.sections(found, SECTION)] if is_answer else []
    tail += [_context(*_agreement(found))] if _agreement(found) else []
    tail += [_feedback(found)] if is_answer else []
    buttons = [_button("slack_show_sources", SOURCES, found)] if is_answer else []
    if is_answer and found.comparable:
        buttons.append(_button("slack_compare", COMPARE, found))
    if escalated:
        tail.append(_context(say("slack_human_asked", found.language)))
    elif found.outcome not in {"escalated", "unaided"}:
        buttons.append(_button("slack_ask_human", ESCALATE, found))
    return [*tail, kit.ActionsBlock(elements=buttons)] if buttons else tail


def _agreement(found: Answer) -> tuple[str, ...]:
    if found.vote is None or not found.vote.clusters:
        return ()
    return (composing.agreement(found.vote, found.language),)


def _fitting(body: str, tail: Sequence[kit.Block]) -> list[str]:
    """Split a text so that each part fits a message, the last one together with `tail`."""
    room = MESSAGE - size([block.to_dict() for block in tail]) - SECTION // 10
    limit = min(MARKDOWN, room)
    while True:
        parts = splitting.split(body, limit)
        longest = max(size([{"text": part}]) for part in parts)
        if longest <= room or limit <= SECTION // 10:
            return parts
        limit = limit * 9 // 10


def _reply(text: str, blocks: Sequence[kit.Block]) -> Reply:
    return Reply(splitting.first(text, TEXT), tuple(block.to_dict() for block in blocks))


def _section(text: str) -> kit.Block:
    return kit.SectionBlock(text=kit.MarkdownTextObject(text=text))


def _context(*texts: str) -> kit.Block:
    return kit.ContextBlock(elements=[kit.MarkdownTextObject(text=splitting.first(each, SECTION)) for each in texts])


def _button(words: str, action: str, found: Answer) -> kit.ButtonElement:
    return kit.ButtonElement(text=say(words, found.language), action_id=action, value=found.id)


def _feedback(found: Answer) -> kit.Block:
    good, bad = (
        kit.FeedbackButtonObject(text=say(words, found.language), value=f"{found.id}:{mark}")
        for words, mark in (("slack_good", 1), ("slack_bad", 0))
    )
    buttons = kit.FeedbackButtonsElement(action_id=FEEDBACK, positive_button=good, negative_button=bad)
    return kit.ContextActionsBlock(elements=[buttons])
