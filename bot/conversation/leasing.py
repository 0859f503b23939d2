"""Holding a lease for as long as something takes: it is extended meanwhile and released at the end."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.errors import StorageFullError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.ports import Leases

log = logging.getLogger(__name__)

FAILURES = (StoreUnavailableError, StorageFullError)
"""What a store raises that is down or full."""

BEATS = 3
"""Times that a lease is extended within its time: two extensions may fail before it is lost."""


class Held:
    """A lease that is ours; `hold` makes it."""

    def __init__(self, leases: Leases, name: str, token: str, ttl_s: float, since: float) -> None:
        """Take the lease that was asked for at `since`, by the monotonic clock, and its time in seconds."""
        self._leases, self._name, self._token, self._ttl_s = leases, name, token, ttl_s
        self._until = since + ttl_s
        self._over = threading.Event()
        self._beating = threading.Thread(target=self._beat, name=f"lease {name}", daemon=True)
        self._beating.start()

    @property
    def sure(self) -> bool:
        """Whether nobody else can have the lease yet; asks nobody. False after this process hung for too long."""
        return time.monotonic() < self._until

    def confirm(self) -> bool:
        """Extend the lease now, and tell whether it is still ours. Raises `StoreUnavailableError`."""
        since = time.monotonic()
        ours = self._leases.extend(self._name, self._token, self._ttl_s)
        self._until = since + self._ttl_s if ours else since
        return ours

    def release(self) -> None:
        """Stop extending and let go; a store that is down is only logged, since the lease ends by itself."""
        self._over.set()
        self._beating.join()
        try:
            self._leases.release(self._name, self._token)
        except FAILURES as exc:
            log.warning("lease %r is not released, it ends in %.0f s: %s", self._name, self._ttl_s, exc)

    def _beat(self) -> None:
        while not self._over.wait(self._ttl_s / BEATS):
            try:
                if not self.confirm():
                    log.warning("lease %r is lost: it was not extended in time", self._name)
                    return
            except FAILURES as exc:
                log.warning("lease %r is not extended: %s", self._name, exc)


@contextmanager
def hold(leases: Leases, name: str, ttl_s: float) -> Iterator[Held | None]:
    """Acquire the lease and extend it every third of `ttl_s` seconds until the block ends; then release it.

    Yields None when somebody else has it. Raises `StoreUnavailableError` when it cannot be acquired; what happens to
    the store later stops nobody.
    """
    since = time.monotonic()
    token = leases.acquire(name, ttl_s)
    if token is None:
        yield None
        return
    held = Held(leases, name, token, ttl_s, since)
    try:
        yield held
    finally:
        held.release()
