"""Samples ballots from the blocks of the passages, in proportion to how well they fit the question."""

from __future__ import annotations

import hashlib
import json
import math
import random
from typing import TYPE_CHECKING

from bot.backends.offline import shaping
from bot.backends.offline.scoring import candidates, coverage
from bot.sentences import blocks, escape_markers, sentences
from bot.types import Completion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.backends.offline.scoring import Candidate
    from bot.types import Prompt

SHARPNESS = 0.08
"""Difference of scores that makes one block e times likelier than another, at temperature .7."""

CONSIDERED = 8
LEAST_COVERAGE = 0.05
"""Below this share of the question's tokens every ballot refuses."""


class OfflineModel:
    """The `Model` port without a model: it quotes and does not reason. Equal prompts give equal samples."""

    @property
    def name(self) -> str:
        """The URL that chooses it."""
        return "offline://"

    def sample(self, prompt: Prompt, n: int) -> list[Completion]:
        """Return `n` ballots as JSON, as a language model would write them.

        A block is drawn with probability softmax(score / (SHARPNESS · temperature / .7)); the i-th sample of a question
        is always the same, whatever the batches. Temperature 0 always draws the best block.
        """
        found = candidates(prompt.question, prompt.passages)[:CONSIDERED]
        if not found or coverage(prompt.question, prompt.passages[found[0].number - 1]) < LEAST_COVERAGE:
            return [Completion(_refusal())] * n
        odds = _odds(found, prompt.temperature)
        chosen = (_draw(found, odds, prompt, prompt.drawn + i) for i in range(n))
        return [Completion(_ballot(candidate, prompt)) for candidate in chosen]


def _odds(found: Sequence[Candidate], temperature: float) -> list[float]:
    if temperature <= 0:
        return [1.0] + [0.0] * (len(found) - 1)
    scale = SHARPNESS * temperature / 0.7
    return [math.exp((candidate.score - found[0].score) / scale) for candidate in found]


def _draw(found: Sequence[Candidate], odds: Sequence[float], prompt: Prompt, place: int) -> Candidate:
    seed = hashlib.blake2b(f"{place}\0{prompt.question}".encode("utf-8", "replace"), digest_size=8).digest()
    source = random.Random(seed)  # noqa: S311 - reproducible draws, no secret
    return source.choices(found, weights=odds)[0]


def _ballot(candidate: Candidate, prompt: Prompt) -> str:
    key = (sentences(candidate.key) or [candidate.key])[0]
    parts = shaping.parts(candidate, prompt)
    answer = "\n\n".join(f"### {part.heading}\n\n{_marked(part.text, part.number)}" for part in parts)
    cited = [candidate.number, *(part.number for part in parts)]
    ballot = {
        "answerable": True,
        "key": key,
        "answer": answer or _marked(candidate.text, candidate.number),
        "citations": list(dict.fromkeys(cited)),
    }
    return json.dumps(ballot, ensure_ascii=False)


def _refusal() -> str:
    return json.dumps({"answerable": False, "key": "", "answer": "", "citations": []})


def _marked(quoted: str, number: int) -> str:
    """Put the passage's number behind the last sentence; brackets of the document's own must not look like one."""
    found = blocks(quoted)
    last = max((i for i, b in enumerate(found) if b.kind in {"prose", "item"}), default=None)
    parts = []
    for place, block in enumerate(found):
        text = block.text if block.kind == "code" else escape_markers(block.text)
        body = text.rstrip()
        parts.append(f"{body} [{number}]{text[len(body) :]}" if place == last else text)
    return "".join(parts) if last is not None else f"{''.join(parts)}\n\n[{number}]"
