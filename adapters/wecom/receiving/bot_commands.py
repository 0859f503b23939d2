"""What commands to the AI bot refer to: the last question of a person in a conversation."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from adapters.wecom.layout.answers import notice
from adapters.wecom.layout.pages import BOT_MARKDOWN
from adapters.wecom.replying.bot import BotReplies
from bot.phrases import say
from bot.ports import Ledger, Store
from bot.types import FINISHED, Question

if TYPE_CHECKING:
    from bot.types import Address, Language

KEPT_S = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class BotCommands:
    """Remembers last questions under `wecom-bot-last:<conversation>:<user>`; all methods raise what stores raise."""

    ledger: Ledger
    store: Store
    replies: BotReplies

    def remember(self, question: Question) -> None:
        """Take a question for the last one of its asker in its conversation."""
        kept = json.dumps({"question": question.id, "language": question.language})
        self.store.put(_key(question.address), kept.encode(), KEPT_S)

    def errand(self, said: Question, stream: str) -> Question:
        """Do what a command says at once, and return the errand that says so, or that hands over to a human."""
        last, language = self._last(said.address)
        said = replace(said, language=language) if said.text != "empty" else said
        if said.text == "stop" and self.ledger.find(said.id) is None:  # a repetition stops nothing that came later
            self._stop(last)
        if said.text == "human" and last:
            return self._human(said, last, stream)
        return said

    def _last(self, address: Address) -> tuple[str, Language]:
        """Return the id of the last question and its language; nothing, and Chinese, where there is none."""
        kept = self.store.get(_key(address))
        found = json.loads(kept) if kept else {}
        return str(found.get("question", "")), "en" if found.get("language") == "en" else "zh"

    def _stop(self, last: str) -> None:
        """Let an answer be that is not there yet; its stream says so."""
        entry = self.ledger.find(last) if last else None
        if entry is None or entry.state in FINISHED or entry.state == "answered":
            return
        self.ledger.advance(last, "cancelled")
        words = say("wecom_stopped", entry.question.language)
        self.replies.say(entry.question, notice(words, BOT_MARKDOWN, last, entry.question.language))

    def _human(self, said: Question, last: str, stream: str) -> Question:
        """Return the errand to hand the last question over, or to say that this was done."""
        entry = self.ledger.find(last)
        about_it = entry.question if entry else None
        known = self.ledger.find(f"human-{about_it.reply_id if about_it else last}")
        if known is not None and known.question.details.get("stream") != stream:
            return said
        details = {**said.details, "answer": last, "question": last, "asker": said.address.user, "stream": stream}
        key = f"human-{about_it.reply_id if about_it else last}"
        text, files = (about_it.text, about_it.attachments) if about_it else ("", ())
        return replace(said, id=key, text=text, task="escalate", attachments=files, details=details)


def _key(address: Address) -> str:
    return f"wecom-bot-last:{address.conversation}:{address.user}"
