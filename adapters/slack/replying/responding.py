"""Answers to `/ask`, shown to the asker alone through the command's response_url.

A response_url shows whatever it gets, as often as it gets it, and nobody can look at what it showed. So each part is
marked in the store before it is sent. Where Slack took nothing, the mark goes and the part is sent again. Where the
connection broke, or we died, with the mark set, nobody knows: then the part is not sent twice, but a line says that it
may be missing and can be asked for again, so that the asker has neither two answers nor silence.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.slack.calling.client import SlackApi
from adapters.slack.layout import blocks
from adapters.slack.replying.posting import shown_somehow
from bot.errors import MessengerBusyError, MessengerRefusedError
from bot.phrases import say
from bot.ports import Store

if TYPE_CHECKING:
    from adapters.slack.layout.blocks import Reply
    from adapters.slack.replying.places import Place
    from bot.types import Answer, Question

log = logging.getLogger(__name__)

URL_S = 1_800.0
"""So long a response_url can be used (docs.slack.dev/interactivity/handling-user-interaction)."""

KEPT_S = 7 * 86_400.0
_TRYING, _DONE = b"-", b"1"


@dataclass(frozen=True, slots=True)
class Responding:
    """Answers through response_urls, kept under `slack-url:<reply id>`; marks are `slack-said:<reply id>:<part>`."""

    api: SlackApi
    store: Store

    def keep(self, question: Question) -> str:
        """Keep a question's response_url for as long as it can be used, and return the key."""
        key = f"slack-url:{question.reply_id}"
        self.store.put(key, question.details["response_url"].encode(), URL_S)
        return key

    def deliver(self, place: Place, answer: Answer) -> bool:
        """Show an answer once, and return True; False where the response_url cannot be used (any more).

        A failure that was shown does not keep a later answer from being shown. Raises what `SlackApi` raises.
        """
        url = self.store.get(place.url)
        if url is None:
            return self._was_shown(place, answer)
        kind = "failed" if answer.outcome == "failed" else "answer"
        try:
            for part, reply in enumerate(blocks.answer(answer), 1):
                self._once(f"slack-said:{place.question}:{kind}:{part}", url.decode(), reply, answer)
        except MessengerRefusedError as exc:
            log.info("question %s cannot be answered by response_url: %s", place.question, exc.code)
            return False
        return True

    def _once(self, mark: str, url: str, reply: Reply, answer: Answer) -> None:
        is_first = self.store.add(mark, _TRYING, KEPT_S)
        if not is_first and self.store.get(mark) == _DONE:
            return
        shown = reply if is_first else blocks.notice(say("slack_lost", answer.language))

        def send(each: Reply) -> str:
            self.api.respond(url, {"response_type": "ephemeral", "text": each.text, "blocks": list(each.blocks)})
            return ""

        try:
            shown_somehow(send, shown)
        except (MessengerBusyError, MessengerRefusedError):
            if is_first:
                self.store.delete(mark)
            raise
        self.store.put(mark, _DONE, KEPT_S)

    def _was_shown(self, place: Place, answer: Answer) -> bool:
        kind = "failed" if answer.outcome == "failed" else "answer"
        return self.store.get(f"slack-said:{place.question}:{kind}:1") is not None
