"""The JSON in which messages, streams and cards go to WeCom; who they go to is added where they are sent.

App: developer.work.weixin.qq.com/document/path/90236 and 94888; AI bot: 101031, 101138 and 101463.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.wecom.layout.pages import Style

Body = dict[str, Any]

FEEDBACK = 256
"""Bytes of a feedback id."""


def message(content: str, style: Style) -> Body:
    """Return a message of the app, or one that the AI bot sends by itself or to a response_url."""
    kind = "text" if style.form == "text" else "markdown"
    return {"msgtype": kind, kind: {"content": content}}


def card(shown: Body) -> Body:
    """Return a message that is a card; a response_url takes one only in a direct message."""
    return {"msgtype": "template_card", "template_card": shown}


def stream(identity: str, content: str, *, finished: bool, feedback: str = "", under: Body | None = None) -> Body:
    """Return the state of a stream: `content` is all of its text; `feedback` is the answer's id, in the first reply.

    `under` is the one card that a message may have, shown with the last content.
    """
    state: Body = {"id": identity, "finish": finished, "content": content}
    if 0 < len(feedback.encode()) <= FEEDBACK:
        state["feedback"] = {"id": feedback}
    if under is None:
        return {"msgtype": "stream", "stream": state}
    return {"msgtype": "stream_with_template_card", "stream": state, "template_card": under}


def welcome(content: str) -> Body:
    """Return what greets whoever opens the bot's chat."""
    return {"msgtype": "text", "text": {"content": content}}


def card_update(shown: Body, users: Sequence[str] = ()) -> Body:
    """Return the answer to a click in the AI bot: the card as it is now, in groups for `users` alone if any."""
    update: Body = {"response_type": "update_template_card", "template_card": shown}
    return {**update, "userids": list(users)} if users else update


def app_card_update(shown: Body, response_code: str) -> Body:
    """Return what updates an app's card (`message/update_template_card`), once for each `response_code`."""
    return {"response_code": response_code, "template_card": shown}
