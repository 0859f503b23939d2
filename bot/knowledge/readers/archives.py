"""ZIP archives, unpacked within limits, and what a ZIP or OLE container really is."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from bot.errors import FileRefusedError

if TYPE_CHECKING:
    from bot.types import Reason

MAX_MEMBERS = 20_000
_RATIO = 300
_RATIO_FROM = 50_000_000
"""Text packs 3 to 30 times, logs at most some hundred times; only bombs beat this ratio at this size."""
_ENCRYPTED_FLAG = 0x1


class Member(NamedTuple):
    """A file of an archive: where it was unpacked to, or why it was not."""

    name: str
    file: str = ""
    reason: Reason | None = None
    detail: str = ""


def unpack(data: bytes, folder: Path, max_bytes: int, max_member: int) -> list[Member]:
    """Write the members into `folder` under numbers; raises `FileRefusedError` for damaged archives and bombs."""
    archive = opened(data, max_bytes)
    members = [(info, _decoded(info)) for info in archive.infolist() if not info.is_dir()]
    found: list[Member] = []
    seen: Counter[str] = Counter()
    for number, (info, decoded) in enumerate(entry for entry in members if not _is_hidden(entry[1])):
        seen[decoded] += 1
        # An archive may hold one name twice; each is a file, and both are reported.
        name = decoded if seen[decoded] == 1 else _numbered(decoded, seen[decoded])
        if info.file_size > max_member:
            limit = f"the limit is {max_member:,} (QUORUM_INGEST__MAX_FILE_BYTES)"
            found.append(Member(name, reason="too-large", detail=f"The member has {info.file_size:,} bytes; {limit}."))
            continue
        found.append(_extracted(archive, info, name, folder / f"{number:06d}"))
    return found


def opened(data: bytes, max_bytes: int) -> zipfile.ZipFile:
    """Open an archive or an office file, after a look at what it would unpack to."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as exc:
        raise FileRefusedError(reason="corrupt", detail=f"The archive is damaged: {exc}. Pack it again.") from exc
    total = sum(info.file_size for info in archive.infolist())
    if len(archive.infolist()) > MAX_MEMBERS:
        message = f"The archive holds {len(archive.infolist()):,} files; the limit is {MAX_MEMBERS:,}. Unpack it."
        raise FileRefusedError(reason="too-large", detail=message)
    if total > max_bytes or (total > _RATIO_FROM and total > _RATIO * len(data)):
        message = (
            f"It unpacks from {len(data):,} to {total:,} bytes; allowed are (QUORUM_INGEST__MAX_UNPACKED_BYTES) "
            f"{max_bytes:,} and {_RATIO} times the packed size. Unpack it yourself if you trust it."
        )
        raise FileRefusedError(reason="too-large", detail=message)
    return archive


def kind(data: bytes, max_bytes: int) -> str:
    """Tell what a ZIP container is by its members: .docx, .xlsx, .pptx, .epub or .zip."""
    names = set(opened(data, max_bytes).namelist())
    inside = {"word/document.xml": ".docx", "xl/workbook.xml": ".xlsx", "ppt/presentation.xml": ".pptx"}
    for name, extension in inside.items():
        if name in names:
            return extension
    return ".epub" if "META-INF/container.xml" in names else ".zip"


def ole_kind(data: bytes) -> str:
    """Tell what an OLE container is: .xls, .msg, .doc, .ppt, `encrypted` for locked office files, or nothing."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            streams = {"/".join(path) for path in container.listdir()}
    except (OSError, ValueError, IndexError, AttributeError) as exc:
        raise FileRefusedError(
            reason="corrupt", detail=f"The file is damaged: {exc}. Open it and save it again."
        ) from exc
    marks = {
        "EncryptedPackage": "encrypted",
        "Workbook": ".xls",
        "Book": ".xls",
        "__properties_version1.0": ".msg",
        "WordDocument": ".doc",
        "PowerPoint Document": ".ppt",
    }
    return next((extension for stream, extension in marks.items() if stream in streams), "")


def _extracted(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, target: Path) -> Member:
    if info.flag_bits & _ENCRYPTED_FLAG:
        detail = "The archive's member needs a password. Unpack it and ingest the folder."
        return Member(name, reason="encrypted", detail=detail)
    try:
        with archive.open(info) as stream:
            # The declared size may lie; never write more than it.
            content = stream.read(info.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as exc:
        return Member(name, reason="corrupt", detail=f"The archive's member is damaged: {exc}. Pack it again.")
    if len(content) > info.file_size:
        return Member(name, reason="too-large", detail="The archive's member is larger than the archive states.")
    target.write_bytes(content)
    return Member(name, file=target.name)


def _decoded(info: zipfile.ZipInfo) -> str:
    """Return the member's name; Windows tools in China write GBK where the standard says CP437."""
    name = info.filename
    if not info.flag_bits & 0x800:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return "/".join(part for part in parts if part not in {"/", "..", "."}) or "unnamed"


def _numbered(name: str, number: int) -> str:
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem} ({number}){path.suffix}"))


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "~$")) or part == "__MACOSX" for part in PurePosixPath(name).parts)
