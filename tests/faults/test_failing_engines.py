"""Redis and Elasticsearch are killed, restarted and paused under load: every question is answered once all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.asking import messages, outcomes
from tests.faults.conftest import ingest, on_engines
from tests.faults.keeping import rest
from tests.faults.stack import PATIENT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scripts.services.elasticsearch import Elasticsearch
    from scripts.services.redis import Redis
    from scripts.services.server import Server
    from tests.faults.stack import Installation, Stack
    from tests.faults.tally import Tally

PAUSED_S = 5.0
PACE_S = 0.7
"""So slow that people still ask while the engine is away."""

EXPECTED = outcomes(messages())

pytestmark = pytest.mark.timeout(300)


def restart(server: Server) -> None:
    """Kill it as a power cut would, and start it again."""
    server.kill()
    server.start()


def pause(server: Server) -> None:
    """Let it hang for a while."""
    server.pause()
    rest(PAUSED_S)
    server.resume()


@pytest.fixture
def on_own_elasticsearch(
    own_elasticsearch: Elasticsearch, house: Path, own_redis: Redis, tmp_path: Path
) -> Installation:
    address = f"{own_elasticsearch.url.replace('http', 'elasticsearch', 1)}/rooms"
    ingest(house, tmp_path / "ingesting", QUORUM_INDEX=address)
    return on_engines(address, own_redis, tmp_path)


@pytest.mark.parametrize(("fault", "harm"), [("Redis killed and restarted", restart), ("Redis paused for 5 s", pause)])
def test_questions_outlive_what_happens_to_redis(
    engines: Installation, own_redis: Redis, fault: str, harm: Callable[[Server], None]
) -> None:
    with engines.running() as stack:
        tally = harmed(stack, own_redis, fault, harm)

    assert tally.whole
    assert tally.outcomes == EXPECTED


@pytest.mark.parametrize(
    ("fault", "harm"), [("Elasticsearch killed and restarted", restart), ("Elasticsearch paused for 5 s", pause)]
)
def test_questions_outlive_what_happens_to_elasticsearch(
    on_own_elasticsearch: Installation,
    own_elasticsearch: Elasticsearch,
    fault: str,
    harm: Callable[[Server], None],
) -> None:
    with on_own_elasticsearch.running(**PATIENT) as stack:
        tally = harmed(stack, own_elasticsearch, fault, harm)

    assert tally.whole
    assert tally.outcomes == EXPECTED


def harmed(stack: Stack, server: Server, fault: str, harm: Callable[[Server], None]) -> Tally:
    """Do harm to a server while people ask, and count."""
    with stack.asked(messages()[:10]) as asker:
        stack.reached(3)
    with stack.asked(messages()[10:], pace_s=PACE_S, asker=asker):
        harm(server)
    tally = stack.tally(asker)
    stack.report(fault, tally, repeated=asker.repeated, slowest_s=round(asker.slowest_s, 1))
    if tally.outcomes != EXPECTED:
        stack.explain(AssertionError)
    return tally
