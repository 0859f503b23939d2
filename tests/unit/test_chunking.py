"""Chunks follow headings, keep fences and rows whole, and lose nothing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge.chunking import split
from bot.knowledge.documents import Document, Piece, Section

LIMIT = 300


def _pieces(text: str, source: str = "guide.md", limit: int = LIMIT) -> tuple[Piece, ...]:
    return split(Document((Section(text, line=1),)), source, limit).pieces


def test_the_top_heading_names_the_document() -> None:
    draft = split(Document((Section("# VPN guide\n\nText.", line=1),)), "it/vpn.md", LIMIT)

    assert draft.title == "VPN guide"


def test_front_matter_wins_over_the_top_heading() -> None:
    draft = split(Document((Section("# VPN\n\nText."),), title="Remote access"), "vpn.md", LIMIT)

    assert (draft.title, draft.pieces[0].headings) == ("Remote access", ("VPN",))


def test_a_document_without_a_title_is_called_by_its_file() -> None:
    draft = split(Document((Section("Text.", markdown=False),)), "notes/about us.txt", LIMIT)

    assert draft.title == "about us"


def test_setext_headings_count() -> None:
    draft = split(Document((Section("Handbook\n========\n\nPart\n----\n\n" + "word " * 80, line=1),)), "h.md", LIMIT)

    assert (draft.title, draft.pieces[-1].headings) == ("Handbook", ("Part",))


def test_a_heading_is_stripped_of_its_markup() -> None:
    (piece,) = _pieces("# T\n\n## The `ER\\_DUP` **key** [page](x.md) {#dup}\n\nText.")[-1:]

    assert "The `ER\\_DUP`" in piece.text
    assert _pieces("# T\n\n" + "a " * 140 + "\n\n## The `ER\\_DUP` **key** [page](x.md)\n\nText.")[-1].headings == (
        "The ER_DUP key page",
    )


def test_lines_are_those_of_the_source() -> None:
    text = "# T\n\n" + "first " * 40 + "\n\n## B\n\n" + "second " * 40 + "\n"

    last = _pieces(text)[-1]

    assert (last.line_start, last.line_end) == (5, 7)
    assert text.split("\n")[4] == "## B"


def test_small_sections_share_a_piece() -> None:
    pieces = _pieces("# T\n\n## A\n\nOne.\n\n## B\n\nTwo.\n")

    assert len(pieces) == 1
    assert "## A" in pieces[0].text
    assert "Two." in pieces[0].text


def test_a_heading_with_another_code_starts_its_own_piece() -> None:
    pieces = _pieces("# Errors\n\n## ORA-01555\n\nOld snapshot.\n\n## ORA-00060\n\nDeadlock.\n")

    assert [piece.defines for piece in pieces] == [("ORA-01555",), ("ORA-00060",)]


def test_a_mentioned_code_is_not_a_defined_one() -> None:
    (piece,) = _pieces("# Undo\n\nSee also ORA-01555 there.\n", source="undo.md")

    assert (piece.defines, piece.codes) == ((), ("ORA-01555",))


def test_a_long_fence_stays_whole() -> None:
    fence = "```sql\n" + "select 1;\n\n" * 60 + "```"

    pieces = _pieces(f"# T\n\nBefore.\n\n{fence}\n\nAfter.\n")

    assert sum(fence in piece.text for piece in pieces) == 1


def test_a_hash_inside_a_fence_is_no_heading() -> None:
    (piece,) = _pieces("# T\n\n```\n# comment\n```\n\nEnd.\n")

    assert piece.headings == ()


def test_a_split_table_repeats_its_header() -> None:
    rows = [f"| name{number} | {'x' * 20} |" for number in range(30)]

    pieces = _pieces("# T\n\n| Name | Value |\n|---|---|\n" + "\n".join(rows) + "\n")

    assert len(pieces) > 1
    assert all("| Name | Value |" in piece.text for piece in pieces)
    assert all(sum(row in piece.text for piece in pieces) == 1 for row in rows)


def test_a_catalogue_table_in_a_page_gives_a_piece_a_row() -> None:
    rows = "\n".join(f"| ORA-{code} | means {code} |" for code in ("00054", "00060", "01017", "01555"))

    pieces = _pieces(f"# Errors\n\n| Code | Meaning |\n|---|---|\n{rows}\n")

    assert [piece.defines for piece in pieces if piece.defines] == [
        ("ORA-00054",), ("ORA-00060",), ("ORA-01017",), ("ORA-01555",),
    ]  # fmt: skip


def test_message_lines_stand_only_where_codes_are_defined() -> None:
    page = _pieces("# Error 1205\n\nLock wait timeout exceeded\n", source="e1205.md")[0]
    other = _pieces("# Locks\n\nLock wait timeout exceeded\n", source="locks.md")[0]

    assert "Lock wait timeout exceeded" in page.lines
    assert other.lines == ()


def test_a_hash_in_plain_text_is_no_heading() -> None:
    draft = split(Document((Section("# rm -rf build\nplain", markdown=False, line=1),)), "log.txt", LIMIT)

    assert (draft.title, draft.pieces[0].headings) == ("log", ())


def test_a_chinese_line_without_spaces_is_cut_at_sentence_ends() -> None:
    text = "数据库连接失败时先检查监听。" * 60

    pieces = _pieces(text)

    assert all(len(piece.text) <= LIMIT for piece in pieces)
    assert all(piece.text.endswith("。") for piece in pieces)


LINE = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=60)
MARKDOWN = st.lists(
    st.one_of(
        LINE, st.sampled_from(["", "# A", "## B", "```", "| a | b |", "|---|---|", "- item", "> quote", "    code"])
    ),
    max_size=40,
).map("\n".join)


@given(MARKDOWN)
@settings(max_examples=150, deadline=None)
def test_no_line_of_a_document_is_lost(text: str) -> None:
    pieces = _pieces(text)

    kept = "\n".join(piece.text for piece in pieces)
    assert [line for line in text.split("\n") if line.strip() and line.strip() not in kept] == []


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=3_000), st.integers(50, 400))
@settings(max_examples=100, deadline=None)
def test_plain_text_is_cut_without_loss_and_within_the_limit(text: str, limit: int) -> None:
    pieces = split(Document((Section(text, markdown=False, line=1),)), "a.txt", limit).pieces

    assert all(len(piece.text) <= limit for piece in pieces)
    assert "".join("".join(piece.text for piece in pieces).split()) == "".join(text.split())
