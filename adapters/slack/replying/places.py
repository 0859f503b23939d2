"""Where a reply stands in Slack, as a receipt keeps it; nothing in it is secret."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from bot.types import Receipt

if TYPE_CHECKING:
    from bot.types import Question

_TS = re.compile(r"\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Place:
    """A channel and a thread in it, or no thread, with the asker and the id under which our reply is known.

    `ts` is the message that the answer takes the place of, empty where none was posted. Our messages are all later than
    `since`, a ts. `url` is the key in the store of a response_url through which the asker alone is answered.
    """

    channel: str
    user: str
    question: str
    thread: str = ""
    ts: str = ""
    since: str = ""
    url: str = ""

    @property
    def receipt(self) -> Receipt:
        """The receipt that `read` makes this place of again."""
        return Receipt("slack", json.dumps({name: value for name, value in asdict(self).items() if value}))

    def at(self, ts: str) -> Place:
        """Return the place with our message in it."""
        return replace(self, ts=ts)


def read(receipt: Receipt) -> Place:
    """Return the place of a receipt."""
    return Place(**json.loads(receipt.reference))


def of(question: Question) -> Place:
    """Return where a question is answered: in its thread, whose root may be its own message."""
    address = question.address
    return Place(
        channel=address.conversation,
        user=address.user,
        question=question.reply_id,
        thread=address.thread if _TS.fullmatch(address.thread) else address.message,
        since=address.message or f"{question.asked_at:.6f}",
    )
