"""The routes of the self-built app's callback: checked and decrypted here, heard on a thread, answered empty, in time.

Nothing is said in the reply, which WeCom would wait for: answers are messages that the app sends.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from adapters.wecom.errors import WrongReceiverError
from adapters.wecom.hearing import apps, payloads
from adapters.wecom.hearing.events import Event
from adapters.wecom.receiving.requests import SealedRoute

PATH = "/wecom/app"


@dataclass
class AppRoute(SealedRoute[None]):
    """`GET|POST /wecom/app`; `corp` and `agent` are what messages must be meant for."""

    path = PATH
    encrypted = staticmethod(payloads.encrypted_xml)

    corp: str
    agent: str
    hear: Callable[[Event], None]

    def hearing(self, plain: str) -> Callable[[], None]:
        """Read a message that is meant for us."""
        self._check_receiver(plain)
        return functools.partial(self.hear, apps.classify(plain))

    def reply(self, heard: None, nonce: str) -> Response:  # noqa: ARG002 - what a route is asked
        """Say nothing."""
        return Response()

    def _check_receiver(self, plain: str) -> None:
        """Refuse what names another corp or app; events of the corp itself name no app."""
        found = payloads.elements(plain)
        corp, agent = found.get("ToUserName", "").strip(), found.get("AgentID", "").strip()
        if (corp and corp != self.corp) or (agent not in {"", "0", self.agent}):
            message = "A message was meant for another corp or app."
            raise WrongReceiverError(message)
