"""An `Answerer` that counts what it is asked and answers by a script."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from bot.types import Address, Answer, Citation, Progress, Question, Sample, Step, Vote

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.errors import QuorumError
    from bot.types import Outcome


def question(
    identity: str, text: str = "How do I reset it?", collections: frozenset[str] | None = None, hidden: str = ""
) -> Question:
    """Make a question of someone in a room."""
    return Question(identity, text, Address("web", "room", identity), "en", 1.0, collections, frozenset(hidden.split()))


class Scribe:
    """Answers each question with what it was asked; `script` holds outcomes and errors, the last one for ever.

    `asked` holds the questions in their order. While `gate` is shut, `answer` waits.
    """

    def __init__(self, *script: Outcome | QuorumError) -> None:
        self.asked: list[Question] = []
        self.gate = threading.Event()
        self.gate.set()
        self._script = list(script or ("answered",))
        self._lock = threading.Lock()

    def answer(self, question: Question, tell: Callable[[Progress], None] = lambda _: None) -> Answer:
        """Return or raise what the script says."""
        with self._lock:
            self.asked.append(question)
            said = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        tell(Progress("sampling"))
        assert self.gate.wait(60.0), "nobody opened the gate"
        if not isinstance(said, str):
            raise said
        vote = Vote((), (), Sample("voter", 1.0, answerable=True), 3, 0, 1.0)
        source = Citation(1, "a.md", "a.md#0", "A", "line 1", None, "the quoted text")
        text = f"{question.text} — as told in [1]."
        return Answer(
            question.id, question.id, said, text, "en", (source,), vote, 0.9, trace=(Step("vote", 1.0),), seconds=1.0
        )
