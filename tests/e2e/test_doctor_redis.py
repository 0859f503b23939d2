"""The doctor looks at the Redis that keeps the questions: what is wrong with it, and what waits in it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import redis

from bot.backends.redis import RedisDeadLetters, RedisLedger
from bot.types import Address, Question

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Quorum, Run

    from scripts.services.redis import Redis


def findings(run: Run, *names: str) -> list[tuple[str, str]]:
    """Return verdict and text of each line of the report that begins with one of the names."""
    lines = [line.partition(" ")[::2] for line in run.out.splitlines()]
    return [(verdict, rest.strip()) for verdict, rest in lines if rest.strip().startswith(names)]


def test_a_sound_redis_is_well(sample: Quorum, own_redis: Redis) -> None:
    run = sample("doctor", QUORUM_STORE=own_redis.url)

    assert run.status == 0
    assert {verdict for verdict, _ in findings(run, "store", "questions", "dead letters")} == {"ok"}


def test_what_waits_and_what_was_given_up_is_shown_with_a_redis_that_saves_nothing(
    sample: Quorum, own_redis: Redis
) -> None:
    with redis.Redis.from_url(own_redis.url) as client:
        client.config_set("appendonly", "no")
    with closing(RedisLedger(own_redis.url)) as ledger, closing(RedisDeadLetters(own_redis.url)) as letters:
        ledger.open(Question("q1", "why?", Address("web", "room", "someone"), "en", 1.5))
        letters.push(b"{", "A payload of 1 bytes is no question")
    run = sample("doctor", QUORUM_STORE=own_redis.url)
    shown = findings(run, "questions", "dead letters")

    assert run.status == 0
    assert [verdict for verdict, _ in shown] == ["ok", "warn", "warn", "warn"]
    for words, (_, text) in zip(
        ("1 unfinished", "appendonly yes", "--retry-dead", "is no question"), shown, strict=True
    ):
        assert words in text


def test_a_wrong_password_ends_with_status_two_and_is_not_shown(sample: Quorum, own_redis: Redis) -> None:
    with redis.Redis.from_url(own_redis.url) as client:
        client.config_set("requirepass", "right")
    run = sample("doctor", QUORUM_STORE=own_redis.url.replace("://", "://:s3cret@"))

    assert run.status == 2
    assert [verdict for verdict, _ in findings(run, "store")] == ["FAIL"]
    assert "QUORUM_STORE" in run.out
    assert "s3cret" not in run.out + run.err


def test_a_redis_that_is_down_ends_with_status_one(sample: Quorum, own_redis: Redis) -> None:
    own_redis.stop()
    run = sample("doctor", QUORUM_STORE=own_redis.url)

    assert run.status == 1
    assert "does it run" in run.out


def test_a_missing_library_is_named_with_the_command_that_brings_it(sample: Quorum, tmp_path: Path) -> None:
    (tmp_path / "redis.py").write_text("raise ImportError", encoding="utf-8")
    run = sample("doctor", QUORUM_STORE="redis://127.0.0.1:9/0", PYTHONPATH=str(tmp_path))

    assert run.status == 2
    assert "pip install 'quorum-kb[engines]'" in run.out
