"""Make the binary files of the sample knowledge base (PDF, DOCX, PPTX, XLSX) from the texts in examples/sources.

The same sources give the same bytes: documents carry a fixed date, and archives are packed again in a fixed order.
Run `python scripts/make_examples.py`; it needs the `dev` extra.
"""

from __future__ import annotations

import csv
import io
import sys
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pptx.slide import Slide
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Flowable

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
WRITTEN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
AUTHOR = "Lanstone Payments"
PDF_FONT = "STSong-Light"

Kind = Literal["title", "heading", "text", "item", "note", "table"]
MARKS: dict[str, Kind] = {"# ": "title", "## ": "heading", "- ": "item", "> ": "note", "| ": "table"}


@dataclass(frozen=True)
class Block:
    """One paragraph, heading, list item, speaker note or table (rows of cells) of a source text."""

    kind: Kind
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def parse(source: str) -> list[list[Block]]:
    """Split a source into pages at lines of three dashes, and each page into blocks."""
    return [_blocks(page.splitlines()) for page in source.split("\n---\n")]


def _blocks(lines: Iterable[str]) -> list[Block]:
    marked = [_mark(line.strip()) for line in lines if line.strip()]
    blocks: list[Block] = []
    for kind, group in groupby(marked, key=lambda pair: pair[0]):
        texts = [text for _, text in group]
        if kind == "table":
            rows = tuple(tuple(cell.strip() for cell in text.strip(" |").split("|")) for text in texts)
            blocks.append(Block("table", rows=rows))
        else:
            blocks.extend(Block(kind, text) for text in texts)
    return blocks


def _mark(line: str) -> tuple[Kind, str]:
    for mark, kind in MARKS.items():
        if line.startswith(mark):
            return kind, line.removeprefix(mark)
    return "text", line


def make_pdf(source: Path, target: Path) -> None:
    """Write a PDF in which each page of the source begins a new page, Chinese through a built-in CID font."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import PageBreak, SimpleDocTemplate

    pdfmetrics.registerFont(UnicodeCIDFont(PDF_FONT))
    pages = parse(source.read_text(encoding="utf-8"))
    chinese = not source.read_text(encoding="utf-8").isascii()
    styles = _pdf_styles(PDF_FONT if chinese else "Helvetica", chinese=chinese)
    story: list[Flowable] = []
    for page in pages:
        story += [_pdf_flowable(block, styles) for block in page] + [PageBreak()]
    document = SimpleDocTemplate(
        str(target), pagesize=A4, title=pages[0][0].text, author=AUTHOR, invariant=1, topMargin=64, bottomMargin=64
    )
    document.build(story[:-1])


def _pdf_styles(font: str, *, chinese: bool) -> dict[Kind, ParagraphStyle]:
    from reportlab.lib.styles import ParagraphStyle

    bold = font if chinese else "Helvetica-Bold"
    wrap = "CJK" if chinese else None
    text = ParagraphStyle("text", fontName=font, fontSize=10.5, leading=15, spaceAfter=7, wordWrap=wrap)
    return {
        "title": ParagraphStyle("title", parent=text, fontName=bold, fontSize=18, leading=24, spaceAfter=12),
        "heading": ParagraphStyle("heading", parent=text, fontName=bold, fontSize=13, leading=18, spaceBefore=8),
        "text": text,
        "item": ParagraphStyle("item", parent=text, leftIndent=14),
        "table": ParagraphStyle("cell", parent=text, fontSize=9.5, leading=13, spaceAfter=0),
    }


def _pdf_flowable(block: Block, styles: dict[Kind, ParagraphStyle]) -> Flowable:
    from reportlab.lib import colors
    from reportlab.platypus import Paragraph, Table, TableStyle

    if block.kind != "table":
        return Paragraph(escape(block.text), styles[block.kind])
    cells = [[Paragraph(escape(cell), styles["table"]) for cell in row] for row in block.rows]
    grid = TableStyle(
        [
            ("GRID", (0, 0), (-1, -1), 0.5, colors.grey),
            ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
    )
    return Table(cells, style=grid, spaceBefore=4, spaceAfter=10)


def make_docx(source: Path, target: Path) -> None:
    """Write a Word document with real headings and tables."""
    from docx import Document

    document = Document()
    properties = document.core_properties
    properties.author, properties.created, properties.modified = AUTHOR, WRITTEN, WRITTEN
    styles = {"title": "Title", "heading": "Heading 1", "text": "Normal", "item": "List Bullet", "note": "Quote"}
    for block in (block for page in parse(source.read_text(encoding="utf-8")) for block in page):
        if block.kind == "title":
            properties.title = block.text
        if block.kind != "table":
            document.add_paragraph(block.text, style=styles[block.kind])
            continue
        table = document.add_table(rows=0, cols=len(block.rows[0]), style="Table Grid")
        for row in block.rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    document.save(str(target))
    pack_again(target)


def make_pptx(source: Path, target: Path) -> None:
    """Write a presentation: a slide for each title, quoted lines as its speaker notes."""
    from pptx import Presentation

    presentation = Presentation()
    properties = presentation.core_properties
    properties.author, properties.created, properties.modified = AUTHOR, WRITTEN, WRITTEN
    blocks = [block for page in parse(source.read_text(encoding="utf-8")) for block in page]
    properties.title = blocks[0].text
    slide: Slide | None = None
    for block in blocks:
        if block.kind == "title":
            slide = presentation.slides.add_slide(presentation.slide_layouts[1])
            slide.placeholders[0].text_frame.text = block.text
        elif slide is not None:
            _fill_slide(slide, block)
    presentation.save(str(target))
    pack_again(target)


def _fill_slide(slide: Slide, block: Block) -> None:
    from pptx.util import Inches

    notes = slide.notes_slide.notes_text_frame if block.kind == "note" else None
    if notes is not None:
        notes.text = block.text.removeprefix("Speaker note: ")
    elif block.kind == "table":
        size = len(block.rows), len(block.rows[0])
        table = slide.shapes.add_table(*size, Inches(0.6), Inches(3.6), Inches(8.8), Inches(0.4)).table
        for row, texts in enumerate(block.rows):
            for column, text in enumerate(texts):
                table.cell(row, column).text = text
    else:
        frame = slide.placeholders[1].text_frame
        if frame.text:
            frame.add_paragraph().text = block.text
        else:
            frame.text = block.text


def make_xlsx(source: Path, target: Path) -> None:
    """Write a workbook with one sheet from a CSV file, the header in bold and frozen."""
    import xlsxwriter

    with source.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    workbook = xlsxwriter.Workbook(str(target), {"strings_to_urls": False, "strings_to_formulas": False})
    workbook.set_properties({"title": target.stem, "author": AUTHOR, "created": WRITTEN.replace(tzinfo=None)})
    sheet = workbook.add_worksheet("FAQ")
    sheet.freeze_panes(1, 0)
    sheet.set_column("B:C", 60)
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row, workbook.add_format({"bold": number == 0, "text_wrap": True}))
    workbook.close()
    pack_again(target)


def pack_again(path: Path) -> None:
    """Rewrite a ZIP archive with a fixed date on each member, so that equal content gives equal bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            member = zipfile.ZipInfo(name, date_time=WRITTEN.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, old.read(name))
    path.write_bytes(packed.getvalue())


MAKERS: dict[str, Callable[[Path, Path], None]] = {
    ".pdf": make_pdf,
    ".docx": make_docx,
    ".pptx": make_pptx,
    ".xlsx": make_xlsx,
}
FILES = {
    "travel-and-expense-policy.md": "policies/travel-and-expense-policy.pdf",
    "information-security-policy.md": "policies/information-security-policy.pdf",
    "business-continuity-plan.md": "policies/business-continuity-plan.pdf",
    "remote-work-policy.md": "policies/remote-work-policy.docx",
    "procurement-policy.md": "policies/procurement-policy.docx",
    "onboarding.md": "policies/onboarding.pptx",
    "faq-en.csv": "helpdesk/faq-en.xlsx",
}


def main() -> int:
    """Make every file of `FILES` and print its size."""
    for name, place in FILES.items():
        target = EXAMPLES / "knowledge" / place
        target.parent.mkdir(parents=True, exist_ok=True)
        MAKERS[target.suffix](EXAMPLES / "sources" / name, target)
        print(f"{place}: {target.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
