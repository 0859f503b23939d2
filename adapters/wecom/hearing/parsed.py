"""The messages and events of the self-built app as wechatpy's classes, which know the fields of each kind.

wechatpy's own `parse_message` does the same to what xmltodict read, which has no limit of depth: see ADR 0010.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wechatpy.fields import StringField
from wechatpy.messages import BaseMessage, UnknownMessage
from wechatpy.work.events import EVENT_TYPES, BaseEvent
from wechatpy.work.messages import MESSAGE_TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping


class FileMessage(BaseMessage):  # type: ignore[misc]  # wechatpy has no types
    """A file, which wechatpy 2.0.0a26 does not know."""

    type = "file"
    media_id = StringField("MediaId")
    file_name = StringField("FileName")
    title = StringField("Title")


class TemplateCardEvent(BaseEvent):  # type: ignore[misc]  # wechatpy has no types
    """The press of a card's button, which wechatpy 2.0.0a26 does not know."""

    event = "template_card_event"
    key = StringField("EventKey")
    task_id = StringField("TaskId")
    response_code = StringField("ResponseCode")


class TemplateCardMenuEvent(TemplateCardEvent):
    """A choice in the menu of a card."""

    event = "template_card_menu_event"


def message(found: Mapping[str, str]) -> Any:  # noqa: ANN401 - wechatpy has no types
    """Return what the elements of a callback are: a message, an event, or `UnknownMessage`.

    A text field is None where the element is missing or empty.
    """
    kind, event = (found.get(name, "").strip().lower() for name in ("MsgType", "Event"))
    known = EVENT_TYPES.get(event) if kind == "event" else FileMessage if kind == "file" else MESSAGE_TYPES.get(kind)
    return (known or UnknownMessage)(dict(found))


def text(of: object, *fields: str) -> str:
    """Return the first of a message's text fields that holds anything, stripped; "" where none does."""
    values = (getattr(of, name, None) for name in fields)
    return next((value.strip() for value in values if isinstance(value, str) and value.strip()), "")
