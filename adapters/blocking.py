"""Calls that block, made from the event loop: on a thread, a few at a time, and not waited for too long."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import anyio
import anyio.to_thread

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

TAKING_THREADS = 8
"""So many questions are claimed and queued at the same time; more threads only wait for the interpreter."""


async def call(work: Callable[[], T], limiter: anyio.CapacityLimiter, timeout_s: float) -> T:
    """Return what `work` returns; raises TimeoutError after `timeout_s` and lets the thread end by itself.

    A thread that hangs keeps its place in `limiter`, so that a dead backend uses up that many threads and no more.
    """
    with anyio.fail_after(timeout_s):
        return await anyio.to_thread.run_sync(work, abandon_on_cancel=True, limiter=limiter)
