"""The commands that people give with a slash, or write to us, and the question of `/ask`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.slack.hearing.events import Asked, Commanded
from adapters.slack.hearing.posts import Post, command_id
from adapters.slack.markup import reading
from bot.conversation import commands

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.slack.hearing.events import Event
    from adapters.slack.hearing.posts import Ourselves, Room
    from bot.conversation.commands import Command

    Json = Mapping[str, Any]

ASK, QUORUM = "/ask", "/quorum"


def slashed(form: Json, us: Ourselves) -> Event:
    """Classify a slash command; what is unknown or empty asks for help. Its text comes escaped (`manifest`)."""
    channel = str(form.get("channel_id") or "")
    post = Post(
        team=str(form.get("team_id") or ""),
        channel=channel,
        user=str(form.get("user_id") or ""),
        room=_room(channel, str(form.get("channel_name") or "")),
    )
    text = reading.read({"text": form.get("text")}, us.user).text
    url = str(form.get("response_url") or "")
    if form.get("command") == ASK and text and written(text) is None:
        key = command_id(post.team, str(form.get("trigger_id") or ""))
        return Asked(key, post, "command", text, response_url=url)
    name, _, rest = text.partition(" ")
    return Commanded(commands.NAMES.get(name.lower().removeprefix("/"), "help"), rest.strip(), post, response_url=url)


def written(text: str) -> Command | None:
    """Return the command that a message to us is as a whole, such as `/stop`, `/quorum stop` or `help`."""
    words = text.lower().split()
    if words[:1] == [QUORUM]:
        words = [f"/{word}" for word in words[1:]] or ["/help"]
    return commands.written(words[0]) if len(words) == 1 else None


def _room(channel: str, name: str) -> Room:
    """Tell the kind of room from the two names that Slack gives those without one."""
    if channel.startswith("D") or name == "directmessage":
        return "im"
    return "group" if name == "privategroup" else "channel"
