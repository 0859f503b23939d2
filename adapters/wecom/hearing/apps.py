"""Tells what a callback of the self-built app means (developer.work.weixin.qq.com/document/path/90239 and 90240)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.wecom.hearing import buttons, payloads
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

_WRITTEN = {"text": ("Content",), "link": ("Title", "Description", "Url"), "voice": ("Recognition",)}
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
    text = cleaned("\n".join(found[name].strip() for name in _WRITTEN.get(kind, ()) if found.get(name, "").strip()))
    identity = question_id("app", post.message or event_id(*(found.get(name, "") for name in (*_KEYS, "Content"))))
    sent_at = payloads.seconds(found.get("CreateTime", ""))
    command = commands.written(text) if kind in {"text", "voice"} else None
    if command:
        return Commanded(identity, command, post, sent_at=sent_at)
    media = () if text or kind not in _MEDIA else (_media(found, _MEDIA[kind]),)
    return Asked(identity, post, text, media, sent_at=sent_at)


def _media(found: Mapping[str, str], kind: MediaKind) -> Media:
    name = next((found[each].strip() for each in ("FileName", "Title") if found.get(each, "").strip()), "")
    return Media(kind, found.get("MediaId", "").strip(), found.get("PicUrl", "").strip(), name=name)


def _event(found: Mapping[str, str], post: Post) -> Event:
    identity = event_id(*(found.get(name, "") for name in _KEYS))
    kind, key = found.get("Event", "").strip(), found.get("EventKey", "").strip()
    if kind in _ENTRANCES:
        return Entered(identity, post, _ENTRANCES[kind])
    if kind in {"template_card_event", "template_card_menu_event"}:
        code = found.get("ResponseCode", "").strip()
        return buttons.pressed(identity, key, post, task=found.get("TaskId", "").strip(), code=code)
    if kind == "click":
        command = commands.NAMES.get(key.lower().removeprefix("/"))
        return Commanded(identity, command, post) if command else Ignored("unknown button")
    return Ignored("unknown event" if kind not in _SILENT else "event")


_SILENT = frozenset({"unsubscribe", "view", "LOCATION", "batch_job_result"})
"""Events that WeCom documents and that ask nothing of us."""
