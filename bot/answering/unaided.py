"""What the models say without any document, to be shown beside an answer: labelled, without sources, unchecked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.answering import prompting
from bot.diagnosis import commands
from bot.phrases import say
from bot.sentences import escape_markers
from bot.types import Answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.answering.sampling import BoundVoter
    from bot.types import Question


def reply(voters: Sequence[BoundVoter], question: Question, max_tokens: int) -> Answer:
    """Ask each model once, with nothing but the question. Raises what models raise.

    Without any model there is nothing to compare, and the answer says so; neither is there for a question that is no
    longer kept.
    """
    language = question.language
    asked = {voter.model.name: voter for voter in reversed(voters)}
    if not asked or not question.text.strip():
        text = say("unaided_none" if not asked else "unaided_gone", language)
        return Answer(question.id, question.id, "unaided", text, language)
    parts = [say("unaided_title", language)]
    for name, voter in reversed(asked.items()):
        prompt = prompting.unaided(question, voter.temperature, max_tokens)
        said = voter.model.sample(prompt, 1)[0].text.strip() or say("unaided_silent", language)
        parts.append(f"**{name}**\n\n{commands.marked(escape_markers(said), language)}")
    return Answer(
        id=question.id,
        question_id=question.id,
        outcome="unaided",
        text="\n\n".join(parts),
        language=language,
        notices=(say("unaided_notice", language),),
    )
