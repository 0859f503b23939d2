"""What the candidates of one question show about an answer being there: a few numbers that hold for every engine."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bot.retrieval.offtopic import background
from bot.text import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.retrieval.candidates import Candidates
    from bot.types import Hit

READ = 10
"""Chunks of each leg whose text is compared with the question; 20 gave the same figures at twice the time."""

MAX_TERMS = 64
"""The rarest distinct tokens of a question that are looked for; a pasted log can have thousands."""

MAX_CHARACTERS = 256
"""How much of the question the longest common substring is sought in."""

_FIRST_CJK = "\u3040"


def features(candidates: Candidates) -> Mapping[str, float]:
    """Measure the candidates; costs about a millisecond.

    `self`: best BM25 over the idf mass of the question, less in an index so small that its idf says little.
    `mass`: ln(1 + the largest idf mass of distinct question tokens in one chunk). `cov`: that mass over the question's.
    `cos`: best score of the meaning leg. `lcs`: ln(1 + the longest substring of the question in one of the nearest
    chunks). `margin`: lead of the best over the next document by words. `entropy`: of the words scores, 1 when all are
    equal. `overlap`: share of chunks that both legs list. `code`: 1 when a page defines the leading code. `length`:
    ln(1 + tokens), which is no evidence, but what the null depends on.
    """
    terms = _terms(candidates)
    near = _nearest(candidates)
    texts = {key: normalise(candidates.chunks[key].searchable) for key in near}
    masses = {key: sum(idf for term, idf in terms.items() if occurs(term, text)) for key, text in texts.items()}
    best = max(masses.values(), default=0.0)
    words = candidates.hits.words
    return {
        "self": _self(candidates),
        "mass": math.log1p(best),
        "cov": best / total if (total := sum(terms.values())) else 0.0,
        "cos": max(candidates.hits.meaning[0].score, 0.0) if candidates.hits.meaning else 0.0,
        "lcs": _lcs(candidates, texts, masses),
        "margin": _margin(candidates),
        "entropy": _entropy(words[:READ]),
        "overlap": _overlap(words[:READ], candidates.hits.meaning[:READ]),
        "code": _code(candidates),
        "length": math.log1p(len(candidates.tokens)),
    }


def occurs(term: str, text: str) -> bool:
    """Tell whether a token stands in a normalised text: CJK anywhere, others between word boundaries.

    >>> occurs("ora", "see ora-01555"), occurs("ora", "oracle"), occurs("数据", "大数据库")
    (True, False, True)
    """
    if term >= _FIRST_CJK:
        return term in text
    start = text.find(term)
    while start >= 0:
        end = start + len(term)
        if not (_is_word(text[start - 1 : start]) or _is_word(text[end : end + 1])):
            return True
        start = text.find(term, start + 1)
    return False


def longest_common(question: str, text: str) -> int:
    """Return the length of the longest substring of `question` that occurs in `text`."""
    best = 0
    for start in range(len(question)):
        while start + best < len(question) and question[start : start + best + 1] in text:
            best += 1
    return best


def _is_word(character: str) -> bool:
    return character.isalnum() and character < _FIRST_CJK


def _idf(frequency: float, total: float) -> float:
    """Robertson's idf as Lucene and LanceDB smooth it, never negative."""
    return math.log1p((total - frequency + 0.5) / (frequency + 0.5))


def _self(candidates: Candidates) -> float:
    hits = candidates.hits
    mass = sum(_idf(hits.frequencies.get(token, 0), hits.total) for token in candidates.tokens)
    if not hits.words or not mass:
        return 0.0
    return hits.words[0].score / mass * hits.total / (hits.total + background(candidates.language).total)


def _terms(candidates: Candidates) -> dict[str, float]:
    """Return the rarest distinct tokens with their idf, the way people ask counted in."""
    prior = background(candidates.language)
    total = candidates.hits.total + prior.total
    found = candidates.hits.frequencies
    idf = {
        term: _idf(found.get(term, 0) + prior.frequencies.get(term, 0), total)
        for term in dict.fromkeys(candidates.tokens)
    }
    rarest = sorted(idf.items(), key=lambda item: -item[1])
    return dict(rarest[:MAX_TERMS])


def _nearest(candidates: Candidates) -> list[str]:
    hits = candidates.hits
    ids = dict.fromkeys(hit.id for hit in (*hits.words[:READ], *hits.meaning[:READ]))
    return [key for key in ids if key in candidates.chunks]


def _lcs(candidates: Candidates, texts: Mapping[str, str], masses: Mapping[str, float]) -> float:
    """Search the best covering, the two best by words and the nearest chunk alone: each text costs time."""
    hits = candidates.hits
    ids = [hit.id for hit in (*hits.words[:2], *hits.meaning[:1])]
    if masses:
        ids.append(max(masses, key=lambda key: masses[key]))
    question = normalise(candidates.text[:MAX_CHARACTERS]).strip()
    return math.log1p(max((longest_common(question, texts[key]) for key in {*ids} & texts.keys()), default=0))


def _margin(candidates: Candidates) -> float:
    words = candidates.hits.words
    first = candidates.chunks.get(words[0].id) if words else None
    if first is None:
        return 0.0
    for hit in words[1:]:
        other = candidates.chunks.get(hit.id)
        if other is not None and other.document != first.document:
            return 1 - hit.score / words[0].score
    return 1.0


def _entropy(hits: Sequence[Hit]) -> float:
    total = sum(hit.score for hit in hits)
    if len(hits) < 2 or total <= 0:  # noqa: PLR2004 - one hit has no spread
        return 0.0
    shares = [hit.score / total for hit in hits if hit.score > 0]
    return -sum(share * math.log(share) for share in shares) / math.log(len(hits))


def _overlap(words: Sequence[Hit], meaning: Sequence[Hit]) -> float:
    shared = {hit.id for hit in words} & {hit.id for hit in meaning}
    return len(shared) / max(1, min(len(words), len(meaning)))


def _code(candidates: Candidates) -> float:
    """Return 1 when a page defines the leading code: that page is what the question asks for."""
    if not candidates.codes or candidates.vetoed or candidates.codes[0] not in candidates.hits.known_codes:
        return 0.0
    return 1.0 if candidates.hits.codes and candidates.hits.codes[0].score > 1 else 0.0
