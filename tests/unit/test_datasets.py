"""Reading golden sets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.errors import InputError
from bot.evaluation.datasets import Golden, read_golden

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, *rows: object) -> Path:
    path = folder / "golden.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_every_field_of_a_line_is_read(tmp_path: Path) -> None:
    row = {
        "id": "q1",
        "question": "VPN 怎么连?",
        "language": "zh",
        "documents": ["faq.csv#3"],
        "answer_keys": [["门户", "portal"], "30 天"],
        "answerable": True,
        "kind": "helpdesk",
        "page": 4,
        "collection": "it",
    }

    golden = read_golden(write(tmp_path, row))

    keys = (("门户", "portal"), ("30 天",))
    assert golden == [Golden("q1", "VPN 怎么连?", "zh", ("faq.csv#3",), keys, kind="helpdesk", page=4, collection="it")]


def test_language_and_id_are_filled_in_where_they_are_missing(tmp_path: Path) -> None:
    path = write(tmp_path, "", {"question": "密码过期了怎么办", "documents": ["a.md"]})

    golden = read_golden(path)

    assert (golden[0].id, golden[0].language, golden[0].answerable) == ("2", "zh", True)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("{not json", "not JSON"),
        ("[1]", "a JSON object is needed, not list"),
        ({"documents": ["a"]}, "'question' is None and must be a text"),
        ({"question": " ", "documents": ["a"]}, "'question' is empty"),
        ({"question": "x", "documents": "a"}, "'documents' is 'a' and must be a list"),
        ({"question": "x", "answer_keys": [[]]}, "empty list of alternatives"),
        ({"question": "x", "answer_keys": [["a", 1]]}, "'answer_keys'"),
        ({"question": "x", "answer_keys": "a"}, "'answer_keys' is 'a'"),
        ({"question": "x"}, "needs 'documents' or 'answer_keys'"),
        ({"question": "x", "documents": ["a"], "answerable": False}, "an unanswerable question has no"),
        ({"question": "x", "documents": ["a"], "answerable": "no"}, "'answerable' is 'no'"),
        ({"question": "x", "documents": ["a"], "language": "de"}, "must be one of zh, en"),
        ({"question": "x", "documents": ["a"], "page": 0}, "'page' is 0"),
        ({"question": "x", "documents": ["a"], "anser_keys": []}, "unknown field 'anser_keys'"),
    ],
)
def test_a_wrong_line_is_named_with_what_is_wrong(tmp_path: Path, row: object, says: str) -> None:
    path = write(tmp_path, {"question": "fine", "documents": ["a"]}, row)

    with pytest.raises(InputError) as caught:
        read_golden(path)

    assert "golden.jsonl, line 2" in str(caught.value)
    assert says in str(caught.value)


def test_an_id_that_stands_twice_is_refused(tmp_path: Path) -> None:
    row = {"id": "a", "question": "x", "documents": ["d"]}

    with pytest.raises(InputError, match="'a' stands twice"):
        read_golden(write(tmp_path, row, row))


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xff\xfe\xfa"])
def test_a_file_without_questions_or_in_another_encoding_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "golden.jsonl"
    path.write_bytes(content)

    with pytest.raises(InputError, match="golden set"):
        read_golden(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_golden(tmp_path / "none.jsonl")
