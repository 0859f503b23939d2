"""PDF files, page by page, with the pages named that have no text or a broken text layer."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.errors import FileRefusedError
from bot.knowledge.documents import Document, Section
from bot.knowledge.readers.encoding import clean
from bot.knowledge.readers.legibility import fold_radicals, is_noise, is_shifted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pypdfium2 import PdfDocument, PdfPage, PdfTextPage

_PASSWORD_ERROR = 4
_UNMAPPED = 0.3
"""Above this share of characters without a Unicode mapping the text is looked at; the library may have guessed it."""
_WORTH_NAMING = 5
_FULL_LINE = 0.7
_LONG_LINE = 40
_LINE_END = re.compile(r"[.!?:;。！？：；]$")
_NEW_ITEM = re.compile(r"^\s*(?:[-*•·▪◦–]|\d{1,3}[.)、]|[(（]\d{1,2}[)）]|[一二三四五六七八九十]{1,3}[、.])")
_WIDE = re.compile("[\u3000-\u9fff\uac00-\ud7af\uff00-\uffef]")
_NO_TITLE = re.compile(r"(?i)^(\(?anonymous\)?|untitled|microsoft |slide \d|document\d*$)|\.[a-z]{2,4}$|^\W*$")


def read(data: bytes) -> Document:
    """Read every page; raises `FileRefusedError` for encrypted, corrupt, scanned and garbled files."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as exc:
        if exc.err_code == _PASSWORD_ERROR:
            message = "The PDF needs a password. Save a copy without one and ingest that."
            raise FileRefusedError(reason="encrypted", detail=message) from exc
        message = f"The PDF cannot be opened: {exc}. Export it again from its source."
        raise FileRefusedError(reason="corrupt", detail=message) from exc
    return _document(pdf)


def _document(pdf: PdfDocument) -> Document:
    outline = _outline(pdf)
    sections: list[Section] = []
    problems: dict[str, list[int]] = {"empty": [], "garbled": [], "noisy": [], "broken": []}
    for number in range(1, len(pdf) + 1):
        text, problem = _page(pdf, number)
        if problem:
            problems[problem].append(number)
        if text:
            headings = next((path for page, path in reversed(outline) if page <= number), ())
            sections.append(Section(text, markdown=False, page=number, headings=headings))
    if not sections:
        raise _refusal(pdf, problems)
    return Document(tuple(sections), title=_title(pdf), warnings=tuple(_warnings(problems)))


def _page(pdf: PdfDocument, number: int) -> tuple[str, str]:
    import pypdfium2

    try:
        layer = pdf[number - 1].get_textpage()
        raw = layer.get_text_range()
    except pypdfium2.PdfiumError:
        return "", "broken"
    if not raw.strip():
        return "", "empty"
    if is_shifted(raw) and _unmapped(layer) > _UNMAPPED:
        return "", "garbled"
    lines = fold_radicals(raw.replace("\ufffe", "\u00ad").replace("\x02", "\u00ad").replace("\r\n", "\n")).split("\n")
    kept = [clean(line).rstrip() for line in lines if not is_noise(line)]
    text = _unwrapped(kept).strip()
    if not text:
        return "", "garbled"
    return text, "noisy" if any(is_noise(line) and len(line) >= _WORTH_NAMING for line in lines) else ""


def _unmapped(layer: PdfTextPage) -> float:
    from pypdfium2 import raw

    count = layer.count_chars()
    broken = sum(1 for at in range(count) if raw.FPDFText_HasUnicodeMapError(layer, at) == 1)
    return broken / max(int(count), 1)


def _unwrapped(lines: Sequence[str]) -> str:
    """Join the lines of a paragraph: a full line that ends no sentence goes on in the next."""
    longest = max((len(line) for line in lines), default=0)
    text = lines[0] if lines else ""
    for line, following in pairwise(lines):
        text += _joint(line, following, longest) + following
    return text.replace("\u00ad\n", "").replace("\u00ad", "")


def _joint(line: str, following: str, longest: int) -> str:
    if line.endswith("\u00ad"):
        return ""
    wide = bool(_WIDE.search(line[-1:]))
    full = len(line) >= max(longest * _FULL_LINE, _LONG_LINE / 2 if wide else _LONG_LINE)
    if not full or _LINE_END.search(line) or not following.strip() or _NEW_ITEM.match(following):
        return "\n"
    if line.endswith("-") and following[:1].islower():
        return ""
    return "" if wide and _WIDE.match(following) else " "


def _outline(pdf: PdfDocument) -> list[tuple[int, tuple[str, ...]]]:
    """List (page, path of bookmarks) in the order of pages."""
    path: list[str] = []
    found: list[tuple[int, tuple[str, ...]]] = []
    for entry in pdf.get_toc(max_depth=6):
        target = entry.get_dest()
        title = " ".join(clean(entry.get_title()).split())
        index = target.get_index() if target else None
        path = [*path[: entry.level], title]
        if index is not None and title and not is_noise(title):
            found.append((index + 1, tuple(part for part in path if part)))
    return sorted(found, key=lambda entry: entry[0])


def _title(pdf: PdfDocument) -> str:
    title = " ".join(clean(pdf.get_metadata_value("Title")).split())
    longest = 150
    return "" if _NO_TITLE.search(title) or is_noise(title) or len(title) > longest else title


def _refusal(pdf: PdfDocument, problems: dict[str, list[int]]) -> FileRefusedError:
    pages = len(pdf)
    if problems["garbled"]:
        message = "The text layer is noise: its fonts have no Unicode mapping. Export the PDF again with other fonts."
        return FileRefusedError(reason="garbled", detail=message)
    if problems["broken"] and not problems["empty"]:
        return FileRefusedError(
            reason="corrupt", detail=f"None of the {pages} pages can be read. Export the PDF again."
        )
    if any(_objects(pdf[number - 1]) for number in problems["empty"]):
        message = f"None of the {pages} pages has a text layer. Run text recognition (OCR) over the PDF first."
        return FileRefusedError(reason="scanned", detail=message)
    return FileRefusedError(reason="empty", detail=f"The PDF holds nothing on its {pages} pages.")


def _objects(page: PdfPage) -> bool:
    return next(iter(page.get_objects(max_depth=2)), None) is not None


def _warnings(problems: dict[str, list[int]]) -> Iterator[str]:
    texts = {
        "empty": "no text layer on page {}: scanned or drawn, not indexed",
        "garbled": "garbled text layer on page {}: not indexed",
        "noisy": "garbled lines or characters on page {}: lines without legible text were left out",
        "broken": "page {} cannot be read",
    }
    for problem, pages in problems.items():
        if pages:
            yield texts[problem].format(ranges(pages))


def ranges(numbers: Sequence[int]) -> str:
    """Write ascending numbers briefly: 1-3, 7."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][-1] == number - 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(str(part[0]) if len(part) == 1 else f"{part[0]}-{part[-1]}" for part in parts)
