"""Bytes to text: byte order marks, UTF-8, UTF-16, and the East Asian and Western encodings of old exports."""

from __future__ import annotations

import re

from bot.errors import FileRefusedError

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
          (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))  # fmt: skip
_LEGACY = ("gb18030", "big5", "cp932", "cp1252")
_SURE = 0.6
_SAMPLE = 200_000
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_HIGH_BIT = 0x80
_HALF_WIDTH = range(0xA1, 0xE0)
_HIGH = re.compile(rb"[\x80-\xff]+")
_PAIRS = {
    "gb18030": re.compile(rb"[\xa1-\xa3\xb0-\xd7][\xa1-\xfe]"),
    "big5": re.compile(rb"[\xa1-\xa3\xa4-\xc6][\x40-\x7e\xa1-\xfe]"),
    "cp932": re.compile(rb"[\x81-\x83\x88-\x97][\x40-\x7e\x80-\xfc]"),
}
"""The lead and trail bytes of each encoding's punctuation, kana and everyday characters (level 1 of its standard)."""


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the text with unified line ends, and a warning when its encoding had to be guessed blindly.

    Raises `FileRefusedError("unknown-type")` for bytes that are no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _clean(data.decode(encoding, "replace")), ()
    if (wide := _utf16(data)) is not None:
        return _clean(wide), ()
    try:
        return _clean(data.decode("utf-8")), ()
    except UnicodeDecodeError:
        return _legacy(data)


def clean(text: str) -> str:
    """Unify line ends, and turn control characters and lone surrogates, which no index takes, into spaces."""
    return _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def _clean(text: str) -> str:
    text = _COLOUR.sub("", text)  # logs of programs that took a file for a terminal
    if len(_CONTROL.findall(text[:_SAMPLE])) > max(2, len(text[:_SAMPLE]) // 50):
        message = "The file holds no text. Convert it to one of the known formats, or leave it out."
        raise FileRefusedError(reason="unknown-type", detail=message)
    return clean(text)


def _utf16(data: bytes) -> str | None:
    sample = data[:2_000]
    half = len(sample) // 2
    for encoding, high, low in (("utf-16-le", sample[1::2], sample[::2]), ("utf-16-be", sample[::2], sample[1::2])):
        # Signs and line ends have a zero byte in UTF-16, always on the same side; other text has none.
        if high.count(0) > half * 0.03 and not low.count(0):
            return data.decode(encoding, "replace")
    return None


def _legacy(data: bytes) -> tuple[str, tuple[str, ...]]:
    scores = {encoding: _score(data, encoding) for encoding in _LEGACY}
    best = max(scores, key=scores.__getitem__)
    if scores[best] >= _SURE:
        return _clean(data.decode(best, "replace")), ()
    from charset_normalizer import from_bytes

    guess = from_bytes(data[:_SAMPLE]).best()
    encoding = guess.encoding if guess else "utf-8"
    warning = f"The encoding is not certain; read as {encoding}. Save the file as UTF-8 if characters are wrong."
    return _clean(data.decode(encoding, "replace")), (warning,)


def _score(data: bytes, encoding: str) -> float:
    """Return the share of bytes outside ASCII that are everyday characters of the encoding, 0 if it cannot be it."""
    sample = data[:_SAMPLE]
    try:
        # A character may be cut in two at the end of the sample.
        sample[: max(len(sample) - 4, 1)].decode(encoding, "strict") if len(data) > _SAMPLE else data.decode(encoding)
    except UnicodeDecodeError as exc:
        if exc.start < len(sample) - 8:
            return 0.0
    runs = _HIGH.findall(sample)
    total = sum(map(len, runs))
    if encoding == "cp1252":
        return sum(len(run) for run in runs if len(run) == 1) / max(total, 1)
    return _everyday(sample, encoding) / max(total, 1)


def _everyday(sample: bytes, encoding: str) -> int:
    count = position = 0
    pattern = _PAIRS[encoding]
    while position < len(sample):
        if sample[position] < _HIGH_BIT or (encoding == "cp932" and sample[position] in _HALF_WIDTH):
            position += 1
        else:
            if pattern.match(sample, position):
                count += sum(byte >= _HIGH_BIT for byte in sample[position : position + 2])
            position += 2
    return count
