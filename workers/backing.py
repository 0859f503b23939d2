"""What a server stands on: where questions are claimed and queued, and, without a queue engine, who answers them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent import futures
from dataclasses import dataclass, field

from adapters.blocking import TAKING_THREADS
from bot.errors import QuorumError
from bot.ports import DeadLetters, Dispatcher, Index, Leases, Ledger, Store
from bot.settings import Settings
from workers import queues
from workers.receiving import configured
from workers.sweeper import Sweeper

log = logging.getLogger(__name__)

_PROBE = "readiness"
"""A key and a question's id that nobody has: asking for it shows that somebody answers."""


@dataclass(frozen=True)
class Backing:
    """The open backends of a server; `probes` ask each whether it answers, `release` closes them."""

    ledger: Ledger
    store: Store
    leases: Leases
    dead: DeadLetters
    dispatcher: Dispatcher
    probes: Mapping[str, Callable[[], object]]
    release: Callable[[], None]
    sweeper: Sweeper | None = None
    prepare: Callable[[], object] = lambda: None

    def start(self) -> None:
        """Get ready; if this process answers, take up everything that an earlier one left unfinished."""
        try:
            self.prepare()
            if self.sweeper is not None:
                self.sweeper.sweep(older_than_s=0.0)
        except QuorumError as exc:
            log.warning("the start is not complete, and goes on: %s", exc)
        if self.sweeper is not None:
            self.sweeper.start()

    def close(self, grace_s: float) -> bool:
        """Finish what is in hand, for `grace_s` seconds at most, and close everything; False when time was over.

        What is not finished then stays in the ledger, and the backends stay open for the threads that use them.
        """
        if self.sweeper is not None:
            self.sweeper.stop()
        finishing = threading.Thread(target=self.dispatcher.close, name="quorum-finishing", daemon=True)
        finishing.start()
        finishing.join(grace_s)
        if finishing.is_alive():
            return False
        self.release()
        return True


def open_backing(settings: Settings) -> Backing:
    """Open what `settings` name: with `inline://` this process answers, else it only takes questions for workers.

    Raises `ConfigurationError` and the backends' own errors.
    """
    return _answering(settings) if queues.is_inline(settings) else _taking(settings)


def _answering(settings: Settings) -> Backing:
    from workers.assembly import open_worker
    from workers.dispatch import InlineDispatcher

    worker = open_worker(settings)
    dispatcher = InlineDispatcher(worker.handler, settings.work.concurrency)
    platforms = worker.handler.messengers.keys()
    sweeper = Sweeper(worker.ledger, dispatcher, worker.leases, platforms, settings.sweeper.stale_after_s)
    probes = {
        "ledger": lambda: worker.ledger.find(_PROBE),
        "store": lambda: worker.parts.store.get(_PROBE),
        "queue": lambda: None,
        "index": worker.parts.index.generation,
    }
    return Backing(
        worker.ledger,
        worker.parts.store,
        worker.leases,
        worker.dead,
        dispatcher,
        probes,
        worker.close,
        sweeper,
    )


def _taking(settings: Settings) -> Backing:
    from bot import wiring

    configured(settings, "all")  # half a set of credentials ends it here, whatever is served
    ledger, store, dead = wiring.open_ledger(settings), wiring.open_store(settings), wiring.open_dead_letters(settings)
    leases = wiring.open_leases(settings)
    dispatcher, index = queues.open_dispatcher(settings), _LazyIndex(settings)
    probes: dict[str, Callable[[], object]] = {
        "ledger": lambda: ledger.find(_PROBE),
        "store": lambda: store.get(_PROBE),
        "queue": dispatcher.ping,
        "index": lambda: index.get().generation(),
    }

    def release() -> None:
        for part in (ledger, store, leases, dead, index):
            part.close()

    def prepare() -> None:
        """Connect, and let Celery load what it loads with its first message: a queue in memory takes one."""
        first = queues.open_dispatcher(settings.model_copy(update={"queue": "memory://"}))
        first.submit(b"")
        first.close()
        with futures.ThreadPoolExecutor(TAKING_THREADS) as pool:
            for probe in ("ledger", "queue"):
                for done in [pool.submit(probes[probe]) for _ in range(TAKING_THREADS)]:
                    done.result()

    return Backing(ledger, store, leases, dead, dispatcher, probes, release, prepare=prepare)


@dataclass
class _LazyIndex:
    """The index of a process that does not search: opened by the first probe, so that it may come up later."""

    settings: Settings
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _index: Index | None = None

    def get(self) -> Index:
        from bot import wiring

        with self._lock:
            if self._index is None:
                self._index = wiring.open_index(self.settings, wiring.open_embedder(self.settings))
            return self._index

    def close(self) -> None:
        with self._lock:
            if self._index is not None:
                self._index.close()
