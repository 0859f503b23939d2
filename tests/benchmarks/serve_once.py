"""A process that opens the bot on a made index, searches 200 times, and prints its resident memory in megabytes."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil

from bot import settings, wiring
from bot.types import Scope
from tests.benchmarks import corpus


def main(home: Path, chunks: int) -> None:
    """Search with texts, so that tokens, vectors, evidence and fusion are all loaded."""
    words = corpus.make(1_000).vocabulary
    opened = settings.load(home=home, embedder=f"hashing://{corpus.DIMENSIONS}")
    parts = wiring.build(opened)
    scope = Scope(frozenset(f"c{number}" for number in range(corpus.COLLECTIONS - 1)))
    for number in range(200):
        text = " ".join(words[(number * 7 + step * 31) % len(words)] for step in range(8))
        parts.retriever.retrieve(text, scope, 10)
    found = len(parts.index.documents())
    parts.close()
    if found * 10 < chunks:
        message = f"{found} documents, fewer than {chunks} chunks need"
        raise SystemExit(message)
    sys.stdout.write(f"{psutil.Process().memory_info().rss / 1e6:.1f}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
