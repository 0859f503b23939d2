"""Tells text from noise in a PDF's text layer, whose fonts may map glyphs to arbitrary characters."""

from __future__ import annotations

import re
import unicodedata

_RADICALS = dict(
    zip(
        "⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳⺁⺌⺠⺮",
        "见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟厂小民竹",
        strict=True,
    )
)
_KANGXI = re.compile("[\u2e80-\u2fdf]")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_WORD = re.compile(r"[^\W\d_]{3,}")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_BROKEN = re.compile(r"[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]|\(cid:\d+\)")
_SHORTEST = 5


def fold_radicals(text: str) -> str:
    """Replace CJK radicals, which some PDF writers put in place of the characters that look the same."""
    return _KANGXI.sub(lambda match: _RADICALS.get(match.group(), unicodedata.normalize("NFKC", match.group())), text)


def is_noise(line: str) -> bool:
    """Tell whether a line is what a broken font mapping leaves: code points counted upwards, or no characters.

    Such a mapping numbers glyphs as they come, so that a heading reads `!"#$%&'()`: many different signs, hardly a
    word, and neighbours in the order of their codes.
    """
    dense = "".join(line.split())
    if len(_BROKEN.findall(line)) * 3 > len(dense) > 0:
        return True
    # A CJK remark beside the noise does not make the signs legible.
    signs = _CJK.sub("", dense)
    if len(signs) < _SHORTEST or len(signs) * 2 < len(dense) or _WORD.search(signs.lower()):
        return False
    kinds = len(set(_PUNCTUATION.findall(signs)))
    return kinds >= _SHORTEST - 1 or _counted(signs) >= max(_SHORTEST - 1, len(signs) // 2)


def _counted(signs: str) -> int:
    """Count neighbours that follow each other among the printable signs, digits and capitals of ASCII."""
    following = sum(ord(second) - ord(first) == 1 for first, second in zip(signs, signs[1:], strict=False))
    return following if _PUNCTUATION.search(signs) else 0
