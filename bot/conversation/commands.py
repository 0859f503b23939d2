"""The words by which people give a command in a messenger, in Chinese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Command = Literal["help", "status", "sources", "forget", "stop", "human"]

NAMES: Mapping[str, Command] = {
    "help": "help",
    "status": "status",
    "sources": "sources",
    "forget": "forget",
    "stop": "stop",
    "human": "human",
    "帮助": "help",
    "状态": "status",
    "来源": "sources",
    "忘记": "forget",
    "清除": "forget",
    "停止": "stop",
    "人工": "human",
    "转人工": "human",
}

UNMARKED = ("help", "帮助", "人工", "转人工")
"""Words that are a command even without a slash; the others may be a question."""


def written(text: str, unmarked: tuple[str, ...] = UNMARKED) -> Command | None:
    """Return the command that a message to us is as a whole, such as `/stop`, `／帮助` or `help`."""
    words = text.strip().lower().replace("／", "/").rstrip("。.!！")
    if not (words.startswith("/") or words in unmarked):
        return None
    return NAMES.get(words.removeprefix("/").strip())
