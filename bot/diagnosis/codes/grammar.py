"""How codes are found: from one hook to the next, in time that grows with the text alone.

No pattern repeats without bound unless it keeps what it took. Where two rules claim one code, the earlier one of the
catalogue has it.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from bot.diagnosis.codes import catalogue, hooks
from bot.diagnosis.codes.rules import MINOR, PLAIN, SIGN, Product

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.diagnosis.codes.rules import Name, Rule

_LAST = len(catalogue.RULES)
"""Families and names come after all rules."""

_SHORT = 1_000
"""In a text of fewer characters it is quicker to look for one word after the other."""


class Found(NamedTuple):
    """A code in a folded text: its rank, where it stands, and its normal form."""

    rank: int
    start: int
    end: int
    form: str
    product: Product
    strict: bool
    rule: int


_Read = Callable[[re.Match[str], str, str], Found | None]
_Try = Callable[[str, int], re.Match[str] | None]


class _Pass(NamedTuple):
    """What is tried at the hooks of one word: a pattern, and what is read out of its matches, the earlier the better.

    A text without `literal` needs no try. `cased` patterns meet the folded text, others the one in lower case.
    """

    hooks: tuple[hooks.Hook, ...]
    literal: str
    pattern: re.Pattern[str]
    read: _Read
    cased: bool


def scan(folded: str, lowered: str) -> Iterable[Found]:
    """Return all codes of a text, given as folded and in lower case."""
    claimed: dict[int, Found] = {}
    for found in _everywhere(folded, lowered) if len(folded) < _SHORT else _hooked(folded, lowered):
        if found is not None:
            other = claimed.setdefault(found.end, found)
            if found.rule < other.rule:
                claimed[found.end] = found
    return claimed.values()


def _everywhere(folded: str, lowered: str) -> Iterator[Found | None]:
    for one in _passes():
        text = folded if one.cased else lowered
        if one.literal in text:
            for match in one.pattern.finditer(text):
                yield one.read(match, folded, lowered)


def _hooked(folded: str, lowered: str) -> Iterator[Found | None]:
    table, groups = _table()
    for places, numbers in table.places(folded):
        for place, number in zip(places, numbers, strict=True):
            for behind, cased, try_at, read in groups[number]:
                match = try_at(folded if cased else lowered, place - behind)
                if match:
                    yield read(match, folded, lowered)


@cache
def _table() -> tuple[hooks.Table, Sequence[Sequence[tuple[int, bool, _Try, _Read]]]]:
    passes = _passes()
    table = hooks.Table([one.hooks for one in passes])
    groups = [
        [(behind, passes[n].cased, passes[n].pattern.match, passes[n].read) for behind, n in group]
        for group in table.groups
    ]
    return table, groups


@cache
def _passes() -> Sequence[_Pass]:
    grouped: dict[tuple[str, bool], dict[str, tuple[int, Rule]]] = {}
    for number, rule in enumerate(catalogue.RULES):
        grouped.setdefault((rule.word, rule.cased), {})[f"r{number}"] = (number, rule)
    return [
        *(_worded(word, rules, cased=cased) for (word, cased), rules in grouped.items()),
        _Pass(hooks.NUMBERED, "-", _NUMBERED, _numbered, cased=False),
        _Pass(hooks.JOINED, "_", _JOINED, _constant, cased=True),
        _Pass(hooks.of("xception", cased=False), "xception", _EXCEPTION, _exception, cased=False),
    ]


def _worded(word: str, rules: dict[str, tuple[int, Rule]], *, cased: bool) -> _Pass:
    """Join all rules of one word in one pattern, whose last group is named after the rule that matched."""
    tails = "|".join(rule.pattern(name) for name, (_, rule) in rules.items())

    known = {
        name: (lru_cache(maxsize=1024)(rule.form), rule.rank, rule.product, rule.strict, number)
        for name, (number, rule) in rules.items()
    }

    def read(match: re.Match[str], folded: str, _: str) -> Found | None:
        name = match.lastgroup or ""
        form_of, rank, product, strict, number = known[name]
        start, end = match.span(name)
        if start == end:
            start = match.start()
        form = form_of(folded[start:end])
        return None if form is None else Found(rank, start, end, form, product, strict, number)

    return _Pass(hooks.of(word, cased=cased), word, re.compile(f"{re.escape(word)}(?:{tails})"), read, cased)


# A hyphen behind a letter, or behind a letter and a digit, then a number: what dates and numbers lack is asked first.
_NUMBERED = re.compile(
    r"-(?:(?<=[a-z]-)|(?<=[a-z][0-9]-))(?P<number>[0-9]{1,9}+)(?![a-z0-9_])(?P<more>(?:-[0-9]{3,}+(?![a-z0-9_]))*+)"
)
_ALPHANUMERIC = string.ascii_letters + string.digits
_JOINING = ("-", "_")
_LONGEST = 12
"""Characters before a hyphen that are looked at; a prefix has fewer."""
_DECIMAL = re.compile(r"\.[0-9]")
_WORD_BEFORE = re.compile(
    r"(?:(?<![a-z0-9_-])(?:error|err(?:or)?[_ ]?(?:code|no))|error\s++(?:code|no\.?)|错误(?:代码|码|号)?|报错|故障码)"
    rf"{SIGN}\Z"
)
_HEADS = re.compile(r"\s*+(?::|\Z)")
_SHORTEST, _REACH = 3, 40


def _numbered(match: re.Match[str], folded: str, lowered: str) -> Found | None:
    at = match.start()
    before = folded[max(0, at - _LONGEST) : at]
    prefix = before[len(before.rstrip(_ALPHANUMERIC)) :]
    if not 0 < len(prefix) < _LONGEST or before[-len(prefix) - 1 : -len(prefix)] in _JOINING:
        return None
    number, more = match.groups()
    family = catalogue.FAMILIES.get(prefix.upper())
    if family is None:
        return _identifier(folded, lowered, at - len(prefix), match.end(), _Identifier(prefix, number, more))
    end = match.end(1)
    known = _member(prefix, number)
    if known is None or (family.form == "ERROR" and _DECIMAL.match(folded, end)):
        return None
    start = at - len(prefix)
    return Found(known[1], start, end, known[0], family.product, family.strict, _LAST)


@lru_cache(maxsize=4096)
def _member(prefix: str, number: str) -> tuple[str, int] | None:
    """Return normal form and rank of a member of a known family, or None if it has no such number."""
    family = catalogue.FAMILIES[prefix.upper()]
    if not family.least <= len(number) <= family.most or (family.cased and not prefix.isupper()):
        return None
    form = f"{family.form or prefix.upper()}-{number.lstrip('0').zfill(family.digits)}"
    return form, MINOR if not family.strict or int(number) in family.minor else PLAIN


class _Identifier(NamedTuple):
    prefix: str
    number: str
    more: str


def _identifier(folded: str, lowered: str, start: int, end: int, parts: _Identifier) -> Found | None:
    """Read a name and numbers without a family: a reason to refuse only where an error is said to be called so."""
    prefix = parts.prefix
    is_name = prefix[0].isalpha() and prefix.isupper() and len(prefix) > 1
    if not is_name or len(parts.number) < _SHORTEST:
        return None
    is_headed = not parts.more and _HEADS.match(folded, end) is not None
    leads = is_headed and (
        start == 0
        or folded[start - 1] == "\n"
        or _WORD_BEFORE.search(lowered[max(0, start - _REACH) : start]) is not None
    )
    return Found(PLAIN if leads else MINOR, start, end, folded[start:end], "other", leads, _LAST)


_JOINED = re.compile(r"_(?<=[A-Za-z]_)(?=[A-Z])[A-Z0-9_]{1,60}+(?![A-Za-z0-9_])")
_EXCEPTION = re.compile(r"xception(?<=[a-z_]exception)(?![a-z0-9_])")
_NAME_BEFORE = re.compile(r"[A-Za-z0-9_]{1,60}")
_PATH_BEFORE = re.compile(r"[a-z0-9_.$]{1,80}")
_CONSTANT = re.compile(r"(?:ER|OB|CR|WARN)_[A-Z][A-Z0-9_]++")


def _constant(match: re.Match[str], folded: str, _: str) -> Found | None:
    start, end = match.start() - len(_run(_NAME_BEFORE, folded, match.start())), match.end()
    written = folded[start:end]
    if start and folded[start - 1] == "-":
        return None
    if _CONSTANT.fullmatch(written):
        product: Product = "oceanbase" if written[0] == "O" else "mysql"
        return Found(MINOR, start, end, written, product, strict=False, rule=_LAST)
    name = catalogue.CONSTANTS.get(written)
    return _named(name, start, end) if name else None


def _exception(match: re.Match[str], folded: str, lowered: str) -> Found | None:
    start, end = match.start() - len(_run(_NAME_BEFORE, folded, match.start())), match.end()
    name = catalogue.exception(folded[start:end], _run(_PATH_BEFORE, lowered, start))
    return _named(name, start, end) if name else None


def _named(name: Name, start: int, end: int) -> Found:
    return Found(PLAIN, start, end, name.form, name.product, strict=False, rule=_LAST)


def _run(pattern: re.Pattern[str], text: str, end: int) -> str:
    """Return the run of the pattern's characters that ends at `end`."""
    found = pattern.match(text[max(0, end - 80) : end][::-1])
    return found.group()[::-1] if found else ""
