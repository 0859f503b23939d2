"""The way over to LanceDB's asynchronous interface: its own synchronous one goes there and back for each call.

That costs about a millisecond a call and five calls a query (docs/decisions/0011-asking-lancedb-at-once.md).
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from concurrent.futures import Future

_T = TypeVar("_T")


class Crossing:
    """Runs coroutines on a thread of its own, which begins with the first one; any number of threads may call it."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def start(self, work: Coroutine[object, object, _T]) -> Future[_T]:
        """Begin the coroutine, and return at once."""
        with self._lock:
            return asyncio.run_coroutine_threadsafe(work, self._running())

    def run(self, work: Coroutine[object, object, _T]) -> _T:
        """Wait for the coroutine, and return its result or raise its error."""
        return self.start(work).result()

    def close(self) -> None:
        """Finish what was begun and end the thread; a later coroutine begins another."""
        with self._lock:
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop is not None and thread is not None:
            asyncio.run_coroutine_threadsafe(_finished(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, name="index-legs", daemon=True)
            self._thread.start()
        return self._loop


async def fetched(query: Any, most: int) -> Any:  # noqa: ANN401 - LanceDB has no types
    """Return what a query finds as an Arrow table; nobody waits for its end once there are as many rows as can be."""
    import pyarrow as pa

    reader = await query.to_batches()
    batches, rows = [], 0
    async for batch in reader:
        batches.append(batch)
        rows += batch.num_rows
        if rows >= most:
            break
    return pa.Table.from_batches(batches, schema=reader.schema)


async def _finished() -> None:
    """Wait for all other coroutines of the loop; their callers get what they raise."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*others, return_exceptions=True)
