"""Addresses of an index on Elasticsearch: what they may say, and that nobody sees their secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot import settings, wiring
from bot.backends.elastic import read
from bot.errors import ConfigurationError
from bot.retrieval import profile

if TYPE_CHECKING:
    from pathlib import Path


def test_host_port_and_name_are_enough() -> None:
    address = read("elasticsearch://search/quorum")

    assert (address.urls, address.name, address.replicas) == (["http://search:9200"], "quorum", 0)


def test_everything_that_can_be_said_is_read(tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.touch()
    url = f"elasticsearchs://bot:p%40ss@a:9201,[::1],c/behind/quorum?ca={ca}&replicas=1&timeout=2.5"
    address = read(url)

    assert address.urls == ["https://a:9201/behind", "https://[::1]:9200/behind", "https://c:9200/behind"]
    assert (address.name, address.user, address.password) == ("quorum", "bot", "p@ss")
    assert (address.ca, address.replicas, address.timeout_s) == (str(ca), 1, 2.5)


def test_a_key_is_taken_as_it_was_pasted() -> None:
    assert read("elasticsearchs://a/quorum?api_key=a+b/c==").api_key == "a+b/c=="


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("elasticsearch://host:9200", "names no host or no index"),
        ("elasticsearch:///quorum", "names no host or no index"),
        ("elasticsearch://host:port/quorum", "no host and port"),
        ("elasticsearch://host/Quorum", "'Quorum' cannot name an index"),
        ("elasticsearch://host/-x", "cannot name an index"),
        ("elasticsearch://host/quorum?replica=1", "known: api_key, ca, replicas, timeout"),
        ("elasticsearch://host/quorum?replicas=many", "replicas='many'"),
        ("elasticsearch://host/quorum?timeout=0", "timeout='0'"),
        ("elasticsearchs://host/quorum?ca=/nowhere/ca.pem", "'/nowhere/ca.pem'"),
        ("elasticsearch://me:secret@host/quorum?api_key=secret", "both a user and an api_key"),
        ("elasticsearch://me:secret@host/", "names no host or no index"),
    ],
)
def test_an_address_that_cannot_be_meant_is_said_without_its_secrets(url: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(url)

    assert said in str(caught.value)
    assert "secret" not in str(caught.value)


def test_no_secret_is_shown() -> None:
    address = read("elasticsearchs://me:secret@host:9200/quorum")

    assert address.shown == "elasticsearchs://host:9200/quorum"
    assert "secret" not in repr(address)
    assert "secret" not in repr(read("elasticsearchs://host/quorum?api_key=secret"))


def test_the_settings_and_the_profile_s_key_hide_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUORUM_INDEX", "elasticsearch://me:secret@host:9200/quorum")
    loaded = settings.load()

    assert "secret" not in repr(loaded)
    assert profile.key(loaded.index_url) == "evidence-profile:elasticsearch://host:9200/quorum"


def test_an_unknown_scheme_hides_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUORUM_INDEX", "opensearch://me:secret@host:9200/quorum")
    loaded = settings.load()

    with pytest.raises(ConfigurationError, match="elasticsearchs") as caught:
        wiring.open_index(loaded, wiring.open_embedder(loaded))

    assert "secret" not in str(caught.value)
