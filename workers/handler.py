"""The whole worker: bytes in, an answer delivered, the ledger told. Every dispatcher runs this same function."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from bot import metrics
from bot.conversation import cache, leasing
from bot.conversation.answers import AnswerBook
from bot.diagnosis import masking
from bot.errors import ConfigurationError, MessengerUnavailableError, PayloadError, PostponedError, QuorumError
from bot.ports import Answerer, DeadLetters, Errands, Leases, Ledger, Messenger
from bot.settings import Masking
from bot.types import ANSWERED, FINISHED, Platform, Question
from workers import copies, making, seating
from workers.failing import failure, told
from workers.making import Telling
from workers.quarantine import Quarantine
from workers.tries import Tries, platform_pause_s, waits_s

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.conversation.leasing import Held
    from bot.types import Answer, Entry

log = logging.getLogger(__name__)

_TURN_S = 1.0

_QUESTION = TypeAdapter(Question)


def encode(question: Question) -> bytes:
    """Serialise a question for a queue."""
    return _QUESTION.dump_json(question)


def decode(payload: bytes) -> Question:
    """Read what `encode` wrote. Raises `PayloadError`, which shows nothing of the payload."""
    try:
        return _QUESTION.validate_json(payload)
    except ValidationError as exc:
        message = f"A payload of {len(payload)} bytes is no question ({exc.error_count()} errors). See quorum doctor."
        raise PayloadError(message) from None


@dataclass(frozen=True, slots=True)
class Handler:
    """Answers the conversation that a payload belongs to; any number of threads and processes may run it at once.

    A payload is a reason to look at its conversation. Whoever holds the conversation's lease answers its unfinished
    questions in the order in which they were opened, so a payload that comes twice, late or early does no harm.
    """

    bot: Answerer
    ledger: Ledger
    leases: Leases
    book: AnswerBook
    dead: DeadLetters
    messengers: Mapping[Platform, Messenger]
    tries: Tries = field(default_factory=Tries)
    quarantine: Quarantine = field(default_factory=Quarantine)
    masking: Masking = field(default_factory=Masking)
    durable: bool = False
    """Whether the queue outlives its processes, so that of several copies that wait one is enough."""

    def __call__(self, payload: bytes) -> None:
        """Answer what is unfinished and due in the payload's conversation, oldest first.

        Raises a retryable error when the payload is wanted again after its `delay_s`. Raises another error after a
        question failed for good: its asker has a plain message with a reference by then, and the payload is kept
        among the dead letters.
        """
        question = self._read(payload)
        try:
            with seating.seat(self.leases, question, self.tries):
                self._take_turn(question)
        except PostponedError as exc:
            if not (self.durable and copies.another_waits(self.leases, question, exc.delay_s)):
                raise
        except QuorumError:
            raise
        except Exception as exc:
            raise told(question, exc) from exc

    def _take_turn(self, question: Question) -> None:
        lane, failed = question.address.lane, None
        until = time.monotonic() + self.tries.turn_s
        while True:
            with leasing.hold(self.leases, f"lane:{lane}", self.tries.lease_s) as held:
                if held is None:
                    self._leave_to_the_holder(question)
                    break
                failed = self._work_off(lane, held, until) or failed
            # Whoever came while we held the lease relied on us; look again now that it is free.
            waiting = self.ledger.next(lane)
            if waiting is None or waits_s(waiting):
                self._come_back(question, waiting)
                break
            if time.monotonic() >= until:
                raise PostponedError(0.0, f"the conversation of question {waiting.question.id} has another turn")
        if failed is not None:
            raise failed

    def _read(self, payload: bytes) -> Question:
        try:
            return decode(payload)
        except PayloadError as exc:
            self.dead.push(payload, str(exc))
            raise

    def _leave_to_the_holder(self, question: Question) -> None:
        """Ask again once the lease would be over if its holder were dead, unless the question is finished."""
        entry = self.ledger.find(question.id)
        if entry is not None and entry.state not in FINISHED:
            raise PostponedError(self.tries.lease_s, f"the conversation of question {question.id} is in other hands")

    def _come_back(self, question: Question, waiting: Entry | None) -> None:
        """Ask for the payload again while its conversation waits; it may have carried what is waiting now."""
        if waiting is not None:
            raise PostponedError(waits_s(waiting), f"question {waiting.question.id} is not due yet")
        if self.ledger.find(question.id) is None:
            message = f"Nobody claimed question {question.id} here. Have all processes one QUORUM_STORE? quorum doctor"
            self.dead.push(encode(question), message)
            raise PayloadError(message)

    def _work_off(self, lane: str, held: Held, until: float) -> QuorumError | None:
        """Answer the lane's questions until none is due or the turn is over, at `until` by the monotonic clock.

        Return the first error that ended a question for good.
        """
        first: QuorumError | None = None
        while (entry := self.ledger.next(lane)) is not None and not waits_s(entry):
            try:
                with self._among(entry):
                    self._attempt(entry, held)
            except QuorumError as exc:
                if exc.retryable:
                    raise
                self._give_up(entry, exc, held)
                first = first or exc
            if time.monotonic() >= until:
                break
        return first

    @contextmanager
    def _among(self, entry: Entry) -> Iterator[None]:
        """Try a question that is given up if its worker dies once more alone: no other in its process, or suspect.

        Whatever a process has in hand dies with it, so that one question that kills it would condemn the others.
        """
        if not self.tries.suspect(entry):
            with self.quarantine.beside():
                yield
            return
        with leasing.hold(self.leases, "suspect", self.tries.lease_s) as held:
            if held is None:
                raise PostponedError(_TURN_S, f"question {entry.question.id} waits until another one is tried alone")
            with self.quarantine.alone():
                yield

    def _attempt(self, entry: Entry, held: Held) -> None:
        """Try once to answer and deliver; a retryable error is recorded with the time of the next attempt."""
        try:
            self._answer(entry, held)
        except PostponedError:
            raise
        except MessengerUnavailableError as exc:
            pause = platform_pause_s(entry, exc)
            self.ledger.advance(entry.question.id, "waiting", due_in_s=pause)
            raise PostponedError(pause, f"{type(exc).__name__}: {exc}") from exc
        except Exception as exc:
            if not getattr(exc, "retryable", False):
                raise told(entry.question, exc) from exc
            pause = self.tries.pause_s(entry)
            metrics.RETRIES.labels(error=type(exc).__name__).inc()
            self.ledger.advance(entry.question.id, "open", due_in_s=pause)
            raise PostponedError(pause, f"{type(exc).__name__}: {exc}") from exc
        finally:
            if not held.sure:
                self._mend(entry.question)

    def _mend(self, question: Question) -> None:
        """Show once more what another worker answered: our progress may have come later, after we hung, and hide it."""
        now = self.ledger.find(question.id)
        if now is None or now.receipt is None or now.state not in {"delivered", "failed"}:
            return
        answer = self.book.load(question.id)
        if answer is None and now.state == "failed":
            answer = failure(question)
        if answer is not None:
            self._messenger(question).deliver(now.receipt, answer)

    def _give_up(self, entry: Entry, error: QuorumError, held: Held) -> None:
        """Record that a question failed for good, and say so to its asker if that was not done."""
        question = entry.question
        now = self.ledger.find(question.id)
        if now is not None and now.state not in FINISHED and question.task != "withdraw":
            _confirm(held)
            try:
                messenger = self._messenger(question)
                receipt = now.receipt or messenger.find_reply(question) or messenger.acknowledge(question)
                messenger.deliver(receipt, failure(question))
            except Exception as exc:
                if getattr(exc, "retryable", False):
                    pause = platform_pause_s(entry, exc)
                    raise PostponedError(pause, f"the failure of question {question.id} is not shown yet") from exc
                log.warning("question %s: not even the failure can be shown: %s", question.id, type(exc).__name__)
        # The letter first: a crash between the two tries the question again and loses nothing.
        self.dead.push(encode(question), f"{type(error).__name__}: {error}")
        self.ledger.advance(question.id, "failed")

    def _answer(self, entry: Entry, held: Held) -> None:
        question, started = entry.question, time.perf_counter()
        messenger = self._messenger(question)
        self.ledger.advance(question.id, "working")
        if question.task not in ANSWERED:
            self._run(question, messenger)
            return
        receipt = entry.receipt or messenger.find_reply(question)
        if receipt is None:
            _confirm(held)
            receipt = messenger.acknowledge(question)
        self.ledger.advance(question.id, "acknowledged", receipt)
        answer, error = making.recorded(self.book, entry)
        if answer is None:
            answer, error = self._made(entry, Telling(question, messenger, receipt, held))
            if not held.sure:
                _confirm(held)
            self.book.save(answer)
            self.ledger.advance(question.id, "answered")
        if self._withdrawn(question):
            return
        _confirm(held)
        receipt = messenger.deliver(receipt, answer)
        self.ledger.advance(question.id, "failed" if answer.outcome == "failed" else "delivered", receipt)
        metrics.record(question, answer, computed=not cache.served(answer))
        log.info(
            "question %s platform %s outcome %s in %.3f s",
            question.id,
            question.address.platform,
            answer.outcome,
            time.perf_counter() - started,
        )
        if error is not None:
            raise error

    def _run(self, question: Question, messenger: Messenger) -> None:
        """Let the messenger do what is asked besides answers."""
        if not isinstance(messenger, Errands):
            message = f"Question {question.id} asks to {question.task!r}, which {question.address.platform!r} cannot."
            raise ConfigurationError(message)
        messenger.run(question)
        self.ledger.advance(question.id, "delivered")
        log.info("question %s platform %s task %s done", question.id, question.address.platform, question.task)

    def _messenger(self, question: Question) -> Messenger:
        try:
            return self.messengers[question.address.platform]
        except KeyError:
            message = f"Question {question.id} came by {question.address.platform!r}, which is not configured here."
            raise ConfigurationError(message) from None

    def _made(self, entry: Entry, telling: Telling) -> tuple[Answer, QuorumError | None]:
        """Return the answer, or the plain failure message with the error that the operator gets."""
        question = entry.question
        if self.tries.exhausted(entry):
            message = f"Question {question.id} is given up after {entry.attempts} attempts."
            return failure(question), QuorumError(message)
        try:
            gathered = masking.masked_question(telling.messenger.gather(question), self.masking, question)
            answer = self.bot.answer(gathered, telling)
        except MessengerUnavailableError:
            raise
        except Exception as exc:
            if getattr(exc, "retryable", False) and not self.tries.last(entry):
                raise
            return failure(question), told(question, exc)
        hidden = masking.told(gathered.masked, question.language)
        return replace(answer, notices=(*gathered.notices, *hidden, *answer.notices)), None

    def _withdrawn(self, question: Question) -> bool:
        entry = self.ledger.find(question.id)
        return entry is not None and entry.state in FINISHED


def _confirm(held: Held) -> None:
    """Make sure that the conversation is still ours before something is posted. Raises `PostponedError`."""
    if not held.confirm():
        message = "the conversation was taken over by another worker"
        raise PostponedError(1.0, message)
