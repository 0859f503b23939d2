"""Archives are unpacked within limits, and bombs are refused."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from bot.errors import FileRefusedError
from bot.knowledge.readers.archives import unpack

if TYPE_CHECKING:
    from pathlib import Path


def _zip(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return buffer.getvalue()


def test_members_are_written_under_numbers(tmp_path: Path) -> None:
    members = unpack(_zip(docs__a_dot_md=b"# A", b_dot_txt=b"b"), tmp_path, 1_000, 1_000)

    assert [(member.name, (tmp_path / member.file).read_bytes()) for member in members] == [
        ("docs/a.md", b"# A"),
        ("b.txt", b"b"),
    ]


def test_hidden_members_are_no_part(tmp_path: Path) -> None:
    assert unpack(_zip(_dot_git__config=b"x", a___dot_hidden=b"y"), tmp_path, 1_000, 1_000) == []


def test_a_member_name_cannot_leave_the_folder(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("x/../../evil.txt", b"x")
    folder = tmp_path / "inside"
    folder.mkdir()

    members = unpack(buffer.getvalue(), folder, 1_000, 1_000)

    assert [member.name for member in members] == ["x/evil.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["inside"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_two_files(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.md", b"# First")
        archive.writestr("a.md", b"# Second")

    members = unpack(buffer.getvalue(), tmp_path, 1_000, 1_000)

    assert [(member.name, (tmp_path / member.file).read_bytes()) for member in members] == [
        ("a.md", b"# First"),
        ("a (2).md", b"# Second"),
    ]


def test_an_archive_that_unpacks_to_too_much_is_too_large(tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError) as refusal:
        unpack(_zip(a=b"0" * 5_000), tmp_path, 1_000, 10_000)

    assert refusal.value.reason == "too-large"
    assert list(tmp_path.iterdir()) == []


def test_a_bomb_is_known_by_its_ratio(tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError) as refusal:
        unpack(_zip(a=bytes(60_000_000)), tmp_path, 1_000_000_000, 200_000_000)

    assert refusal.value.reason == "too-large"


def test_one_large_member_does_not_hide_the_others(tmp_path: Path) -> None:
    members = unpack(_zip(a=b"0" * 500, b=b"1"), tmp_path, 1_000, 100)

    assert [(member.name, member.reason) for member in members] == [("a", "too-large"), ("b", None)]


def test_a_locked_member_is_encrypted(tmp_path: Path) -> None:
    content = bytearray(_zip(a=b"secret"))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1

    (member,) = unpack(bytes(content), tmp_path, 1_000, 1_000)

    assert member.reason == "encrypted"


def test_a_damaged_member_is_corrupt(tmp_path: Path) -> None:
    content = _zip(a=b"text that is long enough to be packed " * 20)
    damaged = content[:45] + bytes(10) + content[55:]

    (member,) = unpack(damaged, tmp_path, 10_000, 10_000)

    assert member.reason == "corrupt"
