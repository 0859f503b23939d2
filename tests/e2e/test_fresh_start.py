"""Long and short commands in processes of their own that load everything themselves, as a person starts them."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

from tests.fakes.serving import Serving
from tests.fakes.warm import AFRESH, WARM
from tests.fakes.working import Working

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Quorum

PAGE = "# Printers\n\nThe printer on the third floor is called Gutenberg.\n"
QUESTION = "What is the printer on the third floor called?"


def test_commands_work_in_processes_that_begin_with_nothing(
    quorum: Quorum, tmp_path: Path, redis_database: str
) -> None:
    (tmp_path / "page.md").write_text(PAGE)
    engines = {"QUORUM_STORE": redis_database, "QUORUM_QUEUE": redis_database}
    settings = AFRESH | engines | {"QUORUM_VOTERS": json.dumps([{"model": "offline://"}])}
    ingested = quorum("ingest", tmp_path / "page.md", **settings)
    found = quorum("search", QUESTION, "--json", **settings)
    asked = quorum("ask", QUESTION, "--json", **settings)
    with (
        Serving(quorum.home, tmp_path / "serve.log", **settings) as server,
        Working(quorum.home, tmp_path / "work.log", **settings) as work,
    ):
        answer = server.answer(server.ask(QUESTION))
        work.says("ready for the queue ingest")
        work.signal(signal.SIGTERM)
        statuses = work.ended(), server.stop()

    assert not WARM.serves(os.environ | settings)
    assert (ingested.status, found.status, asked.status, *statuses) == (0, 0, 0, 0, 0)
    assert found.data["hits"][0]["document"] == "page.md"
    assert "Gutenberg" in asked.data["text"]
    assert "Gutenberg" in answer["text"]
