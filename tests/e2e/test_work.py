"""`quorum work` as a process: it answers what `serve` took, imports what `ingest --queued` left, and stops well."""

from __future__ import annotations

import json
import os
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psutil
import pytest
import redis
from celery import Celery

from bot.backends.redis import RedisDeadLetters, RedisLeases, RedisLedger
from bot.types import Address, Question
from tests.fakes.model_server import ModelServer, Reply
from tests.fakes.polling import until
from tests.fakes.serving import Serving
from tests.fakes.working import Working
from workers.handler import encode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scripts.services.redis import Redis
    from tests.e2e.conftest import Quorum


QUESTION = "Which port does the listener use?"
PAGE = "# Listener\n\nThe listener uses port 1521.\n"


@pytest.fixture
def settings(redis_database: str) -> dict[str, str]:
    """Store and queue share the test's one database."""
    return {"QUORUM_STORE": redis_database, "QUORUM_QUEUE": redis_database}


@contextmanager
def serving(quorum: Quorum, tmp_path: Path, settings: dict[str, str]) -> Iterator[Serving]:
    with Serving(quorum.home, tmp_path / "serve.log", **settings) as started:
        yield started


def test_a_question_is_answered_and_one_line_tells_it_without_its_text(
    quorum: Quorum, tmp_path: Path, settings: dict[str, str]
) -> None:
    (tmp_path / "page.md").write_text(PAGE)
    quorum("ingest", tmp_path / "page.md", **settings)
    with serving(quorum, tmp_path, settings) as server, Working(quorum.home, tmp_path / "log", **settings) as work:
        answer = server.answer(server.ask(QUESTION))
        work.says("outcome answered")
        work.signal(signal.SIGTERM)
        status = work.ended()

    assert "1521" in answer["text"]
    assert status == 0
    assert "listener" not in work.said.lower()
    assert len([line for line in work.said.splitlines() if "question" in line]) == 1


def test_a_queued_import_is_found_by_the_next_question(
    quorum: Quorum, tmp_path: Path, settings: dict[str, str]
) -> None:
    (tmp_path / "page.md").write_text(PAGE)
    left = quorum("ingest", "--queued", tmp_path / "page.md", **settings)
    with Working(quorum.home, tmp_path / "log", "--queue", "ingest", **settings) as work:
        work.says("import into 'default': 1 files, 0 refused", 240)

    assert (left.status, left.out) == (0, "")
    assert "1521" in quorum("ask", QUESTION, **settings).out


def test_two_workers_do_not_import_at_the_same_time(quorum: Quorum, tmp_path: Path, settings: dict[str, str]) -> None:
    (tmp_path / "page.md").write_text(PAGE)
    settings |= {"QUORUM_WORK__LEASE_S": "1"}
    for _ in range(2):
        quorum("ingest", "--queued", tmp_path / "page.md", **settings)
    with (
        Working(quorum.home, tmp_path / "one", "--queue", "ingest", **settings) as one,
        Working(quorum.home, tmp_path / "two", "--queue", "ingest", **settings) as two,
    ):
        until(lambda: (one.said + two.said).count("import into") == 2, "two imports", 240)

    assert "1521" in quorum("ask", QUESTION, **settings).out


def test_a_queued_import_needs_a_queue(quorum: Quorum, tmp_path: Path) -> None:
    run = quorum("ingest", "--queued", tmp_path)

    assert run.status == 2
    assert "QUORUM_QUEUE=redis://host:6379/1" in run.err


def test_without_a_queue_there_is_nothing_to_do(quorum: Quorum) -> None:
    run = quorum("work")

    assert run.status == 2
    assert "quorum serve" in run.err


def test_a_wrong_setting_ends_it_with_a_sentence(quorum: Quorum, tmp_path: Path, settings: dict[str, str]) -> None:
    settings |= {"QUORUM_EMBEDDER": "hashing://7"}
    with Working(quorum.home, tmp_path / "log", **settings) as work:
        status = work.ended()

    assert status == 2
    assert "QUORUM_EMBEDDER='hashing://7'" in work.said
    assert "Traceback" not in work.said


def test_an_index_of_another_embedder_ends_it_and_leaves_the_questions_in_the_queue(
    quorum: Quorum, tmp_path: Path, settings: dict[str, str]
) -> None:
    (tmp_path / "page.md").write_text(PAGE)
    quorum("ingest", tmp_path / "page.md", **settings)
    with serving(quorum, tmp_path, settings) as server:
        server.ask(QUESTION)
        with Working(quorum.home, tmp_path / "log", **settings, QUORUM_EMBEDDER="hashing://512") as work:
            status = work.ended()
    with redis.Redis.from_url(settings["QUORUM_QUEUE"]) as client:
        queued = client.llen("quorum.answer") + client.hlen("unacked")

    assert (status, queued) == (2, 1)
    assert "was made with the embedder 'hashing://2048'" in work.said
    assert "Traceback" not in work.said


def test_when_one_of_its_processes_dies_all_end(quorum: Quorum, tmp_path: Path, settings: dict[str, str]) -> None:
    with Working(quorum.home, tmp_path / "log", **settings) as work:
        work.says("ready for the queue answer")
        work.says("ready for the queue ingest")
        family = psutil.Process(work.process.pid).children(recursive=True)
        psutil.Process(work.process.pid).children()[0].kill()
        status = work.ended()
        _, left = psutil.wait_procs(family, 10)

    assert status == 1
    assert [child for child in left if child.status() != psutil.STATUS_ZOMBIE] == []


def test_when_it_is_killed_its_family_dies(quorum: Quorum, tmp_path: Path, settings: dict[str, str]) -> None:
    with Working(quorum.home, tmp_path / "log", **settings) as work:
        work.says("ready for the queue answer")
        work.says("ready for the queue ingest")
        family = psutil.Process(work.process.pid).children(recursive=True)
        work.signal(signal.SIGKILL)
        work.ended()
        _, left = psutil.wait_procs(family, 10)

    assert [child for child in left if child.status() != psutil.STATUS_ZOMBIE] == []


def test_ctrl_c_in_a_terminal_stops_it_as_gently(quorum: Quorum, tmp_path: Path, settings: dict[str, str]) -> None:
    with Working(quorum.home, tmp_path / "log", **settings) as work:
        work.says("ready for the queue answer")
        work.says("ready for the queue ingest")
        os.killpg(work.process.pid, signal.SIGINT)
        status = work.ended()

    assert status == 0
    assert "Traceback" not in work.said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_it_starts_is_not_lost_and_no_failure(
    quorum: Quorum, tmp_path: Path, settings: dict[str, str], number: signal.Signals
) -> None:
    with Working(quorum.home, tmp_path / "log", **settings) as work:
        until(psutil.Process(work.process.pid).children, "the first of its processes")
        os.killpg(work.process.pid, number)
        status = work.ended()

    assert status == 0
    assert "exit status" not in work.said
    assert "Traceback" not in work.said


@pytest.mark.parametrize("signals", [1, 2])
def test_what_is_not_finished_in_time_goes_back_to_the_queue(
    quorum: Quorum, tmp_path: Path, settings: dict[str, str], signals: int
) -> None:
    (tmp_path / "page.md").write_text(PAGE)
    quorum("ingest", tmp_path / "page.md", **settings)
    with ModelServer(Reply(hold=True)) as model:
        settings |= {
            "QUORUM_VOTERS": json.dumps([{"model": f"openai+{model.url}#m"}]),
            "QUORUM_WORK__GRACE_S": "1" if signals == 1 else "300",
        }
        with serving(quorum, tmp_path, settings) as server, Working(quorum.home, tmp_path / "log", **settings) as work:
            server.ask(QUESTION)
            until(lambda: model.requests, "a question in hand", 60)
            work.signal(signal.SIGTERM)
            if signals == 2:
                work.says("stopping")
                work.signal(signal.SIGTERM)
            status = work.ended(30)
    with redis.Redis.from_url(settings["QUORUM_QUEUE"]) as client:
        queued, in_hand = client.llen("quorum.answer"), client.hlen("unacked")

    assert (status, queued, in_hand) == (0, 1, 0)


def importing(leases: RedisLeases) -> bool:
    token = leases.acquire("ingest", 15)
    if token is not None:
        leases.release("ingest", token)
    return token is None


def test_an_import_delays_no_answer(quorum: Quorum, tmp_path: Path, settings: dict[str, str]) -> None:
    (tmp_path / "page.md").write_text(PAGE)
    quorum("ingest", tmp_path / "page.md", **settings)
    rows = (f"How is part number {n} called?,It is called thing {n} of the rack {n % 97}." for n in range(20_000))
    (tmp_path / "many.csv").write_text("\n".join(["question,answer", *rows]))
    leases = RedisLeases(settings["QUORUM_STORE"])
    with serving(quorum, tmp_path, settings) as server, Working(quorum.home, tmp_path / "log", **settings) as work:
        work.says("ready for the queue answer")
        quorum("ingest", "--queued", "--collection", "parts", tmp_path / "many.csv", **settings)
        until(lambda: importing(leases), "the import's beginning", 60)
        answer = server.answer(server.ask(QUESTION))
        still_importing = importing(leases)
    leases.close()

    assert answer["text"]
    assert still_importing


def test_the_doctor_says_what_is_wrong_with_the_queue(quorum: Quorum, own_redis: Redis) -> None:
    with redis.Redis.from_url(own_redis.url) as client:
        client.config_set("requirepass", "right")
        secret = own_redis.url.replace("://", "://:right@")
        wrong = quorum("doctor", QUORUM_QUEUE=own_redis.url.replace("://", "://:hush@"))
        alone = quorum("doctor", QUORUM_QUEUE=secret)
        client.config_set("appendonly", "no")
        unwise = quorum("doctor", QUORUM_QUEUE=secret, QUORUM_STORE=secret)
    own_redis.kill()
    down = quorum("doctor", QUORUM_QUEUE=secret)

    assert "FAIL queue" in " ".join(wrong.out.split())
    assert "password" in wrong.out
    assert "workers on other hosts" in alone.out
    assert "appendonly yes" in unwise.out
    assert "FAIL queue" in " ".join(down.out.split())
    assert not [word for word in ("hush", "right@") for run in (wrong, alone, unwise, down) if word in run.out]


def test_dead_letters_are_tried_again(quorum: Quorum, tmp_path: Path, settings: dict[str, str]) -> None:
    question = Question("web-m1", QUESTION, Address("web", "c", "u"), "en", 0.0)
    ledger, letters = RedisLedger(settings["QUORUM_STORE"]), RedisDeadLetters(settings["QUORUM_STORE"])
    ledger.open(question)
    ledger.advance(question.id, "failed")
    letters.push(encode(question), "the model was down")
    letters.push(b"\xff", "no question")
    run, dropped = quorum("work", "--retry-dead", **settings), quorum("work", "--drop-dead", **settings)
    with serving(quorum, tmp_path, settings) as server, Working(quorum.home, tmp_path / "log", **settings):
        server.answer("web-m1")
    left = [letter.payload for letter in letters.all()]
    ledger.close()
    letters.close()

    assert run.status == 0
    assert "1 questions are queued again; 1 letters hold no question" in run.err
    assert "1 letters that hold no question are forgotten" in dropped.err
    assert left == []


def test_a_message_that_is_no_task_of_ours_is_kept_and_not_logged(
    quorum: Quorum, tmp_path: Path, settings: dict[str, str]
) -> None:
    body = {"text": "the salary of Ada"}
    with Celery("stranger", broker=settings["QUORUM_QUEUE"], set_as_current=False) as stranger:
        stranger.send_task("stranger.task", args=[body], queue="quorum.answer", argsrepr="salary", kwargsrepr="salary")
    letters = RedisDeadLetters(settings["QUORUM_STORE"])
    with Working(quorum.home, tmp_path / "log", "--queue", "answer", **settings) as work:
        work.says("among the dead letters", 120)
        kept = letters.all()
    letters.close()

    assert len(kept) == 1
    assert b"salary" in kept[0].payload
    assert "another version" in kept[0].reason
    assert "salary" not in work.said


def test_what_a_lost_queue_left_is_taken_up_at_once_if_wanted(
    quorum: Quorum, tmp_path: Path, settings: dict[str, str]
) -> None:
    ledger = RedisLedger(settings["QUORUM_STORE"])
    ledger.open(Question("web-m1", QUESTION, Address("web", "c", "u"), "en", 0.0))
    ledger.close()
    with serving(quorum, tmp_path, settings) as server, Working(quorum.home, tmp_path / "log", "--now", **settings):
        answer = server.answer("web-m1")

    assert answer["text"]
