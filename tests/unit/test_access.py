"""A collection with readers is seen by its readers alone; every other one is open."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot import access
from bot.types import Scope

RULES = {"pay": ("slack:C1", "wecom:user:li"), "open": ("*",), "sealed": ()}
NAMES = st.sampled_from(["pay", "open", "sealed", "default"])


def test_with_nothing_restricted_and_nothing_requested_there_is_no_limit() -> None:
    assert access.visible({}) == Scope()


def test_a_stranger_sees_what_is_open_to_all() -> None:
    assert access.visible(RULES) == Scope(hidden=frozenset({"pay", "sealed"}))


def test_a_reader_sees_what_he_may_read() -> None:
    assert access.visible(RULES, readers=["slack:C1"]) == Scope(hidden=frozenset({"sealed"}))


def test_a_request_for_a_hidden_collection_alone_sees_nothing() -> None:
    assert access.visible(RULES, ["pay"]).collections == frozenset()


@given(st.sets(NAMES), st.sets(st.sampled_from(["*", "slack:C1", "slack:C2"])))
def test_a_request_never_widens_what_is_seen(requested: set[str], readers: set[str]) -> None:
    seen = access.visible(RULES, requested, readers)

    assert seen.collections is not None
    assert seen.collections <= requested
    assert not seen.collections & seen.hidden
