"""Lays a text and the lines under it out in as few messages as hold them, each within WeCom's bytes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from adapters.layout.splitting import octets, split
from adapters.wecom.layout import tags
from adapters.wecom.markup.rendering import Form
from bot.phrases import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.types import Language

APP = 2_048
"""Bytes of a text or Markdown message of an app; what is over is cut in silence (document 90236)."""

ROBOT = 3_900
"""Bytes of a group robot's Markdown: WeCom's 4,096 with room for a line above (document 91770)."""

BOT = 20_000
"""Bytes of a stream's content or a Markdown message of the AI bot: WeCom's 20,480 with a margin (document 101031)."""


@dataclass(frozen=True, slots=True)
class Style:
    """A kind of message: its form, how many bytes it holds, and whether each must differ from every other."""

    form: Form
    limit: int
    is_unique: bool


APP_TEXT = Style("text", APP, is_unique=True)
APP_MARKDOWN = Style("markdown", APP, is_unique=True)
ROBOT_MARKDOWN = Style("markdown", ROBOT, is_unique=True)
BOT_MARKDOWN = Style("bot", BOT, is_unique=False)


def pages(body: str, groups: Sequence[Sequence[str]], style: Style, key: str, language: Language) -> list[str]:
    """Return a marked-up text and groups of lines as messages: in order, complete, marked `(k/n)` if more than one.

    `key` is the question's id, from which the reference at the end of an app's message comes: with it the same answer
    to two questions makes different messages, and every try of one makes the same.
    """
    most = 1
    while True:
        room = style.limit - octets(_ending(most, most, style, key, language))
        found = list(_filled(body, groups, room))
        if len(found) <= most:
            break
        most = most * 10 + 9
    return [f"{text}{_ending(number, len(found), style, key, language)}" for number, text in enumerate(found, 1)]


def _ending(number: int, total: int, style: Style, key: str, language: Language) -> str:
    marks = [f"({number}/{total})"] if total > 1 else []
    marks += [say("wecom_reference", language, reference=tags.reference(key))] if style.is_unique else []
    return f"\n\n{' '.join(marks)}" if marks else ""


def _filled(body: str, groups: Sequence[Sequence[str]], room: int) -> Iterator[str]:
    """Yield the texts of the messages: the body's parts, and the lines behind them as long as they fit."""
    *whole, open_part = split(body, room, octets) or ["…"]
    yield from whole
    for group in groups:
        between = "\n\n"
        for line in chain.from_iterable(split(each, room, octets) for each in group):
            longer = f"{open_part}{between}{line}"
            if octets(longer) <= room:
                open_part = longer
            else:
                yield open_part
                open_part = line
            between = "\n"
    yield open_part
