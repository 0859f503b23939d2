"""What goes wrong with an Elasticsearch is said in one line that tells what to do, and never shows a secret."""

from __future__ import annotations

import socket
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.backends.elastic import ElasticIndex, Maker
from bot.errors import (
    ConfigurationError,
    IndexDamagedError,
    IndexUnavailableError,
    QuorumError,
)
from tests.fakes.certificates import self_signed
from tests.fakes.elastic import at
from tests.fakes.gate import Gate, Reply, Request, refused
from tests.fakes.made import EMBEDDER, LINE_EMBEDDER, chunk, indexed, query

if TYPE_CHECKING:
    from pathlib import Path

    from bot.backends.elastic import Address

MAKER = Maker(EMBEDDER.name, EMBEDDER.dimensions, LINE_EMBEDDER.dimensions)
SECRET = "hunter2/@:?"
ESCAPED = "hunter2%2F%40%3A%3F"


def opening(address: Address) -> str:
    """Open the index, expecting an error, and return what it says."""
    with pytest.raises(QuorumError) as caught:
        ElasticIndex(address, MAKER)
    assert SECRET not in str(caught.value)
    assert ESCAPED not in str(caught.value)
    return f"{type(caught.value).__name__}: {caught.value}"


def logged_in(server: str, user: str, password: str) -> str:
    return server.replace("://", f"://{user}:{password}@")


def test_nothing_that_listens_is_said_at_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        began = time.monotonic()
        said = opening(at(f"http://127.0.0.1:{taken.getsockname()[1]}", "quorum"))

    assert said.startswith("IndexUnavailableError")
    assert "Is it running?" in said
    assert time.monotonic() - began < 2


def test_a_name_that_no_server_has_is_said() -> None:
    said = opening(at("http://no-such-host.invalid:9200", "quorum"))

    assert said.startswith("IndexUnavailableError")
    assert "no-such-host.invalid:9200" in said


def test_a_second_host_is_asked_when_the_first_is_down(elasticsearch_url: str, elasticsearch_name: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        both = elasticsearch_url.replace("://", f"://127.0.0.1:{taken.getsockname()[1]},")
        with closing(ElasticIndex(at(both, elasticsearch_name), MAKER)) as index:
            index.add(indexed(chunk("a.md", "words")))
            found = [len(index.search(query("words")).words) for _ in range(4)]

    assert found == [1, 1, 1, 1]


def test_a_wrong_password_is_said_and_the_right_one_opens(elasticsearch_url: str, elasticsearch_name: str) -> None:
    with Gate(elasticsearch_url, logins=(f"bot:{SECRET}",)) as gate:
        wrong = opening(at(logged_in(gate.url, "bot", "hunter3"), elasticsearch_name))
        none = opening(at(gate.url, elasticsearch_name))
        with closing(ElasticIndex(at(logged_in(gate.url, "bot", ESCAPED), elasticsearch_name), MAKER)) as index:
            index.add(indexed(chunk("a.md", "words")))
            found = index.search(query("words")).words

    assert wrong.startswith("ConfigurationError")
    assert "the user 'bot' with this password (401)" in wrong
    assert "without a user (401)" in none
    assert len(found) == 1


def test_an_api_key_opens_and_a_wrong_one_is_said(elasticsearch_url: str, elasticsearch_name: str) -> None:
    with Gate(elasticsearch_url, logins=("id:the+key",)) as gate:
        key = "aWQ6dGhlK2tleQ=="
        ElasticIndex(at(gate.url, elasticsearch_name, f"?api_key={key}"), MAKER).close()
        said = opening(at(gate.url, elasticsearch_name, "?api_key=wrong"))

    assert said.startswith("ConfigurationError")
    assert "refuses the API key (401)" in said


def test_missing_privileges_are_named(elasticsearch_url: str) -> None:
    forbidden = refused(403, "security_exception", "action [indices:admin/get] is unauthorized for user [bot]")
    with Gate(elasticsearch_url, lambda _: forbidden) as gate:
        said = opening(at(gate.url, "quorum"))

    assert said.startswith("ConfigurationError")
    assert "'all' on 'quorum' and 'quorum-*'" in said


def test_a_certificate_is_trusted_by_its_file_alone(
    elasticsearch_url: str, elasticsearch_name: str, tmp_path: Path
) -> None:
    certificate, other = self_signed(tmp_path / "own.pem"), self_signed(tmp_path / "other.pem")
    with Gate(elasticsearch_url, certificate=certificate) as gate:
        unknown = opening(at(gate.url, elasticsearch_name))
        wrong = opening(at(gate.url, elasticsearch_name, f"?ca={other}"))
        plain = opening(at(gate.url.replace("https", "http"), elasticsearch_name))
        with closing(ElasticIndex(at(gate.url, elasticsearch_name, f"?ca={certificate}"), MAKER)) as index:
            index.add(indexed(chunk("a.md", "words")))
            found = index.search(query("words")).words

    assert "add ?ca=/path/to/ca.pem" in unknown
    assert "give the right file" in wrong
    assert "write elasticsearchs://" in plain
    assert len(found) == 1


def test_a_certificate_for_another_host_is_said(elasticsearch_url: str, tmp_path: Path) -> None:
    certificate = self_signed(tmp_path / "own.pem", host="127.0.0.9")
    with Gate(elasticsearch_url, certificate=certificate) as gate:
        said = opening(at(gate.url, "quorum", f"?ca={certificate}"))

    assert said.startswith("ConfigurationError")
    assert "another host name" in said


def test_tls_where_none_is_spoken_is_said() -> None:
    with Gate() as gate:
        said = opening(at(gate.url.replace("http", "https"), "quorum"))

    assert said.startswith("ConfigurationError")
    assert "Write elasticsearch://" in said


def test_an_elasticsearch_of_the_last_major_version_is_said() -> None:
    reason = "A compatible version is required on both Content-Type and Accept headers. Accept=..;compatible-with=9"
    with Gate(script=lambda _: refused(400, "media_type_header_exception", reason)) as gate:
        said = opening(at(gate.url, "quorum"))

    assert said.startswith("ConfigurationError")
    assert "Quorum works with 9, from 9.3 on" in said


@pytest.mark.parametrize("version", ["8.19.0", "9.1.4", "10.0.0"])
def test_a_version_that_we_cannot_work_with_is_named(version: str) -> None:
    with Gate(script=lambda _: Reply(body=f'{{"nodes": {{"a": {{"version": "{version}"}}}}}}'.encode())) as gate:
        said = opening(at(gate.url, "quorum"))

    assert said.startswith("ConfigurationError")
    assert version in said


@pytest.mark.parametrize(
    "reply",
    [Reply(headers={"Content-Type": "application/json"}), Reply(404, b"not found", {"Content-Type": "text/plain"})],
    ids=["json", "text"],
)
def test_another_program_that_answers_is_told_from_elasticsearch(reply: Reply) -> None:
    with Gate(script=lambda _: reply) as gate:
        said = opening(at(gate.url, "quorum"))

    assert said.startswith("ConfigurationError")
    assert "is not Elasticsearch" in said


def test_an_answer_that_never_comes_ends_after_the_time_that_is_set(
    elasticsearch_url: str, elasticsearch_name: str
) -> None:
    def held(request: Request) -> Reply | None:
        return Reply(hold=True) if "_msearch" in request.path else None

    with (
        Gate(elasticsearch_url, held) as gate,
        closing(ElasticIndex(at(gate.url, elasticsearch_name, "?timeout=0.3"), MAKER)) as index,
    ):
        began = time.monotonic()
        with pytest.raises(IndexUnavailableError, match="does not answer in time"):
            index.search(query("words"))

    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("status", "kind"),
    [(503, "no_shard_available_action_exception"), (429, "circuit_breaking_exception"), (502, "proxy_error")],
)
def test_a_server_in_trouble_is_asked_again_later(
    elasticsearch_url: str, elasticsearch_name: str, status: int, kind: str
) -> None:
    def troubled(request: Request) -> Reply | None:
        return refused(status, kind, "for the moment") if "_msearch" in request.path else None

    with (
        Gate(elasticsearch_url, troubled) as gate,
        closing(ElasticIndex(at(gate.url, elasticsearch_name), MAKER)) as index,
        pytest.raises(IndexUnavailableError, match=kind),
    ):
        index.search(query("words"))


def test_other_dimensions_of_the_same_embedder_are_said(elasticsearch_url: str, elasticsearch_name: str) -> None:
    address = at(elasticsearch_url, elasticsearch_name)
    with closing(ElasticIndex(address, MAKER)) as index:
        index.add(indexed(chunk("a.md", "words")))

    with pytest.raises(IndexDamagedError, match="quorum ingest"):
        ElasticIndex(address, Maker(EMBEDDER.name, 32, LINE_EMBEDDER.dimensions))


def test_a_name_that_another_program_uses_is_said(elasticsearch_url: str, elasticsearch_name: str) -> None:
    from elasticsearch import Elasticsearch

    with Elasticsearch(elasticsearch_url) as client:
        client.indices.create(index=elasticsearch_name)
    with (
        closing(ElasticIndex(at(elasticsearch_url, elasticsearch_name), MAKER)) as index,
        pytest.raises(ConfigurationError, match="another program"),
    ):
        index.add(indexed(chunk("a.md", "words")))
