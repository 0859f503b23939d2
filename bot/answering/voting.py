"""Counts ballots: who won, who speaks for the winner, and when further samples would change nothing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.answering import keys
from bot.answering.clustering import clusters, likeness
from bot.types import Cluster, Vote

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.settings import Voting
    from bot.types import Sample

_EQUAL = 1e-9
"""Weights that differ by less are equal: sums of fractions are not exact."""


def tally(samples: Sequence[Sample], *, similar: bool = True) -> Vote:
    """Cluster the ballots that count and name the winner.

    Spoilt ballots count in `used` and `spoilt` only. Ballots that refuse form one cluster. The heaviest cluster wins;
    a tie goes to the cluster whose ballot came first and is marked. `agreement` is the winner's share of the weight.
    """
    valid = [i for i, sample in enumerate(samples) if sample.spoilt is None]
    refusing = tuple(i for i in valid if not samples[i].answerable)
    answering = [i for i in valid if samples[i].answerable]
    groups = clusters([samples[i].key for i in answering], similar=similar)
    found = [_cluster(samples, tuple(answering[i] for i in group)) for group in groups]
    if refusing:
        found.append(_cluster(samples, refusing))
    found.sort(key=lambda cluster: cluster.members[0])
    ranked = _by_weight(found)
    total = sum(cluster.weight for cluster in ranked)
    return Vote(
        clusters=tuple(ranked),
        samples=tuple(samples),
        winner=samples[_spokesman(samples, ranked[0].members)] if ranked else None,
        used=len(samples),
        spoilt=len(samples) - len(valid),
        agreement=ranked[0].weight / total if ranked else 0.0,
        tied=len(ranked) > 1 and ranked[0].weight - ranked[1].weight < _EQUAL,
    )


def settled(first: float, second: float, confidence: float) -> bool:
    """Tell whether the leader stays the leader with at least this probability.

    `first` and `second` are the counts of the two leading answers. Adaptive-Consistency (Aggarwal et al. 2023,
    arXiv 2305.11860): the mass above 1/2 of a Beta(first + 1, second + 1) posterior.
    """
    from mpmath import betainc

    return bool(betainc(first + 1.0, second + 1.0, 0.5, 1.0, regularized=True) >= confidence)


def wanted(voting: Voting, vote: Vote | None) -> int:
    """Return how many samples to take next, 0 when the vote is over; `vote` is None before the first batch.

    Weights are scaled to a mean of 1 a ballot before the stopping rule sees them. Spoilt ballots are no evidence.
    """
    if voting.policy != "adaptive":
        return max(0, int(voting.policy.removeprefix("fixed:")) - (vote.used if vote else 0))
    if vote is None:
        return min(voting.first, voting.max_samples)
    weights = [cluster.weight for cluster in vote.clusters]
    ballots = sum(cluster.count for cluster in vote.clusters)
    first, second, *_ = [*(weight * ballots / sum(weights) for weight in weights), 0.0, 0.0]
    if ballots and settled(first, second, voting.confidence):
        return 0
    return max(0, min(voting.step, voting.max_samples - vote.used))


def _cluster(samples: Sequence[Sample], members: tuple[int, ...]) -> Cluster:
    speaker = samples[_spokesman(samples, members)]
    return Cluster(
        key=speaker.key,
        count=len(members),
        weight=sum(samples[i].weight for i in members),
        members=members,
        refusal=not speaker.answerable,
    )


def _by_weight(found: Iterable[Cluster]) -> list[Cluster]:
    """Sort by weight, heaviest first; equal weights keep their order, which is that of their first ballots."""
    remaining = list(found)
    ranked: list[Cluster] = []
    while remaining:
        heaviest = max(cluster.weight for cluster in remaining)
        ranked.append(next(cluster for cluster in remaining if heaviest - cluster.weight < _EQUAL))
        remaining.remove(ranked[-1])
    return ranked


def _spokesman(samples: Sequence[Sample], members: tuple[int, ...]) -> int:
    """Find the ballot nearest all others of its cluster; ties by citation support, then by text."""
    read = Counter(samples[i].key for i in members)
    support = Counter(number for i in members for number in set(samples[i].citations))

    def standing(position: int) -> tuple[float, int, str, str]:
        sample = samples[position]
        nearness = sum(count * _nearness(sample.key, other) for other, count in read.items())
        backing = sum(support[number] for number in set(sample.citations))
        return -round(nearness, 9), -backing, sample.answer, sample.key

    return min(members, key=standing)


def _nearness(first: str, second: str) -> float:
    return 1.0 if first == second else likeness(keys.read(first), keys.read(second))
