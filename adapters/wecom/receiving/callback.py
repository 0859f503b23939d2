"""The routes of the AI bot's callback: checked and decrypted here, heard on a thread, answered sealed and in time."""

from __future__ import annotations

import functools
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import Response

from adapters.wecom.hearing import bots, payloads
from adapters.wecom.receiving.bot_intake import BotIntake, Heard, Way
from adapters.wecom.receiving.requests import SealedRoute

if TYPE_CHECKING:
    from collections.abc import Callable

PATH = "/wecom/aibot"


@dataclass
class CallbackRoute(SealedRoute[Heard | None]):
    """`GET|POST /wecom/aibot`; `name` is the bot's, stripped from mentions."""

    path = PATH
    encrypted = staticmethod(payloads.encrypted_json)

    intake: BotIntake
    name: str = ""

    def hearing(self, plain: str) -> Callable[[], Heard | None]:
        """Read a message."""
        return functools.partial(self.intake.hear, bots.classify(plain, self.name), Way("callback"))

    def reply(self, heard: Heard | None, nonce: str) -> Response:
        """Seal what is to be said, if anything."""
        if heard is None:
            return Response()
        said = json.dumps(heard.body, ensure_ascii=False)
        return Response(self.crypto.seal(said, nonce, int(time.time())).json(), media_type="application/json")
