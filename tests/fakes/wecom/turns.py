"""A turn of the AI bot by callback: it is told, it answers, and its stream is asked after until it is finished."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.fakes.wecom import answering, telling
from tests.fakes.wecom.attempts import Delivery
from tests.fakes.wecom.corp import Corp
from tests.fakes.wecom.crypto import ForgedError
from tests.fakes.wecom.delivering import Deliveries
from tests.fakes.wecom.gateway import Gateway
from tests.fakes.wecom.limits import TEXT, cut
from tests.fakes.wecom.methods.cards import replace
from tests.fakes.wecom.refused import RefusedError
from tests.fakes.wecom.sealing import opened_json, opened_xml

if TYPE_CHECKING:
    from tests.fakes.wecom.attempts import Attempt
    from tests.fakes.wecom.records import JSON, Asked

POLL_S = 1.0
"""A stream is asked after about once a second; the interval is undocumented."""
ONCE = ("template_card_event", "enter_chat")
"""Events that are sent one time only (document 101031)."""


@dataclass
class Turns:
    """Tells the AI bot by whichever way it has, and takes what callbacks reply."""

    corp: Corp
    deliveries: Deliveries
    gateway: Gateway
    poll_s: float = POLL_S
    _polling: set[str] = field(default_factory=set)
    _polls: set[asyncio.Task[None]] = field(default_factory=set)

    async def tell(self, asked: Asked) -> None:
        """Tell the AI bot something."""
        if self.deliveries.bot_url is None:
            await self.gateway.deliver(asked)
            return
        plain = json.dumps(asked.body, ensure_ascii=False)
        delivery = Delivery("bot", plain, 1 if asked.kind in ONCE else 3, asked)
        await self.deliveries.send(self.deliveries.noted(delivery))

    async def take(self, delivery: Delivery, attempt: Attempt) -> None:
        """Take the reply to a callback; one that WeCom would not take is as if there were none, and is remarked on."""
        if not attempt.body or (delivery.to == "app" and attempt.body == b"success"):
            return
        try:
            if delivery.to == "app":
                reply = opened_xml(self.corp.app_seal, attempt)
                delivery.replies.append(reply)
                self._passive(delivery, reply)
            elif delivery.asked:
                reply = opened_json(self.corp.bot_seal, attempt)
                delivery.replies.append(reply)
                self._answered(delivery, delivery.asked, reply)
        except (ForgedError, RefusedError) as exc:
            self.corp.remark(f"a reply was not taken: {exc}")

    def _answered(self, delivery: Delivery, asked: Asked, reply: JSON) -> None:
        if delivery.poll:
            answering.refresh(self.corp, asked, reply)
            return
        match asked.kind:
            case "enter_chat":
                answering.welcome(self.corp, asked, reply)
            case "template_card_event":
                answering.update(self.corp, asked, reply)
            case "feedback_event":
                self.corp.remark("feedback is answered with nothing")
            case _:
                answering.answer(self.corp, asked, reply)
        if asked.open and asked.id not in self._polling:
            self._polling.add(asked.id)
            task = asyncio.get_running_loop().create_task(self._poll(asked))
            self._polls.add(task)
            task.add_done_callback(self._polls.discard)

    async def _poll(self, asked: Asked) -> None:
        """Ask after a stream until it is finished, or six minutes are over."""
        while asked.open:
            await asyncio.sleep(self.poll_s)
            if self.corp.now() > asked.at + answering.STREAM_S:
                asked.done = True
                self.corp.remark("a stream was not finished within six minutes")
                return
            plain = json.dumps(telling.poll(self.corp, asked))
            delivery = Delivery("bot", plain, 1, asked, poll=True)
            await self.deliveries.send(self.deliveries.noted(delivery))

    def _passive(self, delivery: Delivery, reply: JSON) -> None:
        """Show what an app answered at once: a text, or a change of the card that was clicked."""
        user = str(reply.get("ToUserName"))
        kind = reply.get("MsgType")
        if kind == "text":
            content = cut(self.corp, str(reply.get("Content")), TEXT, "a passive text")
            self.corp.put(f"app/{user}", "text", content, via="passive", asked=reply)
        elif kind == "update_button":
            name = str(reply.get("Button", {}).get("ReplaceName", ""))
            clicked = delivery.asked and delivery.asked.clicked
            if clicked and name:
                replace(self.corp, clicked, {"button": {"replace_name": name}})
        else:
            self.corp.remark(f"a passive reply of type {kind!r} is not known here")
