"""Tells text from noise in a PDF's text layer, whose fonts may map glyphs to arbitrary characters."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

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
_KINDS = 3
_SWITCH = re.compile(r"[a-zß-ÿ](?=[A-ZÀ-Þ])")
_INNER_SIGN = re.compile(r"\w[\\|~^{}]\w")
_PROGRAM_SIGNS = ("()", "<=", "=>")


def fold_radicals(text: str) -> str:
    """Replace CJK radicals, which some PDF writers put in place of the characters that look the same."""
    return _KANGXI.sub(lambda match: _RADICALS.get(match.group(), unicodedata.normalize("NFKC", match.group())), text)


def is_noise(line: str) -> bool:
    """Tell whether a line is what a broken font mapping leaves: code points counted upwards, or no characters.

    Such a mapping numbers glyphs as they come, so that a heading reads `!"#$%&'()`: many different signs, no word,
    and neighbours in the order of their codes.
    """
    dense = "".join(line.split())
    if sum(map(len, _BROKEN.findall(line))) * 3 > len(dense) > 0:
        return True
    # A CJK remark beside the noise does not make the signs legible.
    signs = _CJK.sub("", dense)
    if len(signs) < _SHORTEST or len(signs) * 2 < len(dense) or _WORD.search(signs.lower()):
        return False
    counted = _counted(signs)
    return len(set(_PUNCTUATION.findall(signs))) >= _KINDS and counted >= max(2, (len(signs) - 1) / 4)


def is_shifted(text: str) -> bool:
    """Tell whether most words are what a font with shifted codes leaves: capitals and signs in the midst of words.

    Only meaningful where the file itself gives no mapping: program text and product names look a little like it.
    """
    words = text.split()
    odd = [word for word in words if len(_SWITCH.findall(word)) + len(_INNER_SIGN.findall(word)) > 1]
    return sum(map(len, odd)) * 2 > sum(map(len, words))


def _counted(signs: str) -> int:
    """Count neighbours whose codes follow each other, a sign among them, but not the pairs that programs have."""
    return sum(
        ord(second) - ord(first) == 1
        and first + second not in _PROGRAM_SIGNS
        and _PUNCTUATION.search(first + second) is not None
        for first, second in pairwise(signs)
    )
