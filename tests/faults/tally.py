"""What became of the questions, counted from what the platform showed and from nothing else."""

from __future__ import annotations

import fcntl
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from tests.fakes.warm import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.fakes.chat_platform import Message

FIGURES = ROOT / "var" / "bench" / "faults.json"


@dataclass(frozen=True)
class Tally:
    """Counts of questions. Failed ones show the visible failure message.

    Lost: the platform shows no final message. Doubled: more than one message was posted, or a final one changed into
    another. Disordered: conversations whose answers came in another order than their questions.
    """

    sent: int
    answered: int
    refused: int
    failed: int
    lost: int
    doubled: int
    disordered: int

    @property
    def outcomes(self) -> tuple[int, int, int]:
        """How many were answered, refused, and told that they failed."""
        return self.answered, self.refused, self.failed

    @property
    def whole(self) -> bool:
        """Whether nothing is lost, doubled or out of order."""
        return not (self.lost or self.doubled or self.disordered)


def count(order: Mapping[str, Sequence[str]], posted: Mapping[str, Sequence[Message]]) -> Tally:
    """Count the questions of `order` (ids by conversation) in what was posted for each."""
    ids = [f"web-{id_}" for lane in order.values() for id_ in lane]
    outcomes = [_outcome(posted.get(id_, ())) for id_ in ids]
    places = {id_: _first_final(posted.get(id_, ())) for id_ in ids}
    lanes = [[places[f"web-{id_}"] for id_ in lane] for lane in order.values()]
    return Tally(
        sent=len(ids),
        answered=sum(outcome in {"answered", "answered_with_warning"} for outcome in outcomes),
        refused=outcomes.count("refused"),
        failed=outcomes.count("failed"),
        lost=outcomes.count(""),
        doubled=sum(_doubled(messages) for messages in posted.values()),
        disordered=sum(lane != sorted(lane) for lane in lanes),
    )


def record(name: str, tally: Tally, seconds: float, **more: object) -> None:
    """Print one line, and keep it among the figures."""
    figures = asdict(tally) | {"seconds": round(seconds, 1)} | more
    print(f"\n{name}: " + " ".join(f"{key} {value}" for key, value in figures.items()))  # noqa: T201 - the report
    FIGURES.parent.mkdir(parents=True, exist_ok=True)
    with FIGURES.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        known = json.loads(file.read() or "{}")
        file.truncate(0)
        file.write(json.dumps(known | {name: figures}, indent=1, ensure_ascii=False, sort_keys=True))


def _outcome(messages: Sequence[Message]) -> str:
    """Return the outcome that the first message shows in the end, empty when it is not final."""
    return messages[0].versions[-1].outcome if messages else ""


def _first_final(messages: Sequence[Message]) -> int:
    return min((shown.place for message in messages for shown in message.versions if shown.outcome), default=-1)


def _doubled(messages: Sequence[Message]) -> bool:
    finals = {(shown.text, shown.outcome) for message in messages for shown in message.versions if shown.outcome}
    return len(messages) > 1 or len(finals) > 1
