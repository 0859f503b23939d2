"""The judge of a process that lives long: it judges by the profile that is stored now, not when the process began."""

from __future__ import annotations

import hashlib
import logging
import time
from typing import TYPE_CHECKING

from bot.errors import StoreUnavailableError
from bot.retrieval import profile
from bot.retrieval.evidence import EvidenceJudge, Profile

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.ports import Store
    from bot.retrieval.candidates import Candidates, Judgement

log = logging.getLogger(__name__)

EVERY_S = 5.0
"""So old a profile may be: `quorum ingest` and `quorum calibrate` in another process store a new one."""


class StoredJudge:
    """Judges by the newest stored profile; any number of threads may share one."""

    def __init__(
        self, store: Store, index_url: str, threshold: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Read the profile. Raises `StoreUnavailableError`."""
        self._store, self._index_url, self._threshold, self._clock = store, index_url, threshold, clock
        self._data: bytes | None = None
        self._judge = EvidenceJudge(Profile(), threshold)
        self._due = clock() + EVERY_S
        self._read()

    def __call__(self, candidates: Candidates) -> Judgement:
        """Return the evidence, its inputs, and whether it reaches the threshold."""
        self._look()
        return self._judge(candidates)

    def version(self) -> str:
        """Return a hash of the profile, for the keys of answers that depend on it."""
        self._look()
        return hashlib.sha256(self._judge.profile.dumps()).hexdigest()

    def _look(self) -> None:
        """Read the profile again if it may be too old; a store that is down leaves the one that is known."""
        if self._clock() < self._due:
            return
        self._due = self._clock() + EVERY_S
        try:
            self._read()
        except StoreUnavailableError as exc:
            log.warning("the evidence profile is not read again: %s", exc)

    def _read(self) -> None:
        data = self._store.get(profile.key(self._index_url))
        if data != self._data:
            self._judge = EvidenceJudge(profile.parse(data, self._index_url) or Profile(), self._threshold)
            self._data = data
