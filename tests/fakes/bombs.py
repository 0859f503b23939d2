"""Small files that unpack to a great deal."""

from __future__ import annotations

import struct
import zlib


def blank_png(width: int, height: int) -> bytes:
    """Return a PNG of a few hundred bytes a megapixel that unpacks to one bit a pixel of white."""
    rows = zlib.compress((b"\x00" + b"\xff" * -(-width // 8)) * height, 9)
    made = b"\x89PNG\r\n\x1a\n"
    for name, body in (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)),
        (b"IDAT", rows),
        (b"IEND", b""),
    ):
        made += struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return made
