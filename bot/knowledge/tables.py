"""Tables as pieces: question-and-answer rows, catalogues of error codes, and everything else by groups of rows."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from bot.diagnosis import codes
from bot.knowledge import markdown
from bot.knowledge.documents import Piece

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.knowledge.documents import Row, Table

_QUESTIONS = frozenset(
    [
        "question",
        "questions",
        "q",
        "query",
        "问题",
        "提问",
        "问",
        "问句",
        "问法",
        "标准问题",
        "常见问题",
        "質問",
        "問題",
    ]
)
_ANSWERS = frozenset(
    ["answer", "answers", "a", "response", "reply", "答案", "回答", "答复", "答", "解答", "回复", "标准答案"]
)
PAIRS = ((_QUESTIONS, _ANSWERS), (frozenset({"标题", "標題"}), frozenset({"内容", "內容"})))
"""Names of the two columns that make a table one of questions and answers; both must come from one pair."""

_KEYS = frozenset({"id", "编号", "編號"})
_LINKS = frozenset({"url", "link", "链接", "网址"})
_TITLES = frozenset({"title"})
_WIDE_ROW = 200
_WIDE_TABLE = 12


def pieces(table: Table, title: str, source: str, limit: int) -> list[Piece]:
    """Cut a table into pieces: one a row where rows are questions or error codes, else as many rows as fit.

    A row is never split; the header stands in every piece.
    """
    names = {_name(cell): position for position, cell in reversed(list(enumerate(table.header)))}
    pair = question_and_answer(table.header)
    if pair is not None:
        return list(_entries(table, names, pair))
    column = [row.cells[0] for row in table.rows]
    # The first column's name says what its bare numbers are.
    if holds_codes(title, table.header[:1], source, column):
        return [_code_row(table, row) for row in table.rows]
    return list(_groups(table, limit))


def incomplete(table: Table) -> list[int]:
    """Return the numbers of the question-and-answer rows that lack the one or the other; they give no piece."""
    pair = question_and_answer(table.header)
    if pair is None:
        return []
    return [row.number for row in table.rows if not all(row.cells[at].strip() for at in pair)]


def question_and_answer(header: Sequence[str]) -> tuple[int, int] | None:
    """Return the positions of the question and the answer column, or None for any other table."""
    names = [_name(cell) for cell in header]
    for questions, answers in PAIRS:
        question = next((at for at, name in enumerate(names) if name in questions), None)
        answer = next((at for at, name in enumerate(names) if name in answers), None)
        if question is not None and answer is not None:
            return question, answer
    return None


def holds_codes(title: str, headings: Sequence[str], source: str, column: Sequence[str]) -> bool:
    """Tell whether at least half the cells of a table's first column are error codes that nothing else names."""
    filled = [cell for cell in column if cell.strip()]
    others = set(codes.defined(title, headings, source, None, None))
    found = set(codes.defined(title, headings, source, None, "\n".join(filled))) - others
    return bool(filled) and len(found) >= max(1, len(set(filled)) / 2)


def _name(cell: str) -> str:
    name = unicodedata.normalize("NFKC", cell).strip().strip("*#").lower()
    return name.removeprefix("faq").strip(" _-:") or name


def _entries(table: Table, names: Mapping[str, int], pair: tuple[int, int]) -> Iterator[Piece]:
    key, link, title = (_position(names, known) for known in (_KEYS, _LINKS, _TITLES))
    hidden = {*pair, key, link, title}
    for row in table.rows:
        question, answer = (row.cells[at].strip() for at in pair)
        if not question or not answer:
            continue
        others = [
            f"{table.header[at]}: {cell.strip()}"
            for at, cell in enumerate(row.cells)
            if at not in hidden and cell.strip()
        ]
        yield Piece(
            text="\n\n".join([answer, *(["\n".join(others)] if others else [])]),
            headings=(table.sheet,) if table.sheet else (),
            row=row.number,
            sheet=table.sheet,
            entry=True,
            key=_cell(row, key),
            title=_cell(row, title) or " ".join(question.split()),
            url=_cell(row, link) or None,
            question=question,
        )


def _position(names: Mapping[str, int], known: frozenset[str]) -> int | None:
    return next((position for name, position in names.items() if name in known), None)


def _cell(row: Row, position: int | None) -> str:
    return "" if position is None else row.cells[position].strip()


def _code_row(table: Table, row: Row) -> Piece:
    headings = tuple(part for part in (table.sheet, row.cells[0].strip()) if part)
    # `defines` carries the first column until the chunker reads the codes out of it.
    return Piece(_record(table, row), headings, row=row.number, sheet=table.sheet, defines=(row.cells[0],))


def _groups(table: Table, limit: int) -> Iterator[Piece]:
    widths = [sum(map(len, row.cells)) for row in table.rows]
    wide = len(table.header) > _WIDE_TABLE or sum(widths) > _WIDE_ROW * len(widths)
    head = [] if wide else [markdown.row(table.header), markdown.row(["---"] * len(table.header))]
    separator = "\n\n" if wide else "\n"
    held: list[str] = []
    first = 0
    size = 0
    for row in table.rows:
        text = _record(table, row) if wide else markdown.row(row.cells)
        if held and size + len(text) > limit:
            yield _group(table, head + held, separator, first)
            held = []
        if not held:
            first, size = row.number, sum(map(len, head))
        held.append(text)
        size += len(text) + len(separator)
    if held:
        yield _group(table, head + held, separator, first)


def _group(table: Table, texts: Sequence[str], separator: str, first: int) -> Piece:
    headings = (table.sheet,) if table.sheet else ()
    return Piece(separator.join(texts), headings, row=first, sheet=table.sheet)


def _record(table: Table, row: Row) -> str:
    named = zip(table.header, row.cells, strict=True)
    return "\n".join(f"{name}: {cell.strip()}" if name else cell.strip() for name, cell in named if cell.strip())
