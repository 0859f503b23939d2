"""A paste with several distinct errors is taken apart, root first; any other text stays whole."""

from __future__ import annotations

import pytest

from bot.diagnosis import pastes

LOG = """夜间批处理失败了，怎么处理？
2024-05-01 10:00:00 ERROR ORA-01652: unable to extend temp segment by 128 in tablespace TEMP
2024-05-01 10:00:01 INFO Oracle Database 19c Release 19.3.0.0.0 is up
2024-05-01 10:00:02 ERROR ORA-01000: maximum open cursors exceeded
2024-05-01 10:00:03 ERROR Job failed, shutting down
2024-05-01 10:00:04 ERROR ORA-01000: maximum open cursors exceeded
"""


def names(text: str) -> list[str]:
    paste = pastes.several(text)
    return [] if paste is None else [part.name for part in paste.parts]


def test_each_code_is_a_part_of_its_own_with_its_count_and_line() -> None:
    paste = pastes.several(LOG)

    assert paste is not None
    assert [(part.name, part.line, part.count) for part in paste.parts] == [("ORA-01652", 2, 1), ("ORA-01000", 4, 2)]


def test_what_follows_from_another_error_is_named_and_not_asked_about() -> None:
    paste = pastes.several(LOG)

    assert paste is not None
    assert [part.name for part in paste.further] == ["Job failed, shutting down"]


def test_every_part_holds_what_the_person_asked_and_its_own_lines_alone() -> None:
    paste = pastes.several(LOG)

    assert paste is not None
    first, second = (part.text for part in paste.parts)
    assert first.startswith("夜间批处理失败了，怎么处理？\n")
    assert second.startswith("夜间批处理失败了，怎么处理？\n")
    assert "ORA-01652" not in second


def test_a_part_knows_the_product_and_the_version_of_its_log() -> None:
    paste = pastes.several(LOG)

    assert paste is not None
    assert {(part.origin.product, part.origin.version) for part in paste.parts} == {("oracle", "19.3.0.0.0")}


@pytest.mark.parametrize(
    "text",
    [
        "ORA-01555 和 ORA-01650 有什么区别？",
        "ORA-00604: error occurred at recursive SQL level 1\nORA-01555: snapshot too old\nORA-06512: at line 1",
        "我遇到了两个问题：\n1. ORA-01555 怎么处理\n2. 备份失败怎么办",
        "How long is leave?\nAnd how do I ask for it?",
        "2024-05-01 10:00:00 ERROR ORA-12541: TNS:no listener\n2024-05-01 10:00:09 ERROR ORA-12541: TNS:no listener",
        "",
    ],
)
def test_one_error_or_none_stays_whole(text: str) -> None:
    assert pastes.several(text) is None


def test_two_errors_of_a_client_are_two_without_any_time_before_them() -> None:
    assert names(
        "ERROR 1205 (HY000): Lock wait timeout exceeded; try restarting transaction\n\n"
        "ERROR 1064 (42000): You have an error in your SQL syntax"
    ) == ["ERROR-1205", "ERROR-1064"]


def test_more_than_are_looked_up_are_named() -> None:
    codes = (1555, 1652, 1000, 942, 1034, 1157, 4030, 28001, 1017)
    paste = pastes.several("\n\n".join(f"ORA-{code:05}: something is wrong" for code in codes))

    assert paste is not None
    assert len(paste.parts) == pastes.LOOKED_UP
    assert len(paste.parts) + len(paste.further) == len(codes)


def test_a_text_of_one_line_comes_from_nowhere() -> None:
    assert pastes.origin("ORA-01555: snapshot too old") is None
