"""Collects ballots from the voters, batch by batch, until the vote is settled."""

from __future__ import annotations

import logging
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.answering import ballots, prompting
from bot.answering.voting import tally, wanted
from bot.errors import ModelRejectedError, ModelReplyError, ModelUnavailableError
from bot.ports import Model
from bot.types import NO_REPLY, Progress, Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.errors import QuorumError
    from bot.settings import Voting
    from bot.types import Passage, Prompt, Question, Vote

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BoundVoter:
    """A voter with its model at hand: who is asked, with which prompt and temperature, and what a ballot weighs."""

    name: str
    model: Model
    prompt: str
    temperature: float
    weight: float


def collect(
    voters: Sequence[BoundVoter],
    question: Question,
    passages: Sequence[Passage],
    voting: Voting,
    max_tokens: int,
    tell: Callable[[Progress], None] = lambda _: None,
) -> Vote:
    """Sample and vote until `voting` wants no more; `tell` hears how the vote stands while it goes on.

    Turns rotate among the voters; a voter's samples of one batch are one request. A voter whose model fails has its
    share counted as spoilt ballots and is asked no more; its turns go to the others. When all voters failed before any
    ballot came, the error is raised, a retryable one first.
    """
    prompts = [prompting.build(v.prompt, question, passages, v.temperature, max_tokens) for v in voters]
    alive = list(range(len(voters)))
    samples: list[Sample] = []
    drawn: Counter[int] = Counter()
    failures: list[QuorumError] = []
    vote: Vote | None = None
    while alive and (count := wanted(voting, vote)):
        turns = [alive[(len(samples) + i) % len(alive)] for i in range(count)]
        if vote is not None:
            tell(Progress("sampling", vote.clusters[0].count if vote.clusters else 0, vote.used))
        replies = _ask(voters, prompts, turns, drawn)
        drawn.update(turns)
        failed = {voter: reply for voter, reply in replies.items() if not isinstance(reply, list)}
        failures += failed.values()
        alive = [voter for voter in alive if voter not in failed]
        if not alive and not any(sample.spoilt != NO_REPLY for sample in samples):
            raise _worst(failures)
        _warn(voters, failed)
        samples += _in_turn(voters, turns, replies)
        vote = tally(samples)
    return vote or tally(samples)


def _ask(
    voters: Sequence[BoundVoter], prompts: Sequence[Prompt], turns: Sequence[int], drawn: Counter[int]
) -> dict[int, list[Sample] | QuorumError]:
    """Ask every voter whose turn it is, several at the same time."""
    shares = Counter(turns)

    def ask(voter: int) -> list[Sample] | QuorumError:
        return _sample(voters[voter], replace(prompts[voter], drawn=drawn[voter]), shares[voter])

    if len(shares) == 1:
        return {voter: ask(voter) for voter in shares}
    with ThreadPoolExecutor(max_workers=len(shares)) as pool:
        return dict(zip(shares, pool.map(ask, shares), strict=True))


def _sample(voter: BoundVoter, prompt: Prompt, count: int) -> list[Sample] | QuorumError:
    try:
        completions = voter.model.sample(prompt, count)
    except (ModelUnavailableError, ModelReplyError, ModelRejectedError) as exc:
        return exc
    return [ballots.parse(each, voter.name, voter.weight, len(prompt.passages)) for each in completions]


def _in_turn(
    voters: Sequence[BoundVoter], turns: Sequence[int], replies: dict[int, list[Sample] | QuorumError]
) -> list[Sample]:
    """Put the ballots of one batch in the order of the turns; a failed voter's are spoilt."""
    waiting = {voter: iter(reply) for voter, reply in replies.items() if isinstance(reply, list)}
    return [
        next(waiting[turn]) if turn in waiting else Sample(voters[turn].name, voters[turn].weight, spoilt=NO_REPLY)
        for turn in turns
    ]


def _warn(voters: Sequence[BoundVoter], failed: Mapping[int, QuorumError]) -> None:
    for voter, failure in failed.items():
        log.warning("voter %s gave no reply: %s", voters[voter].name, failure)


def _worst(failures: Sequence[QuorumError]) -> QuorumError:
    """Choose the error to raise: a retryable one, so that the question is tried again."""
    return next((failure for failure in failures if failure.retryable), failures[0])
