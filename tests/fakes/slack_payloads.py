"""Payloads as Slack sends them, for the tests of what they mean to us."""

from __future__ import annotations

from typing import Any

from adapters.slack.hearing.posts import Ourselves

US = Ourselves("UB0T", "BB0T")
TS = "1700000000.000100"


def envelope(event: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": event, **more}


def message(text: str = "why?", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "ts": TS, "text": text} | more


def direct(text: str = "why?", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return message(text, channel="D1", channel_type="im", **more)


def mention(text: str = "<@UB0T> why?", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"type": "app_mention", "channel": "C1", "user": "U1", "ts": TS, "text": text} | more


def changed(new: dict[str, Any], old: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    inner = {name: value for name, value in new.items() if name not in ("channel", "channel_type")}
    outer = {"subtype": "message_changed", "hidden": True, "ts": "9.9", "message": inner, "previous_message": old}
    return {"type": "message", "channel": new["channel"], "channel_type": new["channel_type"]} | outer | more


def edit(new: str, old: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return changed(message(new, edited={"user": "U1", "ts": "9.9"}, **more), message(old, **more))
