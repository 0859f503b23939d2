"""What the self-built app says: answers in as few messages as hold them, in order, with a card of buttons under them.

Nothing that an app said can be changed later but a card, so that it says nothing before the answer is there.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from adapters.wecom.layout import answers, bodies, cards
from adapters.wecom.layout.pages import APP_MARKDOWN, APP_TEXT, pages
from bot import text as texts
from bot.types import Receipt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.wecom.layout.bodies import Body
    from adapters.wecom.layout.pages import Style
    from adapters.wecom.replying.outbox import Outbox
    from bot.types import Answer, Question


class AppReplies:
    """A `Replies` over `message/send`; all methods raise what `WecomApi` and stores raise."""

    def __init__(self, outbox: Outbox) -> None:
        """Send through the outbox, which sends each message once."""
        self._outbox = outbox

    @property
    def style(self) -> Style:
        """Plain text with links, which is shown in WeChat's plugin too, where Markdown is not."""
        return APP_TEXT

    def acknowledge(self, question: Question) -> Receipt:
        """Return where the answer will go; nothing is shown."""
        reference = {"mode": "app", "user": question.address.user, "question": question.reply_id}
        return Receipt("wecom", json.dumps(reference))

    def progress(self, receipt: Receipt, text: str) -> None:
        """Show nothing: it would stay."""

    def deliver(self, receipt: Receipt, answer: Answer) -> Receipt:
        """Send the answer, with its card; twice with one receipt sends it once."""
        place = json.loads(receipt.reference)
        self.show(str(place["user"]), str(place["question"]), answer)
        return receipt

    def find_reply(self, question: Question) -> Receipt | None:  # noqa: ARG002 - what a messenger is given
        """Return None: where a reply would be is known without looking, and what was sent the outbox knows."""
        return None

    def say(self, errand: Question, contents: Sequence[str]) -> None:
        """Send contents once, in reply to an errand."""
        self._send(errand.address.user, f"{errand.id}:said", contents, APP_TEXT)

    def show(self, user: str, key: str, answer: Answer) -> None:
        """Send an answer to a member once for each `key`, such as the question's id; an AI bot may fall back on it.

        A failure that was shown does not keep a later answer from being shown.
        """
        kind = "failed" if answer.outcome == "failed" else "answer"
        self._outbox.send(f"{key}:{kind}", user, lambda: _laid_out(answer))

    def tell(self, user: str, key: str, contents: Sequence[str]) -> None:
        """Send Markdown to a member, once for each `key`."""
        self._send(user, key, contents, APP_MARKDOWN)

    def forward(self, user: str, key: str, content: str) -> None:
        """Send a content of the AI bot to a member, once for each `key`, in as many messages as an app needs for it."""
        contents = pages(content, (), APP_MARKDOWN, key, texts.language(content))
        self.tell(user, key, contents)

    def _send(self, user: str, key: str, contents: Sequence[str], style: Style) -> None:
        self._outbox.send(key, user, lambda: [bodies.message(each, style) for each in contents])


def _laid_out(answer: Answer) -> list[Body]:
    said = [bodies.message(each, APP_MARKDOWN) for each in answers.answer(answer, APP_MARKDOWN)]
    return [*said, bodies.card(cards.under(answer))]
