"""Every sentence that Quorum says to people, in Chinese and English, one module an area."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from bot.phrases import answers, diagnosis, escalation, files, masking, slack, web, wecom

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.types import Language

PHRASES: Mapping[str, Mapping[Language, str]] = {
    **answers.PHRASES,
    **diagnosis.PHRASES,
    **escalation.PHRASES,
    **files.PHRASES,
    **masking.PHRASES,
    **slack.PHRASES,
    **web.PHRASES,
    **wecom.PHRASES,
}
"""Key to language to text; `$name` is filled in by `say`."""


def say(key: str, language: Language, **values: object) -> str:
    """Return one phrase with its variables filled in; raises KeyError for an unknown key or a missing variable."""
    return Template(PHRASES[key][language]).substitute({name: str(value) for name, value in values.items()})
