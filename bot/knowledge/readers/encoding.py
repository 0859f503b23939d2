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

_KATAKANA = re.compile("[\uff66\uff71-\uff9d][\uff66-\uff9f]+")
_STRAY = re.compile(
    "(?<![\uff73\uff76-\uff84\uff8a-\uff8e])\uff9e|(?<![\uff8a-\uff8e])\uff9f"  # voicing marks
    "|(?<![\uff71-\uff9f])[\uff6c-\uff6e]|[\ue000-\uf8ff]"  # small ya, yu and yo; private use
)
"""What no Japanese text holds: a mark or a small letter without the half-width katakana that takes it, no character."""
_APOSTROPHE = re.compile(rb"[A-Za-z]\x92[a-z]")
"""As in "it's" with a curly one; cp932 would take it and the letter for a character."""
_KATAKANA_SHARE = 0.8
_LESS_CHINESE = 0.75
_FEWEST_BYTES, _TELLING_BYTES = 5, 16
"""A rare Chinese character or two look like katakana; a dozen do not."""


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
    if scores["cp1252"] < _SURE and _is_katakana(data, max(scores["gb18030"], scores["big5"])):
        return _clean(data.decode("cp932", "replace")), ()
    best = max(scores, key=scores.__getitem__)
    if scores["cp1252"] == scores[best] and _APOSTROPHE.search(data[:_SAMPLE]):
        best = "cp1252"
    if scores[best] >= _SURE:
        return _clean(data.decode(best, "replace")), ()
    encoding = _guess(data)
    warning = f"The encoding is not certain; read as {encoding}. Save the file as UTF-8 if characters are wrong."
    return _clean(data.decode(encoding, "replace")), (warning,)


def _is_katakana(data: bytes, chinese: float) -> bool:
    """Tell whether this is cp932 with half-width katakana, whose bytes in pairs are characters of GBK and Big5.

    `chinese` is the better score of those two; where both are likely, it is Chinese.
    """
    sample = data[:_SAMPLE]
    if not _fits(data, sample, "cp932"):
        return False
    text = sample.decode("cp932", "replace")
    total, katakana = sum(map(len, _HIGH.findall(sample))), sum(map(len, _KATAKANA.findall(text)))
    share = (katakana + _everyday(sample, "cp932")) / max(total, 1)
    if not katakana or total < _FEWEST_BYTES or share < _KATAKANA_SHARE or _STRAY.search(text):
        return False
    return chinese < share * _LESS_CHINESE if total >= _TELLING_BYTES else not chinese


def _guess(data: bytes) -> str:
    """Return the encoding that loses least; UTF-8 only for a text that is mostly UTF-8, with damage here and there."""
    sample = data[:_SAMPLE]
    text = data.decode("utf-8", "replace")
    if len(text) - len(text.encode("ascii", "ignore")) > 3 * text.count("\ufffd"):
        return "utf-8"
    from charset_normalizer import from_bytes

    guess = from_bytes(sample).best()
    if guess and guess.encoding not in {"utf_8", "ascii"}:
        return guess.encoding
    return min(_PAIRS, key=lambda encoding: sample.decode(encoding, "replace").count("\ufffd"))


def _score(data: bytes, encoding: str) -> float:
    """Return the share of bytes outside ASCII that are everyday characters of the encoding, 0 if it cannot be it."""
    sample = data[:_SAMPLE]
    if not _fits(data, sample, encoding):
        return 0.0
    runs = _HIGH.findall(sample)
    total = sum(map(len, runs))
    if encoding == "cp1252":
        return sum(len(run) for run in runs if len(run) == 1) / max(total, 1)
    return _everyday(sample, encoding) / max(total, 1)


def _fits(data: bytes, sample: bytes, encoding: str) -> bool:
    """Tell whether the sample can be decoded, but for a character that is cut in two at its end."""
    try:
        sample[: max(len(sample) - 4, 1)].decode(encoding, "strict") if len(data) > _SAMPLE else data.decode(encoding)
    except UnicodeDecodeError as exc:
        return exc.start >= len(sample) - 8
    return True


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
