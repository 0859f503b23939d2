"""Bytes or text to clean lines through flat memory: encodings, NULs, colours, endless lines and binary content."""

from __future__ import annotations

import codecs
import re
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from bot.diagnosis.logs import levels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BLOCK = 65_536
"""Bytes or characters that are looked at together."""

LONGEST = 4_000
"""A line of more characters comes in parts of so many."""

_UNREADABLE = 0.05
"""A line with a larger share of control characters is no text."""

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAMPLE = 512
_COLOURS = re.compile(
    r"\x1b(?:\[[0-?]{0,40}[ -/]{0,4}[@-~]|\][^\x07\x1b\n]{0,300}(?:\x07|\x1b\\)|[@-Z\\-_])"
    r"|(?:#033|\\u001[bB]|\^\[|\\x1[bB]|\\033)\[[\d;]{0,20}m"
)
_ESCAPED = ("#033[", "u001b[", "u001B[", "^[[", "\\x1b[", "\\033[")
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0e-\x1f\x7f\ufffd]")
_DIRTY = re.compile(r"[\x01-\x08\x0b-\x1f\x7f\ufffd]")


class Line(NamedTuple):
    """A line, or a part of a long one; the text of one that is not readable is empty.

    `is_telling` says that it may speak of a failure.
    """

    text: str
    is_part: bool = False
    is_readable: bool = True
    is_telling: bool = True


def of_text(text: str) -> Iterator[Line]:
    """Yield the lines of a text that is held in memory."""
    return split(text[start : start + BLOCK] for start in range(0, len(text), BLOCK))


def of_bytes(chunks: Iterable[bytes]) -> Iterator[Line]:
    """Yield the lines of bytes that come in chunks of any size."""
    return split(decoded(chunks))


def decoded(chunks: Iterable[bytes]) -> Iterator[str]:
    """Decode UTF-16 by its mark or its zeros, else each line as UTF-8, or as GB 18030 where it is not UTF-8."""
    blocks = _gathered(chunks)
    first = next(blocks, b"")
    codec = _codec(first)
    if codec is None:
        yield from _narrow(chain([first], blocks))
        return
    decoder = codecs.getincrementaldecoder(codec)("replace")
    for block in chain([first], blocks):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def split(blocks: Iterable[str]) -> Iterator[Line]:
    """Split text into lines at line feeds only; what ends without one is a line too."""
    held, is_part = "", False
    for block in blocks:
        text = (held + block).replace("\r\n", "\n")
        if is_dirty := _is_dirty(text):
            text = _cleaned(text)
        lowered = text.lower()
        marks = levels.marks(lowered)
        *whole, held = text.split("\n")
        for line, low in zip(whole, lowered.split("\n"), strict=False):
            if len(line) > LONGEST or (is_dirty and not line.isprintable()):
                yield from _parts(line, is_part=is_part)
            else:
                yield Line(line, is_part, is_telling=levels.is_telling(low, marks))
            is_part = False
        if len(held) > LONGEST:
            cut = len(held) - len(held) % LONGEST
            yield from _parts(held[:cut], is_part=is_part)
            held, is_part = held[cut:], True
    if held:
        yield from _parts(uncoloured(held), is_part=is_part)


def uncoloured(text: str) -> str:
    """Return a text without NULs and a terminal's colours."""
    return _cleaned(text) if _is_dirty(text) else text


def _cleaned(text: str) -> str:
    return _COLOURS.sub("", text.replace("\x00", ""))


def _is_dirty(text: str) -> bool:
    return "\x00" in text or _DIRTY.search(text) is not None or any(mark in text for mark in _ESCAPED)


def _parts(text: str, *, is_part: bool) -> Iterator[Line]:
    """Yield a line in parts, each without control characters; a large share of them makes it unreadable."""
    for start in range(0, len(text) or 1, LONGEST):
        part = text[start : start + LONGEST]
        if not part.isprintable() and len(_CONTROL.findall(part[:_SAMPLE])) > _UNREADABLE * len(part[:_SAMPLE]):
            yield Line("", is_part or start > 0, is_readable=False)
            continue
        part = _DIRTY.sub(" ", part.rstrip("\r"))
        lowered = part.lower()
        yield Line(part, is_part or start > 0, is_telling=levels.is_telling(lowered, levels.marks(lowered)))


def _gathered(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Join small chunks and part large ones, so that the time does not hang on how they come."""
    held = bytearray()
    for chunk in chunks:
        for start in range(0, len(chunk), BLOCK):
            held += chunk[start : start + BLOCK]
            if len(held) >= BLOCK:
                yield bytes(held)
                held.clear()
    if held:
        yield bytes(held)


def _codec(start: bytes) -> str | None:
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    sample = start[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    most = 0.7 * (len(sample) // 2)
    if most and odd > most and not even:
        return "utf-16-le"
    return "utf-16-be" if most and even > most and not odd else None


def _narrow(blocks: Iterable[bytes]) -> Iterator[str]:
    held = b""
    for block in blocks:
        whole = held + block
        end = whole.rfind(b"\n") + 1 or _boundary(whole)
        yield _text(whole[:end])
        held = whole[end:]
    yield _text(held)


def _boundary(block: bytes) -> int:
    """Return where a block without a line's end is cut: before a character of UTF-8 that is not whole."""
    end = len(block)
    for back in range(1, min(4, end) + 1):
        byte = block[end - back]
        if byte & 0xC0 == 0xC0:  # noqa: PLR2004 - the first byte of several (RFC 3629)
            return end - back
        if byte < 0x80:  # noqa: PLR2004 - a character of its own (RFC 3629)
            break
    return end


def _text(block: bytes) -> str:
    try:
        return block.decode()
    except UnicodeDecodeError:
        return "\n".join(map(_line, block.split(b"\n")))


def _line(line: bytes) -> str:
    for codec in ("utf-8", "gb18030"):
        try:
            return line.decode(codec)
        except UnicodeDecodeError:
            continue
    return line.decode("utf-8", "replace")
