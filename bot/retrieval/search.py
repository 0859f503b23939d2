"""From a question to its passages: one search over all legs, fused, with the exact code first, and judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.diagnosis import codes, neighbours
from bot.retrieval import fusion, leaning, lines, queries
from bot.retrieval.candidates import DEPTH, Candidates
from bot.types import Passage, Query, Retrieval, Scope

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bot.ports import Embedder, Index
    from bot.retrieval.candidates import Judge
    from bot.retrieval.queries import Pieces
    from bot.settings import Searching
    from bot.types import Chunk, Hits, Origin

ALIGNED = 20
"""So many pages of the lines leg are aligned with a pasted message, beside the best of the other legs."""

FITTING = 0.2
"""A line that fits a pasted message less well than this says nothing about its page."""

FITTING_WORDED = 0.6
"""The same for a message that a person may have worded: `I cannot connect from home` shares words with many lines."""

SURE = 0.85
"""The evidence from which on a question is answered though no page has the name of its error."""

NEAR = 3
"""Pages of similar codes that are named."""

_ANYWHERE = Scope()


class Retriever:
    """Finds passages; holds no state of its own, so that any number of threads may share one."""

    def __init__(
        self, index: Index, embedder: Embedder, line_embedder: Embedder, settings: Searching, judge: Judge
    ) -> None:
        """Take the index, the embedders that filled it, and what judges the evidence."""
        self._index = index
        self._embedder = embedder
        self._line_embedder = line_embedder
        self._settings = settings
        self.judge = judge

    def retrieve(self, text: str, scope: Scope = _ANYWHERE, k: int = 10, origin: Origin | None = None) -> Retrieval:
        """Return the best `k` passages and whether they hold an answer. Raises the index's and embedder's errors.

        A question whose leading error code is in no page's code field is not answerable, whatever else is found. One
        that names errors without a code needs more evidence where no page names one of them or has a line like its
        message: the name may have been said in passing. Of pages that are as good otherwise, those come first that fit
        where the error comes from.
        """
        found = self.candidates(text, scope, k, origin)
        judged = self.judge(found)
        return Retrieval(
            passages=found.passages,
            evidence=judged.evidence,
            answerable=judged.answerable and not found.vetoed and not (found.unnamed and judged.evidence < SURE),
            features=judged.features,
            codes=found.codes,
            missing_codes=found.missing_codes,
            calibrated=judged.calibrated,
            near=self._near(found.missing_codes[0], scope) if found.vetoed else (),
        )

    def candidates(self, text: str, scope: Scope = _ANYWHERE, k: int = 10, origin: Origin | None = None) -> Candidates:
        """Search and fuse, without judging."""
        text = queries.telling(queries.unaddressed(text))
        pieces = queries.read(text) if self._settings.legs == "all" else queries.read(text).plain()
        hits = self._index.search(self._query(pieces, scope, k))
        fused = fusion.combine(hits.words, hits.meaning, self._settings.weight)
        chunks = dict(hits.read(_needed(hits, fused, k)))
        is_known = any(code in hits.known_codes for code in pieces.strict)
        chunks |= {} if is_known else self._alike(pieces, chunks, scope)
        fits = {} if is_known else _fits(pieces, chunks)
        told = {} if pieces.strict else self._told(pieces, fits, chunks, scope)
        chunks |= told
        leans = {} if origin is None else leaning.of(origin, chunks)
        places = fusion.coded(hits, pieces.codes, chunks) | dict.fromkeys(told, 0)
        order = fusion.ranked(fused, places, fits, leans)[:k]
        missing = _missing(pieces, hits.known_codes, fits, chunks)
        return Candidates(
            text=text,
            language=pieces.language,
            tokens=pieces.tokens,
            hits=hits,
            passages=_passages(order, hits, fused, fits, chunks),
            chunks=chunks,
            codes=pieces.codes,
            missing_codes=missing,
            vetoed=bool(missing) and missing[:1] == pieces.strict[:1],
            unnamed=bool(missing) and not pieces.strict,
        )

    def _alike(self, pieces: Pieces, known: Mapping[str, Chunk], scope: Scope) -> Mapping[str, Chunk]:
        """Read pages with lines like the beginning of a message, since `Internal error:` stands before anything.

        Where the message has a code that no page knows, its lines were not asked for, and are here.
        """
        message = pieces.message
        if not message:
            return {}
        texts = [*([message] if pieces.strict else []), *filter(None, [lines.head(message)])]
        found: dict[str, Chunk] = {}
        for vector in self._line_embedder.queries(texts) if texts else ():
            hits = self._index.search(Query(line=vector, scope=scope, limit=ALIGNED))
            found |= hits.read([hit.id for hit in hits.lines if hit.id not in known])
        return found

    def _told(
        self, pieces: Pieces, fits: Mapping[str, float], chunks: Mapping[str, Chunk], scope: Scope
    ) -> Mapping[str, Chunk]:
        """Read the pages that define the code with which the page that fits best shows the message.

        Somebody may have left out the `ERROR 1064 (42000):` that a page has before the same words.
        """
        if not fits or not pieces.message or max(fits.values()) < FITTING_WORDED:
            return {}
        best = chunks[max(fits, key=lambda id_: fits[id_])].document
        alike = [chunks[id_] for id_, fit in fits.items() if chunks[id_].document == best and fit >= FITTING_WORDED]
        shown = [line for chunk in alike for line in lines.showing(chunk.text, pieces.message, FITTING_WORDED)]
        named = [code for line in shown for code in codes.strict(line)[:1]]
        if not named or any(named[0] in chunk.defines for chunk in alike):
            return {}
        found = self._index.search(Query(codes=(named[0],), scope=scope))
        return found.read([hit.id for hit in found.codes if hit.score > 1])

    def _near(self, code: str, scope: Scope) -> tuple[str, ...]:
        """Return the titles of pages that define a code which is written much like this one, the likest first."""
        variants = neighbours.of(code)
        if not variants:
            return ()
        hits = self._index.search(Query(codes=variants, scope=scope))
        chunks = hits.read([hit.id for hit in hits.codes if hit.score > 1])
        found = {defined: chunk.title for chunk in reversed(list(chunks.values())) for defined in chunk.defines}
        return tuple(dict.fromkeys(found[variant] for variant in variants if variant in found))[:NEAR]

    def _query(self, pieces: Pieces, scope: Scope, k: int) -> Query:
        legs = self._settings.legs
        message = None if pieces.strict else pieces.message
        return Query(
            tokens=pieces.tokens if legs != "meaning" else (),
            vector=self._embedder.queries([pieces.text])[0] if legs != "words" else None,
            codes=pieces.codes,
            line=self._line_embedder.queries([message])[0] if message else None,
            scope=scope,
            limit=max(50, k),
        )


def _needed(hits: Hits, fused: Mapping[str, float], k: int) -> list[str]:
    """Name the chunks that may become passages or that the evidence reads."""
    best = sorted(fused, key=lambda id_: (-fused[id_], id_))[:k]
    listed = (*hits.words[:DEPTH], *hits.meaning[:DEPTH], *hits.codes, *hits.lines[:ALIGNED])
    return list(dict.fromkeys((*best, *(hit.id for hit in listed))))


def _fits(pieces: Pieces, chunks: Mapping[str, Chunk]) -> dict[str, float]:
    message = pieces.message
    if not message:
        return {}
    aligned = {id_: lines.fit(message, chunk.lines) for id_, chunk in chunks.items() if chunk.lines}
    least = FITTING_WORDED if pieces.worded else FITTING
    return {id_: fit for id_, fit in aligned.items() if fit >= least}


def _missing(
    pieces: Pieces, known: Collection[str], fits: Mapping[str, float], chunks: Mapping[str, Chunk]
) -> tuple[str, ...]:
    """Return the codes that no page has; names of errors only where all are unknown, and their message too."""
    if pieces.strict:
        return tuple(code for code in pieces.strict if code not in known)
    if any(name in known for name in pieces.names) or max(fits.values(), default=0.0) >= FITTING_WORDED:
        return ()
    is_said = any(codes.says(chunk.searchable, name) for name in pieces.names for chunk in chunks.values())
    return () if is_said else pieces.names


def _passages(
    order: Sequence[str],
    hits: Hits,
    fused: Mapping[str, float],
    fits: Mapping[str, float],
    chunks: Mapping[str, Chunk],
) -> tuple[Passage, ...]:
    words, meaning, codes = ({hit.id: hit.score for hit in leg} for leg in (hits.words, hits.meaning, hits.codes))
    return tuple(
        Passage(
            chunk=chunks[id_],
            score=fused.get(id_, 0.0),
            words=words.get(id_, 0.0),
            meaning=meaning.get(id_, 0.0),
            code=codes.get(id_, 0.0),
            line=fits.get(id_, 0.0),
        )
        for id_ in order
        if id_ in chunks
    )
