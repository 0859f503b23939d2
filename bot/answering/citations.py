"""Turns checked passage numbers into the sources people see: renumbered, placed, linked and quoted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import sentences
from bot.answering.factcheck import containment
from bot.phrases import say
from bot.text import tokens
from bot.types import Citation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.answering.factcheck import Checked
    from bot.types import Chunk, Language, Passage

QUOTE_CHARS = 400


def cite(
    checked: Checked, key: str, passages: Sequence[Passage], language: Language
) -> tuple[str, tuple[Citation, ...]]:
    """Renumber an answer's markers 1..m in order of decision and list the passages that are cited.

    The passage that holds most of the deciding `key` comes first, the others in the order of their first use. Markers
    of passages that carry nothing vanish.
    """
    order = _by_decision(checked, key, passages)
    renumbered = {old: new for new, old in enumerate(order, 1)}
    text = sentences.replace_markers(checked.text, renumbered)
    if order and not sentences.markers(text):
        text = f"{text}\n\n{' '.join(f'[{new}]' for new in renumbered.values())}"
    found = (_citation(new, passages[old - 1].chunk, checked.support[old], language) for old, new in renumbered.items())
    return text, tuple(found)


def place(chunk: Chunk, language: Language) -> str:
    """Name where a chunk stands in its document: page, row or headings, in the asker's language."""
    where = chunk.place
    if where.page is not None:
        return say("page", language, number=where.page)
    if where.row is not None:
        return say("row", language, number=where.row)
    headings = [heading for heading in where.headings if heading != chunk.title]
    if headings:
        return " › ".join(headings)
    return "" if where.line_start is None else say("line", language, number=where.line_start)


def quote(chunk: Chunk, supported: Sequence[str]) -> str:
    """Return the sentence of a chunk that carries the supported sentences best, word for word, cut at 400 characters.

    Sentences right behind it follow while they carry as much and fit.
    """
    wanted = frozenset(token for sentence in supported for token in tokens(sentence))
    found = [s for s in sentences.sentences(chunk.text) if s]
    if not found:
        return _cut(chunk.text.strip())
    shares = [len(wanted & set(tokens(s))) / (len(set(tokens(s))) + 1) ** 0.5 for s in found]
    best = max(range(len(found)), key=lambda i: (shares[i], -i))
    chosen = found[best]
    for sentence, share in zip(found[best + 1 :], shares[best + 1 :], strict=True):
        joined = f"{chosen} {sentence}"
        if share < shares[best] / 2 or len(joined) > QUOTE_CHARS or joined not in " ".join(chunk.text.split()):
            break
        chosen = joined
    return _cut(chosen)


def _by_decision(checked: Checked, key: str, passages: Sequence[Passage]) -> list[int]:
    used = list(checked.support)
    if not used:
        return []
    held = {n: frozenset(tokens(passages[n - 1].chunk.searchable)) for n in used}
    deciding = max(used, key=lambda n: round(containment(key, held[n]), 2))
    return [deciding, *(n for n in used if n != deciding)]


def _citation(number: int, chunk: Chunk, supported: Sequence[str], language: Language) -> Citation:
    return Citation(
        number=number,
        document=chunk.document,
        chunk=chunk.id,
        title=chunk.title,
        place=place(chunk, language),
        url=chunk.url,
        quote=quote(chunk, supported),
    )


def _cut(text: str) -> str:
    return text if len(text) <= QUOTE_CHARS else text[: QUOTE_CHARS - 1].rstrip() + "…"
