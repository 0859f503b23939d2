"""Times the installation of a company: `quorum serve` and workers over Redis, Celery and Elasticsearch, as commands.

The model is scripted and takes 200 ms for a reply; every question is asked once of it (`fixed:3` in one request), and
the answer cache is off but where it is what is measured.
"""

from __future__ import annotations

import contextlib
import functools
import os
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import httpx

from bot.backends.redis.keys import UNFINISHED
from bot.evaluation import scores
from scripts.services.elasticsearch import Elasticsearch, own_name
from scripts.services.machine import HOST, free_port
from scripts.services.redis import Redis, empty_database
from scripts.services.server import SERVICES
from tests.benchmarks.command import PROGRAM, Quorum
from tests.benchmarks.rows import Bench, Missing, Row, at_least, at_most
from tests.fakes import rooms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from redis import Redis as Client

MODEL_S = 0.2
_CONNECTIONS = 32
_READY_S = 90.0
_DONE_S = 300.0
_LOOK_S = 0.05


class Fleet(NamedTuple):
    """The settings of every process, the server's address, and a client of the ledger's Redis."""

    settings: dict[str, str]
    url: str
    redis: Client


class Burst(NamedTuple):
    """Questions, how long the acceptance of each took in milliseconds, and how many were answered a second."""

    asked: int
    accepted_ms: list[float]
    rate: float


def burst(bench: Bench) -> list[Row]:
    """Ask 1,000 questions at once of two workers that answer two at a time."""
    count = 100 if bench.quick else 1_000
    with _fleet(bench) as fleet, _working(fleet, 2, 2, bench):
        bench.say(f"asking {count} questions at once")
        found = _ask(fleet, count)
    ideal = 2 * 2 / MODEL_S
    what = f"Burst of {count:,} questions over {_CONNECTIONS} connections, model of {MODEL_S * 1000:.0f} ms"
    slowest = f"p50 {_p(found.accepted_ms, 50):.1f} ms, slowest {max(found.accepted_ms):.0f} ms"
    return [
        at_least(f"{what}: accepted", count, len(found.accepted_ms), digits=0),
        at_most(f"{what}: acceptance p99", 200, _p(found.accepted_ms, 99), "ms", slowest),
        at_least(
            f"{what}: throughput of 2 workers × 2, share of workers × concurrency ÷ model time",
            0.85,
            found.rate / ideal,
            f"{found.rate:.1f} of {ideal:.0f} a second",
        ),
    ]


def scaling(bench: Bench) -> list[Row]:
    """Compare two worker processes with four, one question at a time each."""
    rates = []
    for workers in (2, 4):
        with _fleet(bench, f"home-{workers}") as fleet, _working(fleet, workers, 1, bench):
            bench.say(f"{workers} workers")
            rates.append(_ask(fleet, (20 if bench.quick else 100) * workers).rate)
    floor = f"{rates[0]:.1f} and {rates[1]:.1f} questions a second"
    return [at_least("2 → 4 worker processes, scripted model: throughput, times", 1.9, rates[1] / rates[0], floor)]


def overhead(bench: Bench) -> list[Row]:
    """Time the way from `submit` to the beginning of the handler in an idle worker process."""
    from tests.fakes.celery_process import Company
    from workers.celery_dispatch import CeleryDispatcher

    sent: dict[str, float] = {}
    with empty_database(_redis_url()) as queue, contextlib.closing(Company(queue, bench.work, 300)) as company:
        company.start(concurrency=1)
        dispatcher = CeleryDispatcher(company.settings)
        for name in (f"q{number}" for number in range(120)):
            sent[name] = time.time()
            dispatcher.submit(name.encode())
            company.reached(name, "begin", "end")
        dispatcher.close()
        took = [1000 * (company.notes(name)[0][2] - at) for name, at in sent.items()][20:]
    what = "Celery over Redis: submit to handler start, idle, p50"
    return [at_most(what, 20, _p(took, 50), "ms", f"p95 {_p(took, 95):.1f} ms")]


def cached(bench: Bench) -> list[Row]:
    """Time an answer that is kept, inside of a worker over Redis and Elasticsearch."""
    from bot import settings
    from bot.types import Address, Question
    from workers import assembly

    with _fleet(bench, cache=True, serving=False) as fleet, _environment(fleet.settings):
        worker = assembly.open_worker(settings.load())
        question = Question("q", rooms.asked(1)[0], Address("web", "q", "you"), "en", 0.0)
        worker.handler.bot.answer(question)
        times = []
        for number in range(320):
            began = time.perf_counter()
            worker.handler.bot.answer(replace(question, id=f"q{number}"))
            times.append(1000 * (time.perf_counter() - began))
        worker.close()
    return [
        at_most(
            "Cached answer inside the worker, Redis and Elasticsearch, p50",
            15,
            _p(times[20:], 50),
            "ms",
            f"p95 {_p(times[20:], 95):.1f} ms",
        )
    ]


@contextlib.contextmanager
def _fleet(bench: Bench, home: str = "home", *, cache: bool = False, serving: bool = True) -> Iterator[Fleet]:
    """Fill an index in Elasticsearch, start the model and the server, and take all of it away afterwards."""
    from redis import Redis as Connect

    with contextlib.ExitStack() as stack:
        name = stack.enter_context(own_name(_elasticsearch_url()))
        store, queue = (stack.enter_context(empty_database(_redis_url())) for _ in range(2))
        model = stack.enter_context(rooms.RoomModel(MODEL_S))
        port = free_port()
        settings = {
            "QUORUM_HOME": str(bench.work / home),
            "QUORUM_INDEX": f"{_elasticsearch_url().replace('http', 'elasticsearch', 1)}/{name}",
            "QUORUM_STORE": store,
            "QUORUM_QUEUE": queue,
            "QUORUM_HTTP__PORT": str(port),
            "QUORUM_VOTERS": f'[{{"model": "openai+{model.url}/v1#rooms"}}]',
            "QUORUM_VOTING__POLICY": "fixed:3",
            "QUORUM_CACHE__ANSWERS_S": "3600" if cache else "0",
        }
        rooms.write(bench.work / home / "rooms")
        bench.say("filling the index")
        Quorum(bench.work / home, settings).ingest(bench.work / home / "rooms")
        client = stack.enter_context(contextlib.closing(Connect.from_url(store)))
        fleet = Fleet(settings, f"http://{HOST}:{port}", client)
        if serving:
            stack.enter_context(_process([str(PROGRAM), "serve", "web"], os.environ | settings, bench))
            _until(functools.partial(_ready, fleet.url), "quorum serve is ready")
        yield fleet


@contextlib.contextmanager
def _working(fleet: Fleet, workers: int, concurrency: int, bench: Bench) -> Iterator[None]:
    """Run so many `quorum work`, and warm each child up."""
    command = [str(PROGRAM), "work", "--queue", "answer", "--concurrency", str(concurrency)]
    with contextlib.ExitStack() as stack:
        for _ in range(workers):
            stack.enter_context(_process(command, os.environ | fleet.settings, bench))
        bench.say("warming the workers up")
        for turn in range(3):
            _ask(fleet, 8 * workers * concurrency, f"warm-{turn}")
        yield


def _ask(fleet: Fleet, count: int, name: str = "q") -> Burst:
    """Ask over all connections at once, and wait until nothing is unfinished."""
    texts = rooms.asked(2 * count)
    ordinary = [text for text in texts if rooms._ROOM.search(text) and not any(one in text for one in rooms.FORBIDDEN)]
    limits = httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS)
    began = time.perf_counter()
    with httpx.Client(base_url=fleet.url, limits=limits, timeout=30, trust_env=False) as client:

        def ask(number: int) -> float:
            start = time.perf_counter()
            body = {"id": f"{name}-{number}", "text": ordinary[number % len(ordinary)]}
            client.post("/api/questions", json=body).raise_for_status()
            return 1000 * (time.perf_counter() - start)

        with ThreadPoolExecutor(_CONNECTIONS) as pool:
            accepted = list(pool.map(ask, range(count)))
    _until(lambda: not fleet.redis.zcard(UNFINISHED), "everything is answered", _DONE_S)
    return Burst(count, accepted, count / (time.perf_counter() - began))


@contextlib.contextmanager
def _process(command: list[str], environment: dict[str, str], bench: Bench) -> Iterator[None]:
    with (bench.work / "processes.log").open("ab") as log:
        running = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            yield
        finally:
            running.terminate()
            running.wait(60)


@contextlib.contextmanager
def _environment(settings: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(settings)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _redis_url() -> str:
    shared = Redis(SERVICES / "redis")
    if not os.environ.get("REDIS_URL") and not shared.answers():
        what = "Redis (make services)"
        raise Missing(what)
    return os.environ.get("REDIS_URL") or shared.url


def _elasticsearch_url() -> str:
    shared = Elasticsearch(SERVICES / "elasticsearch")
    if not os.environ.get("ELASTICSEARCH_URL") and not shared.answers():
        what = "Elasticsearch (make services)"
        raise Missing(what)
    return (os.environ.get("ELASTICSEARCH_URL") or shared.url).rstrip("/")


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5, trust_env=False).is_success
    except httpx.TransportError:
        return False


def _until(done: Callable[[], object], what: str, within_s: float = _READY_S) -> None:
    deadline = time.monotonic() + within_s
    while not done():
        if time.monotonic() > deadline:
            message = f"{what}: not within {within_s:g} s"
            raise TimeoutError(message)
        threading.Event().wait(_LOOK_S)


def _p(times: list[float], share: float) -> float:
    return scores.percentile(times, share) or 0.0
