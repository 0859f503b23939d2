"""Tells what a payload of the AI bot means, by callback and by long connection alike.

Messages: developer.work.weixin.qq.com/document/path/100719, events: 101027, long connection: 101463.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.wecom.hearing import buttons, payloads
from adapters.wecom.hearing.events import Asked, Commanded, Disconnected, Entered, Ignored, Rated, Refreshed
from adapters.wecom.hearing.payloads import inside, items, seconds, word
from adapters.wecom.hearing.posts import Media, Post, Quote, event_id, question_id
from adapters.wecom.hearing.wording import cleaned, unmentioned
from bot.conversation import commands

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.wecom.hearing.events import Event
    from adapters.wecom.hearing.posts import MediaKind

_MEDIA: Mapping[str, MediaKind] = {"image": "image", "file": "file", "video": "video"}
_SAID = frozenset({"text", "mixed", "voice", *_MEDIA})
_RATINGS = {"1": 1, "2": 0, "3": None}


def classify(message: str, name: str = "") -> Event:
    """Classify the decrypted JSON of a callback; `name` is the bot's, to be stripped from mentions in groups.

    Never raises for what WeCom may invent: that is ignored, with a reason. Raises `BadPayloadError` for what is no
    JSON object.
    """
    return told(payloads.fields(message), name)


def told(payload: Mapping[str, object], name: str = "") -> Event:
    """Classify a payload that is JSON already, such as the body of a long connection's frame; never raises."""
    kind = word(payload, "msgtype")
    if kind == "stream":
        stream = word(payload, "stream", "id")
        return Refreshed(stream) if stream else Ignored("malformed")
    if kind == "event":
        return _event(payload)
    if kind not in _SAID:
        return Ignored("unknown message" if kind else "malformed")
    post = _post(payload)
    return _said(payload, kind, post, name) if post.user and post.conversation else Ignored("malformed")


def _post(payload: Mapping[str, object]) -> Post:
    """Return where something was said; a group is one by its chat type, or by its chat where that is missing."""
    corp, user = word(payload, "from", "corpid"), word(payload, "from", "userid").strip().lower()
    user = f"{corp}/{user}" if corp and user else user
    chat, kind = word(payload, "chatid"), word(payload, "chattype")
    in_group = kind == "group" or (kind != "single" and bool(chat))
    return Post(
        surface="bot",
        room="group" if in_group else "single",
        conversation=chat if in_group else user,
        user=user,
        message=word(payload, "msgid"),
        is_external=bool(corp),
    )


def _said(payload: Mapping[str, object], kind: str, post: Post, name: str) -> Event:
    text, media = _content(payload, kind)
    text = unmentioned(text, name) if post.room == "group" else text
    identity = question_id("bot", post.message or event_id(post.conversation, post.user, repr(payload)))
    url, sent_at = word(payload, "response_url"), seconds(word(payload, "create_time"))
    if command := commands.written(text):
        return Commanded(identity, command, post, response_url=url, sent_at=sent_at)
    return Asked(identity, post, text, media, _quote(payload), url, sent_at)


def _content(node: object, kind: str) -> tuple[str, tuple[Media, ...]]:
    """Return what a message or a quote says, and what is in it to be fetched."""
    if kind != "mixed":
        return _part(node, kind)
    parts = [_part(item, word(item, "msgtype")) for item in items(node, "mixed", "msg_item")]
    said = [text for text, _ in parts if text]
    return "\n".join(said), tuple(each for _, media in parts for each in media)


def _part(node: object, kind: str) -> tuple[str, tuple[Media, ...]]:
    if kind in _MEDIA:
        found = inside(node, kind)
        one = Media(_MEDIA[kind], url=word(found, "url"), key=word(found, "aeskey"), name=word(found, "filename"))
        return "", (one,)
    return (cleaned(word(node, kind, "content")), ()) if kind in {"text", "voice"} else ("", ())


def _quote(payload: Mapping[str, object]) -> Quote | None:
    quote = inside(payload, "quote")
    text, media = _content(quote, word(quote, "msgtype"))
    return Quote(text, media) if text or media else None


def _event(payload: Mapping[str, object]) -> Event:
    """Classify an event; what it tells stands under its own type, and in some versions beside it."""
    event = inside(payload, "event")
    kind = word(event, "eventtype")
    if kind == "disconnected_event":
        return Disconnected()
    post = _post(payload)
    detail = inside(event, kind) if isinstance(inside(event, kind), dict) else event
    parts = (word(detail, "task_id"), word(detail, "event_key"), word(detail, "id"), word(detail, "type"))
    identity = event_id(post.message or word(payload, "create_time"), post.user, kind, *parts)
    match kind:
        case "enter_chat" if post.user:
            return Entered(identity, post, "enter_chat")
        case "template_card_event" if post.user:
            url = word(payload, "response_url")
            return buttons.pressed(identity, word(detail, "event_key"), post, task=word(detail, "task_id"), url=url)
        case "feedback_event" if post.user:
            return _rated(identity, detail, post)
    return Ignored("unknown event" if kind and post.user else "malformed")


def _rated(identity: str, detail: object, post: Post) -> Event:
    answer, rating = word(detail, "id"), word(detail, "type")
    if not answer or rating not in _RATINGS:
        return Ignored("malformed")
    reasons = tuple(each for each in items(detail, "inaccurate_reason_list") if isinstance(each, int))
    return Rated(identity, answer, _RATINGS[rating], post, reasons, cleaned(word(detail, "content")))
