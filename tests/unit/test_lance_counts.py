"""The counts beside the table are made once, however many processes begin at the same moment."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.backends.lance.counts import Counts
from tests.fakes import crowd

if TYPE_CHECKING:
    from pathlib import Path


def test_processes_that_open_new_counts_at_once_all_get_them(tmp_path: Path) -> None:
    statuses = crowd.opened_at_once(tmp_path, partial(Counts, embedder="any", behind=False))

    assert statuses == [0] * crowd.PROCESSES
