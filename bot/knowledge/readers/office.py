"""Word, PowerPoint, e-books and Outlook messages, through markitdown."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

from bot.errors import FileRefusedError
from bot.knowledge.documents import Document, Section
from bot.knowledge.markdown import plain
from bot.knowledge.readers.encoding import clean

if TYPE_CHECKING:
    from markitdown import DocumentConverter

_SLIDE = re.compile(r"<!-- Slide number: (\d+) -->\n?")
_PICTURE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LONGEST_TITLE = 100
_NO_TITLE = re.compile(r"[#|>$!*+-] |\||\d+[.)]|$")
_SUBJECT = re.compile(r"^\*\*Subject:\*\* (.+)$|^\*\*Title:\*\* (.+)$", re.MULTILINE)


def read_docx(data: bytes) -> Document:
    """Read a Word file with its headings, lists, tables and formulas."""
    from markitdown.converters import DocxConverter

    text = _converted(DocxConverter(), data, ".docx").strip()
    first = text.split("\n", 1)[0].strip()
    # Word's "Title" style comes as a plain line, and so do the titles that people write without a style.
    named = len(first) <= _LONGEST_TITLE and not _NO_TITLE.match(first)
    return Document((Section(text),), title=plain(first) if named else "")


def read_pptx(data: bytes) -> Document:
    """Read a presentation slide by slide, with tables, charts, notes and the descriptions of pictures."""
    from markitdown.converters import PptxConverter

    _, *marked = _SLIDE.split(_converted(PptxConverter(), data, ".pptx"))
    slides = zip(marked[::2], marked[1::2], strict=True)
    sections = [Section(text.strip(), page=int(number)) for number, text in slides]
    return Document(tuple(section for section in sections if section.text))


def read_epub(data: bytes) -> Document:
    """Read an e-book's chapters in reading order."""
    from markitdown.converters import EpubConverter

    return _named(_converted(EpubConverter(), data, ".epub"))


def read_msg(data: bytes) -> Document:
    """Read an Outlook message: sender, recipients, subject and body."""
    from markitdown.converters import OutlookMsgConverter

    return _named(_converted(OutlookMsgConverter(), data, ".msg"))


def _converted(converter: DocumentConverter, data: bytes, extension: str) -> str:
    from xml.parsers.expat import ExpatError

    from lxml.etree import LxmlError
    from markitdown import StreamInfo

    try:
        result = converter.convert(io.BytesIO(data), StreamInfo(extension=extension))
    except (
        zipfile.BadZipFile,
        ExpatError,
        LxmlError,
        KeyError,
        ValueError,
        OSError,
        AttributeError,
        IndexError,
    ) as exc:
        # The libraries below share no root error; a damaged file shows as any of these.
        message = f"The file is damaged ({type(exc).__name__}: {exc}). Open it and save it again."
        raise FileRefusedError(reason="corrupt", detail=message) from exc
    # A picture's file name inside the document leads nowhere; its description says something.
    return clean(_PICTURE.sub(r"\1", result.markdown))


def _named(text: str) -> Document:
    found = _SUBJECT.search(text)
    title = (found.group(1) or found.group(2)).strip() if found else ""
    return Document((Section(text),), title=title)
