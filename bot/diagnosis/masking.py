"""Masks a question before anybody reads it: model, cache, ledger, queue, log, or a human at the helpdesk.

Names count anew with each question: `<ip-1>` is the first address of this one. What was said before it was masked
with questions of its own, so that its names become others here.
"""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.diagnosis import credentials, identities
from bot.diagnosis.logs.lines import uncoloured
from bot.diagnosis.placeholders import KINDS
from bot.diagnosis.redaction import redact
from bot.phrases import say
from bot.ports import Answerer
from bot.settings import Masking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bot.diagnosis.rules import Rule
    from bot.types import Answer, Language, Progress, Question, Turn

ALWAYS = Masking(addresses="none", emails=False)
"""What is masked whatever the settings say."""


@functools.lru_cache(8)
def rules(policy: Masking) -> tuple[Rule, ...]:
    """Return the rules of a policy in the order in which they are applied."""
    emails = identities.EMAILS if policy.emails else ()
    private = identities.PRIVATE if policy.addresses != "none" else ()
    public = identities.PUBLIC if policy.addresses == "all" else ()
    return (*credentials.RULES, *identities.NUMBERS, *emails, *private, *public, *identities.hosts(policy.hosts))


def masked(text: str, policy: Masking) -> str:
    """Return a text with each secret replaced by its kind and number, such as `<password-1>`; twice changes nothing."""
    return redact([uncoloured(text)], rules(policy)).texts[0]


def masked_question(question: Question, policy: Masking, known: Question | None = None) -> Question:
    """Mask all that a question holds and that people wrote, named together; twice masks no more than once.

    `known` is the question before its messenger gathered more: what was said earlier in the conversation has names of
    other questions, unless it is among what `known` has.
    """
    own, earlier = _told_apart(question.context, question.context if known is None else known.context)
    named = [file.name for file in question.attachments]
    texts = [question.text, *(turn.text for turn in own), *named, *question.notices]
    before = [[uncoloured(turn.text) for turn in group] for group in earlier]
    found = redact([uncoloured(text) for text in texts], rules(policy), before)
    if found.texts == (*texts, *(turn.text for group in earlier for turn in group)):
        return question
    each = iter(found.texts)
    text, latest = next(each), [replace(turn, text=next(each)) for turn in own]
    files = tuple(replace(file, name=next(each)) for file in question.attachments)
    notices = tuple(next(each) for _ in question.notices)
    turns = [replace(turn, text=next(each)) for group in earlier for turn in group]
    return replace(
        question,
        text=text,
        context=(*turns, *latest),
        attachments=files,
        notices=notices,
        masked=dict(Counter(question.masked) + Counter(found.counts)),
    )


def told(counts: Mapping[str, int], language: Language) -> tuple[str, ...]:
    """Say what was masked, by kind and count; nothing where nothing was."""
    phrases = [
        say(f"masked_{kind}" if counts[kind] > 1 else f"masked_{kind}_one", language, count=counts[kind])
        for kind in KINDS
        if counts.get(kind)
    ]
    return (say("masked", language, what=("、" if language == "zh" else ", ").join(phrases)),) if phrases else ()


def newly(after: Question, before: Question) -> Mapping[str, int]:
    """Return how many secrets were taken out of a question between these two."""
    return Counter(after.masked) - Counter(before.masked)


@dataclass(frozen=True, slots=True)
class MaskingAnswerer:
    """An `Answerer` before another one, which sees no secret: none is in a key, a cache or a prompt."""

    inner: Answerer
    policy: Masking

    def answer(self, question: Question, tell: Callable[[Progress], None] = lambda _: None) -> Answer:
        """Answer the masked question, and say what was masked just now. Raises what the answerer behind it raises."""
        clean = masked_question(question, self.policy)
        answer = self.inner.answer(clean, tell)
        said = told(newly(clean, question), question.language)
        return replace(answer, notices=(*said, *answer.notices)) if said else answer


def _told_apart(context: Sequence[Turn], own: Sequence[Turn]) -> tuple[list[Turn], list[list[Turn]]]:
    """Return the question's own turns, and what was said earlier in groups: a message with our replies to it."""
    kept = context[len(context) - len(own) :]
    kept = kept if tuple(kept) == tuple(own) else ()
    return list(kept), list(_groups(context[: len(context) - len(kept)]))


def _groups(turns: Iterable[Turn]) -> Iterable[list[Turn]]:
    group: list[Turn] = []
    for turn in turns:
        if group and not turn.ours:
            yield group
            group = []
        group.append(turn)
    if group:
        yield group
