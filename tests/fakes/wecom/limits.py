"""WeCom's limits: they count UTF-8 bytes, and what is over them is cut without a word, or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.wecom.refused import refuse, refuse_parameter

if TYPE_CHECKING:
    from tests.fakes.wecom.corp import Corp
    from tests.fakes.wecom.records import JSON

TEXT = 2048
"""Bytes of a text or a Markdown message of an app (document 90236)."""
ROBOT_MARKDOWN = 4096
"""Bytes of a group robot's Markdown (document 91770)."""
STREAM = 20_480
"""Bytes of an AI bot's stream or Markdown (document 101031)."""
FEEDBACK = 256


def size(text: str) -> int:
    """Return how many bytes a text has."""
    return len(text.encode())


def cut(corp: Corp, text: str, most: int, what: str) -> str:
    """Return what WeCom shows of a text: what is over is gone, and a remark says so."""
    if size(text) <= most:
        return text
    corp.remark(f"{what} of {size(text)} bytes was cut at {most}")
    return text.encode()[:most].decode(errors="ignore")


def words(part: JSON, name: str = "content", most: int = 0, what: str = "") -> str:
    """Return a text of a message: 44004 where it is empty, 40058 where it is over `most` bytes."""
    found = part.get(name)
    if found is not None and not isinstance(found, str):
        refuse_parameter(f"{what}.{name} should be a string.")
    if not found or not found.strip():
        refuse(44004, "empty content")
    if most and size(found) > most:
        refuse_parameter(f"{what}.{name} exceed max length {most}.")
    return found
