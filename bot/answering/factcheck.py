"""Checks every cited sentence of an answer against its passages, by token containment; drops what they do not carry."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import sentences
from bot.answering import keys
from bot.text import language, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.sentences import Piece
    from bot.types import Passage, Sample

CONTAINED = 0.5
"""Share of a sentence's tokens that its passages must hold; a paraphrase keeps more, an invention less."""

CODE_CONTAINED = 0.8
"""The same for a code block: commands are copied, not paraphrased."""

_INLINE_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"(?:https?://|\bwww\.)[^\s<>()\[\]`\"，。；！？、]+|(?<=\]\()[^)\s]+", re.IGNORECASE)
_ITEM_NUMBER = re.compile(r"^\s*(?:\d{1,3}[.)、]|[(（]\d{1,3}[)）])")
_FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be by can do does for from has have if in into is it its may must not of on or should so "
        "that the their then there these they this to was were what when which will with you your",
    )
)


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer after the check, still with the prompt's passage numbers.

    `support` maps a passage number to the sentences it carries, in the order of first use; `kept` and `dropped` count
    statements (sentences, table rows, code blocks) that were checked. `commands` were taken out since no cited passage
    holds them, `destructive` places are marked.
    """

    text: str
    support: dict[int, tuple[str, ...]]
    kept: int
    dropped: int
    commands: int = 0
    destructive: int = 0


@dataclass(frozen=True, slots=True)
class _Facts:
    """What texts say together, made ready for many checks."""

    folded: str
    tokens: frozenset[str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, text: str) -> _Facts:
        return cls(keys.fold(text), frozenset(tokens(text)), keys.read(text).numbers)

    def with_all(self, other: _Facts) -> _Facts:
        folded = f"{self.folded}\n{other.folded}"
        return _Facts(folded, self.tokens | other.tokens, self.numbers | other.numbers)

    def hold(self, text: str) -> bool:
        """Tell whether every number, identifier and link of a text occurs here."""
        folded = keys.fold(text)
        if not all(link.rstrip(".,;:!?") in self.folded for link in _LINK.findall(folded)):
            return False
        if not keys.digits(folded) <= self.numbers:
            return False
        return all(identifier in self.folded for identifier in keys.read(text).identifiers)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What passages say, and what code may hold: that, and the values that the question names."""

    facts: _Facts
    code: _Facts
    languages: frozenset[str]

    @classmethod
    def of(cls, passage: Passage, asked: _Facts) -> _Evidence:
        text = f"{passage.chunk.searchable}\n{passage.chunk.url or ''}"
        facts = _Facts.of(text)
        return cls(facts, facts.with_all(asked), frozenset({language(text)}))

    def with_all(self, other: _Evidence) -> _Evidence:
        languages = self.languages | other.languages
        return _Evidence(self.facts.with_all(other.facts), self.code.with_all(other.code), languages)


_NO_EVIDENCE = _Evidence(_Facts.of(""), _Facts.of(""), frozenset())


def check(sample: Sample, passages: Sequence[Passage], question: str = "") -> Checked:
    """Check a ballot's answer and return what is left of it.

    A sentence must share half of its tokens with the passages it cites, and its numbers, identifiers, links and inline
    code must all occur there; a cited passage that adds nothing is no source. Where sentence and passages are in
    different languages only the facts must hold. A sentence without a marker, in an answer that has markers, may bring
    no number, identifier or link that the cited passages lack; in an answer without any marker it is checked in full,
    and gets the marker of the passage that carries it best.

    Code may hold what the question names, such as the process that a page's `kill <pid>` is for; whether a source
    holds the command is for `vetting` to say.
    """
    asked = _Facts.of(question)
    single = {n: _Evidence.of(passages[n - 1], asked) for n in sample.citations if 1 <= n <= len(passages)}
    everything = _joined(single.values())
    has_markers = bool(sentences.markers(sample.answer))
    text: list[str] = []
    support: dict[int, tuple[str, ...]] = {}
    counted: list[bool] = []
    for piece in sentences.pieces(sample.answer):
        cited = _cited(piece, single, everything)
        if cited is None:
            counted.append(False)
            continue
        shown, numbers = (piece.text, cited) if has_markers else _marked(piece, single)
        text.append(shown)
        counted += [True] * (bool(numbers) or piece.kind == "code")
        for number in numbers:
            support[number] = (*support.get(number, ()), sentences.without_markers(piece.text).strip())
    kept = counted.count(True)
    return Checked("".join(text).strip(), support, kept if support else 0, counted.count(False))


def _cited(piece: Piece, single: dict[int, _Evidence], everything: _Evidence) -> tuple[int, ...] | None:
    """Return the numbers that a piece cites and that carry it, empty for one that cites nothing, None to drop it."""
    if piece.kind == "blank":
        return ()
    if piece.kind == "code":
        return () if _carries(piece, everything, CODE_CONTAINED) else None
    numbers = tuple(n for n in sentences.markers(piece.text) if n in single)
    if not numbers:
        return () if _holds_facts(_plain(piece), everything) else None
    union = _joined(single[n] for n in numbers)
    if not _carries(piece, union, CONTAINED):
        return None
    adding = (n for n in numbers if _carries(piece, single[n], CONTAINED) or _adds(piece, n, numbers, single))
    return tuple(adding) or numbers


def _adds(piece: Piece, number: int, numbers: Sequence[int], single: dict[int, _Evidence]) -> bool:
    """Tell whether a passage holds a token of the sentence that no other cited passage holds."""
    others = frozenset[str]().union(*(single[n].facts.tokens for n in numbers if n != number))
    return bool((set(tokens(_plain(piece))) - _FUNCTION_WORDS) & (single[number].facts.tokens - others))


def _marked(piece: Piece, single: dict[int, _Evidence]) -> tuple[str, tuple[int, ...]]:
    """Give a sentence of an answer without markers the number of the passage that carries it best."""
    carrying = [n for n, evidence in single.items() if piece.kind != "blank" and _carries(piece, evidence, CONTAINED)]
    if not carrying:
        return piece.text, ()
    best = max(carrying, key=lambda n: containment(_plain(piece), single[n].facts.tokens))
    if piece.kind not in {"prose", "item"}:
        return piece.text, (best,)
    body = piece.text.rstrip()
    return f"{body} [{best}]{piece.text[len(body) :]}", (best,)


def containment(text: str, held: frozenset[str]) -> float:
    """Return the share of a text's distinct tokens, function words left out, that are in `held`; 1 for no tokens."""
    wanted = set(tokens(text)) - _FUNCTION_WORDS
    return len(wanted & held) / len(wanted) if wanted else 1.0


def _carries(piece: Piece, evidence: _Evidence, share: float) -> bool:
    if piece.kind == "code":
        body = sentences.body(piece.text)
        return evidence.code.hold(body) and containment(body, evidence.code.tokens) >= share
    plain = _plain(piece)
    if not _holds_facts(plain, evidence):
        return False
    return evidence.languages != {language(plain)} or containment(plain, evidence.facts.tokens) >= share


def _holds_facts(plain: str, evidence: _Evidence) -> bool:
    """Tell whether every number, identifier, link and piece of inline code of a sentence occurs in the evidence."""
    written = _INLINE_CODE.findall(plain)
    holds = evidence.facts.hold(_INLINE_CODE.sub(" ", plain))
    return holds and all(_holds_code(code, evidence) for code in written)


def _holds_code(code: str, evidence: _Evidence) -> bool:
    """Tell whether inline code occurs in the evidence; a command may have values of the question, a word may not."""
    facts = evidence.code if " " in code.strip() else evidence.facts
    return facts.hold(code) and set(tokens(code)) <= facts.tokens


def _plain(piece: Piece) -> str:
    return _ITEM_NUMBER.sub("", sentences.without_markers(piece.text))


def _joined(single: Iterable[_Evidence]) -> _Evidence:
    return functools.reduce(_Evidence.with_all, single, _NO_EVIDENCE)
