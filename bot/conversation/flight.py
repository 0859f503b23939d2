"""Single flight: of all threads, processes and hosts that want the same result, one computes it, the others wait."""

from __future__ import annotations

import logging
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from bot.conversation import leasing
from bot.ports import Leases

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

T = TypeVar("T")

_FIRST_PAUSE_S = 0.005
_LONGEST_PAUSE_S = 0.2
_GROWTH = 1.5


@dataclass(frozen=True, slots=True)
class Flights:
    """Leases for what is being computed: `lease_s` after a holder died, the next one takes over.

    Who has waited for `patience_s` computes for itself, so that a row of failing holders keeps nobody for ever.
    """

    leases: Leases
    lease_s: float
    patience_s: float

    def once(self, name: str, look: Callable[[], T | None], compute: Callable[[], T]) -> T:
        """Return what `look` finds, or `compute` when nobody else does; `compute` leaves its result for `look`.

        A holder whose `compute` raises gives way to the next. When the leases cannot be reached, compute. Raises
        what the two functions raise.
        """
        deadline = time.monotonic() + self.patience_s
        pause_s = _FIRST_PAUSE_S
        while time.monotonic() < deadline:
            with ExitStack() as stack:
                try:
                    held = stack.enter_context(leasing.hold(self.leases, name, self.lease_s))
                except leasing.FAILURES as exc:
                    log.warning("computing %s without a lease: %s", name, exc)
                    break
                if held is not None:
                    found = look()
                    return compute() if found is None else found
            time.sleep(pause_s)
            pause_s = min(pause_s * _GROWTH, _LONGEST_PAUSE_S)
            found = look()
            if found is not None:
                return found
        return compute()
