"""kombu's transport, mended: what another program left in the queue ends no worker."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import redis

from tests.fakes import celery_threads
from workers import celery_app, transport

if TYPE_CHECKING:
    from kombu.transport.redis import Channel

LONG_S = 60.0


@pytest.mark.parametrize("rubbish", [b"rubbish", b"\xff", b""])
def test_what_is_no_message_is_dropped_and_the_next_one_is_handled(
    redis_database: str, caplog: pytest.LogCaptureFixture, rubbish: bytes
) -> None:
    seen: list[bytes] = []
    with celery_threads.running(redis_database) as worker, redis.Redis.from_url(redis_database) as client:
        client.lpush(celery_app.ANSWER, rubbish)
        with closing(worker.dispatcher(seen.append)) as dispatcher:
            dispatcher.submit(b"after")
            dispatcher.join(LONG_S)

    assert seen == [b"after"]
    assert "is no message and is dropped" in caplog.text


@pytest.mark.parametrize("channel", [transport.Channel, transport.SentinelChannel])
def test_all_channels_count_by_the_same_rules(channel: type[Channel]) -> None:
    assert channel.QoS is transport.QoS
