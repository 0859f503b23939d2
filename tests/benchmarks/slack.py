"""Times what Slack sees of a question: its delivery is acknowledged, and a first sign stands in the thread.

The fake Slack, which delivers and is posted to, the scripted model and the people run in this process, on the same
machine as what is measured; nothing of theirs is subtracted. Each mention is delivered twice, as `message` and as
`app_mention`, and both count. The limit of questions a minute is raised, and Slack's own quotas are off: it would not
take 50 posts a second.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from scripts.services.machine import HOST, free_port
from scripts.services.redis import empty_database
from tests.benchmarks import fleet
from tests.benchmarks.command import PROGRAM, Quorum
from tests.benchmarks.rows import Bench, Row, at_most
from tests.fakes import rooms
from tests.fakes.slack import FakeSlack

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.fakes.slack.attempts import Delivery

EVENTS, EVENTS_A_SECOND = 500, 50
KINDS = 2
CHANNELS = tuple(f"C0BENCH{number:02}" for number in range(50))
PEOPLE = tuple(f"U0BENCH{number:02}" for number in range(50))
WARMING = 24
_SIGNS_S = 120.0
_RETRIES_S = (0.1, 5.0, 10.0)


class Seen(NamedTuple):
    """Milliseconds from each request to its 200, and from each message to the first sign in its thread."""

    acknowledged: list[float]
    signs: list[float]
    refused: int


def embedded(bench: Bench) -> list[Row]:
    """Ask a `quorum serve slack` that answers too."""
    return [row for people in (PEOPLE, PEOPLE[:1]) for row in _rows("embedded", people, bench)]


def celery(bench: Bench) -> list[Row]:
    """Ask a `quorum serve slack` beside two `quorum work` over Redis and Celery."""
    return [row for people in (PEOPLE, PEOPLE[:1]) for row in _rows("Celery", people, bench)]


def _rows(engine: str, people: Sequence[str], bench: Bench) -> list[Row]:
    count = (100 if bench.quick else EVENTS) // KINDS
    with _running(engine, bench) as slack:
        bench.say("warming up")
        _ask(slack, WARMING, PEOPLE)
        bench.say(f"{count} mentions by {len(people)} people, {engine}")
        seen = _ask(slack, count, people)
    who = "one person" if len(people) == 1 else f"{len(people)} people in {len(CHANNELS)} channels"
    what = f"Slack, {engine}, {KINDS * count} events at {EVENTS_A_SECOND} a second, mentions by {who}"
    half, slowest = fleet._p(seen.acknowledged, 50), max(seen.acknowledged)
    beside = f"p50 {half:.0f} ms, slowest {slowest:.0f} ms; {len(seen.acknowledged)} deliveries, {seen.refused} refused"
    signs = f"p50 {fleet._p(seen.signs, 50):.0f} ms, p99 {fleet._p(seen.signs, 99):.0f} ms; {len(seen.signs)} signs"
    return [
        at_most(f"{what}: request to 200, p99", 300, fleet._p(seen.acknowledged, 99), "ms", beside),
        at_most(f"{what}: first visible sign, slowest", 1_500, max(seen.signs), "ms", signs),
    ]


@contextlib.contextmanager
def _running(engine: str, bench: Bench) -> Iterator[FakeSlack]:
    """Fill an index, start Slack, the model and the processes, and end them afterwards."""
    port, home = free_port(), bench.work / engine
    with contextlib.ExitStack() as stack:
        slack = stack.enter_context(FakeSlack(f"http://{HOST}:{port}/slack/events", retries_s=_RETRIES_S))
        _furnish(slack)
        model = stack.enter_context(rooms.RoomModel(fleet.MODEL_S))
        settings = slack.settings | {
            "QUORUM_HOME": str(home),
            "QUORUM_HTTP__PORT": str(port),
            "QUORUM_VOTERS": f'[{{"model": "openai+{model.url}/v1#rooms"}}]',
            "QUORUM_VOTING__POLICY": "fixed:3",
            "QUORUM_LIMITS__QUESTIONS_PER_MINUTE": "1000",
        }
        if engine == "Celery":
            store, queue = (stack.enter_context(empty_database(fleet._redis_url())) for _ in range(2))
            settings |= {"QUORUM_STORE": store, "QUORUM_QUEUE": queue}
        if not home.exists():
            bench.say("filling the index")
            rooms.write(home / "rooms")
            Quorum(home).ingest(home / "rooms")
        serve, work = [PROGRAM, "serve", "slack"], [PROGRAM, "work", "--queue", "answer", "--concurrency", "2"]
        for command in [serve, *([work] * 2 if engine == "Celery" else [])]:
            stack.enter_context(fleet._process(list(map(str, command)), os.environ | settings, bench))
        fleet._until(lambda: fleet._ready(f"http://{HOST}:{port}"), "quorum serve is ready")
        yield slack
        slack.deliveries.retries_s = ()


def _furnish(slack: FakeSlack) -> None:
    for number, user in enumerate(PEOPLE):
        slack.user(user, f"person-{number}")
    for number, channel in enumerate(CHANNELS):
        slack.room(channel, f"bench-{number}", members=PEOPLE)


def _ask(slack: FakeSlack, count: int, people: Sequence[str]) -> Seen:
    """Mention the bot so many times at the rate, whatever comes back, and wait until each has a sign."""
    texts = [text for text in rooms.asked(2 * count + 8) if rooms._ROOM.search(text)]
    before = len(slack.deliveries.log)
    posted: dict[str, float] = {}
    began = time.monotonic()
    for number in range(count):
        threading.Event().wait(max(0.0, began + number * KINDS / EVENTS_A_SECOND - time.monotonic()))
        channel, at = CHANNELS[number % len(CHANNELS)], time.monotonic()
        ts = slack.mention(channel, people[number % len(people)], texts[number % len(texts)])
        posted[f"slack-{slack.workspace.team}-{channel}-{ts}"] = at
    fleet._until(lambda: posted.keys() <= _signs(slack).keys(), "every question has a sign", _SIGNS_S)
    signs = _signs(slack)
    heard = [each for each in slack.deliveries.log[before:] if each.payload["event"].get("user") in people]
    fleet._until(lambda: all(each.over.is_set() for each in heard), "every delivery is over", _SIGNS_S)
    return Seen(
        [1000 * each.attempts[0].seconds for each in heard],
        [1000 * (signs[name] - at) for name, at in posted.items()],
        sum(_is_refused(each) for each in heard),
    )


def _signs(slack: FakeSlack) -> dict[str, float]:
    """Return when the first post for each question arrived, by the monotonic clock."""
    found: dict[str, float] = {}
    for request in slack.recording.of("chat.postMessage"):
        payload = (request.values.get("metadata") or {}).get("event_payload") or {}
        found.setdefault(str(payload.get("question", "")), request.at)
    return found


def _is_refused(delivery: Delivery) -> bool:
    return delivery.attempts[0].status != 200
