"""Batches are read whole and checked line by line before any work begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.errors import InputError
from workers.cli import batches

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, content: bytes) -> Path:
    file = folder / "batch.jsonl"
    file.write_bytes(content)
    return file


def test_ids_are_echoed_as_text_and_default_to_the_line(tmp_path: Path) -> None:
    file = write(tmp_path, b'{"id": 3, "q": "a"}\n\n{"q": "b"}\n{"id": null, "q": "c"}\n')

    assert [line.id for line in batches.read(file, {"q": str})] == ["3", "3", "4"]


def test_a_byte_order_mark_and_line_separators_inside_text_are_harmless(tmp_path: Path) -> None:
    file = write(tmp_path, "\ufeff".encode() + '{"q": "a\u2028b"}'.encode())

    assert batches.read(file, {"q": str})[0].fields["q"] == "a\u2028b"


def test_bytes_that_are_no_utf8_are_named(tmp_path: Path) -> None:
    file = write(tmp_path, '{"q": "数据库"}'.encode("gbk"))

    with pytest.raises(InputError, match="UTF-8"):
        batches.read(file, {"q": str})


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="absent"):
        batches.read(tmp_path / "absent.jsonl", {})
