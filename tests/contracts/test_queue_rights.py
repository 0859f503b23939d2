"""The user whom the operations guide makes in Redis may do what the queue needs."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import redis

from tests.fakes.celery_process import Company

if TYPE_CHECKING:
    from scripts.services.redis import Redis

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_rights_in_the_guide_are_enough_to_queue_and_to_work(own_redis: Redis, tmp_path: Path) -> None:
    rights = re.search(r"ACL SETUSER quorum on >PASSWORD ~quorum:\* (.*)", GUIDE)
    keys = re.search(r"needs `(~quorum\.\* [^`]*)`", GUIDE)
    assert rights
    assert keys
    with redis.Redis.from_url(own_redis.url) as client:
        client.execute_command("ACL", "SETUSER", "quorum", "on", ">secret", *keys[1].split(), *rights[1].split())
        with closing(Company(own_redis.url.replace("://", "://quorum:secret@"), tmp_path)) as company:
            company.start()
            company.submit(b"a", b"b die")
            company.reached("a", "begin", "end")
            company.reached("b", "begin", "begin", "end")
        refused = client.acl_log()

    assert refused == []
