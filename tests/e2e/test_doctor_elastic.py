"""The doctor looks at the index on Elasticsearch: its versions, what is wrong, and what to do."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.fakes.elastic import setting
from tests.fakes.gate import Gate, refused

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Quorum, Run


@pytest.fixture
def index(quorum: Quorum, elasticsearch_url: str, elasticsearch_name: str, tmp_path: Path) -> str:
    """The address of an index that holds one page."""
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "vpn.md").write_text("# VPN\n\nThe gateway is called gate7.")
    address = setting(elasticsearch_url, elasticsearch_name)
    run = quorum("ingest", tmp_path / "kb", QUORUM_INDEX=address)
    assert run.status == 0, run.err
    return address


def findings(run: Run) -> list[str]:
    return [line for line in run.out.splitlines() if line.split()[1] == "index"]


def test_a_sound_index_is_well_and_its_version_is_named(quorum: Quorum, index: str) -> None:
    run = quorum("doctor", QUORUM_INDEX=index)
    (found,) = findings(run)

    assert run.status == 0
    assert found.startswith("ok")
    assert "1 documents, 1 chunks; versions: " in found
    assert "(hashing://2048, published)" in found


def test_a_read_only_index_is_a_warning(quorum: Quorum, index: str, elasticsearch_url: str) -> None:
    from elasticsearch import Elasticsearch

    name = index.rpartition("/")[2]
    with Elasticsearch(elasticsearch_url) as client:
        client.indices.put_settings(index=f"{name}-*", settings={"index.blocks.read_only_allow_delete": True})
        run = quorum("doctor", QUORUM_INDEX=index)
        client.indices.put_settings(index=f"{name}-*", settings={"index.blocks.read_only_allow_delete": None})

    assert run.status == 0
    assert [line.split()[0] for line in findings(run)] == ["ok", "warn", "warn"]
    assert "free some space" in run.out


def test_another_embedder_is_the_fault_of_a_setting(quorum: Quorum, index: str) -> None:
    run = quorum("doctor", QUORUM_INDEX=index, QUORUM_EMBEDDER="hashing://64")

    assert run.status == 2
    assert "run `quorum ingest` to make a version for it beside the old one" in run.out


def test_a_server_that_is_down_can_be_tried_again(quorum: Quorum) -> None:
    run = quorum("doctor", QUORUM_INDEX="elasticsearch://127.0.0.1:9/quorum")

    assert run.status == 1
    assert "Is it running?" in run.out


def test_a_wrong_password_ends_with_status_two_and_is_not_shown(quorum: Quorum) -> None:
    wrong = refused(401, "security_exception", "unable to authenticate user [bot]")
    with Gate(script=lambda _: wrong) as gate:
        address = setting(gate.url.replace("://", "://bot:s3cret@"), "quorum")
        runs = [quorum(*command, QUORUM_INDEX=address) for command in (["doctor"], ["search", "x"])]

    assert [run.status for run in runs] == [2, 2]
    assert all("the user 'bot' with this password (401)" in run.out + run.err for run in runs)
    assert not any("s3cret" in run.out + run.err for run in runs)


def test_a_missing_library_is_named_with_the_command_that_brings_it(quorum: Quorum, tmp_path: Path) -> None:
    for library in ("elasticsearch", "elastic_transport"):
        (tmp_path / f"{library}.py").write_text("raise ImportError", encoding="utf-8")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    run = quorum("doctor", PYTHONPATH=path, QUORUM_INDEX="elasticsearch://127.0.0.1:9/quorum")

    assert run.status == 2
    assert "pip install 'quorum-kb[engines]'" in run.out
