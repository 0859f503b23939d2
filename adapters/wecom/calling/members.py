"""What the app is told of members: the departments that they are in."""

from __future__ import annotations

import json
from dataclasses import dataclass

from adapters.wecom.calling.client import WecomApi
from bot.ports import Store

KEPT_S = 600.0


@dataclass(frozen=True, slots=True)
class Members:
    """Asks WeCom for members, and keeps what it says in the store for `KEPT_S` seconds."""

    api: WecomApi
    store: Store

    def departments(self, user: str) -> frozenset[str]:
        """Return the numbers of a member's departments.

        Raises what `WecomApi` raises; `MessengerRefusedError` where the app may not see the member.
        """
        key = f"wecom-departments:{self.api.owner}:{user}"
        kept = self.store.get(key)
        if kept is None:
            found = self.api.get("user/get", userid=user).get("department")
            kept = json.dumps([str(each) for each in found] if isinstance(found, list) else []).encode()
            self.store.put(key, kept, KEPT_S)
        return frozenset(json.loads(kept))
