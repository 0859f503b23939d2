"""A process has any number of questions in hand, or one suspect and nothing beside it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from bot.errors import PostponedError
from tests.fakes.polling import until
from workers import quarantine
from workers.quarantine import Quarantine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future
    from contextlib import AbstractContextManager

LONG_S = 30.0


class Crowd:
    """Threads with questions in hand; `most` is how many there were at once beside a suspect, itself counted."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(4)
        self.inside: list[str] = []
        self.seen: list[tuple[str, ...]] = []
        self.go_on = threading.Event()

    def enter(self, name: str, among: AbstractContextManager[None]) -> Future[None]:
        """Have a question in hand on a thread of its own until `go_on` is set."""

        def take() -> None:
            with among:
                self.inside.append(name)
                self.seen.append(tuple(self.inside))
                self.go_on.wait(LONG_S)
                self.inside.remove(name)

        return self.pool.submit(take)


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    made = Crowd()
    yield made
    made.go_on.set()
    made.pool.shutdown()


def test_ordinary_questions_are_in_hand_together(crowd: Crowd) -> None:
    ward = Quarantine()
    crowd.enter("a", ward.beside())
    crowd.enter("b", ward.beside())

    until(lambda: sorted(crowd.inside) == ["a", "b"], "both are in hand")


def test_a_suspect_waits_for_the_others_and_nothing_begins_beside_it(crowd: Crowd) -> None:
    ward = Quarantine()
    crowd.enter("a", ward.beside())
    until(lambda: crowd.inside == ["a"], "one is in hand")
    suspects = [crowd.enter(name, ward.alone()) for name in ("suspect", "another suspect")]
    until(lambda: ward._suspects == 2, "both suspects wait")
    last = crowd.enter("b", ward.beside())
    crowd.go_on.set()
    for future in (*suspects, last):
        future.result(LONG_S)

    assert crowd.seen[0] == ("a",)
    assert set(crowd.seen[1:]) == {("suspect",), ("another suspect",), ("b",)}
    assert crowd.seen[-1] == ("b",)


@pytest.mark.parametrize(("first", "second"), [("beside", "alone"), ("alone", "beside"), ("alone", "alone")])
def test_who_waits_too_long_comes_back_later_and_stands_in_nobodys_way(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch, first: str, second: str
) -> None:
    monkeypatch.setattr(quarantine, "_QUIET_S", 0.01)
    ward = Quarantine()
    crowd.enter("slow", getattr(ward, first)())
    until(lambda: crowd.inside == ["slow"], "one is in hand")
    with pytest.raises(PostponedError), getattr(ward, second)():
        pass
    crowd.go_on.set()
    until(lambda: not crowd.inside, "nothing is in hand")

    with ward.beside(), ward.beside():
        crowd.inside.append("c")
    with ward.alone():
        crowd.inside.append("d")
    assert crowd.inside == ["c", "d"]


def test_one_that_fails_leaves(crowd: Crowd) -> None:
    ward = Quarantine()
    for among in (ward.alone(), ward.beside()):
        with pytest.raises(ValueError, match="Context"), among:
            raise ValueError(among)
    crowd.enter("suspect", ward.alone())

    until(lambda: crowd.inside == ["suspect"], "the suspect is in hand")
