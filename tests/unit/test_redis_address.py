"""Addresses of Redis are read whole, and never shown with a password."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.backends.redis.address import parse
from bot.errors import ConfigurationError


def test_a_plain_address_has_its_defaults() -> None:
    where = parse("redis://localhost")

    assert (where.hosts, where.database, where.user, where.password) == ((("localhost", 6379),), 0, None, None)


def test_user_and_password_may_hold_any_sign_once_escaped() -> None:
    where = parse("redis://b%40t:p%2F%3A%40%23@h:1/7")

    assert (where.user, where.password, where.hosts, where.database) == ("b@t", "p/:@#", (("h", 1),), 7)


def test_a_password_needs_no_user() -> None:
    where = parse("redis://:secret@h/1")

    assert (where.user, where.password) == (None, "secret")


def test_tls_takes_the_files_of_the_authority_and_of_the_client(tmp_path: Path) -> None:
    for name in ("ca.pem", "client.pem", "client.key"):
        (tmp_path / name).touch()
    where = parse(f"rediss://h/0?ca={tmp_path}/ca.pem&cert={tmp_path}/client.pem&key={tmp_path}/client.key")

    assert where.tls
    assert {name: Path(path).name for name, path in where.files} == {
        "ssl_ca_certs": "ca.pem",
        "ssl_certfile": "client.pem",
        "ssl_keyfile": "client.key",
    }


def test_sentinels_are_listed_before_the_masters_name() -> None:
    where = parse("redis+sentinel://bot:secret@a:1,b,[::1]:3/main/2?sentinel_password=other")

    assert where.hosts == (("a", 1), ("b", 26379), ("::1", 3))
    assert (where.master, where.database, where.user, where.password) == ("main", 2, "bot", "secret")
    assert where.sentinel_password == "other"


@pytest.mark.parametrize(
    "url",
    [
        "redis://:secret@h:port/0",
        "redis://:secret@h:99999/0",
        "redis://:12#secret@h/0",
        "redis://:secret@h/first",
        "redis://:sec/ret@h/0",
        "redis://:secret#@h/0",
        "redis://:secret@h/0?ca=/ca.pem",
        "rediss://:secret@h/0?authority=/ca.pem",
        "rediss://:secret@h/0?ca",
        "rediss://:secret@h/0?ca=/there/is/none.pem",
        "redis+sentinel://:secret@h:1/",
        "redis+sentinel://:secret@h:1,g:x/main/0",
        "redis+sentinel://h:1/main/0?password=secret",
        "redis://[::1/0",
    ],
)
def test_what_cannot_be_meant_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"QUORUM_STORE=.redis") as refused:
        parse(url)

    assert "sec" not in str(refused.value)
    assert "ret@" not in str(refused.value)


def test_the_setting_that_was_read_is_the_one_that_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"^QUORUM_QUEUE="):
        parse("redis://h/first", "QUORUM_QUEUE")


def test_what_is_shown_of_an_address_holds_no_secret() -> None:
    where = parse("redis+sentinel://bot:secret@a:1/main/2?sentinel_password=other")

    assert where.shown == "redis+sentinel://a:1/main/2"
    assert "secret" not in repr(where)
    assert "other" not in repr(where)
