"""One message as the tests look at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.fakes.wecom.cards import shown
from tests.fakes.wecom.records import JSON

if TYPE_CHECKING:
    from tests.fakes.wecom.records import Bubble


@dataclass(frozen=True)
class Seen:
    """One message: `shown` is what a person reads, with the card under it."""

    id: str
    chat: str
    author: str
    kind: str
    at: float
    """When it appeared, in seconds since 1970 by the corp's clock."""
    text: str
    shown: str
    card: JSON | None
    via: str
    answers: str
    quotes: str
    stream: str
    finished: bool
    feedback: str
    rating: int
    recalled: bool
    versions: tuple[str, ...]
    asked: JSON

    @property
    def ours(self) -> bool:
        """Whether the app, the AI bot or a group robot wrote it."""
        return not self.author and self.kind != "notice"

    @property
    def buttons(self) -> dict[str, str]:
        """The buttons of its card as text → key; none where they are greyed out."""
        card = self.card or {}
        if card.get("replaced") or card.get("replace_text"):
            return {}
        return {str(each["text"]): str(each.get("key", "")) for each in card.get("button_list", [])}


def seen(bubble: Bubble) -> Seen:
    """Return how a message is now."""
    under = shown(bubble.card) if bubble.card and bubble.kind != "template_card" else ""
    return Seen(
        bubble.id,
        bubble.chat,
        bubble.author,
        bubble.kind,
        bubble.at,
        bubble.text,
        "\n".join(each for each in (bubble.text, under) if each),
        bubble.card,
        bubble.via,
        bubble.answers,
        bubble.quotes,
        bubble.stream,
        bubble.finished,
        bubble.feedback,
        bubble.rating,
        bubble.recalled,
        tuple(bubble.versions),
        bubble.asked,
    )
