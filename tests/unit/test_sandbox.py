"""The reading process is limited, isolated and replaced when it breaks."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from bot.errors import FileRefusedError
from bot.knowledge.documents import Draft
from bot.knowledge.sandbox import Archive, Sandbox, _exchange, _started
from bot.settings import Ingesting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Ingesting()) as opened:
        yield opened


def test_one_process_reads_many_files(sandbox: Sandbox) -> None:
    first = sandbox.read("a.md", b"# A\n\ntext")
    process = sandbox._process
    second = sandbox.read("b.md", "# 乙\n\n正文".encode())

    assert isinstance(first, Draft)
    assert isinstance(second, Draft)
    assert (first.title, second.title) == ("A", "乙")
    assert sandbox._process is process


def test_a_refusal_comes_with_its_reason(sandbox: Sandbox) -> None:
    with pytest.raises(FileRefusedError, match="OCR") as refusal:
        sandbox.read("a.png", b"\x89PNG\r\n")

    assert refusal.value.reason == "scanned"


def test_an_archive_is_announced_and_not_read(sandbox: Sandbox) -> None:
    assert sandbox.read("a.zip", b"PK\x05\x06" + bytes(18)) == Archive()


def test_a_killed_reader_refuses_the_file_and_reads_the_next(sandbox: Sandbox) -> None:
    sandbox.read("a.md", b"# A")
    process = sandbox._process
    assert process is not None
    process.kill()
    process.wait()
    with pytest.raises(FileRefusedError) as refusal:
        sandbox.read("b.md", b"# B")

    assert refusal.value.reason == "corrupt"
    assert isinstance(sandbox.read("c.md", b"# C"), Draft)


def test_a_file_that_takes_too_long_is_given_up() -> None:
    with Sandbox(Ingesting(timeout_s=0.001)) as impatient, pytest.raises(FileRefusedError) as refusal:
        impatient.read("a.md", b"# A")

    assert refusal.value.reason == "time"


@pytest.mark.slow
def test_a_file_that_needs_too_much_memory_is_too_large() -> None:
    with Sandbox(Ingesting(memory_bytes=150_000_000)) as small:
        with pytest.raises(FileRefusedError) as refusal:
            small.read("a.txt", b"word and another one\n" * 3_000_000)
        after = small.read("b.txt", b"short")

    assert refusal.value.reason == "too-large"
    assert isinstance(after, Draft)


@pytest.mark.slow
def test_the_reader_may_wait_for_the_next_file_as_long_as_it_takes() -> None:
    process = _started()
    limits = {"size": 3, "chunk_chars": 1_600, "max_unpacked": 1_000, "memory_bytes": 2_000_000_000}
    # The reader's own alarm rings 5 s after the limit: here after one.
    reply = _exchange(
        process, json.dumps({"kind": "read", "name": "a.md", "timeout_s": -4, **limits}).encode() + b"\n# A"
    )
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=1.5)
    process.kill()
    process.communicate()

    assert "draft" in json.loads(reply)


def test_the_reader_sees_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUORUM_SLACK__BOT_TOKEN", "xoxb-secret")

    with Sandbox(Ingesting()) as fresh:
        fresh.read("a.md", b"# A")
        assert fresh._process is not None
        environment = _environment(fresh._process.pid)

    assert b"xoxb-secret" not in environment


def test_what_parsers_print_reaches_nobody(sandbox: Sandbox, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(FileRefusedError):
        sandbox.read("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))

    assert capfd.readouterr() == ("", "")


def test_closing_ends_the_process() -> None:
    opened = Sandbox(Ingesting())
    opened.read("a.md", b"# A")
    process = opened._process
    assert process is not None
    opened.close()

    assert process.returncode is not None


def test_unpacking_writes_nowhere_else(tmp_path: Path, sandbox: Sandbox) -> None:
    with pytest.raises(FileRefusedError) as refusal:
        sandbox.unpack(b"PK not an archive", tmp_path, 1_000)

    assert refusal.value.reason == "corrupt"
    assert list(tmp_path.iterdir()) == []


def _environment(pid: int) -> bytes:
    from pathlib import Path

    return Path(f"/proc/{pid}/environ").read_bytes()
