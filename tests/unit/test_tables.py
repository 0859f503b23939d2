"""Tables become question-and-answer rows, catalogue rows or groups of rows."""

from __future__ import annotations

import pytest

from bot.knowledge.documents import Piece, Row, Table
from bot.knowledge.tables import pieces, question_and_answer


def _table(header: str, *rows: str, first: int = 2) -> Table:
    cells = [Row(number, tuple(row.split("|"))) for number, row in enumerate(rows, start=first)]
    return Table(tuple(header.split("|")), tuple(cells))


def _cut(table: Table, limit: int = 1_600) -> list[Piece]:
    return pieces(table, "table", "table.csv", limit)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("question|answer", (0, 1)),
        ("id|Question |ANSWER", (1, 2)),
        ("编号|问题|答案", (1, 2)),
        ("问|答", (0, 1)),
        ("Q|A", (0, 1)),
        ("标题|内容", (0, 1)),
        ("FAQ question|FAQ answer", (0, 1)),
        ("问题|内容", None),
        ("name|value", None),
    ],
)
def test_a_question_and_an_answer_column_are_recognised(header: str, expected: tuple[int, int] | None) -> None:
    assert question_and_answer(header.split("|")) == expected


def test_each_question_is_a_piece_with_its_own_key_and_link() -> None:
    table = _table("id|question|answer|url|category", "v1|How?|So.|https://x/1|VPN", "v2|Why?|Hence.||")

    first, second = _cut(table)

    assert (first.key, first.question, first.title, first.url) == ("v1", "How?", "How?", "https://x/1")
    assert first.text == "So.\n\ncategory: VPN"
    assert (second.key, second.text, second.url, second.row) == ("v2", "Hence.", None, 3)


def test_a_row_without_an_answer_is_left_out() -> None:
    assert [piece.question for piece in _cut(_table("question|answer", "How?|", "Why?|Hence."))] == ["Why?"]


def test_a_code_in_the_first_column_makes_each_row_a_piece() -> None:
    table = _table("错误码|名称", "-4009|OB_IO_ERROR", "-4016|OB_ERR_UNEXPECTED")

    found = _cut(table)

    assert [piece.text for piece in found] == [
        "错误码: -4009\n名称: OB_IO_ERROR",
        "错误码: -4016\n名称: OB_ERR_UNEXPECTED",
    ]
    assert [piece.row for piece in found] == [2, 3]


def test_plain_numbers_in_the_first_column_are_no_codes() -> None:
    assert len(_cut(_table("year|amount", "2021|5", "2022|6", "2023|7"))) == 1


def test_groups_of_rows_repeat_the_header_and_split_no_row() -> None:
    rows = [f"name {number}|{'v' * 30}" for number in range(40)]

    found = _cut(_table("Name|Value", *rows), limit=400)

    assert len(found) > 1
    assert all(piece.text.startswith("| Name | Value |\n| --- | --- |") for piece in found)
    assert all(sum(f"| name {number} |" in piece.text for piece in found) == 1 for number in range(40))
    assert found[0].row == 2


def test_wide_rows_are_written_as_named_values() -> None:
    (piece,) = _cut(_table("cause|advice", "lock|" + "wait " * 60))

    assert piece.text.startswith("cause: lock\nadvice: wait")


def test_a_bar_in_a_cell_does_not_break_the_table() -> None:
    table = Table(("a", "b"), (Row(2, ("x|y", "line\nbreak")),))

    assert _cut(table)[0].text.endswith("| x\\|y | line break |")
