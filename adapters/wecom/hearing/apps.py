"""Tells what a callback of the self-built app means (developer.work.weixin.qq.com/document/path/90239 and 90240)."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from adapters.wecom.hearing import buttons, parsed, payloads
from adapters.wecom.hearing.events import Asked, Commanded, Entered, Ignored
from adapters.wecom.hearing.posts import Media, Post, event_id, question_id
from adapters.wecom.hearing.wording import cleaned
from bot.conversation import commands

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.wecom.hearing.events import Entrance, Event
    from adapters.wecom.hearing.posts import MediaKind

_MEDIA: Mapping[str, MediaKind] = {"image": "image", "voice": "voice", "video": "video", "file": "file"}
_ENTRANCES: Mapping[str, Entrance] = {"subscribe": "subscribe", "enter_agent": "enter_agent"}
_KEYS = ("FromUserName", "CreateTime", "Event", "EventKey", "TaskId")
"""What tells one event from another, as WeCom advises; events have no id."""

_WRITTEN = {"text": ("content",), "link": ("title", "description", "url"), "voice": ("recognition",)}
_SAID = frozenset({"location", *_MEDIA, *_WRITTEN})


def classify(message: str) -> Event:
    """Classify the decrypted XML of a callback; what WeCom may invent is ignored, with a reason.

    Raises `BadPayloadError` for what is no XML, or XML that nobody should read.
    """
    found = payloads.elements(message)
    kind, user = found.get("MsgType", "").strip(), found.get("FromUserName", "").strip().lower()
    if not (kind and user):
        return Ignored("malformed")
    post = Post("app", "single", user, user, found.get("MsgId", "").strip())
    if kind == "event":
        return _event(found, post)
    return _said(found, kind, post) if kind in _SAID else Ignored("unknown message")


def _said(found: Mapping[str, str], kind: str, post: Post) -> Event:
    """Return the question that a message is, or the command; a place on the map says nothing that we could answer."""
    message = parsed.message(found)
    written = (parsed.text(message, name) for name in _WRITTEN.get(kind, ()))
    text = cleaned("\n".join(filter(None, written)))
    identity = question_id("app", post.message or event_id(*(found.get(name, "") for name in (*_KEYS, "Content"))))
    sent_at = payloads.seconds(found.get("CreateTime", ""))
    command = commands.written(text) if kind in {"text", "voice"} else None
    if command:
        return Commanded(identity, command, post, sent_at=sent_at)
    media = () if text or kind not in _MEDIA else (_media(message, _MEDIA[kind]),)
    return Asked(identity, post, text, media, sent_at=sent_at)


def _media(message: object, kind: MediaKind) -> Media:
    read = functools.partial(parsed.text, message)
    return Media(kind, read("media_id"), read("image"), name=read("file_name", "title"))


def _event(found: Mapping[str, str], post: Post) -> Event:
    event = parsed.message(found)
    kind, identity = parsed.text(event, "event"), event_id(*(found.get(name, "") for name in _KEYS))
    if kind in _ENTRANCES:
        return Entered(identity, post, _ENTRANCES[kind])
    if isinstance(event, parsed.TemplateCardEvent):
        task, code = parsed.text(event, "task_id"), parsed.text(event, "response_code")
        return buttons.pressed(identity, parsed.text(event, "key"), post, task=task, code=code)
    if kind == "click":
        command = commands.NAMES.get(parsed.text(event, "key").lower().removeprefix("/"))
        return Commanded(identity, command, post) if command else Ignored("unknown button")
    return Ignored("unknown event" if kind not in _SILENT else "event")


_SILENT = frozenset({"unsubscribe", "view", "location", "batch_job_result"})
"""Events that WeCom documents and that ask nothing of us."""
