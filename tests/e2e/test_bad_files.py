"""Bad files through the command line: each gets one record with its reason, and nothing that was indexed is lost."""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.conftest import Quorum, Run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


JAPANESE = "名前,年齢,住所\n佐藤太郎,30,東京\n三木英子,25,大阪\n髙橋淳,35,名古屋\n"
CHINESE = "编号,问题,答案\nv1,在家怎么连公司内网？,安装客户端，网关填写公司地址。\n"
TOUCHING = "import os, sys\nwhile True: os.utime(sys.argv[1])"
_DROPPED = "--bounding-set=-dac_override,-dac_read_search"


def _bound() -> tuple[str, ...]:
    """Return what to start a program with so that permission bits hold for it; nothing where they hold anyway."""
    if os.geteuid() != 0:
        return ()
    setpriv = shutil.which("setpriv")
    if setpriv is None or subprocess.run([setpriv, _DROPPED, "true"], check=False, capture_output=True).returncode:
        pytest.skip("permission bits mean nothing to root, and setpriv cannot take that from it here")
    return (setpriv, _DROPPED)


def _bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.txt", bytes(60_000_000))
    return buffer.getvalue()


def _fill(folder: Path) -> None:
    """Put every kind of bad file beside the good ones."""
    (folder / "locked.md").chmod(0)
    (folder / "closed").mkdir(mode=0)
    (folder / "bomb.zip").write_bytes(_bomb())
    (folder / "names.csv").write_bytes(JAPANESE.encode("cp932"))
    (folder / "faq.csv").write_bytes(CHINESE.encode("gbk"))
    (folder / "noise.bin").write_bytes(bytes(range(256)) * 20)
    (folder / "blank.md").write_text(" \n")
    (folder / "cut.docx").write_bytes(b"PK\x03\x04 cut off")
    (folder / "broken.json").write_text('{"a": ')
    (folder / "nowhere.md").symlink_to(folder / "gone.md")
    (folder / "sub").mkdir()
    (folder / "sub" / "again").symlink_to(folder)
    (folder / "self.md").symlink_to("self.md")
    os.mkfifo(folder / "pipe.log")
    for name, size in (("huge.log", 2 << 30), ("busy.log", 150_000_000)):
        with (folder / name).open("wb") as stream:
            stream.truncate(size)


@contextmanager
def _changing(path: Path) -> Iterator[None]:
    writer = subprocess.Popen([sys.executable, "-c", TOUCHING, str(path)])
    try:
        yield
    finally:
        writer.kill()
        writer.wait()


@pytest.fixture(scope="module")
def quorum(tmp_path_factory: pytest.TempPathFactory) -> Quorum:
    return Quorum(tmp_path_factory.mktemp("bad") / "home", _bound())


@pytest.fixture(scope="module")
def run(quorum: Quorum, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Ingest two good files, then again with all the bad ones among them, one of which was good before."""
    folder = tmp_path_factory.mktemp("kb")
    (folder / "good.md").write_text("# Backups\n\nThe nightly backup starts at two o'clock.\n")
    (folder / "locked.md").write_text("# Visitors\n\nVisitors sign the green register at the gate.\n")
    first = quorum("ingest", folder)
    assert first.status == 0, first.err
    _fill(folder)
    with socket.socket(socket.AF_UNIX) as listener, _changing(folder / "busy.log"):
        listener.bind(os.path.relpath(folder / "door.sock"))
        second = quorum("ingest", folder, "--json")
    yield second
    (folder / "closed").chmod(0o700)


def _records(run: Run) -> dict[str, dict[str, Any]]:
    return {record["path"]: record for record in run.data["files"]}


def test_one_refused_file_makes_the_exit_status_one(run: Run) -> None:
    assert run.status == 1
    assert run.err == ""


def test_every_file_has_exactly_one_record(run: Run) -> None:
    paths = [record["path"] for record in run.data["files"]]

    assert sorted(paths) == [
        "blank.md", "bomb.zip", "broken.json", "busy.log", "closed", "cut.docx", "door.sock", "faq.csv", "good.md",
        "huge.log", "locked.md", "names.csv", "noise.bin", "nowhere.md", "pipe.log", "self.md", "sub/again",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "reason", "said"),
    [
        ("locked.md", "unreadable", "permissions"),
        ("closed", "unreadable", "permissions"),
        ("huge.log", "too-large", "QUORUM_INGEST__MAX_FILE_BYTES"),
        ("bomb.zip", "too-large", "unpacks"),
        ("busy.log", "changed", "keeps changing"),
        ("sub/again", "unreadable", "back into a folder"),
        ("self.md", "unreadable", "leads nowhere"),
        ("nowhere.md", "unreadable", "leads nowhere"),
        ("pipe.log", "unknown-type", "pipe"),
        ("door.sock", "unknown-type", "socket"),
        ("noise.bin", "unknown-type", "Convert it"),
        ("cut.docx", "corrupt", "Pack it again"),
        ("broken.json", "corrupt", "not JSON"),
        ("blank.md", "empty", "empty"),
    ],
)
def test_a_bad_file_is_refused_with_its_reason_and_what_to_do(run: Run, path: str, reason: str, said: str) -> None:
    record = _records(run)[path]

    assert (record["status"], record["reason"]) == ("refused", reason)
    assert said in record["detail"]


@pytest.mark.parametrize(
    ("path", "question", "document", "text"),
    [("names.csv", "髙橋淳", "names.csv", "名古屋"), ("faq.csv", "在家怎么连公司内网？", "v1", "安装客户端")],
)
def test_an_old_encoding_is_read(quorum: Quorum, run: Run, path: str, question: str, document: str, text: str) -> None:
    assert _records(run)[path] | {"chunks": 1} == {
        "path": path, "status": "indexed", "reason": None, "detail": "", "warnings": [], "chunks": 1,
    }  # fmt: skip

    answer = quorum("ask", question, "--json").data
    assert answer["citations"][0]["document"] == document
    assert text in answer["citations"][0]["quote"]


@pytest.mark.parametrize(
    ("question", "document"), [("nightly backup", "good.md"), ("green register of visitors", "locked.md")]
)
def test_what_was_indexed_before_stays_searchable(quorum: Quorum, run: Run, question: str, document: str) -> None:
    assert run.status == 1

    assert quorum("search", question, "--json").data["hits"][0]["document"] == document


def test_paths_that_may_not_be_read_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "locked.md").touch(mode=0)
    (tmp_path / "closed").mkdir(mode=0)
    run = Quorum(tmp_path / "home", _bound())("ingest", tmp_path / "locked.md", tmp_path / "closed", "--json")
    (tmp_path / "closed").chmod(0o700)

    assert (run.status, run.err) == (1, "")
    assert {(path, record["reason"]) for path, record in _records(run).items()} == {
        ("locked.md", "unreadable"), (".", "unreadable"),
    }  # fmt: skip
    assert all("Check its permissions" in record["detail"] for record in run.data["files"])


@pytest.mark.parametrize("queued", [(), ("--queued",)])
def test_a_file_in_a_closed_folder_is_not_said_to_be_missing(tmp_path: Path, queued: tuple[str, ...]) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "a.md").write_text("# A")
    closed.chmod(0)
    run = Quorum(tmp_path / "home", _bound())("ingest", closed / "a.md", *queued)
    closed.chmod(0o700)

    assert (run.status, run.out) == (2, "")
    assert "a.md' cannot be looked at: Permission denied." in run.err
    assert "permissions of the folders above it" in run.err
    assert "does not exist" not in run.err


def test_a_folder_of_bad_files_alone_is_reported_too(tmp_path: Path) -> None:
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "a.bin").write_bytes(bytes(range(256)) * 20)
    run = Quorum(tmp_path / "home")("ingest", tmp_path / "kb")

    assert run.status == 1
    assert run.out.splitlines()[0].split()[:3] == ["refused", "a.bin:", "unknown-type:"]


@pytest.fixture
def disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A disk of one megabyte, or of so many kilobytes as the test says; skipped where none can be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    command = [mount or "", "-t", "tmpfs", "-o", f"size={getattr(request, 'param', 1024)}k", "tmpfs", str(folder)]
    if (
        os.geteuid() != 0
        or not (mount and umount)
        or subprocess.run(command, check=False, capture_output=True).returncode
    ):
        pytest.skip("a full disk needs the right to mount a small one")
    yield folder
    subprocess.run([umount or "", "-l", str(folder)], check=True)


def test_a_full_disk_is_named_and_the_old_version_stays(disk: Path, tmp_path: Path) -> None:
    quorum, folder = Quorum(disk / "home"), tmp_path / "kb"
    folder.mkdir()
    (folder / "good.md").write_text("# Backups\n\nThe nightly backup starts at two o'clock.\n")
    assert quorum("ingest", folder).status == 0
    parts = (f"## Part {number}\n\n" + f"some words about thing {number}. " * 20 for number in range(300))
    (folder / "large.md").write_text("# Large\n\n" + "\n\n".join(parts))
    full = quorum("ingest", folder)
    found = quorum("search", "nightly backup", "--json")
    (folder / "large.md").unlink()
    after = quorum("ingest", folder)

    assert full.status == 1
    assert "full" in full.err
    assert len(full.err.strip().splitlines()) == 1
    assert found.data["hits"][0]["document"] == "good.md"
    assert after.status == 0


@pytest.mark.parametrize("disk", [52, 56, 64, 72, 130], indirect=True)
def test_a_disk_too_small_to_begin_with_does_no_harm_once_there_is_room(disk: Path, tmp_path: Path) -> None:
    quorum, folder = Quorum(disk / "home"), tmp_path / "kb"
    folder.mkdir()
    (folder / "good.md").write_text("# Backups\n\nThe nightly backup starts at two o'clock.\n" + "filler " * 300)
    full = quorum("ingest", folder)
    subprocess.run([shutil.which("mount") or "", "-o", "remount,size=64m", str(disk)], check=True)
    after = quorum("ingest", folder)
    found = quorum("search", "nightly backup", "--json")

    assert full.status == 1
    assert "Free some space" in full.err
    assert len(full.err.strip().splitlines()) == 1
    assert after.status == 0
    assert found.data["hits"][0]["document"] == "good.md"
