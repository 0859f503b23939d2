"""Pictures: screenshots and photographs, whose text is recognised where the extra `ocr` is installed."""

from __future__ import annotations

import functools
import io
from typing import TYPE_CHECKING

import numpy as np

from bot.diagnosis.confusables import repaired
from bot.errors import FileRefusedError
from bot.knowledge.documents import Document, Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rapidocr import RapidOCR

MAX_PIXELS = 50_000_000
"""Larger pictures are refused: a screen has eight million, and a small file may unpack to any number."""

_STARTS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
_SAME_LINE = 0.5
_TOO_LARGE = f"The picture has too many pixels; the limit is {MAX_PIXELS:,}."
_MISSING = "A picture has no text layer. Install the extra 'ocr' to recognise the text in pictures."


def is_picture(content: bytes) -> bool:
    """Tell a picture by its first bytes; HEIC, which phones take, among them."""
    container = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    return content.startswith(_STARTS) or container or content[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1"}


def read(data: bytes) -> Document:
    """Recognise the text in a picture, line by line from above; codes that were read wrongly are repaired.

    Raises `FileRefusedError`: `scanned` without the extra `ocr`, `empty` for a picture without text, `too-large`,
    `corrupt`.
    """
    _library()
    pixels = _pixels(data)
    found = _recogniser()(pixels)
    texts, boxes = getattr(found, "txts", None), getattr(found, "boxes", None)
    if not texts or boxes is None:
        raise FileRefusedError(reason="empty", detail="No text was found in the picture.")
    whole = repaired("\n".join(_lines(texts, boxes)))
    return Document((Section(whole, markdown=False),), confidence=_confidence(texts, getattr(found, "scores", None)))


def _confidence(texts: Sequence[str], scores: Sequence[float] | None) -> float:
    """Return how sure a character is on average, 0 to 1; 0 where the recogniser does not say."""
    length = sum(map(len, texts))
    if not length or scores is None:
        return 0.0
    return sum(score * len(text) for text, score in zip(texts, scores, strict=True)) / length


def _library() -> type[RapidOCR]:
    try:
        from rapidocr import RapidOCR
    except ImportError as exc:
        raise FileRefusedError(reason="scanned", detail=_MISSING) from exc
    found: type[RapidOCR] = RapidOCR
    return found


@functools.cache
def _recogniser() -> RapidOCR:
    # One thread, as for all that the reading process does: other questions are being answered meanwhile.
    threads = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    return _library()(params={"Global.log_level": "critical", **threads})


def _pixels(data: bytes) -> np.ndarray:
    """Decode the first frame, upright, on white where it is transparent; blue first, as OpenCV has it."""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(data)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise FileRefusedError(reason="too-large", detail=_TOO_LARGE)
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except Image.DecompressionBombError as exc:
        raise FileRefusedError(reason="too-large", detail=_TOO_LARGE) from exc
    except (OSError, ValueError, SyntaxError) as exc:
        raise FileRefusedError(reason="corrupt", detail="The picture cannot be opened. Save it again.") from exc
    white = Image.new("RGBA", upright.size, "white")
    return np.asarray(Image.alpha_composite(white, upright).convert("RGB"))[:, :, ::-1]


def _lines(texts: Sequence[str], boxes: Sequence[np.ndarray]) -> list[str]:
    """Join what stands on one line, such as the columns of a table, from left to right."""
    spots = [(float(box[:, 1].mean()), float(np.ptp(box[:, 1])), float(box[:, 0].min())) for box in boxes]
    lines: list[list[tuple[float, str]]] = []
    middle = height = 0.0
    for (y, tall, x), text in sorted(zip(spots, texts, strict=True)):
        if not lines or y - middle > _SAME_LINE * min(tall, height):
            lines.append([])
            middle, height = y, tall
        lines[-1].append((x, text))
    return [" ".join(text for _, text in sorted(line)) for line in lines]
