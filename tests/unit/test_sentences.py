"""Sentences end where people end them, in both languages, and no character is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import sentences

MARKDOWN = st.text(alphabet="ab1.。! ?\n`[]()#-|~文，；", max_size=80)


@given(st.one_of(MARKDOWN, st.text()))
def test_splitting_loses_no_character(text: str) -> None:
    assert "".join(piece.text for piece in sentences.pieces(text)) == text
    assert "".join(piece.text for piece in sentences.blocks(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Use 1.5 GB. Then stop!", ["Use 1.5 GB.", "Then stop!"]),
        ("See e.g. db1. Done.", ["See e.g. db1.", "Done."]),
        ("先停监听。再启动；完成！", ["先停监听。", "再启动；", "完成！"]),
        ("它说“好。”然后走了。", ["它说“好。”", "然后走了。"]),
        ("Run `a.b. c` now. [1] Next. [2]", ["Run `a.b. c` now. [1]", "Next. [2]"]),
        ("See https://a.example/x.y?z=1. ok", ["See https://a.example/x.y?z=1. ok"]),
        ("1. Stop it. 2. Go.", ["1. Stop it.", "2. Go."]),
    ],
)
def test_sentences_end_at_full_stops_outside_code_links_and_numbers(text: str, expected: list[str]) -> None:
    assert sentences.sentences(text) == expected


def test_code_fences_stay_whole() -> None:
    code = "```sql\nSELECT a. b;\n\n# not a heading. Really.\n```\n"

    assert [piece.text for piece in sentences.pieces(f"Run this.\n\n{code}") if piece.kind == "code"] == [code]


@pytest.mark.parametrize(
    ("fence", "body"),
    [
        ("```sql\nSELECT 1;\n```\n", "SELECT 1;\n"),
        ("  ~~~\na\n\n  ~~~", "a\n\n"),
        ("```\nnobody closed\n", "nobody closed\n"),
        ("````\n```\nx\n```\n````", "```\nx\n```\n"),
        ("\u3000```sh\nx\n\u3000```", "x\n"),
        ("```\n```", ""),
        ("no fence", "no fence"),
        ("", ""),
    ],
)
def test_the_body_of_a_fence_stands_between_its_marks(fence: str, body: str) -> None:
    assert sentences.body(fence) == body


@given(st.text(alphabet="`~ \t\n\r\u2028\u3000ab", max_size=40))
def test_a_code_block_has_a_body_without_its_first_line(text: str) -> None:
    for piece in sentences.blocks(text):
        if piece.kind == "code":
            lines = piece.text.splitlines(keepends=True)
            assert piece.text[len(lines[0]) :].startswith(sentences.body(piece.text))
            assert len(lines[0] + sentences.body(piece.text)) >= len("".join(lines[:-1]))


def test_code_in_three_backticks_on_one_line_opens_no_fence() -> None:
    text = "```SELECT 1``` works [1].\n\nSo does this [2]."

    assert [piece.kind for piece in sentences.blocks(text)] == ["prose", "blank", "prose"]
    assert sentences.markers(text) == (1, 2)


def test_markers_in_code_and_links_are_no_citations() -> None:
    text = "Yes [2]. `a[1]` [3](http://x) and\n```\nb[4]\n```\nno[1]."

    assert sentences.markers(text) == (2, 1)


def test_markers_are_renumbered_and_unknown_ones_vanish() -> None:
    assert sentences.replace_markers("A [3]. B [5]. `x[3]`", {3: 1}) == "A [1]. B. `x[3]`"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("重启监听【2】。", "重启监听[2]。"),
        ("重启监听［1、3］。", "重启监听[1][3]。"),
        ("Both say so [1, 2].", "Both say so [1][2]."),
        ("`a[1, 2]` and [x](y) [1](z) [note]", "`a[1, 2]` and [x](y) [1](z) [note]"),
        ("```\na[1, 2]\n```\n", "```\na[1, 2]\n```\n"),
    ],
)
def test_markers_are_read_however_they_are_bracketed(written: str, meant: str) -> None:
    assert sentences.plain_markers(written) == meant


def test_escaped_markers_cite_nothing_and_code_stays() -> None:
    assert sentences.escape_markers("high[7], `a[7]`") == r"high\[7\], `a[7]`"
    assert sentences.markers(sentences.escape_markers("high[7]")) == ()
