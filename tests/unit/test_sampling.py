"""Voters are asked in fair turns, batch by batch, and a voter that fails does not stop the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.answering import sampling
from bot.answering.sampling import BoundVoter
from bot.errors import ModelRejectedError, ModelUnavailableError
from bot.settings import Voting
from bot.types import NO_REPLY
from tests.fakes import made
from tests.fakes.answering import ScriptedModel, completion, passage

if TYPE_CHECKING:
    from bot.types import Vote

PASSAGES = [passage("Undo is kept for 3 hours.")]


def voter(model: ScriptedModel, weight: float = 1.0, prompt: str = "answer") -> BoundVoter:
    return BoundVoter(model.name, model, prompt, 0.7, weight)


def collected(*voters: BoundVoter, voting: Voting | None = None) -> Vote:
    return sampling.collect(voters, made.question("How long?"), PASSAGES, voting or Voting(), 200)


def test_agreeing_samples_end_the_vote_early() -> None:
    model = ScriptedModel(completion("3 hours"))

    vote = collected(voter(model))

    assert (vote.used, vote.agreement) == (5, 1.0)
    assert [n for _, n in model.asked] == [3, 2]


def test_disagreeing_samples_go_on_to_the_maximum() -> None:
    model = ScriptedModel(*[completion("3 hours"), completion("4 days")] * 5)

    assert collected(voter(model)).used == 9


def test_a_fixed_vote_is_one_request() -> None:
    model = ScriptedModel(completion("3 hours"))

    collected(voter(model), voting=Voting(policy="fixed:7"))

    assert [n for _, n in model.asked] == [7]


def test_later_batches_go_on_where_the_earlier_ones_ended() -> None:
    model = ScriptedModel(completion("3 hours"))

    collected(voter(model))

    assert [prompt.drawn for prompt, _ in model.asked] == [0, 3]


def test_voters_take_fair_turns() -> None:
    first, second = ScriptedModel(completion("3 hours"), name="a"), ScriptedModel(completion("4 days"), name="b")

    vote = collected(voter(first), voter(second), voting=Voting(policy="fixed:5"))

    assert [sample.voter for sample in vote.samples] == ["a", "b", "a", "b", "a"]
    assert [n for _, n in first.asked] == [3]
    assert [n for _, n in second.asked] == [2]


def test_turns_go_on_across_batches() -> None:
    models = [ScriptedModel(completion(key), name=key) for key in ("red", "dog", "sky", "tin")]

    vote = collected(*map(voter, models))

    assert [sample.voter for sample in vote.samples] == ["red", "dog", "sky", "tin", "red", "dog", "sky", "tin", "red"]


def test_each_voter_is_asked_with_its_own_prompt_and_weight() -> None:
    first, second = ScriptedModel(completion("3 hours"), name="a"), ScriptedModel(completion("4 days"), name="b")

    vote = collected(voter(first), voter(second, 5.0, "answer-strict"), voting=Voting(policy="fixed:3"))

    assert vote.winner is not None
    assert vote.winner.key == "4 days"
    assert first.asked[0][0].messages != second.asked[0][0].messages


def test_a_failing_voter_is_counted_and_its_turns_go_to_the_others() -> None:
    broken = ScriptedModel(ModelUnavailableError("down"), name="broken")
    sound = ScriptedModel(completion("3 hours"), name="sound")

    vote = collected(voter(broken), voter(sound))

    assert vote.winner is not None
    assert vote.spoilt == 2
    assert {sample.spoilt for sample in vote.samples if sample.voter == "broken"} == {NO_REPLY}
    assert len(broken.asked) == 1


def test_the_retryable_error_is_raised_when_all_voters_fail() -> None:
    refused, down = ScriptedModel(ModelRejectedError("400")), ScriptedModel(ModelUnavailableError("down"))

    with pytest.raises(ModelUnavailableError):
        collected(voter(refused), voter(down))


def test_a_voter_that_fails_later_leaves_the_ballots_it_gave() -> None:
    model = ScriptedModel(*[completion("3 hours")] * 3, ModelUnavailableError("down"))

    vote = collected(voter(model))

    assert (vote.used, vote.spoilt, vote.agreement) == (5, 2, 1.0)


def test_spoilt_ballots_are_sampled_to_the_maximum_and_leave_no_winner() -> None:
    vote = collected(voter(ScriptedModel("I think it is three hours.")))

    assert (vote.winner, vote.used, vote.spoilt) == (None, 9, 9)
