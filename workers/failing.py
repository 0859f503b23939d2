"""What is said when a question fails: one plain sentence to its asker, and the cause to the operator."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from bot import phrases
from bot.errors import QuorumError
from bot.types import Answer

if TYPE_CHECKING:
    from bot.types import Question


def failure(question: Question) -> Answer:
    """Make the plain message that people see when nothing more can be tried."""
    text = phrases.say("failed", question.language, reference=question.id)
    return Answer(question.id, question.id, "failed", text, question.language)


def told(question: Question, error: Exception) -> QuorumError:
    """Turn any error into one that ends the matter and can be logged: an unforeseen one by its place, not its text."""
    if type(error) is QuorumError:
        return error
    if isinstance(error, QuorumError):
        ended = QuorumError(f"Question {question.id} failed with {type(error).__name__}: {error}")
    else:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(frame.filename).name}:{frame.lineno}"
        ended = QuorumError(
            f"Question {question.id} failed with {type(error).__name__} at {place}. Report it with this line."
        )
    ended.__cause__ = error
    return ended
