"""The heaviest cluster wins, ties are told, and sampling stops when the leader is safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.replay import replay
from bot.answering.voting import settled, tally, wanted
from bot.errors import InputError
from bot.settings import Voting
from tests.fakes.answering import ballot, refusal, spoilt

if TYPE_CHECKING:
    import random

BALLOTS = st.one_of(
    st.sampled_from(["7", "7.0", "8", "主库", "从库"]).map(ballot), st.just(refusal()), st.just(spoilt())
)


def test_the_heaviest_cluster_wins() -> None:
    vote = tally([ballot("8", weight=1.5), ballot("7"), ballot("7.0")])

    assert vote.winner is not None
    assert vote.winner.key in {"7", "7.0"}
    assert (vote.clusters[0].count, vote.used, vote.tied) == (2, 3, False)
    assert vote.agreement == pytest.approx(2 / 3.5)


def test_weights_can_outvote_numbers() -> None:
    vote = tally([ballot("8", weight=3.0), ballot("7"), ballot("7")])

    assert vote.winner is not None
    assert vote.winner.key == "8"


def test_a_tie_goes_to_the_first_ballot_and_is_marked() -> None:
    vote = tally([ballot("8"), ballot("7"), ballot("7"), ballot("8")])

    assert vote.winner is not None
    assert vote.winner.key == "8"
    assert vote.tied


def test_weights_that_sum_to_the_same_are_a_tie() -> None:
    assert tally([ballot("8", weight=0.3), *[ballot("7", weight=0.1)] * 3]).tied


def test_spoilt_ballots_count_as_used_only() -> None:
    vote = tally([spoilt(), ballot("7"), spoilt()])

    assert (vote.used, vote.spoilt, vote.agreement) == (3, 2, 1.0)


def test_a_vote_of_spoilt_ballots_has_no_winner() -> None:
    vote = tally([spoilt(), spoilt()])

    assert vote.winner is None
    assert vote.clusters == ()


def test_refusals_are_one_cluster() -> None:
    vote = tally([refusal(), ballot("7"), refusal()])

    assert vote.winner is not None
    assert not vote.winner.answerable
    assert vote.clusters[0].refusal


def test_the_spokesman_is_the_ballot_nearest_the_others() -> None:
    keys = ["restart the listener", "restart the listener now", "restart the listener"]

    vote = tally([ballot(keys[1]), ballot(keys[0]), ballot(keys[2])])

    assert vote.winner is not None
    assert vote.winner.key == "restart the listener"


def test_a_spokesman_among_equals_has_the_most_shared_citations() -> None:
    lonely, shared = ballot("7", "a [3]", (3,)), ballot("7", "b [1]", (1,))

    vote = tally([lonely, shared, ballot("7", "c [1]", (1,))])

    assert vote.winner == shared


@given(st.lists(BALLOTS, max_size=9), st.randoms(use_true_random=False))
def test_the_counts_do_not_depend_on_the_order(samples: list[object], source: random.Random) -> None:
    shuffled = list(samples)
    source.shuffle(shuffled)

    straight, mixed = tally(samples), tally(shuffled)  # type: ignore[arg-type] - hypothesis gives ballots

    assert sorted((c.key, c.count) for c in straight.clusters) == sorted((c.key, c.count) for c in mixed.clusters)
    assert straight.tied == mixed.tied


@given(st.lists(BALLOTS, max_size=9))
def test_no_cluster_is_heavier_than_the_winners(samples: list[object]) -> None:
    vote = tally(samples)  # type: ignore[arg-type] - hypothesis gives ballots

    assert all(cluster.weight <= vote.clusters[0].weight for cluster in vote.clusters)
    assert vote.used == vote.spoilt + sum(cluster.count for cluster in vote.clusters)


@pytest.mark.parametrize(("first", "second", "safe"), [(3, 0, False), (4, 0, True), (5, 1, False), (7, 1, True)])
def test_the_leader_is_safe_at_95_percent(first: int, second: int, safe: bool) -> None:  # noqa: FBT001 - a table's column
    assert settled(first, second, 0.95) is safe


def test_an_adaptive_vote_starts_small_and_grows_to_its_maximum() -> None:
    voting = Voting()

    assert wanted(voting, None) == 3
    assert wanted(voting, tally([ballot("7")] * 3)) == 2
    assert wanted(voting, tally([ballot("7")] * 5)) == 0
    assert wanted(voting, tally([ballot("7"), ballot("8")] * 4)) == 1
    assert wanted(voting, tally([ballot("7"), ballot("8")] * 5)) == 0


def test_small_weights_can_settle_a_vote() -> None:
    assert wanted(Voting(), tally([ballot("7", weight=0.01)] * 5)) == 0


def test_spoilt_ballots_settle_nothing() -> None:
    assert wanted(Voting(), tally([spoilt()] * 3)) == 2


def test_a_fixed_vote_takes_what_it_says() -> None:
    assert wanted(Voting(policy="fixed:7"), None) == 7
    assert wanted(Voting(policy="fixed:7"), tally([ballot("7")] * 7)) == 0


def test_a_replay_uses_the_recorded_order_and_stops_when_settled() -> None:
    found = replay(["7", "7.0", "7", "7", "7", "8", "8"], Voting())

    assert (found.winner, found.used, found.clusters) == ("7", 5, (("7", 5),))


def test_a_replay_extracts_the_first_group_and_counts_what_has_none_as_spoilt() -> None:
    found = replay(["A: 7", "no answer", "A: 8", "A: 8"], Voting(policy="fixed:4"), r"A: (\d+)")

    assert (found.winner, found.used, found.clusters) == ("8", 4, (("8", 2), ("7", 1)))


def test_a_replay_without_a_group_takes_the_whole_match() -> None:
    assert replay(["so 7 it is"], Voting(), r"\d+").winner == "7"


def test_a_replay_of_spoilt_samples_has_no_winner() -> None:
    found = replay(["", "  "], Voting())

    assert (found.winner, found.used, found.clusters) == (None, 2, ())


def test_a_replay_of_nothing_uses_nothing() -> None:
    assert replay([], Voting()).used == 0


def test_similar_keys_are_one_only_when_asked_for() -> None:
    samples = ["restart the listener", "restart listener"]

    assert len(replay(samples, Voting()).clusters) == 2
    assert len(replay(samples, Voting(), similar=True).clusters) == 1


def test_a_wrong_pattern_is_named() -> None:
    with pytest.raises(InputError, match="--extract"):
        replay(["7"], Voting(), "(")
