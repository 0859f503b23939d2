"""Tells what a payload of Slack's means to us, whichever way it came: HTTP or Socket Mode, event, click or command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.slack.hearing import commands, interactions, messages
from adapters.slack.hearing.events import Challenged, HomeOpened, Ignored, ThreadOpened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.slack.hearing.events import Event
    from adapters.slack.hearing.posts import Ourselves

    Json = Mapping[str, Any]

UNREADABLE = Ignored("unreadable")
ODD = (TypeError, AttributeError, ValueError, LookupError, RecursionError, OverflowError)
"""What comes of a list in place of an object, or of a word in place of a number."""


def classify(payload: Json, us: Ourselves, *, engaged: bool = False) -> Event:
    """Classify an envelope of the Events API or of Socket Mode, an interactivity payload or a command's form.

    `engaged` says whether we take part in the thread that `thread_of` names. Never raises for what Slack may invent:
    that is ignored, with a reason; what is of no shape at all is `UNREADABLE`.
    """
    try:
        return _classified(payload, us, engaged=engaged)
    except ODD:
        return UNREADABLE


def thread_of(payload: Json) -> tuple[str, str, str] | None:
    """Name the thread, as (team, channel, root), of whose messages we must know whether we are engaged in it.

    None where that makes no difference: outside threads, in direct messages, for clicks and commands.
    """
    try:
        return _thread(payload)
    except ODD:
        return None


def _classified(payload: Json, us: Ourselves, *, engaged: bool) -> Event:
    if "envelope_id" in payload:
        return _classified(payload.get("payload") or {}, us, engaged=engaged)
    match payload.get("type"):
        case "event_callback":
            return _event(payload, payload.get("event") or {}, us, engaged=engaged)
        case "block_actions":
            return interactions.pressed(payload)
        case "message_action":
            return interactions.chosen(payload, us)
        case "url_verification":
            return Challenged(str(payload.get("challenge") or ""))
    return commands.slashed(payload, us) if "command" in payload else Ignored(_unknown(payload))


def _thread(payload: Json) -> tuple[str, str, str] | None:
    if "envelope_id" in payload:
        return _thread(payload.get("payload") or {})
    event = payload.get("event") or {}
    if payload.get("type") != "event_callback" or event.get("type") != "message":
        return None
    post = messages.place(payload, event, event.get("message") or event)
    is_reply = bool(post.thread) and post.thread != post.ts
    return (post.team, post.channel, post.thread) if is_reply and post.room != "im" else None


def _event(envelope: Json, event: Json, us: Ourselves, *, engaged: bool) -> Event:
    match event.get("type"):
        case "app_mention":
            return messages.mentioned(envelope, event, us)
        case "message":
            return messages.posted(envelope, event, us, engaged=engaged)
        case "app_home_opened" if event.get("tab") in ("home", "messages"):
            return _home_opened(envelope, event)
        case "assistant_thread_started":
            return _thread_opened(envelope, event.get("assistant_thread") or {})
    return Ignored(str(event.get("type") or "malformed"))


def _home_opened(envelope: Json, event: Json) -> HomeOpened:
    return HomeOpened(
        user=str(event.get("user") or ""),
        team=str(envelope.get("team_id") or ""),
        tab="home" if event.get("tab") == "home" else "messages",
        channel=str(event.get("channel") or ""),
    )


def _thread_opened(envelope: Json, thread: Json) -> ThreadOpened:
    return ThreadOpened(
        user=str(thread.get("user_id") or ""),
        team=str(envelope.get("team_id") or ""),
        channel=str(thread.get("channel_id") or ""),
        thread=str(thread.get("thread_ts") or ""),
    )


def _unknown(payload: Json) -> str:
    return "ssl_check" if "ssl_check" in payload else str(payload.get("type") or "malformed")
