"""What the app sends: fixed before the first try, kept until all of it was taken, sent in order, each message once.

WeCom shows a message once that it gets twice, byte by byte, within the interval of its duplicate check: so a try whose
end nobody knows is made again with the same bytes, also after a restart (document 90236).
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.wecom.calling.client import WecomApi
from adapters.wecom.calling.quota import Quota
from bot.errors import MessengerRefusedError
from bot.ports import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Body = Mapping[str, Any]

log = logging.getLogger(__name__)

KEPT_S = 7 * 86_400.0
REPEAT_S = 14_400
"""The longest interval of the duplicate check."""

EXTRAS = frozenset({"template_card"})
"""Kinds of messages without which a reply is whole: one that WeCom refuses is left out."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """Sends replies to members; `wecom-out:<key>` holds a reply's messages and how many of them were taken.

    All methods raise what `WecomApi` and stores raise.
    """

    api: WecomApi
    store: Store
    quota: Quota

    def send(self, key: str, user: str, lay_out: Callable[[], Sequence[Body]]) -> None:
        """Send the messages of a reply that are not sent yet; what was laid out first stays what is sent."""
        name = f"wecom-out:{key}"
        kept = self.store.get(name)
        if kept is None:
            fixed = _written([self._addressed(each, user) for each in lay_out()], 0)
            kept = fixed if self.store.add(name, fixed, KEPT_S) else self.store.get(name) or fixed
        found = json.loads(kept)
        bodies, sent = found["bodies"], int(found["sent"])
        for number, body in enumerate(bodies[sent:], sent + 1):
            self._one(key, user, body)
            left = bodies if number < len(bodies) else []
            self.store.put(name, _written(left, number), KEPT_S)

    def _one(self, key: str, user: str, body: Body) -> None:
        self.quota.take(user)
        try:
            self.api.post("message/send", body)
        except MessengerRefusedError as exc:
            if body.get("msgtype") not in EXTRAS:
                raise
            log.warning("reply %s: its card is left out: WeCom refused it as %s", key, exc.code)

    def _addressed(self, body: Body, user: str) -> Body:
        known = {"touser": user, "agentid": self.api.agent}
        return {**known, **body, "enable_duplicate_check": 1, "duplicate_check_interval": REPEAT_S}


def _written(bodies: Sequence[Body], sent: int) -> bytes:
    return json.dumps({"bodies": bodies, "sent": sent}, ensure_ascii=False).encode()
