"""Reads the codes out of rendered screenshots of terminals and windows, as a file beside a question is read."""

from __future__ import annotations

from bot.diagnosis import codes
from bot.knowledge import attachments
from bot.knowledge.sandbox import Sandbox
from bot.settings import Ingesting
from tests.benchmarks.rows import Bench, Missing, Row, at_least

COUNT = 48


def recovered(bench: Bench) -> list[Row]:
    """Measure the share of screenshots whose code is found, with the repair of characters that look alike."""
    try:
        import rapidocr  # noqa: F401 - only whether it is there
    except ImportError as exc:
        missing = "the extra 'ocr'"
        raise Missing(missing) from exc
    from tests.fakes import screens

    count = COUNT // 4 if bench.quick else COUNT
    found, sure = 0, 0.0
    with Sandbox(attachments.limits(Ingesting())) as sandbox:
        for screen in screens.screens(count):
            bench.say(screen.name)
            plain = sandbox.plain("screen.png", screen.content)
            found += screen.code in codes.extract(plain.text)
            sure += plain.confidence or 0.0
    languages = "zh and en" if screens.has_chinese() else "en only, no Chinese font is here"
    what = f"{count} rendered screenshots, {languages}, dark and light, PNG and JPEG: code recovered"
    return [at_least(what, 0.95, found / count, f"confidence {sure / count:.2f}")]
