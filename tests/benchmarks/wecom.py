"""Times what people in WeCom see of a question, and sends fifty at once over one long connection.

The fake WeCom, the scripted model and the people run in this process, on the same machine as what is measured; nothing
of theirs is subtracted. What is read first is the first content of the stream, by callback and by long connection; an
app shows nothing before its answer, and its callback is to be answered at once, with an empty 200. WeCom's limit of
three messages in progress for a person is off, since more are asked than people would.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
from typing import TYPE_CHECKING

from scripts.services.machine import HOST, free_port
from scripts.services.redis import empty_database
from tests.benchmarks import fleet
from tests.benchmarks.command import PROGRAM, Quorum
from tests.benchmarks.rows import Bench, Row, at_most
from tests.fakes import rooms
from tests.fakes.wecom import FakeWeCom

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MESSAGES, A_SECOND = 200, 20
PEOPLE = tuple(f"person{number:03}" for number in range(100))
WARMING = 24
AT_ONCE, IN_A_GROUP = 50, 20
GROUP = "wrBENCH001"
BAR_MS = 1_000
LIMITED = 45009
_DONE_S = 240.0
_REDUCED = 10
_UNACKNOWLEDGED = re.compile(r"UnacknowledgedError")


def embedded(bench: Bench) -> list[Row]:
    """Ask a `quorum serve wecom` that answers too."""
    return _all("embedded", bench)


def celery(bench: Bench) -> list[Row]:
    """Ask a `quorum serve wecom` beside two `quorum work` over Redis and Celery."""
    return _all("Celery", bench)


def _all(engine: str, bench: Bench) -> list[Row]:
    with _running(engine, bench, is_callback=True) as wecom:
        rows = [_acknowledged(wecom, engine, bench), _first(wecom, engine, "callback", bench)]
    with _running(engine, bench, is_callback=False) as wecom:
        return [*rows, _first(wecom, engine, "long connection", bench), *_burst(wecom, engine, bench)]


def _acknowledged(wecom: FakeWeCom, engine: str, bench: Bench) -> Row:
    """Time the empty 200 of the app's callback."""
    before = len(wecom.deliveries.log)
    names = _ask(wecom, "app", bench)
    heard = wecom.deliveries.log[before:]
    fleet._until(lambda: all(each.over.is_set() for each in heard), "every delivery is over", _DONE_S)
    taken = [1000 * each.attempts[0].seconds for each in heard]
    refused = sum(each.attempts[0].status != 200 or each.body != b"" for each in heard)
    fleet._until(lambda: not wecom.lost(names), "every question is answered", _DONE_S)
    return _row(f"WeCom app, {engine}, {_rate(names)}: request to empty 200, p99", taken, f"{refused} refused")


def _first(wecom: FakeWeCom, engine: str, way: str, bench: Bench) -> Row:
    """Time the first content of the stream of each message to the AI bot."""
    names = _ask(wecom, "bot", bench)
    fleet._until(lambda: set(names) <= wecom.by_question().keys(), "every question has a stream", _DONE_S)
    seen = [1000 * wecom.first_s(name) for name in names]
    fleet._until(lambda: not wecom.lost(names), "every question is answered", _DONE_S)
    what = f"WeCom AI bot, {way}, {engine}, {_rate(names)}: first stream content, p99"
    return _row(what, seen, f"{len(wecom.corp.remarks)} remarks")


def _burst(wecom: FakeWeCom, engine: str, bench: Bench) -> list[Row]:
    """Ask fifty at once: a part of them in one group, whose quota of frames they share."""
    bench.say(f"{AT_ONCE} messages at once, {engine}")
    before, quiet = len(wecom.requests), _unacknowledged(bench)
    texts, began = _texts(AT_ONCE), time.monotonic()
    names = [
        wecom.mention(user, GROUP, text) if number < IN_A_GROUP else wecom.write(user, text)
        for number, (user, text) in enumerate(zip(PEOPLE, texts, strict=False))
    ]
    fleet._until(lambda: len(_answered(wecom, names)) == len(names), "every question is answered", _DONE_S)
    took, frames = time.monotonic() - began, wecom.requests[before:]
    limited = sum(each.code == LIMITED for each in frames)
    what = f"WeCom AI bot, {AT_ONCE} messages at once on one long connection, {IN_A_GROUP} of a group, {engine}"
    beside = f"{len(frames)} frames, {took:.1f} s until the last answer, which waited for the group's quota"
    return [
        at_most(f"{what}: not answered", 0, len(names) - len(_answered(wecom, names)), "", beside),
        at_most(f"{what}: acknowledgements that timed out", 0, _unacknowledged(bench) - quiet),
        at_most(f"{what}: frames over the quota of 30 a minute", 0, limited),
    ]


def _answered(wecom: FakeWeCom, names: Sequence[str]) -> list[str]:
    """Return the messages whose own stream has ended with an answer."""
    found = wecom.by_question()
    return [name for name in names if any(each.finished for each in found.get(name, ()))]


def _row(what: str, times: list[float], more: str) -> Row:
    half, slowest = fleet._p(times, 50), max(times)
    beside = f"p50 {half:.0f} ms, slowest {slowest:.0f} ms; {more}"
    return at_most(what, BAR_MS, fleet._p(times, 99), "ms", beside)


def _rate(names: Sequence[str]) -> str:
    return f"{len(names)} messages at {A_SECOND} a second"


def _ask(wecom: FakeWeCom, to: str, bench: Bench) -> list[str]:
    """Warm up, and then write the messages at the rate, whatever comes back; return their ids."""
    count = MESSAGES // _REDUCED if bench.quick else MESSAGES
    bench.say("warming up")
    warm = _written(wecom, to, WARMING)
    fleet._until(lambda: not wecom.lost(warm), "every question is answered", _DONE_S)
    bench.say(f"{count} messages to the {to}")
    return _written(wecom, to, count)


def _written(wecom: FakeWeCom, to: str, count: int) -> list[str]:
    names, began = [], time.monotonic()
    for number, text in enumerate(_texts(count)):
        threading.Event().wait(max(0.0, began + number / A_SECOND - time.monotonic()))
        names.append(wecom.write(PEOPLE[number % len(PEOPLE)], text, to))
    return names


def _texts(count: int) -> list[str]:
    found = [text for text in rooms.asked(2 * count + 8) if rooms._ROOM.search(text)]
    return found[:count]


def _unacknowledged(bench: Bench) -> int:
    """Return how often our side said that a frame was not acknowledged in time."""
    return len(_UNACKNOWLEDGED.findall((bench.work / "processes.log").read_text(errors="replace")))


@contextlib.contextmanager
def _running(engine: str, bench: Bench, *, is_callback: bool) -> Iterator[FakeWeCom]:
    """Fill an index, start WeCom, the model and the processes, and end them afterwards."""
    port, home = free_port(), bench.work / engine
    url = f"http://{HOST}:{port}/wecom"
    with contextlib.ExitStack() as stack:
        wecom = stack.enter_context(FakeWeCom(f"{url}/app", f"{url}/aibot" if is_callback else None))
        _furnish(wecom)
        model = stack.enter_context(rooms.RoomModel(fleet.MODEL_S))
        settings = wecom.settings | {
            "QUORUM_HOME": str(home),
            "QUORUM_HTTP__PORT": str(port),
            "QUORUM_VOTERS": f'[{{"model": "openai+{model.url}/v1#rooms"}}]',
            "QUORUM_VOTING__POLICY": "fixed:3",
        }
        if engine == "Celery":
            store, queue = (stack.enter_context(empty_database(fleet._redis_url())) for _ in range(2))
            settings |= {"QUORUM_STORE": store, "QUORUM_QUEUE": queue}
        if not home.exists():
            bench.say("filling the index")
            rooms.write(home / "rooms")
            Quorum(home).ingest(home / "rooms")
        serve, work = [PROGRAM, "serve", "wecom"], [PROGRAM, "work", "--queue", "answer", "--concurrency", "2"]
        for command in [serve, *([work] * 2 if engine == "Celery" else [])]:
            stack.enter_context(fleet._process(list(map(str, command)), os.environ | settings, bench))
        fleet._until(lambda: fleet._ready(f"http://{HOST}:{port}"), "quorum serve is ready")
        yield wecom


def _furnish(wecom: FakeWeCom) -> None:
    for number, user in enumerate(PEOPLE):
        wecom.person(user, f"同事{number}")
    wecom.group(GROUP, "压测", *PEOPLE)
    wecom.corp.at_once = MESSAGES
