"""Chooses a file's reader by its content and name, and cuts what it reads into pieces; runs in the child process."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from bot.errors import FileRefusedError
from bot.knowledge import chunking, concealing
from bot.knowledge.documents import Section
from bot.knowledge.readers import archives, data, html, office, pdf, sheets, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.knowledge.documents import Document, Draft


_READERS: Mapping[str, Callable[[bytes], Document]] = {
    ".md": text.read_markdown, ".markdown": text.read_markdown, ".mdx": text.read_markdown,
    ".html": html.read, ".htm": html.read, ".xhtml": html.read,
    ".pdf": pdf.read,
    ".docx": office.read_docx, ".pptx": office.read_pptx, ".epub": office.read_epub, ".msg": office.read_msg,
    ".xlsx": sheets.read_xlsx, ".xls": sheets.read_xls, ".csv": sheets.read_csv, ".tsv": sheets.read_csv,
    ".jsonl": data.read_jsonl, ".ndjson": data.read_jsonl, ".json": data.read_json, ".ipynb": data.read_notebook,
    ".xml": data.read_xml, ".rss": data.read_xml, ".atom": data.read_xml,
}  # fmt: skip

_VARIANTS = {".docm": ".docx", ".dotx": ".docx", ".xlsm": ".xlsx", ".xltx": ".xlsx", ".pptm": ".pptx", ".ppsx": ".pptx"}
_BINARY = frozenset({".pdf", ".docx", ".pptx", ".epub", ".msg", ".xlsx", ".xls", ".zip"})
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF_WITHIN = 1_024


def read(name: str, content: bytes, chunk_chars: int, max_unpacked: int) -> Draft:
    """Read one file and cut it into pieces; raises `FileRefusedError` with the reason why it cannot be indexed."""
    kind = family(name, content, max_unpacked)
    document = parse(kind, content)
    draft = chunking.split(concealing.concealed(document), name, chunk_chars)
    if not any(piece.text.strip() for piece in draft.pieces):
        raise FileRefusedError(reason="empty", detail="The file holds no text.")
    if sum(len(part.text) for part in document.parts if isinstance(part, Section)) > max_unpacked:
        raise FileRefusedError(
            reason="too-large", detail="The file's text is larger than QUORUM_INGEST__MAX_UNPACKED_BYTES."
        )
    return draft


def parse(kind: str, content: bytes) -> Document:
    """Read content of the kind that `family` told; raises `FileRefusedError`."""
    return _READERS.get(kind, text.read_plain)(content)


def family(name: str, content: bytes, max_unpacked: int) -> str:
    """Return the extension whose reader fits the content, `.zip` for archives, or nothing for plain text.

    Raises `FileRefusedError` for what has no reader, is locked, or is not what its name says.
    """
    extension = PurePosixPath(name).suffix.lower()
    extension = _VARIANTS.get(extension, extension)
    if not content.strip(b"\0 \t\r\n"):
        raise FileRefusedError(reason="empty", detail="The file is empty.")
    start = content[:_PDF_WITHIN]
    if start.lstrip().startswith(b"%PDF-") or (extension in {".pdf", ""} and b"%PDF-" in start):
        return ".pdf"
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return archives.kind(content, max_unpacked)
    if content.startswith(_OLE):
        return _container(content)
    if content.startswith(_PICTURES):
        message = "A picture has no text layer; text recognition (OCR) is not part of this version."
        raise FileRefusedError(reason="scanned", detail=message)
    if content.startswith(b"{\\rtf"):
        raise FileRefusedError(reason="unknown-type", detail="Rich text (RTF) is not read. Save it as DOCX or PDF.")
    if extension in _BINARY:
        message = f"The file is called {extension} but its content is not. Save it again in that format."
        raise FileRefusedError(reason="corrupt", detail=message)
    return extension


def _container(content: bytes) -> str:
    found = archives.ole_kind(content)
    if found == "encrypted":
        message = "The office file needs a password. Save a copy without one and ingest that."
        raise FileRefusedError(reason="encrypted", detail=message)
    if found not in _READERS:
        old = f"The old {found} format" if found else "This kind of OLE file"
        raise FileRefusedError(reason="unknown-type", detail=f"{old} is not read. Save it as DOCX, XLSX, PPTX or PDF.")
    return found
