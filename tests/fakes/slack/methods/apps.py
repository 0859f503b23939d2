"""auth.test, api.test and apps.connections.open."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from tests.fakes.slack.call import Call, Method

if TYPE_CHECKING:
    from tests.fakes.slack.records import JSON


def whoami(call: Call) -> JSON:
    """Say whose token this is."""
    slack = call.slack
    bot = {"user": "quorum", "user_id": slack.bot_user, "bot_id": slack.bot_id, "is_enterprise_install": False}
    return {"url": f"{slack.address}/", "team": "Fake", "team_id": slack.team, "app_id": slack.app} | bot


def connect(call: Call) -> JSON:
    """Hand out the address of a socket, good for one connection."""
    ticket = uuid4().hex
    call.slack.tickets.add(ticket)
    return {"url": f"{call.slack.address.replace('http', 'ws', 1)}/link?ticket={ticket}&app_id={call.slack.app}"}


METHODS = {
    "auth.test": Method(whoami),
    "api.test": Method(lambda call: {"args": call.values}),
    "apps.connections.open": Method(connect, token="app"),
}
