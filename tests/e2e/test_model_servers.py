"""A model server that is down, slow or talks nonsense: one clear line, the right exit status, no secret, no loss."""

from __future__ import annotations

import json
import os
import signal
import socket
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.fakes.model_server import ModelServer, Reply, as_json, chat
from tests.fakes.polling import until
from tests.fakes.warm import WARM

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Quorum, Run


KEY = "sk-never-shown-4711"
QUESTION = "ORA-01555: snapshot too old. How do I fix it, my password is hunter2?"
FAST = {"QUORUM_MODELS__API_KEY": KEY, "QUORUM_MODELS__ATTEMPTS": "1", "QUORUM_MODELS__TIMEOUT_S": "30"}


def ballot(key: str = "raise undo_retention", answer: str = "Raise `UNDO_RETENTION` [1].") -> str:
    return json.dumps({"answerable": True, "key": key, "answer": answer, "citations": [1]})


def voters(url: str, *models: str) -> str:
    return json.dumps([{"model": f"openai+{url}#{name}"} for name in models or ("tiny",)])


def ask(quorum: Quorum, url: str, **settings: str) -> Run:
    return quorum("ask", QUESTION, "--json", QUORUM_VOTERS=voters(url), **FAST | settings)


def is_one_clear_line(run: Run) -> bool:
    """Tell whether standard error holds one line for people, with neither a traceback, a secret nor a text."""
    lines = run.err.strip().splitlines()
    hidden = ("Traceback", KEY, "hunter2", "snapshot", "undo")
    return len(lines) == 1 and lines[0].startswith("quorum: ") and not any(word in run.err for word in hidden)


@pytest.mark.parametrize(
    ("reply", "named"),
    [
        (Reply(body=b"<html><h1>Welcome</h1>", headers={"Content-Type": "text/html"}), "no JSON (text/html"),
        (Reply(body=b'{"choices": [{"mess'), "cut JSON"),
        (Reply(body=b'{"choices": [', cut=True), "broke off"),
        (Reply(body=b"[1, 2]"), "where an object belongs"),
        (as_json({"choices": []}), "empty choice list"),
        (as_json({"choices": None}), "no list of choices"),
        (as_json({"choices": [{"text": "old protocol"}]}), "no message"),
        (as_json({"error": {"message": QUESTION, "code": "context_length_exceeded"}}, 400), "context_length_exceeded"),
        (as_json({"error": f"wrong key {KEY}"}, 401), "QUORUM_MODELS__API_KEY"),
        (as_json({"detail": "Not Found"}, 404), "/v1"),
        (Reply(429, headers={"Retry-After": "3600"}), "wait 3600 s"),
        (Reply(500, b"Internal Server Error"), "HTTP 500"),
        (Reply(302, headers={"Location": "/login"}), "It redirects to http://127.0.0.1"),
    ],
    ids=["html", "cut", "torn", "list", "empty", "null", "old", "400", "401", "404", "429", "500", "302"],
)
def test_a_server_that_talks_nonsense_is_named_in_one_line(sample: Quorum, reply: Reply, named: str) -> None:
    with ModelServer(reply) as server:
        run = ask(sample, server.url)

    assert (run.status, run.out) == (1, ""), run.err
    assert named in run.err
    assert is_one_clear_line(run), run.err


def test_a_server_that_is_down_is_named_in_one_line(sample: Quorum) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    run = ask(sample, f"http://127.0.0.1:{port}/v1")

    assert (run.status, run.out) == (1, "")
    assert "Is it running?" in run.err
    assert is_one_clear_line(run), run.err


def test_a_slow_server_is_given_up_after_the_time_that_is_set(sample: Quorum) -> None:
    with ModelServer(Reply(hold=True)) as server:
        run = ask(sample, server.url, QUORUM_MODELS__TIMEOUT_S="1")

    assert (run.status, run.out) == (1, "")
    assert "within 1 s" in run.err
    assert "raise QUORUM_MODELS__TIMEOUT_S" in run.err
    assert is_one_clear_line(run), run.err


def test_a_busy_server_is_asked_again(sample: Quorum) -> None:
    with ModelServer(Reply(429, headers={"Retry-After": "0"}), Reply(503), chat(*[ballot()] * 3)) as server:
        run = ask(sample, server.url, QUORUM_MODELS__ATTEMPTS="3")

    assert run.status == 0, run.err
    assert run.data["outcome"].startswith("answered")
    assert run.err == ""


def test_fewer_choices_than_asked_are_topped_up(sample: Quorum) -> None:
    with ModelServer(chat(ballot())) as server:
        run = ask(sample, server.url, QUORUM_VOTING__POLICY="fixed:3")

    assert run.status == 0, run.err
    assert (run.data["vote"]["used"], run.data["vote"]["spoilt"]) == (3, 0)
    assert [request.body["n"] for request in server.requests] == [3, 2, 1]


def test_a_server_without_guided_decoding_is_asked_without_the_schema(sample: Quorum) -> None:
    refused = as_json({"error": {"message": "response_format is not supported"}}, 400)
    with ModelServer(refused, chat(*[ballot()] * 3)) as server:
        run = ask(sample, server.url, QUORUM_VOTING__POLICY="fixed:3")

    assert run.status == 0, run.err
    assert ["response_format" in request.body for request in server.requests] == [True, False]


def test_samples_that_are_no_ballots_end_in_a_refusal_that_says_so(sample: Quorum) -> None:
    with ModelServer(chat("I think you should", "```json\n{}\n```", "")) as server:
        run = ask(sample, server.url, QUORUM_VOTING__POLICY="fixed:3")

    assert run.status == 0, run.err
    assert run.data["outcome"] == "refused"
    assert run.data["vote"] == {"clusters": [], "used": 3, "spoilt": 3, "agreement": 0.0}
    assert "no reply that could be used" in run.data["text"]


def test_one_voter_that_fails_does_not_stop_the_other(sample: Quorum) -> None:
    with ModelServer(Reply(500)) as broken, ModelServer(chat(*[ballot()] * 3)) as sound:
        both = json.dumps([{"model": f"openai+{server.url}#m"} for server in (broken, sound)])
        run = sample("ask", QUESTION, "--json", QUORUM_VOTERS=both, **FAST)

    assert run.status == 0, run.err
    assert run.data["outcome"].startswith("answered")
    assert run.data["vote"]["spoilt"] > 0
    assert KEY not in run.err


def test_a_question_without_evidence_is_refused_before_any_model_is_asked(sample: Quorum) -> None:
    with ModelServer(Reply(500)) as server:
        run = sample("ask", "ORA-29999: what is that?", "--json", QUORUM_VOTERS=voters(server.url), **FAST)

    assert (run.status, run.data["outcome"]) == (0, "refused")
    assert server.requests == []


def test_a_batch_goes_on_after_a_question_that_failed(sample: Quorum, tmp_path: Path) -> None:
    batch = tmp_path / "q.jsonl"
    batch.write_text("\n".join(json.dumps({"id": i, "question": "ORA-01555"}) for i in "ab"), encoding="utf-8")
    with ModelServer(Reply(500), chat(*[ballot()] * 3)) as server:
        run = sample("ask", "--batch", batch, QUORUM_VOTERS=voters(server.url), QUORUM_VOTING__POLICY="fixed:3", **FAST)

    assert run.status == 1
    assert [(line["id"], line["outcome"] == "failed") for line in run.lines] == [("a", True), ("b", False)]
    assert "'a'" in run.err
    assert is_one_clear_line(run), run.err


def test_the_key_travels_in_the_header_and_the_question_in_the_body(sample: Quorum) -> None:
    with ModelServer(chat(*[ballot()] * 3)) as server:
        ask(sample, server.url, QUORUM_VOTING__POLICY="fixed:3")
    request = server.requests[0]

    assert request.path == "/v1/chat/completions"
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert "[1] ORA-01555" in request.body["messages"][-1]["content"]


def test_an_embedder_that_is_down_stops_ingestion_with_one_line(quorum: Quorum, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\nSome text.", encoding="utf-8")
    with ModelServer(Reply(503)) as server:
        run = quorum("ingest", tmp_path / "a.md", QUORUM_EMBEDDER=f"openai+{server.url}#embed", **FAST)

    assert run.status == 1
    assert "HTTP 503" in run.err
    assert is_one_clear_line(run), run.err


def test_the_reranker_that_is_set_orders_the_passages_of_an_answer(sample: Quorum) -> None:
    last = as_json({"results": [{"index": i, "relevance_score": float(i)} for i in range(20)]})
    with ModelServer(last) as server:
        question = "How long is a VPN account locked?"
        run = sample("ask", question, "--json", QUORUM_RERANKER=f"openai+{server.url}#rank", **FAST)
    request = server.requests[0]

    assert run.status == 0, run.err
    assert (request.path, request.body["query"], len(request.body["documents"])) == ("/v1/rerank", question, 20)


def test_a_reranker_that_is_down_is_named_in_one_line(sample: Quorum) -> None:
    with ModelServer(Reply(500)) as server:
        run = sample("ask", QUESTION, "--json", QUORUM_RERANKER=f"openai+{server.url}#rank", **FAST)

    assert (run.status, run.out) == (1, "")
    assert "HTTP 500" in run.err
    assert is_one_clear_line(run), run.err


def test_a_conversation_goes_on_after_a_question_that_failed(sample: Quorum) -> None:
    with ModelServer(as_json({}, 400), chat(*[ballot()] * 3)) as server:
        run = sample("chat", stdin="ORA-01555?\nORA-01555?\n", QUORUM_VOTERS=voters(server.url), **FAST)

    assert run.status == 1
    assert "reference cli-" in run.out
    assert "Raise `UNDO_RETENTION` [1]." in run.out
    assert "HTTP 400" in run.err
    assert is_one_clear_line(run), run.err


@pytest.mark.parametrize(("presses", "status"), [(1, 130), (2, -signal.SIGINT)])
def test_ctrl_c_during_a_slow_answer_is_answered_at_once_and_a_second_one_ends(
    sample: Quorum, tmp_path: Path, presses: int, status: int
) -> None:
    asked, said = tmp_path / "asked", tmp_path / "said"
    asked.write_text("ORA-01555?\n", encoding="utf-8")
    with ModelServer(Reply(hold=True)) as server, asked.open("rb") as stdin, said.open("wb") as stderr:
        settings = {"QUORUM_HOME": str(sample.home), "QUORUM_VOTERS": voters(server.url)} | FAST
        chatting = WARM.start(["chat"], os.environ | settings, stderr, stdin=stdin)
        until(lambda: server.requests, "the model is asked")
        chatting.send_signal(signal.SIGINT)
        until(lambda: "Ctrl-C again ends at once" in said.read_text(encoding="utf-8"), "the word that it stops")
        assert chatting.poll() is None
        if presses > 1:
            chatting.send_signal(signal.SIGINT)
            assert chatting.wait(10) == status
    assert chatting.wait(60) == status


def test_an_answer_stands_beside_what_the_same_model_says_without_documents(sample: Quorum) -> None:
    replies = chat("Run `rm -rf /u01` [1]."), chat(ballot())
    with ModelServer(*replies) as server:
        one = {"QUORUM_VOTERS": voters(server.url), "QUORUM_VOTING__POLICY": "fixed:1"}
        run = sample("ask", QUESTION, "--compare", **FAST | one)

    unaided, answer = run.out.split("### With the documents")
    assert run.status == 0, run.err
    assert "Without the documents" in unaided
    assert "**tiny**\n\nRun `rm -rf /u01` \\[1\\]. ⚠️ **destructive**" in unaided
    assert "there are no sources" in unaided
    assert "Raise `UNDO_RETENTION` [1]." in answer
    assert "hunter2" not in str([request.body for request in server.requests])
    assert "passages" not in str(server.requests[0].body)


def test_a_paste_of_two_errors_is_asked_about_one_by_one_and_an_invented_command_goes(sample: Quorum) -> None:
    log = "ORA-01555: snapshot too old\n\nORA-01652: unable to extend temp segment by 128 in tablespace TEMP\n"
    replies = chat(ballot(answer="Raise `UNDO_RETENTION` [1]. Run `rm -rf /u01` [1].")), chat(ballot())
    with ModelServer(*replies) as server:
        one = {"QUORUM_VOTERS": voters(server.url), "QUORUM_VOTING__POLICY": "fixed:1"}
        run = sample("ask", "-", "--json", stdin=log, **FAST | one)

    asked = [request.body["messages"][1]["content"] for request in server.requests]
    assert len(asked) == 2
    assert all("### Risk of the fix" in request.body["messages"][0]["content"] for request in server.requests)
    assert "## 1. ORA-01555 (likely root, line 1)" in run.data["text"]
    assert "## 2. ORA-01652 (line 3)" in run.data["text"]
    assert "rm -rf" not in run.data["text"]
    assert "3 lines read, 2 distinct errors; 2 looked up" in run.data["text"]


def test_without_a_language_model_there_is_nothing_to_compare(sample: Quorum) -> None:
    run = sample("ask", QUESTION, "--compare")

    assert run.status == 0
    assert "there is nothing to compare" in run.out
