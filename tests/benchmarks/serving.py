"""Times what stands around the model: the pipeline's own work, and the start of the command."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING

import numpy as np

from bot.evaluation import scores
from bot.types import Address, Completion, Question
from tests.benchmarks import corpus, sets
from tests.benchmarks.command import Quorum
from tests.benchmarks.rows import Bench, Row, at_most

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.ports import Embedder
    from bot.types import Matrix, Prompt, Vector
    from bot.wiring import Parts

CHUNKS = 10_000
_ASKED = 200


class InstantModel:
    """Answers at once with the first sentence of the first passage, cited, in the form that voters must keep."""

    name = "instant"

    def sample(self, prompt: Prompt, n: int) -> list[Completion]:
        """Return the same completion `n` times."""
        sentence = re.split(r"(?<=[.!?。])\s", prompt.passages[0].chunk.text, maxsplit=1)[0]
        ballot = {"answerable": True, "key": sentence[:40], "answer": f"{sentence} [1]", "citations": [1]}
        return [Completion(json.dumps(ballot, ensure_ascii=False))] * n


class RememberedEmbedder:
    """Gives back vectors that were made before, so that embedding costs nothing."""

    def __init__(self, name: str, vectors: dict[str, Vector], dimensions: int) -> None:
        """Take the vector of every text that will be asked."""
        self.name = name
        self.dimensions = dimensions
        self._vectors = vectors

    def queries(self, texts: Sequence[str]) -> Matrix:
        """Look the vectors up."""
        return np.stack([self._vectors[text] for text in texts])

    passages = queries


def pipeline(bench: Bench) -> list[Row]:
    """Time `Bot.answer` at 10,000 chunks with a model that answers at once and vectors made beforehand."""
    from bot import settings, wiring

    made = corpus.make(CHUNKS)
    home = bench.work / "home"
    rows = [(_sentence(made, row, 8) + "?", _sentence(made, row, 75)) for row in range(CHUNKS)]
    Quorum(home).ingest(sets.write_rows(rows, bench.work / "rows.jsonl"))
    asked = [question for question, _ in rows[:: CHUNKS // _ASKED]]
    parts = wiring.build(settings.load(home=home))
    try:
        seconds, answered = _time_answers(parts, asked)
        embedding = scores.percentile([_timed(parts, text) for text in asked], 50) or 0.0
    finally:
        parts.close()
    half, most = (1000 * (scores.percentile(seconds, share) or 0) for share in (50, 95))
    note = f"p95 {most:.0f} ms, {answered} of {len(asked)} answered; "
    note += f"embedding the question by hashing, not counted, {1000 * embedding:.1f} ms"
    return [at_most("Pipeline's own time at 10,000 chunks, p50", 30, half, "ms", note)]


def start(bench: Bench) -> list[Row]:
    """Time `quorum --help`: the median of ten starts."""
    quorum = Quorum(bench.work / "home")
    times = []
    for _ in range(11):
        began = time.perf_counter()
        quorum.run("--help")
        times.append(time.perf_counter() - began)
    return [at_most("`quorum --help`, median of 10", 0.4, scores.percentile(times[1:], 50) or 0.0, "s")]


def _time_answers(parts: Parts, asked: Sequence[str]) -> tuple[list[float], int]:
    """Return the seconds of every answer after ten to warm up, and how many questions were answered."""
    from bot.answering.sampling import BoundVoter
    from bot.pipeline import Bot
    from bot.retrieval.search import Retriever

    embedder, line_embedder = _remember(parts.embedder, asked), _remember(parts.line_embedder, asked)
    retriever = Retriever(parts.index, embedder, line_embedder, parts.settings.retrieval, parts.retriever.judge)
    voter = BoundVoter("instant/answer", InstantModel(), "answer", 0.7, 1.0)
    bot = Bot(retriever, [voter], parts.settings)
    address = Address("cli", "bench", "bench")
    questions = [Question(str(n), text, address, "en", 0.0) for n, text in enumerate(asked)]
    for question in questions[:10]:
        bot.answer(question)
    answers = [bot.answer(question) for question in questions]
    return [answer.seconds for answer in answers], sum(answer.outcome != "refused" for answer in answers)


def _remember(embedder: Embedder, asked: Sequence[str]) -> RememberedEmbedder:
    vectors = embedder.queries(asked)
    return RememberedEmbedder(embedder.name, dict(zip(asked, vectors, strict=True)), embedder.dimensions)


def _timed(parts: Parts, text: str) -> float:
    began = time.perf_counter()
    parts.embedder.queries([text])
    return time.perf_counter() - began


def _sentence(made: corpus.Corpus, row: int, words: int) -> str:
    picked = [made.vocabulary[word] for word in made.words[row][:words]]
    sentences = [" ".join(picked[start : start + 15]).capitalize() for start in range(0, len(picked), 15)]
    return ". ".join(sentences)
