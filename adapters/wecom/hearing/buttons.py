"""The keys of our cards' buttons, and what a press of one means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.wecom.hearing.events import Clicked, Ignored

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.wecom.hearing.events import Action
    from adapters.wecom.hearing.posts import Post

DONE = "quorum_done"
"""Begins the key of a button that only says what was done."""

_ACTIONS: Mapping[str, Action] = {
    "quorum_feedback": "quorum_feedback",
    "quorum_sources": "quorum_sources",
    "quorum_escalate": "quorum_escalate",
}
_VOTES = {"1": 1, "0": 0}


def key(action: Action, answer_id: str, vote: int | None = None) -> str:
    """Return the key of a button; `pressed` reads it."""
    return f"{action}:{answer_id}" + ("" if vote is None else f":{vote}")


def done(answer_id: str) -> str:
    """Return the key of a button that does nothing any more."""
    return f"{DONE}:{answer_id}"


def pressed(event: str, key: str, post: Post, *, task: str = "", code: str = "", url: str = "") -> Clicked | Ignored:
    """Tell what the press of a button means; `event` is the key of its delivery, `task` names the card."""
    name, _, answer_id = key.partition(":")
    if name == DONE:
        return Ignored("done button")
    action, vote = _ACTIONS.get(name), None
    if action == "quorum_feedback":
        answer_id, _, mark = answer_id.rpartition(":")
        vote = _VOTES.get(mark)
    if action is None or not answer_id or (action == "quorum_feedback" and vote is None):
        return Ignored("unknown button")
    return Clicked(event, action, answer_id, vote, post, task=task, response_code=code, response_url=url)
