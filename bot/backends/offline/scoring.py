"""Scores how well each block of the passages fits a question."""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.backends.offline import intent, quoting
from bot.backends.offline.structure import Section, sections, units
from bot.text import CJK, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.types import Passage

PRIOR = 0.6
INTENT = 0.5
PREAMBLE = 0.2
"""What stands before the first heading of a page about a code says whom it concerns, and seldom answers."""
SECTION_SHARE = 0.3
STEM_CHARS = 4
DEFINES = 2.0
"""Score of the code leg for a page that defines a code of the question."""

_FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and any are as at be been by can could did do does for from get had has have how i if in into is it its "
        "many may me much must my no not of on one or our shall should so some than that the their them then there "
        "these they this to us was we were what when where which who why will with would you your "
        "什么 怎么 如何 哪里 哪个 多少 为什 可以 是否 请问 一下 我们 你们 这个 那个 有没 没有 能不 不能 怎样 么办",
    )
)
_FUNCTION_CHARS = frozenset("的了吗呢吧啊是在有和与或我你他她它们这那就都也还要会能可以不没怎么什哪为")
_HAN = re.compile(rf"[{CJK}]")
_LATIN = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A block that could be the answer: passage number, the sentence that decides, the quoted text, and its fit."""

    number: int
    key: str
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class _Entry:
    number: int
    text: str
    section: Section
    page: tuple[Section, ...]
    held: frozenset[str]
    context: frozenset[str]


@functools.lru_cache(maxsize=64)
def candidates(question: str, passages: tuple[Passage, ...]) -> tuple[Candidate, ...]:
    """List the blocks of the passages, best first, each once with its best sentence.

    A unit's score is the idf-weighted share of the question's features that it holds, plus smaller shares for its
    section and headings, for the passage's rank score, and for a heading that answers what is asked.
    """
    said = intent.spoken(question)
    wanted = features(said or question)
    entries = [entry for number, passage in enumerate(passages, 1) for entry in _entries(number, passage)]
    weights = _weights(wanted, entries)
    kind = intent.asked(said) if said else "fix"
    top = max((passage.score for passage in passages), default=0.0)
    scored: list[tuple[float, _Entry]] = []
    for entry in entries:
        passage = passages[entry.number - 1]
        prior = (passage.score / top if top > 0 else 1.0) + (passage.code >= DEFINES)
        score = _score(entry, weights) + PRIOR * prior + _aim(kind, entry)
        scored.append((score, entry))
    scored.sort(key=lambda pair: (-pair[0], pair[1].number, pair[1].text))
    best: dict[tuple[int, str], Candidate] = {}
    for score, entry in scored:
        text = quoting.quote(entry.text, entry.section, entry.page)
        best.setdefault((entry.number, text), Candidate(entry.number, entry.text, text, score))
    return tuple(best.values())


def features(text: str) -> frozenset[str]:
    """List a text's tokens without function words, with stems of Latin words and single Chinese characters."""
    found = set(tokens(text)) - _FUNCTION_WORDS
    stems = {f"{t[: max(STEM_CHARS, len(t) - 3)]}~" for t in found if _LATIN.fullmatch(t) and len(t) > STEM_CHARS}
    return frozenset(found | stems | (set(_HAN.findall(text)) - _FUNCTION_CHARS))


@functools.lru_cache(maxsize=64)
def coverage(question: str, passage: Passage) -> float:
    """Return the share of the question's features that a passage with its headings holds."""
    wanted = features(question)
    return len(wanted & features(passage.chunk.searchable)) / len(wanted) if wanted else 0.0


def _entries(number: int, passage: Passage) -> list[_Entry]:
    chunk = passage.chunk
    found = sections(chunk.text)
    head = features("\n".join((chunk.title, *chunk.place.headings, chunk.question or "")))
    if chunk.question is not None and found:
        row = Section(chunk.question, found[0].pieces)
        return [_Entry(number, row.text, row, (), features(f"{chunk.question}\n{chunk.text}"), head)]
    page = tuple(found) if chunk.defines else ()
    held = [(unit, features(unit.text)) for unit in units(found)]
    around = [head | features(section.heading) for section in found]
    for unit, own in held:
        around[unit.section] |= own
    return [_Entry(number, u.text, found[u.section], page, own, around[u.section]) for u, own in held]


def _aim(kind: intent.Intent | None, entry: _Entry) -> float:
    """Return the bonus of a section whose heading answers what is asked, or the malus of a preamble."""
    answered = intent.answers(entry.section.heading)
    if kind is not None and answered == kind:
        return INTENT
    return -PREAMBLE if len(entry.page) > 1 and answered is None else 0.0


def _weights(wanted: frozenset[str], entries: Sequence[_Entry]) -> dict[str, float]:
    """Weigh the question's tokens by their rarity among the units at hand; the weights sum to 1."""
    counts = Counter(token for entry in entries for token in entry.held & wanted)
    total = len(entries)
    rarity = {t: math.log1p((total - counts[t] + 0.5) / (counts[t] + 0.5)) for t in wanted}
    mass = sum(rarity.values())
    return {token: weight / mass for token, weight in rarity.items()} if mass else {}


def _score(entry: _Entry, weights: dict[str, float]) -> float:
    own = sum(weight for token, weight in weights.items() if token in entry.held)
    around = sum(weight for token, weight in weights.items() if token in entry.context)
    return own + SECTION_SHARE * around
