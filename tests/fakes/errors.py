"""The sample pages about errors in an index in memory, and a bot before them."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answering.sampling import BoundVoter
from bot.backends.offline import OfflineModel
from bot.pipeline import Bot
from bot.retrieval.evidence import EvidenceJudge, Profile
from bot.retrieval.search import Retriever
from bot.settings import Searching, Settings
from tests.fakes import made
from tests.fakes.index import MemoryIndex

if TYPE_CHECKING:
    from bot.ports import Model

PAGES = Path(__file__).resolve().parents[2] / "examples" / "knowledge" / "errors"


@functools.cache
def index() -> MemoryIndex:
    """Every sample page about an error as one chunk."""
    found = MemoryIndex()
    for path in sorted(PAGES.rglob("*.md")):
        body = path.read_text(encoding="utf-8")
        title = body.splitlines()[0].removeprefix("# ")
        found.add(made.indexed(made.chunk(f"{path.parent.name}/{path.name}", body, title=title)))
    return found


def finding(found: MemoryIndex) -> Retriever:
    """What finds pages, with the shipped evidence."""
    return Retriever(found, made.EMBEDDER, made.LINE_EMBEDDER, Searching(), EvidenceJudge(Profile()))


def bot(model: Model | None = None) -> Bot:
    """A bot that answers from them, by quoting or with a model."""
    voter = BoundVoter("voter", model or OfflineModel(), "answer", 0.7, 1.0)
    return Bot(finding(index()), [voter], Settings())
