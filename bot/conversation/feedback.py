"""Verdicts of people on answers: one a person and answer is counted, the newest is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import metrics

if TYPE_CHECKING:
    from bot.ports import Store
    from bot.types import Platform

KEPT_S = 30 * 86_400.0
_VALUES = {1: "good", 0: "bad", None: "none"}


def judge(store: Store, platform: Platform, answer_id: str, user: str, vote: int | None) -> None:
    """Keep somebody's verdict under `<platform>-feedback:<answer>:<user>`: 1 for good, 0 for bad, None takes it back.

    The first one of a person and answer is counted; who thinks again replaces what is kept. Raises
    `StoreUnavailableError`.
    """
    key, value = f"{platform}-feedback:{answer_id}:{user}", _VALUES[vote]
    if vote is None or not store.add(key, value.encode(), KEPT_S):
        store.put(key, value.encode(), KEPT_S)
    else:
        metrics.FEEDBACK.labels(platform, value).inc()
