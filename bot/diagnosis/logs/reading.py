"""A log read as a stream: its kinds of events with their counts, the root among them, and how much there was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.diagnosis.logs import lines, products
from bot.diagnosis.logs.events import Grouping
from bot.diagnosis.logs.kinds import Kind, weight
from bot.diagnosis.logs.tally import SAMPLE, Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.diagnosis.logs.lines import Line

_LATER = 0.8
"""What the last kind of a log weighs less than the first, all else equal."""


@dataclass(frozen=True, slots=True)
class Log:
    """What was read: `lines` in all, of which `unreadable` held no text and `stamped` began with a time.

    `kinds` are in the order of their first event; `errors` counts the distinct kinds of errors, kept or not, and
    `occurrences` all their events. `others` counts the lines of events that are in none of `kinds`, quiet ones too.
    `versions` are those that lines near the beginning name, by product, under no name where a line does not say whose.
    """

    lines: int
    unreadable: int
    stamped: int
    events: int
    errors: int
    occurrences: int
    others: int
    kinds: tuple[Kind, ...]
    root: Kind | None
    product: str
    versions: Mapping[str, str]

    @property
    def version(self) -> str:
        """The version of the product that wrote the log, where a line names it."""
        return self.versions.get(self.product) or self.versions.get("", "")


@dataclass(frozen=True, slots=True)
class Signature:
    """What an error is looked up by: its message as it stands and with its literals masked, and where it comes from."""

    message: str
    template: str
    product: str
    version: str
    component: str


def of_text(text: str) -> Log:
    """Read a text that is held in memory."""
    return read(lines.of_text(text))


def of_bytes(chunks: Iterable[bytes]) -> Log:
    """Read bytes that come in chunks; memory does not grow with their number."""
    return read(lines.of_bytes(chunks))


def read(found: Iterable[Line]) -> Log:
    """Read lines, and find the root of what they tell."""
    grouping, tally = Grouping(), Tally()
    for event in grouping.events(found):
        tally.add(event)
    kinds = tally.kept()
    product = products.product([*tally.sample, *(kind.text for kind in kinds[:SAMPLE])])
    return Log(
        lines=grouping.read,
        unreadable=grouping.unreadable,
        stamped=grouping.stamped,
        events=tally.events,
        errors=len(tally.distinct),
        occurrences=tally.occurrences,
        others=grouping.read - sum(kind.lines for kind in kinds) - grouping.unreadable,
        kinds=kinds,
        root=_root(kinds),
        product=product,
        versions=tally.versions,
    )


def signature(log: Log, kind: Kind) -> Signature:
    """Return what one kind of error of a log is looked up by."""
    product = products.source(f"{kind.component}: {kind.text}", log.product)
    version = log.version if product == log.product else log.versions.get(product, "")
    return Signature(kind.message, kind.template, product, version or products.version(kind.text), kind.component)


def important(kinds: Sequence[Kind]) -> list[Kind]:
    """Return kinds by importance: the root first, then by how likely each would be the root."""
    least = max(len(kinds) - 1, 1)
    order = {id(kind): weight(kind) - _LATER * place / least for place, kind in enumerate(kinds)}
    return sorted(kinds, key=lambda kind: -order[id(kind)])


def _root(kinds: Sequence[Kind]) -> Kind | None:
    ordered = important(kinds)
    return ordered[0] if ordered else None
