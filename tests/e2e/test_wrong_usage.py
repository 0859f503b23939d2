"""Wrong usage, wrong settings and bad input: one clear line that says what to do, and the right exit status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Quorum


def one_line(text: str) -> bool:
    return len(text.strip().splitlines()) == 1 and "Traceback" not in text


@pytest.mark.parametrize(
    ("setting", "value", "named"),
    [
        ("QUORUM_INDEX", "chroma:///x", "lance"),
        ("QUORUM_EMBEDDER", "word2vec:x", "hashing"),
        ("QUORUM_STORE", "mysql://x", "sqlite"),
        ("QUORUM_VOTERS", "[", "QUORUM_VOTERS must be JSON"),
        ("QUORUM_VOTERS", '[{"model": "gpt:x"}]', "offline"),
        ("QUORUM_VOTERS", '[{"model": "offline://", "mood": "good"}]', "MOOD"),
        ("QUORUM_VOTERS", '[{"prompt": "nope"}]', "answer-strict"),
        ("QUORUM_RERANKER", "word2vec:x", "sentence-transformers"),
        ("QUORUM_VOTING__POLICY", "best", "adaptive"),
        ("QUORUM_VOTING__FIRST", "0", "QUORUM_VOTING__FIRST"),
        ("QUORUM_RETRIEVAL__LEGS", "both", "words"),
        ("QUORUM_COLOUR", "red", "QUORUM_COLOUR"),
    ],
)
def test_a_wrong_setting_ends_with_status_two_and_is_named(
    sample: Quorum, setting: str, value: str, named: str
) -> None:
    run = sample("search", "anything", **{setting: value})

    assert run.status == 2
    assert named in run.err
    assert one_line(run.err)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ('{"question": "a"}\n{"question": ', "line 2"),
        ('["a"]', "line 1"),
        ('{"id": 1}', "'question'"),
        ('{"question": 5}', "'question'"),
        ('{"question": "a", "documents": "b"}', "'documents'"),
        ('{"question": "a", "collection": 5}', "'collection'"),
    ],
)
def test_a_wrong_batch_line_is_named_before_anything_runs(
    sample: Quorum, tmp_path: Path, content: str, named: str
) -> None:
    batch = tmp_path / "q.jsonl"
    batch.write_text(content, encoding="utf-8")
    run = sample("search", "--batch", batch)

    assert (run.status, run.out) == (2, "")
    assert named in run.err
    assert one_line(run.err)


def test_an_empty_question_of_a_batch_is_named_before_anything_runs(sample: Quorum, tmp_path: Path) -> None:
    batch = tmp_path / "q.jsonl"
    batch.write_text('{"question": "ORA-01555"}\n{"question": " "}', encoding="utf-8")
    run = sample("ask", "--batch", batch)

    assert (run.status, run.out) == (2, "")
    assert "line 2" in run.err
    assert one_line(run.err)


@pytest.mark.parametrize(
    "pasted",
    [
        pytest.param(b"\xfe\xd0\xff ORA-01555: snapshot too old", id="no encoding at all"),
        pytest.param("ORA-01555: 快照过旧".encode()[:-1], id="UTF-8, cut in a character"),
        pytest.param("ORA-01555: 快照过旧，怎么办？".encode("gbk"), id="GBK"),
        pytest.param("ORA-01555: snapshot too old\r\n".encode("utf-16"), id="UTF-16 of PowerShell"),
        pytest.param(b"Caf\xe9s: it\x92s ORA-01555", id="cp1252"),
    ],
)
def test_a_pasted_log_is_read_in_any_encoding(sample: Quorum, pasted: bytes) -> None:
    run = sample("ask", "-", "--json", stdin=pasted, PYTHONIOENCODING="utf-8:strict")

    assert run.status == 0, run.err
    assert run.data["citations"][0]["document"] == "dba/oracle/ORA-01555.md"


def test_a_pasted_question_in_gbk_finds_what_it_says(sample: Quorum) -> None:
    run = sample("search", "-", "--json", stdin="密码输错被锁了要等多久？".encode("gbk"))

    assert run.data["hits"][0]["document"] == "zh-pwd-004"


def test_a_conversation_reads_bytes_that_are_no_text(sample: Quorum) -> None:
    run = sample("chat", stdin=b"\xff\xfe ORA-01555\n")

    assert (run.status, run.err) == (0, "")
    assert "ORA-01555.md" in run.out


def test_neither_text_nor_batch_is_wrong_usage(quorum: Quorum) -> None:
    assert quorum("search").status == 2
    assert quorum("ask").status == 2


def test_a_path_that_is_not_there_is_named(quorum: Quorum, tmp_path: Path) -> None:
    run = quorum("ingest", tmp_path / "nothing")

    assert run.status == 2
    assert "nothing" in run.err
    assert one_line(run.err)


def test_an_empty_folder_says_so(quorum: Quorum, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    run = quorum("ingest", folder)

    assert "Traceback" not in run.err
    assert "empty" in run.err + run.out


@pytest.mark.parametrize("command", ["ask", "search"])
def test_where_nothing_is_indexed_it_is_said(quorum: Quorum, sample: Quorum, command: str) -> None:
    nowhere, elsewhere = quorum(command, "VPN?"), sample(command, "VPN?", "--collection", "typo")
    found = sample(command, "VPN")

    assert [run.status for run in (nowhere, elsewhere, found)] == [0, 0, 0]
    assert "quorum ingest FOLDER" in nowhere.err
    assert "'typo'" in elsewhere.err
    assert one_line(nowhere.err)
    assert one_line(elsewhere.err)
    assert found.err == ""


def test_an_empty_question_is_refused(sample: Quorum) -> None:
    run = sample("ask", "  ")

    assert run.status == 2
    assert one_line(run.err)


@pytest.mark.parametrize(
    "text",
    [
        "🙂🙃🎉",
        'He said "quotes" AND (parentheses) OR NOT cat:* ~2 ^3 \\',
        "\x07\x1b[31mred\x1b[0m control\x7f",
        "x" * 120_000,
        "数据库" * 30_000,
        "-- ' OR 1=1; DROP TABLE chunks; --",
    ],
    ids=["emoji", "operators", "control", "one-long-word", "long-chinese", "sql"],
)
def test_any_question_gets_an_answer_or_a_refusal(sample: Quorum, text: str) -> None:
    run = sample("ask", "-", "--json", stdin=text)

    assert run.status == 0, run.err
    assert run.data["outcome"] in {"answered", "answered_with_warning", "refused"}


def test_a_question_of_two_hundred_thousand_characters_finds_its_error(sample: Quorum) -> None:
    log = "2026-11-20 INFO all is well\n" * 7_000 + "ORA-01555: snapshot too old\n"
    run = sample("ask", "-", "--json", stdin=log)

    assert run.status == 0, run.err
    assert run.data["citations"][0]["document"] == "dba/oracle/ORA-01555.md"


def test_an_index_of_another_embedder_is_refused_and_both_are_named(quorum: Quorum, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\nText.", encoding="utf-8")
    quorum("ingest", tmp_path / "a.md", QUORUM_EMBEDDER="hashing://512")
    run = quorum("search", "text", QUORUM_EMBEDDER="hashing://1024")

    assert run.status == 2
    assert "hashing://512" in run.err
    assert "hashing://1024" in run.err
    assert one_line(run.err)


def test_a_damaged_index_says_what_to_do(quorum: Quorum, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\nText.", encoding="utf-8")
    quorum("ingest", tmp_path / "a.md")
    for file in (quorum.home / "index").rglob("*"):
        if file.is_file():
            file.write_bytes(b"damaged")
    run = quorum("search", "text")

    assert run.status == 1
    assert "ingest" in run.err
    assert one_line(run.err)


@pytest.mark.parametrize("pattern", ["_versions/*", "data/*"])
@pytest.mark.parametrize("content", [None, b"", b"damaged"])
def test_the_doctor_sees_a_damaged_index(quorum: Quorum, tmp_path: Path, pattern: str, content: bytes | None) -> None:
    (tmp_path / "a.md").write_text("# A\n\nText.", encoding="utf-8")
    quorum("ingest", tmp_path / "a.md")
    for file in (quorum.home / "index" / "chunks.lance").glob(pattern):
        if content is None:
            file.unlink()
        else:
            file.write_bytes(content)
    run = quorum("doctor")

    assert run.status == 1
    (told,) = [line for line in run.out.splitlines() if line.startswith("FAIL  index")]
    assert "is damaged" in told
    assert "ingest again" in told


def test_a_file_in_the_place_of_the_index_is_named(quorum: Quorum) -> None:
    quorum.home.mkdir()
    (quorum.home / "index").write_text("no folder")
    runs = [quorum("search", "text"), quorum("ask", "text")]

    assert [run.status for run in runs] == [1, 1]
    assert all("is damaged" in run.err and one_line(run.err) for run in runs)
