"""Answers as they are shown: in place of the acknowledgement, in several messages where they are long, once.

Where we cannot answer in the channel, the asker gets the answer directly, with the reason.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.slack.layout import blocks
from adapters.slack.replying.places import Place
from adapters.slack.replying.posting import GONE, Posting, is_closed, shows
from bot.errors import MessengerRefusedError
from bot.phrases import say
from bot.ports import Store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.slack.layout.blocks import Reply
    from adapters.slack.replying.posting import Message
    from bot.types import Answer

log = logging.getLogger(__name__)

KEPT_S = 7 * 86_400.0
WHY = 0
"""The part of a direct message that says why it is one."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Shows answers. What was posted is known by its metadata; the store only says whether there is more to look for.

    `slack-parts:<reply id>` counts the messages of a reply that has several, and `slack-moved:<reply id>` is the direct
    conversation that a reply went to.
    """

    posting: Posting
    store: Store

    def deliver(self, place: Place, answer: Answer) -> Place:
        """Show an answer and return where; twice shows it once. Raises what `SlackApi` raises.

        `MessengerRefusedError` comes where the asker cannot be reached directly either.
        """
        parts = dict(enumerate(blocks.answer(answer), 1))
        try:
            return self._in_place(place, parts, answer.id)
        except MessengerRefusedError as exc:
            if not is_closed(exc.code):
                raise
            log.info("question %s is answered directly: %s", place.question, exc.code)
        return self.directly(place, answer)

    def directly(self, place: Place, answer: Answer) -> Place:
        """Show an answer to its asker in a direct message that says why it is one."""
        channel = self.posting.direct(place.user)
        why = blocks.notice(say("slack_moved", answer.language, channel=place.channel))
        parts = {WHY: why, **dict(enumerate(blocks.answer(answer), 1))}
        self.store.put(_moved(place.question), channel.encode(), KEPT_S)
        there = Place(channel, place.user, place.question, since=place.since)
        return self._show(there, parts, self.posting.found(there), answer.id)

    def moved(self, place: Place) -> Place | None:
        """Return the direct conversation that the reply went to, or None."""
        channel = self.store.get(_moved(place.question))
        return None if channel is None else Place(channel.decode(), place.user, place.question, since=place.since)

    def _in_place(self, place: Place, parts: Mapping[int, Reply], answer: str) -> Place:
        known = int(self.store.get(_parts(place.question)) or 1)
        if len(parts) > known:
            self.store.put(_parts(place.question), str(len(parts)).encode(), KEPT_S)
        if place.ts:
            try:
                self.posting.update(place.channel, place.ts, parts[1])
            except MessengerRefusedError as exc:
                if exc.code not in GONE:
                    raise
            else:
                if max(len(parts), known) > 1:
                    rest = {part: reply for part, reply in parts.items() if part > 1}
                    self._show(place, rest, self.posting.found(place), answer)
                return place
        return self._show(place, parts, self.posting.found(place), answer)

    def _show(self, place: Place, parts: Mapping[int, Reply], found: Mapping[int, list[Message]], answer: str) -> Place:
        """Show every part in the message that has it, or a new one; remove parts of a longer answer before."""
        for part, reply in parts.items():
            ts = self._part(place, part, reply, found.get(part, []), answer)
            if part == 1:
                place = place.at(ts)
        for part in found.keys() - parts.keys() - {WHY, 1}:
            for message in found[part]:
                self.posting.remove(place.channel, str(message["ts"]))
        return place

    def _part(self, place: Place, part: int, reply: Reply, before: list[Message], answer: str) -> str:
        """Show one part, and leave one message of it."""
        stale = {place.ts} if part == 1 and place.ts else set()
        shown = ""
        for message in reversed(before):
            ts = str(message["ts"])
            if not shown and ts not in stale and self._is_shown(place.channel, message, reply, answer):
                shown = ts
            else:
                stale.add(ts)
        shown = shown or self.posting.post(place, reply, part, answer)
        for ts in stale:
            self.posting.remove(place.channel, ts)
        return shown

    def _is_shown(self, channel: str, message: Message, reply: Reply, answer: str) -> bool:
        """Show a part in a message of ours, and tell whether it stands there now."""
        try:
            self.posting.update(channel, str(message["ts"]), reply)
        except MessengerRefusedError as exc:
            if exc.code not in GONE:
                raise
            return exc.code != "message_not_found" and shows(message, answer)
        return True


def _parts(question: str) -> str:
    return f"slack-parts:{question}"


def _moved(question: str) -> str:
    return f"slack-moved:{question}"
