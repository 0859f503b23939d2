"""Handing a question to a human: the packet that the helpdesk gets, and the book of what was handed over.

A human's answer will be relayed from here to the asker: `Handovers.question_of` finds, by the message of the packet
that somebody replies to, the question and with it the place where its asker waits.
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from bot import metrics
from bot.diagnosis import codes
from bot.diagnosis.excerpts import excerpt
from bot.diagnosis.masking import ALWAYS, masked
from bot.errors import MessengerBusyError, MessengerRefusedError, PostponedError
from bot.phrases import say
from bot.ports import Store
from bot.types import Language, Platform

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.types import Answer, Cluster, Question, Vote

log = logging.getLogger(__name__)

KEPT_S = 90 * 86_400.0
"""So long nobody is asked the same twice, and a human's answer finds its question."""

PATIENCE_S = 60.0
"""So long another worker may take to hand a question over, before somebody else looks what became of it."""

AGAIN_S = 2.0
TEXT = 2_500
"""Characters of a question that a packet shows."""

WORDS = 160
"""Characters of what a group of samples said."""

MOST_PASSAGES = MOST_GROUPS = MOST_CODES = 5
_GROUNDS = frozenset({"no_evidence", "missing_codes", "spoilt", "samples_refuse", "unsupported"})


@dataclass(frozen=True, slots=True)
class Found:
    """A passage of the packet: its document's title, the place in it, and its address if it has one."""

    title: str = field(repr=False)
    place: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Packet:
    """What a human needs to know to take over; secrets in it are masked, and nothing is marked up.

    `id` is that of the question's reply, `asker` the platform's id of a person, `link` leads to the question or is
    empty, `platform` is the messenger that both are of. `groups` are the samples that said the same, the largest group
    first, as how many and what they said.
    """

    id: str
    language: Language
    asker: str
    link: str
    text: str = field(repr=False)
    files: tuple[str, ...] = field(repr=False)
    searched: str
    passages: tuple[Found, ...]
    tally: str
    groups: tuple[tuple[int, str], ...] = field(repr=False)
    reason: str
    platform: Platform


def packet(question: Question, answer: Answer | None, *, link: str = "") -> Packet:
    """Gather what is known of a question; `answer` is None while there is none. Pure."""
    language = answer.language if answer else question.language
    vote = answer.vote if answer else None
    return Packet(
        id=question.reply_id,
        language=language,
        asker=question.address.user,
        link=link,
        text=_shown(masked(question.text, ALWAYS), language) or say("escalation_unread", language),
        files=tuple(masked(each.name, ALWAYS) for each in question.attachments),
        searched=_searched(question, language),
        passages=_passages(answer),
        tally=_tally(vote, language),
        groups=tuple(_group(each, language) for each in vote.clusters[:MOST_GROUPS]) if vote else (),
        reason=say(f"escalation_because_{_reason(answer)}", language),
        platform=question.address.platform,
    )


def _searched(question: Question, language: Language) -> str:
    named = ", ".join(sorted(question.collections or ()))
    where = named if question.collections is not None else say("escalation_searched_all", language)
    known = codes.extract(question.text)[:MOST_CODES]
    return " · ".join([where, *([say("escalation_codes", language, codes=", ".join(known))] if known else [])])


def _passages(answer: Answer | None) -> tuple[Found, ...]:
    """Return the cited passages, else the documents that came closest."""
    if answer is None:
        return ()
    cited = [Found(each.title or each.document, each.place, each.url or "") for each in answer.citations]
    return tuple((cited or [Found(title) for title in answer.closest])[:MOST_PASSAGES])


def _tally(vote: Vote | None, language: Language) -> str:
    if vote is None:
        return say("escalation_no_tally", language)
    agreeing = vote.clusters[0].count if vote.clusters else 0
    tally = say("agreement", language, count=agreeing, total=vote.used - vote.spoilt)
    spoilt = [say("escalation_spoilt", language, count=vote.spoilt)] if vote.spoilt else []
    return ("，" if language == "zh" else ", ").join([tally, *spoilt])


def _group(cluster: Cluster, language: Language) -> tuple[int, str]:
    said = say("escalation_not_answerable", language) if cluster.refusal else masked(cluster.key, ALWAYS)
    return cluster.count, _cut(" ".join(said.split()), WORDS, language)


def _reason(answer: Answer | None) -> str:
    """Return why it came to a human: the verdict's ground where an answer was refused, else what happened."""
    if answer is None:
        return "unanswered"
    if answer.outcome in {"answered", "failed"}:
        return answer.outcome
    if answer.outcome == "answered_with_warning":
        return "warned"
    known = [ground for step in answer.trace for ground in _grounds(step.detail.get("reasons"))]
    return next((ground for ground in known if ground in _GROUNDS), "no_evidence")


def _grounds(reasons: object) -> list[str]:
    return [str(each) for each in reasons] if isinstance(reasons, list | tuple) else []


def _shown(text: str, language: Language) -> str:
    """Return a question as far as a packet has room: of a log its root and its other errors, each once."""
    return excerpt(text, TEXT, lambda count: say("cut", language, count=count)).text


def _cut(text: str, limit: int, language: Language) -> str:
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\n{say('cut', language, count=len(text) - limit)}"


@dataclass(frozen=True, slots=True)
class Handover:
    """How far the handing over of a question is: who began it and when, and the packet's message once it is there."""

    by: str
    at: float
    message: str = ""


@dataclass(frozen=True, slots=True)
class Handovers:
    """Sees to it that a question is handed over once: `handover:<question>` says how far that is.

    `handed:<platform>:<message>` leads from a packet's message back to the question. All methods raise
    `StoreUnavailableError`.
    """

    store: Store

    def begin(self, question_id: str, errand_id: str) -> Handover | None:
        """Take it on, and return None if nobody did before; else how far it is.

        The caller looks whether the packet stands at the platform before it posts one, unless None was returned.
        Raises `PostponedError` while another errand may be about to post.
        """
        now = time.time()
        if self.store.add(_key(question_id), _written(Handover(errand_id, now)), KEPT_S):
            return None
        kept = self.store.get(_key(question_id))
        before = Handover(errand_id, now) if kept is None else Handover(**json.loads(kept))
        if not before.message and before.by != errand_id and 0 <= now - before.at < PATIENCE_S:
            raise PostponedError(AGAIN_S, f"another errand asks a human about question {question_id}")
        return before

    def drop(self, question_id: str) -> None:
        """Forget that it was begun: nothing was posted."""
        self.store.delete(_key(question_id))

    def end(self, question_id: str, errand_id: str, platform: str, message: str) -> None:
        """Note the platform's reference of the packet's message."""
        self.store.put(f"handed:{platform}:{message}", question_id.encode(), KEPT_S)
        self.store.put(_key(question_id), _written(Handover(errand_id, time.time(), message)), KEPT_S)

    def question_of(self, platform: str, message: str) -> str | None:
        """Return the id of the question whose packet this message is, for the relay of what a human replies to it."""
        kept = self.store.get(f"handed:{platform}:{message}")
        return None if kept is None else kept.decode()


class Helpdesk(Protocol):
    """Where packets go: to a member of a corp, or into a channel; not necessarily where the question was asked.

    Both methods raise `MessengerUnavailableError` and `MessengerRefusedError`.
    """

    @property
    def platform(self) -> Platform:
        """The messenger in which it is."""

    @property
    def name(self) -> str:
        """Whom or what the operator looks for there."""

    def post(self, packet: Packet) -> str:
        """Show the packet, and return the reference of its message."""

    def found(self, packet_id: str, since: float) -> str:
        """Return the reference of a packet that was posted since a Unix time, empty where it is to be posted again."""


def hand_over(
    handovers: Handovers, desk: Helpdesk | None, question_id: str, errand_id: str, made: Callable[[], Packet]
) -> tuple[str, str]:
    """See to it that a question's packet is at the helpdesk; return which phrase says so, and which errand says it.

    `question_id` is the same for all versions of an edited question, and is the packet's id; `made` makes the packet.
    Raises what the helpdesk and the store raise, and `PostponedError` while another errand hands the question over; a
    helpdesk that refuses is told the operator, and nobody was asked.
    """
    if desk is None:
        return "escalation_no_helpdesk", errand_id
    before = handovers.begin(question_id, errand_id)
    if before is not None and before.message:
        return "escalation_done", before.by
    try:
        message = (desk.found(question_id, before.at) if before else "") or desk.post(made())
    except MessengerBusyError:
        if before is None:
            handovers.drop(question_id)
        raise
    except MessengerRefusedError as exc:
        handovers.drop(question_id)
        log.error("question %s: the helpdesk %s is closed to us: %s", question_id, desk.name, exc.code)  # noqa: TRY400 - its traceback says nothing more
        return "escalation_closed", errand_id
    metrics.ESCALATIONS.inc()
    handovers.end(question_id, errand_id, desk.platform, message)
    log.info("question %s was handed to a human", question_id)
    return "escalation_done", errand_id


def _key(question_id: str) -> str:
    return f"handover:{question_id}"


def _written(handover: Handover) -> bytes:
    return json.dumps({"by": handover.by, "at": handover.at, "message": handover.message}).encode()
