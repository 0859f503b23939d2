"""CSV files and workbooks: every sheet becomes a table under its header row."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from bot.errors import FileRefusedError
from bot.knowledge.documents import Document, Row, Section, Table
from bot.knowledge.readers.encoding import clean, decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_DELIMITERS = ",\t;|"
_SAMPLE_LINES = 30


def read_csv(data: bytes) -> Document:
    """Read a CSV or TSV file; delimiter and encoding are found out."""
    text, warnings = decode(data)
    csv.field_size_limit(max(len(text), csv.field_size_limit()))
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error as exc:
        message = f"The table cannot be read: {exc}. Save it again as CSV."
        raise FileRefusedError(reason="corrupt", detail=message) from exc
    return Document(tuple(parts(rows)), warnings=warnings)


def read_xlsx(data: bytes) -> Document:
    """Read the values (not the formulas) of every visible sheet of an XLSX workbook."""
    import zipfile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = [(sheet.title, _values(sheet)) for sheet in book.worksheets if sheet.sheet_state == "visible"]
        return _workbook(sheets, [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"])
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, SyntaxError) as exc:
        # openpyxl lets the errors of its XML parser through; ParseError is a SyntaxError.
        message = f"The workbook cannot be read: {exc}. Open it and save it again."
        raise FileRefusedError(reason="corrupt", detail=message) from exc


def read_xls(data: bytes) -> Document:
    """Read the values of every visible sheet of an old XLS workbook."""
    import struct

    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO())
        sheets = [(sheet.name, _old_values(book, sheet)) for sheet in book.sheets() if not sheet.visibility]
        return _workbook(sheets, [sheet.name for sheet in book.sheets() if sheet.visibility])
    except xlrd.XLRDError as exc:
        if "encrypted" in str(exc).lower():
            message = "The workbook needs a password. Save a copy without one and ingest that."
            raise FileRefusedError(reason="encrypted", detail=message) from exc
        message = f"The workbook cannot be read: {exc}. Save it again as XLSX."
        raise FileRefusedError(reason="corrupt", detail=message) from exc
    except (AssertionError, IndexError, struct.error, UnicodeDecodeError) as exc:
        message = "The workbook is damaged. Open it and save it again as XLSX."
        raise FileRefusedError(reason="corrupt", detail=message) from exc


def parts(rows: Iterable[Iterable[object]], sheet: str = "") -> Iterator[Section | Table]:
    """Find the header (the first row with two values) and yield what stands above it, then the table.

    Rows are numbered as a spreadsheet shows them, so the first row under a header in row 1 is row 2.
    """
    texts = [tuple(_text(value) for value in row) for row in rows]
    filled = [(number, cells) for number, cells in enumerate(texts, start=1) if any(cells)]
    if not filled:
        return
    start = next((at for at, (_, cells) in enumerate(filled) if sum(map(bool, cells)) > 1), 0)
    if start:
        yield Section("\n\n".join(" ".join(filter(None, cells)) for _, cells in filled[:start]), markdown=False)
    body = filled[start:]
    width = max(max(at for at, cell in enumerate(cells) if cell) for _, cells in body) + 1
    padded = [Row(number, (*cells[:width], *[""] * (width - len(cells)))) for number, cells in body]
    if len(padded) == 1 or _is_data(padded[0]):
        yield Table(("",) * width, tuple(padded), sheet)
    else:
        yield Table(padded[0].cells, tuple(padded[1:]), sheet)


def _workbook(sheets: Iterable[tuple[str, Iterable[Iterable[object]]]], hidden: Sequence[str]) -> Document:
    found: list[Section | Table] = []
    for name, rows in sheets:
        # The first sheet needs no name: most workbooks have one, called "Sheet1".
        found += parts(rows, name if found else "")
    warnings = (f"hidden sheets were left out: {', '.join(hidden)}",) if hidden else ()
    return Document(tuple(found), warnings=warnings)


def _values(sheet: object) -> Iterable[Iterable[object]]:
    # The size that a file states may be wrong in either direction.
    sheet.reset_dimensions()  # type: ignore[attr-defined] # openpyxl carries no types
    return [list(row) for row in sheet.iter_rows(values_only=True)]  # type: ignore[attr-defined] # the same


def _old_values(book: object, sheet: object) -> Iterator[list[object]]:
    import xlrd

    mode = book.datemode  # type: ignore[attr-defined] # xlrd carries no types
    for row in sheet.get_rows():  # type: ignore[attr-defined] # the same
        yield [
            xlrd.xldate_as_datetime(cell.value, mode) if cell.ctype == xlrd.XL_CELL_DATE else cell.value for cell in row
        ]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, (date, time)) else clean(str(value)).strip()


def _is_data(row: Row) -> bool:
    return all(not cell or cell.replace(".", "", 1).replace("-", "", 1).isdigit() for cell in row.cells)


def _delimiter(text: str) -> str:
    """Choose the delimiter that cuts the first lines into the most, and equally many, fields."""
    lines = text.split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES]

    def fit(delimiter: str) -> tuple[float, int]:
        counts = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        same = counts.count(counts[0]) / len(counts) if counts and counts[0] > 1 else 0.0
        return same, counts[0] if counts else 0

    return max(_DELIMITERS, key=fit)
