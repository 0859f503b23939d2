"""`quorum serve` as a process: it answers over HTTP, loses nothing to a kill, and ends when it is told to."""

from __future__ import annotations

import json
import shutil
import socket
import sqlite3
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.fakes.model_server import ModelServer, Reply, chat
from tests.fakes.serving import ANSWER_S, Serving

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Quorum


BALLOT = {"answerable": True, "key": "undo", "answer": "Raise `UNDO_RETENTION` [1].", "citations": [1]}
SETTINGS = {"QUORUM_VOTING__POLICY": "fixed:1", "QUORUM_WORK__LEASE_S": "1"}


@pytest.fixture
def home(sample: Quorum, tmp_path: Path) -> Path:
    """A copy of the sample knowledge base, to write into."""
    shutil.copytree(sample.home, tmp_path / "home")
    return tmp_path / "home"


def voters(server: ModelServer) -> dict[str, str]:
    return {"QUORUM_VOTERS": json.dumps([{"model": f"openai+{server.url}#tiny"}]), **SETTINGS}


def until_asked(server: ModelServer) -> None:
    deadline = time.monotonic() + ANSWER_S
    while not server.requests:
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)


def times_delivered(home: Path) -> list[tuple[str, int]]:
    """State and attempts of each question of the web; the sample's home has the chats of other tests too."""
    with closing(sqlite3.connect(home / "quorum.db")) as database:
        return database.execute("SELECT state, attempts FROM questions WHERE lane LIKE 'web/%'").fetchall()


def test_questions_in_both_languages_are_answered_or_refused(home: Path, tmp_path: Path) -> None:
    with Serving(home, tmp_path / "log") as serving:
        ready = serving.web.get("/readyz").json()
        asked = [
            serving.ask("ORA-01555: snapshot too old"),
            serving.ask("VPN 提示账号被锁怎么办？"),
            serving.ask("Who won the football match on Mars yesterday?"),
        ]
        english, chinese, refused = [serving.answer(question) for question in asked]
        metrics = serving.web.get("/metrics").text
        status = serving.stop()
    lines = serving.said.splitlines()

    assert ready == {"ready": True, "checks": dict.fromkeys(("ledger", "store", "queue", "index"), "ok")}
    assert "ORA-01555" in english["citations"][0]["title"]
    assert chinese["outcome"].startswith("answered")
    assert chinese["citations"]
    assert (refused["outcome"], refused["citations"]) == ("refused", [])
    assert "The documents do not hold the answer" in refused["text"]
    assert 'quorum_questions_total{outcome="refused",platform="web"} 1.0' in metrics
    assert "quorum_ledger_unfinished 0.0" in metrics
    assert status == 0
    assert len([line for line in lines if " INFO " in line]) == len(asked)
    assert not [line for line in lines if "football" in line or "账号" in line]


def test_a_question_in_hand_survives_kill_9_and_is_answered_once(home: Path, tmp_path: Path) -> None:
    with ModelServer(Reply(hold=True), chat(json.dumps(BALLOT))) as model:
        with Serving(home, tmp_path / "first", **voters(model)) as serving:
            question = serving.ask("ORA-01555: snapshot too old", id="m1")
            until_asked(model)
            before = serving.state(question)
            serving.kill()
        with Serving(home, tmp_path / "second", **voters(model)) as serving:
            answer = serving.answer(question)
            again = serving.web.post("/api/questions", json={"text": "ORA-01555: snapshot too old", "id": "m1"})
            status = serving.stop()

    assert before == "working"
    assert (answer["outcome"], answer["vote"]["used"]) == ("answered", 1)
    assert (again.status_code, status) == (200, 0)
    assert times_delivered(home) == [("delivered", 2)]
    assert len(model.requests) == 2


def test_what_is_in_hand_at_sigterm_is_finished(home: Path, tmp_path: Path) -> None:
    with ModelServer(chat(json.dumps(BALLOT))) as model:
        with Serving(home, tmp_path / "first", **voters(model)) as serving:
            questions = [serving.ask(f"ORA-01555: snapshot too old, case {number}") for number in range(8)]
            until_asked(model)
            status = serving.stop()
        with Serving(home, tmp_path / "second", **voters(model)) as serving:
            outcomes = {serving.answer(question)["outcome"] for question in questions}

    assert status == 0
    assert outcomes == {"answered"}
    assert times_delivered(home) == [("delivered", 1)] * len(questions)


def test_a_messenger_that_is_not_configured_is_said_in_one_line(quorum: Quorum) -> None:
    run = quorum("serve", "wecom")

    assert (run.status, run.out, len(run.err.splitlines())) == (2, "", 1)
    assert run.err.startswith("quorum: WeCom is not configured. Set QUORUM_WECOM__CORP_ID, ")


def test_a_taken_port_is_said_in_one_line(quorum: Quorum) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        run = quorum("serve", QUORUM_HTTP__PORT=str(port))

    assert (run.status, len(run.err.splitlines())) == (2, 1)
    assert f"127.0.0.1:{port} cannot be listened on" in run.err
