"""The methods of the server API, by path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.wecom.call import Method
from tests.fakes.wecom.methods import cards, directory, media, response, robots, sending

if TYPE_CHECKING:
    from tests.fakes.wecom.call import Call
    from tests.fakes.wecom.records import JSON


def _nothing(_: Call) -> JSON:
    return {}


METHODS = {
    "gettoken": Method(_nothing, token=False),
    "message/send": Method(sending.send, "POST"),
    "message/update_template_card": Method(cards.update, "POST"),
    "message/recall": Method(sending.recall, "POST"),
    "user/get": Method(directory.user),
    "department/list": Method(directory.departments),
    "agent/get": Method(directory.agent),
    "media/get": Method(media.get),
    "webhook/send": Method(robots.send, "POST", token=False),
    "aibot/response": Method(response.respond, "POST", token=False),
}
"""`gettoken` is answered before it comes to its method, because it needs the tokens."""
