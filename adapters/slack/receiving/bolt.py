"""The Bolt app: Slack's signatures, `ssl_check` and `url_verification` are its business, all the rest is ours.

One middleware of ours ends the chain and hears everything, so that nothing that Slack invents is answered 404, and the
response comes after the claim. Bolt drops no events of our own for us: `hearing` knows them better.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from slack_bolt import App, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.middleware import Middleware
from slack_sdk import WebClient

from adapters.slack.calling.client import SILENT
from bot.errors import QuorumError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slack_bolt import BoltRequest

    Json = Mapping[str, Any]
    Hear = Callable[[Json], Json]

log = logging.getLogger(__name__)

NOTHING = "unset"
"""Stands for a secret that is not set; the route lets no request through then."""


def app(signing_secret: str, hear: Hear) -> App:
    """Return an app that verifies, and lets `hear` return the body of the response.

    What `hear` raises of ours becomes 503, so that Slack delivers again; anything else 500.
    """
    found = App(
        logger=SILENT,
        name="quorum",
        signing_secret=signing_secret or NOTHING,
        client=WebClient(logger=SILENT),
        authorize=_authorized,
        process_before_response=True,
        ignoring_self_events_enabled=False,
        ignoring_self_assistant_message_events_enabled=False,
        attaching_function_token_enabled=False,
    )
    found.use(_Hearing(hear))
    found.error(_failed)
    return found


def _authorized() -> AuthorizeResult:
    """Let everything pass that is signed, without asking Slack: calls are made with our one token, and not by Bolt."""
    return AuthorizeResult(enterprise_id=None, team_id=None)


class _Hearing(Middleware):
    """Ends the chain."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear

    def process(
        self,
        *,
        req: BoltRequest,
        resp: BoltResponse,  # noqa: ARG002 - Bolt passes it by name
        next: Callable[[], BoltResponse],  # noqa: A002, ARG002 - Bolt passes it by name
    ) -> BoltResponse:
        return BoltResponse(status=200, body=dict(self._hear(req.body)) or "")


def _failed(error: Exception) -> BoltResponse:
    """Answer for an error, and log its class alone: its text may hold a person's."""
    again = isinstance(error, QuorumError | TimeoutError)
    log.warning("slack: a delivery is refused%s: %s", ", to come again" if again else "", type(error).__name__)
    return BoltResponse(status=503 if again else 500, body="")
