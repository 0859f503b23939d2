"""Decides what is done about each thing that Slack tells us: questions and errands are accepted, clicks answered.

Everything that must not be lost is done before `hear` returns; only then is Slack told that it arrived.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from adapters.background import Background
from adapters.limits import Limits
from adapters.slack.hearing.classifying import classify, thread_of
from adapters.slack.hearing.events import (
    Asked,
    Challenged,
    Clicked,
    Commanded,
    Deleted,
    Edited,
    HomeOpened,
    ThreadOpened,
)
from adapters.slack.hearing.posts import Ourselves
from adapters.slack.receiving import notices, questions
from adapters.slack.receiving.clicks import Clicks
from adapters.slack.receiving.commanding import Commands
from adapters.slack.receiving.engagement import Engagement
from adapters.slack.receiving.home import Home
from adapters.slack.receiving.notices import Notices
from adapters.slack.receiving.recents import Recents
from adapters.slack.receiving.repetitions import Repetitions
from adapters.slack.receiving.versions import Versions
from bot import text as texts
from bot.errors import MessengerRefusedError, MessengerUnavailableError
from bot.ports import Ledger
from bot.types import Question

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.limits import Verdict
    from adapters.slack.hearing.events import Event
    from adapters.slack.hearing.posts import Post
    from bot.types import Language

    Json = Mapping[str, Any]

log = logging.getLogger(__name__)

STOPS = frozenset({"stop", "停止"})
"""What ends our part in a thread when it is all that somebody writes there."""

ENGAGING = frozenset({"mention", "shortcut"})
_TOKEN = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes what was verified, from HTTP and from Socket Mode alike; any number of threads may call it.

    `mask` takes the secrets out of a question before anything else is done with it; `accept` claims and queues it and
    tells whether it is new; `acknowledge` shows in Slack that it arrived, and is not waited for.
    """

    ours: Callable[[], Ourselves]
    mask: Callable[[Question], Question]
    accept: Callable[[Question], bool]
    acknowledge: Callable[[Question], object]
    ledger: Ledger
    limits: Limits
    engagement: Engagement
    versions: Versions
    recents: Recents
    commands: Commands
    clicks: Clicks
    home: Home
    notices: Notices
    early: Background
    later: Background
    repetitions: Repetitions = field(default_factory=Repetitions)

    def hear(self, payload: Json) -> Json:
        """Do what an envelope, an interactivity payload or a command's form asks; return the response's body.

        Raises what the ledger, the store and the queue raise: then Slack must be told to deliver again.
        """
        payload = _whole(payload)
        thread = thread_of(payload)
        engaged = thread is not None and self.engagement.holds(*thread)
        event = classify(payload, self._us(payload), engaged=engaged)
        match event:
            case Asked() if event.via != "command":
                return self.repetitions.once(event.id, lambda: self._asked(event, payload), {})
            case Asked():
                return self._asked(event, payload)
            case Commanded():
                return self._commanded(event, payload)
            case Edited() | Deleted():
                self._changed(event, payload)
            case Challenged():
                return {"challenge": event.challenge}
            case _:
                self._noticed(event)
        return {}

    def _us(self, payload: Json) -> Ourselves:
        """Return who we are; commands and buttons work without that, too, while Slack does not tell."""
        if (named := _named(payload)) is not None:
            return named
        try:
            return self.ours()
        except (MessengerUnavailableError, MessengerRefusedError):
            if "command" not in payload and payload.get("type") != "block_actions":
                raise
            return Ourselves("")

    def _noticed(self, event: Event) -> None:
        match event:
            case Clicked():
                self.clicks.press(event)
            case HomeOpened():
                self.home.open(event)
            case ThreadOpened():
                self.home.begin(event)
            case _:
                log.debug("slack: nothing to do: %s", getattr(event, "reason", ""))

    def _asked(self, event: Asked, payload: Json) -> Json:
        post, language = event.post, self._language(event.text, event.post, payload)
        is_reply = bool(post.thread) and post.thread != post.ts
        if is_reply and event.text.strip().lower() in STOPS:
            return self._commanded(Commanded("stop", "", post, event.event_id), payload)
        if event.via in ENGAGING:
            self.engagement.begin(post.team, post.channel, post.thread)
        if event.is_empty:
            return self._take(questions.said("empty", post, language), post)
        return self._take(self.mask(questions.asked(event, language)), post)

    def _commanded(self, event: Commanded, payload: Json) -> Json:
        language = self._language(event.text, event.post, payload)
        if not event.post.ts:
            return self.commands.slashed(event, language)
        return self._take(self.commands.written(event, language), event.post)

    def _changed(self, event: Edited | Deleted, payload: Json) -> None:
        if isinstance(event, Deleted):
            gone = self.versions.delete(event.id, self.accept)
            if gone is not None:
                self.later.do("recent questions", lambda: self._dropped(gone))
            return
        post = event.asked.post
        edited_ts = str(((payload.get("event") or {}).get("message") or {}).get("edited", {}).get("ts") or post.ts)
        if event.asked.via in ENGAGING:
            self.engagement.begin(post.team, post.channel, post.thread)
        question = self.mask(questions.asked(event.asked, self._language(event.asked.text, post, payload)))
        if event.asked.is_empty:
            question = replace(question, task="say", text="empty")
        verdict = self._verdict(questions.version(question, edited_ts), post)
        if verdict == "taken":
            self.versions.edit(question, edited_ts, self._accepted)
        else:
            self._refused(verdict, question, post)

    def _take(self, question: Question, post: Post) -> Json:
        """Accept a question or an errand, unless it is too much or already taken back; return the response's body."""
        verdict = self._verdict(question, post)
        if verdict != "taken":
            return self._refused(verdict, question, post)
        self._accepted(question)
        if self.versions.is_gone(question.reply_id):  # deleted while it was claimed, of which that delivery saw nothing
            self.versions.delete(question.reply_id, self.accept)
        return {}

    def _verdict(self, question: Question, post: Post) -> Verdict:
        """Decide whether a question may be taken; one that was claimed before may, as often as it comes."""
        if self.ledger.find(question.id) is not None:
            return "taken"
        if self.versions.is_gone(question.reply_id):
            return "refused"
        return self.limits.verdict(question.id, _person(post))

    def _refused(self, verdict: Verdict, question: Question, post: Post) -> Json:
        """Tell the asker alone, once a minute, or in the response of a command."""
        if verdict == "refused":
            return {}
        if not post.ts:
            return notices.ephemeral(self.notices.refusal(verdict, question.language))
        if self.limits.may_tell(_person(post)):
            self.notices.whisper(post, self.notices.refusal(verdict, question.language))
        return {}

    def _accepted(self, question: Question) -> None:
        """Claim and queue; what is new shows in Slack at once, without being waited for."""
        if not self.accept(question) or question.task != "answer":
            return
        if question.details.get("via") != "command":
            self.early.do("acknowledgement", lambda: self._acknowledge(question))
        self.later.do("recent questions", lambda: self.recents.add(question))

    def _acknowledge(self, question: Question) -> None:
        """Show that a question arrived, unless it was taken back; if it was meanwhile, take that back, too."""
        if self.versions.is_gone(question.reply_id):
            return
        self.acknowledge(question)
        if self.versions.is_gone(question.reply_id):
            errand = questions.withdrawal(question)
            self.accept(replace(errand, id=f"{errand.id}-late"))

    def _dropped(self, question: Question) -> None:
        team = question.details.get("team", "")
        self.recents.drop(team, question.address.user, question.reply_id)

    def _language(self, text: str, post: Post, payload: Json) -> Language:
        """Return the language of a text, else of what was typed, else of what the person asked last."""
        event = payload.get("event") or {}
        typed = _TOKEN.sub("", str(payload.get("text") or event.get("text") or ""))
        if any(map(str.isalpha, text)):
            return texts.language(text)
        return "zh" if texts.language(typed) == "zh" else self.recents.language(post.team, post.user)


def _whole(payload: Json) -> Json:
    """Return a payload without halves of characters, which JSON may hold and no store takes."""
    text = json.dumps(payload, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return dict(json.loads(text.encode(errors="replace")))
    return payload


def _named(payload: Json) -> Ourselves | None:
    """Return who we are as an event itself says; its bot's id makes no difference, since all bots are ignored."""
    match payload.get("authorizations"):
        case [{"user_id": str(user), "is_bot": True}, *_] if user:
            return Ourselves(user)
    return None


def _person(post: Post) -> str:
    return f"{post.team}:{post.user}"
