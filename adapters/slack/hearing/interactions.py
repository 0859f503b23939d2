"""What people press: the buttons of an answer, and the shortcut on somebody's message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.slack.hearing import messages
from adapters.slack.hearing.events import ASK_SHORTCUT, Asked, Clicked, Ignored
from adapters.slack.hearing.posts import Post, question_id
from adapters.slack.markup.reading import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.slack.hearing.events import Action, Event
    from adapters.slack.hearing.posts import Ourselves

    Json = Mapping[str, Any]

_ACTIONS: Mapping[str, Action] = {
    "quorum_feedback": "quorum_feedback",
    "quorum_sources": "quorum_sources",
    "quorum_compare": "quorum_compare",
    "quorum_escalate": "quorum_escalate",
}
_VOTES = {"1": 1, "0": 0}


def pressed(payload: Json) -> Event:
    """Classify `block_actions`; buttons that only open an address report themselves too, and are ignored."""
    for action in payload.get("actions") or ():
        kind = _ACTIONS.get(str(action.get("action_id")))
        value = str(action.get("value") or "")
        if kind is None or not value:
            continue
        answer_id, vote = value, None
        if kind == "quorum_feedback":
            answer_id, _, mark = value.rpartition(":")
            vote = _VOTES.get(mark)
            if vote is None or not answer_id:
                return Ignored("malformed click")
        return _clicked(payload, kind, answer_id, vote)
    return Ignored("unknown action")


def chosen(payload: Json, us: Ourselves) -> Event:
    """Classify a message shortcut: the message becomes the question of whoever chose it, alerts of bots included.

    It has the id that a mention in that message would have, so that one message is answered once.
    """
    if payload.get("callback_id") != ASK_SHORTCUT:
        return Ignored("unknown shortcut")
    message = payload.get("message") or {}
    if message.get("user") == us.user or (us.bot and message.get("bot_id") == us.bot):
        return Ignored("own message")
    ts = str(message.get("ts") or payload.get("message_ts") or "")
    post = _post(payload, ts, str(message.get("thread_ts") or ts))
    return Asked(
        id=question_id(post.team, post.channel, ts),
        post=post,
        via="shortcut",
        text=read(message, us.user).text,
        files=messages.files(message),
        response_url=str(payload.get("response_url") or ""),
    )


def _clicked(payload: Json, action: Action, answer_id: str, vote: int | None) -> Clicked:
    container, message = payload.get("container") or {}, payload.get("message") or {}
    ts = str(container.get("message_ts") or message.get("ts") or "")
    return Clicked(
        action=action,
        answer_id=answer_id,
        vote=vote,
        post=_post(payload, ts, str(container.get("thread_ts") or message.get("thread_ts") or ts)),
        is_ephemeral=bool(container.get("is_ephemeral")),
        trigger_id=str(payload.get("trigger_id") or ""),
        response_url=str(payload.get("response_url") or ""),
    )


def _post(payload: Json, ts: str, thread: str) -> Post:
    """Return where something was pressed and by whom; a team is missing where the app is installed for a whole org."""
    user, team = payload.get("user") or {}, payload.get("team") or {}
    container = payload.get("container") or {}
    channel = str((payload.get("channel") or {}).get("id") or container.get("channel_id") or "")
    return Post(
        team=str(team.get("id") or user.get("team_id") or ""),
        channel=channel,
        user=str(user.get("id") or ""),
        ts=ts,
        thread=thread,
        room=messages.room(channel),
    )
