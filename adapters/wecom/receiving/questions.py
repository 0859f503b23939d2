"""Words what was heard as questions and errands for the workers; pure."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.types import Address, Attachment, Question, Turn

if TYPE_CHECKING:
    from adapters.wecom.credentials import Mode
    from adapters.wecom.hearing.events import Asked, Clicked
    from adapters.wecom.hearing.posts import Media, Post
    from bot.types import Language, Task


def asked(event: Asked, mode: Mode, language: Language, **details: str) -> Question:
    """Return the question that a message is; what it quotes is its context, and the media quoted are read with it.

    A message that says nothing but quotes something asks about that.
    """
    quote, media = event.quote, event.media
    quoted = quote.text if quote is not None else ""
    if quote is not None:
        media = (*media, *quote.media)
    about = {"response_url": event.response_url} if event.response_url else {}
    return Question(
        id=event.id,
        text=event.text or quoted,
        address=_address(event.post),
        language=language,
        asked_at=event.sent_at or time.time(),
        attachments=tuple(_attachment(each, number) for number, each in enumerate(media, 1)),
        details=_details(mode, event.post) | about | details,
        context=(Turn("", quoted),) if quoted and event.text else (),
    )


def said(name: str, key: str, post: Post, mode: Mode, language: Language, **details: str) -> Question:
    """Return the errand to say something fixed in reply to a message or an event; `key` is its id."""
    return _errand("say", key, post, language, _details(mode, post) | details, name)


def escalation(answer_id: str, post: Post, mode: Mode, language: Language, about_it: Question | None) -> Question:
    """Return the errand to hand an answer's question to a human; `post.user` is who wants it.

    The question's own text, asker and files are in it where they are known, since its row may be gone when it is run.
    """
    known = {"question": about_it.id, "asker": about_it.address.user} if about_it else {"question": answer_id}
    details = _details(mode, post) | {"answer": answer_id, "asker": post.user} | known
    key = f"human-{about_it.reply_id if about_it else answer_id}"
    errand = _errand("escalate", key, post, language, details)
    return errand if about_it is None else replace(errand, text=about_it.text, attachments=about_it.attachments)


def pressed(event: Clicked, errand: Question) -> Question:
    """Add to an errand which card its button is on, and what changes that card."""
    known = {"task": event.task, "response_code": event.response_code, "response_url": event.response_url}
    return replace(errand, details=dict(errand.details) | {name: value for name, value in known.items() if value})


def _errand(task: Task, key: str, post: Post, language: Language, details: dict[str, str], text: str = "") -> Question:
    address = replace(_address(post), thread=key)
    return Question(key, text, address, language, time.time(), task=task, details=details)


def _address(post: Post) -> Address:
    return Address("wecom", f"{post.surface}:{post.conversation}", post.user, message=post.message)


def _details(mode: Mode, post: Post) -> dict[str, str]:
    found: dict[str, str] = {"mode": mode, "chattype": post.room}
    return found | ({"external": "1"} if post.is_external else {})


def _attachment(media: Media, number: int) -> Attachment:
    """Return a file as the gathering wants it; a key of its own travels in its address, behind a mark."""
    url = f"{media.url}#aeskey={media.key}" if media.key else media.url
    return Attachment(media.id or f"{media.kind}-{number}", media.name, "", 0, url, media.kind)
