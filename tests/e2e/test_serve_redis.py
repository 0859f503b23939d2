"""`quorum serve` before a queue engine only takes questions, and says so when it cannot."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from tests.fakes.serving import Serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scripts.services.redis import Redis


WITHIN_S = 30.0


@pytest.fixture
def serving(own_redis: Redis, tmp_path: Path) -> Iterator[Serving]:
    queue = own_redis.url.removesuffix("/0") + "/1"
    with Serving(tmp_path / "home", tmp_path / "log", QUORUM_STORE=own_redis.url, QUORUM_QUEUE=queue) as started:
        yield started


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.1)


def is_ready(serving: Serving) -> bool:
    return serving.web.get("/readyz").is_success


def test_a_question_is_taken_and_waits_for_a_worker(serving: Serving) -> None:
    until(lambda: is_ready(serving))
    question = serving.ask("Where is my parcel?", id="m1")
    status = serving.stop()

    assert question == "web-m1"
    assert status == 0


def test_askers_who_still_listen_do_not_keep_it_from_ending(serving: Serving) -> None:
    until(lambda: is_ready(serving))
    question = serving.ask("Where is my parcel?")
    with serving.web.stream("GET", f"/api/questions/{question}/events") as events:
        coming = events.iter_lines()
        first = next(coming)
        begun = time.monotonic()
        status = serving.stop()
        waited = time.monotonic() - begun
        rest = "".join(coming)

    assert first.startswith("id: accepted")
    assert "event: answer" not in rest
    assert status == 0
    assert waited < 5


def test_while_redis_hangs_askers_hear_so_within_three_seconds(serving: Serving, own_redis: Redis) -> None:
    until(lambda: is_ready(serving))
    own_redis.pause()
    begun = time.monotonic()
    refused = serving.web.post("/api/questions", json={"text": "Where is my parcel?", "id": "m1"})
    waited = time.monotonic() - begun
    report = serving.web.get("/readyz")
    alive = serving.web.get("/healthz")
    own_redis.resume()
    until(lambda: is_ready(serving))
    taken = serving.web.post("/api/questions", json={"text": "Where is my parcel?", "id": "m1"})

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert waited < 3
    assert report.status_code == 503
    assert {name for name, said in report.json()["checks"].items() if said == "ok"} == {"index"}
    assert alive.status_code == 200
    assert taken.is_success
    assert serving.state("web-m1") == "accepted"


def test_after_redis_is_gone_and_back_questions_are_taken_again(serving: Serving, own_redis: Redis) -> None:
    until(lambda: is_ready(serving))
    own_redis.kill()
    refused = serving.web.post("/api/questions", json={"text": "Where is my parcel?", "id": "m1"})
    report = serving.web.get("/readyz")
    own_redis.start()
    until(lambda: is_ready(serving))

    assert (refused.status_code, report.status_code) == (503, 503)
    assert serving.ask("Where is my parcel?", id="m1") == "web-m1"
