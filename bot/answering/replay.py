"""Replays recorded samples through the same vote, for `quorum vote`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.answering.voting import tally, wanted
from bot.errors import InputError
from bot.types import Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.settings import Voting
    from bot.types import Vote


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replayed vote said: the winner's key (None when all were spoilt), samples used, and key counts."""

    winner: str | None
    used: int
    clusters: tuple[tuple[str, int], ...]


def replay(samples: Sequence[str], voting: Voting, extract: str | None = None, *, similar: bool = False) -> Replayed:
    """Vote over recorded samples in their order, as many as the policy wants and the record holds.

    `extract` is searched in each sample: its first group, or the whole match, is the key; no match or an empty key is
    a spoilt ballot. Keys are one by normalised text or number only, unless `similar`. Raises `InputError` for a wrong
    pattern.
    """
    pattern = _compiled(extract)
    ballots: list[Sample] = []
    vote: Vote | None = None
    while len(ballots) < len(samples) and (count := wanted(voting, vote)):
        ballots += [_ballot(text, pattern) for text in samples[len(ballots) : len(ballots) + count]]
        vote = tally(ballots, similar=similar)
    if vote is None:
        return Replayed(None, 0, ())
    found = tuple((cluster.key, cluster.count) for cluster in vote.clusters)
    return Replayed(found[0][0] if found else None, vote.used, found)


def _compiled(extract: str | None) -> re.Pattern[str] | None:
    try:
        return None if extract is None else re.compile(extract)
    except re.error as exc:
        message = f"{extract!r} is not a regular expression: {exc}. Check --extract."
        raise InputError(message) from exc


def _ballot(text: str, pattern: re.Pattern[str] | None) -> Sample:
    key = text if pattern is None else _extracted(text, pattern)
    if key is None or not key.strip():
        return Sample("recorded", 1.0, spoilt="no key found")
    return Sample("recorded", 1.0, answerable=True, key=key.strip(), answer=text)


def _extracted(text: str, pattern: re.Pattern[str]) -> str | None:
    match = pattern.search(text)
    if match is None:
        return None
    return match.group(1) if pattern.groups else match.group()
