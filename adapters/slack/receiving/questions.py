"""Words what was heard as questions and errands for the workers; pure."""

from __future__ import annotations

import re
import time
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.slack.hearing.posts import question_id
from bot.types import Address, Attachment, Question

if TYPE_CHECKING:
    from adapters.slack.hearing.events import Asked, Clicked, Commanded
    from adapters.slack.hearing.posts import Post, SharedFile
    from bot.types import Language, Task

FETCHABLE = frozenset({"", "hosted", "snippet", "post"})
"""Modes of files that can simply be downloaded."""

_TS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")

STUB = "check_file_info"
"""What Slack calls a file of which it told only the id."""


def asked(event: Asked, language: Language) -> Question:
    """Return the question that a message or `/ask` is; the latter has a lane of its own and its response_url."""
    post, is_command = event.post, event.via == "command"
    details = _about(post) | {"via": event.via}
    if event.event_id:
        details["event"] = event.event_id
    if is_command:
        details["response_url"] = event.response_url
    return Question(
        id=event.id,
        text=event.text,
        address=Address("slack", post.channel, post.user, event.id if is_command else post.thread, post.ts),
        language=language,
        asked_at=_time(post.ts),
        attachments=tuple(_attachment(each) for each in event.files),
        details=details,
    )


def said(name: str, post: Post, language: Language, **details: str) -> Question:
    """Return the errand to say something fixed in reply to a message; it has the id of the message's question."""
    key = question_id(post.team, post.channel, post.ts)
    return replace(_errand("say", key, post, language, _about(post) | details), text=name)


def version(question: Question, edited_ts: str) -> Question:
    """Return a question as it was edited at `edited_ts`, whose answer takes the place of the first one's."""
    return replace(question, id=f"{question.id}-e{edited_ts}", replaces=question.id)


def withdrawal(question: Question) -> Question:
    """Return the errand to remove our reply to a question that was deleted."""
    first = question.reply_id
    return replace(question, id=f"{first}-withdraw", text="", task="withdraw", replaces=first, attachments=())


def escalation(answer_id: str, post: Post, language: Language, about_it: Question | None) -> Question:
    """Return the errand to hand an answer's question to a human; `post.user` is who wants it.

    The question's own text, asker and place are in it where they are known, since its row may be gone when it is run.
    All versions of a question have one such errand.
    """
    details = _about(post) | {"answer": answer_id, "question": answer_id, "asker": post.user}
    if about_it is None:
        return _errand("escalate", f"human-{answer_id}", post, language, details)
    details |= {"question": about_it.id, "asker": about_it.address.user}
    found = _errand("escalate", f"human-{about_it.reply_id}", post, language, details)
    address = replace(found.address, message=about_it.address.message or found.address.message)
    return replace(found, text=about_it.text, address=address)


def comparison(event: Clicked, language: Language, about_it: Question | None) -> Question:
    """Return a question again, to be answered without documents in its thread, or to whoever alone saw the answer.

    Without its question there is nothing in it to be asked.
    """
    if about_it is None:
        about_it = _errand("compare", event.answer_id, event.post, language, _about(event.post))
    key, details = f"compare-{about_it.id}", dict(about_it.details)
    found = replace(about_it, id=key, task="compare", replaces="")
    if event.is_ephemeral:
        address = replace(about_it.address, thread=key)
        return replace(found, address=address, details=details | {"via": "command", "response_url": event.response_url})
    details.pop("response_url", None)
    return replace(found, details=details | {"via": "click"})


def handed_over(event: Commanded, language: Language) -> Question:
    """Return the errand to hand what stands behind `/quorum human` to a human; Slack delivers commands once.

    What came of it is told at the command's response_url.
    """
    details = _about(event.post) | {"via": "command", "asker": event.post.user, "response_url": event.response_url}
    errand = _errand("escalate", f"human-{uuid.uuid4().hex}", event.post, language, details)
    return replace(errand, text=event.text)


def pressed(event: Clicked, errand: Question) -> Question:
    """Add to an errand where its button was pressed; only an ephemeral message is changed by its response_url."""
    details = dict(errand.details) | {"via": "click", "clicked": event.post.ts}
    if event.is_ephemeral:
        details["response_url"] = event.response_url
    return replace(errand, details=details)


def _errand(task: Task, key: str, post: Post, language: Language, details: dict[str, str]) -> Question:
    address = Address("slack", post.channel, post.user, post.thread or key, post.ts)
    return Question(key, "", address, language, _time(post.ts), task=task, details=details)


def _about(post: Post) -> dict[str, str]:
    """Return what every question's details say about where it came from."""
    found = {"via": "direct" if post.room == "im" else "mention", "room": post.room, "team": post.team}
    return found | ({"external": "1"} if post.is_external else {})


def _attachment(file: SharedFile) -> Attachment:
    kind = STUB if file.is_stub else "" if file.mode in FETCHABLE else file.mode
    return Attachment(file.id, file.name, file.mimetype, file.size, file.url, kind)


def _time(ts: str) -> float:
    """Return when a message was written, the same for every delivery of it; now where there is no message."""
    return float(ts) if _TS.fullmatch(ts) else time.time()
