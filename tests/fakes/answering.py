"""Passages, ballots and scripted models for the tests of answering."""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING

from bot.types import Chunk, Completion, Passage, Place, Sample

if TYPE_CHECKING:
    from bot.errors import QuorumError
    from bot.types import Prompt


def passage(  # noqa: PLR0913 - the fields that tests vary
    text: str,
    *,
    title: str = "Handbook",
    score: float = 1.0,
    code: float = 0.0,
    place: Place | None = None,
    question: str | None = None,
    url: str | None = None,
) -> Passage:
    """Make a passage of a document named after its title; one with a code score defines a code."""
    document = f"{title}.md"
    chunk = Chunk(
        id=f"{document}#0",
        document=document,
        collection="default",
        title=title,
        text=text,
        source=document,
        root="/docs",
        digest="0",
        place=place or Place(),
        url=url,
        question=question,
        defines=(title,) if code else (),
    )
    return Passage(chunk, score, code=code)


def ballot(key: str, answer: str = "", citations: tuple[int, ...] = (1,), weight: float = 1.0) -> Sample:
    """Make a ballot that answers."""
    return Sample("voter", weight, answerable=True, key=key, answer=answer or f"{key} [1]", citations=citations)


def refusal(weight: float = 1.0) -> Sample:
    """Make a ballot that refuses."""
    return Sample("voter", weight)


def spoilt(weight: float = 1.0) -> Sample:
    """Make a ballot that does not count."""
    return Sample("voter", weight, spoilt="not a JSON object")


def completion(key: str, answer: str = "", citations: tuple[int, ...] = (1,), *, answerable: bool = True) -> str:
    """Word a ballot as a model does."""
    return json.dumps(
        {"answerable": answerable, "key": key, "answer": answer or f"{key} [1]", "citations": list(citations)}
    )


class ScriptedModel:
    """The `Model` port over a list of texts, the last one for ever; an error in the list is raised."""

    def __init__(self, *script: str | QuorumError, name: str = "scripted") -> None:
        self.asked: list[tuple[Prompt, int]] = []
        self.name = name
        self._script = deque(script)

    def sample(self, prompt: Prompt, n: int) -> list[Completion]:
        """Return the next `n` texts."""
        self.asked.append((prompt, n))
        return [self._next() for _ in range(n)]

    def _next(self) -> Completion:
        item = self._script.popleft() if len(self._script) > 1 else self._script[0]
        if isinstance(item, str):
            return Completion(item)
        raise item
