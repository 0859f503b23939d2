"""views.open, views.update, views.push and views.publish: modals and the App Home."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from tests.fakes.slack.blocks import check_view
from tests.fakes.slack.call import Call, Method
from tests.fakes.slack.refused import refuse, refuse_arguments

if TYPE_CHECKING:
    from tests.fakes.slack.records import JSON

TRIGGER_S = 3.0
"""So long a trigger id can be exchanged, once."""


def _view(call: Call, *surfaces: str) -> JSON:
    view: JSON | None = call.decoded("view", dict, "invalid_arguments")
    if view is None:
        refuse_arguments("missing required field: view")
    check_view(view, *surfaces)
    return view


def _exchanged(call: Call) -> str:
    """Return the person of a trigger id, and use it up."""
    slack, trigger = call.slack, call.required("trigger_id")
    user, made = slack.triggers.get(trigger, (None, 0.0))
    if user is None:
        refuse("invalid_trigger_id")
    if not user:
        refuse("exchanged_trigger_id")
    if slack.now() - made > TRIGGER_S:
        refuse("expired_trigger_id")
    slack.triggers[trigger] = ("", made)
    return user


def opened(call: Call) -> JSON:
    """Open a modal for the person of a trigger."""
    view = _view(call, "modal")
    user = _exchanged(call)
    call.slack.modals[user] = _kept(call, view)
    return {"view": call.slack.modals[user]}


def updated(call: Call) -> JSON:
    """Show something else in an open modal."""
    view, slack = _view(call, "modal", "home"), call.slack
    for user, old in slack.modals.items():
        if old["id"] == call.get("view_id"):
            if call.get("hash") not in {None, old["hash"]}:
                refuse("hash_conflict")
            slack.modals[user] = _kept(call, view) | {"id": old["id"]}
            return {"view": slack.modals[user]}
    return refuse("not_found")


def published(call: Call) -> JSON:
    """Show an App Home."""
    view, user = _view(call, "home"), call.required("user_id")
    if user not in call.slack.users:
        refuse_arguments("user_id is not a valid user")
    call.slack.homes[user] = _kept(call, view)
    return {"view": call.slack.homes[user]}


def _kept(call: Call, view: JSON) -> JSON:
    own = {"id": f"V{uuid4().hex[:10].upper()}", "team_id": call.slack.team, "hash": uuid4().hex[:10]}
    defaults = {"callback_id": "", "private_metadata": "", "state": {"values": {}}}
    return defaults | view | own | {"app_id": call.slack.app, "bot_id": call.slack.bot_id}


METHODS = {
    "views.open": Method(opened),
    "views.push": Method(opened),
    "views.update": Method(updated),
    "views.publish": Method(published),
}
