"""The doctor checks everything, one thing after the other, and its exit status says whose fault it is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Quorum

DOWN = '[{"model": "openai+http://127.0.0.1:9/v1#m"}]'


def test_a_sound_installation_is_well(sample: Quorum) -> None:
    run = sample("doctor")

    assert (run.status, run.err) == (0, "")
    assert {line.split()[0] for line in run.out.splitlines()} == {"ok"}


def test_a_server_that_is_down_fails_and_the_other_checks_go_on(sample: Quorum) -> None:
    run = sample("doctor", QUORUM_VOTERS=DOWN, QUORUM_MODELS__ATTEMPTS="1")

    assert run.status == 1
    assert [line.split()[1] for line in run.out.splitlines() if line.startswith("FAIL")] == ["voter"]
    assert "Is it running?" in run.out


def test_a_setting_that_cannot_be_meant_ends_with_status_two(sample: Quorum) -> None:
    run = sample("doctor", QUORUM_EMBEDDER="word2vec:x")

    assert run.status == 2
    assert "sentence-transformers" in run.out


def test_a_missing_library_is_named_with_the_command_that_brings_it(sample: Quorum, tmp_path: Path) -> None:
    (tmp_path / "sentence_transformers.py").write_text("raise ImportError", encoding="utf-8")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    run = sample("doctor", PYTHONPATH=path, QUORUM_EMBEDDER="sentence-transformers:any")

    assert run.status == 2
    assert "pip install 'quorum-kb[models]'" in run.out


def test_an_empty_index_says_what_to_run(quorum: Quorum) -> None:
    run = quorum("doctor")

    assert run.status == 1
    assert "quorum ingest FOLDER" in run.out
