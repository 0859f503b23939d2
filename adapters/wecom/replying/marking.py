"""Changes the app's cards after one of their buttons was pressed; each press lets a card be changed once."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.wecom.calling.client import WecomApi
from adapters.wecom.layout import bodies, cards
from bot.errors import MessengerRefusedError

if TYPE_CHECKING:
    from adapters.wecom.hearing.events import Clicked
    from bot.types import Language, Question

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Marking:
    """Updates cards through `message/update_template_card`; both methods raise `MessengerUnavailableError`."""

    api: WecomApi

    def rated(self, event: Clicked, language: Language) -> None:
        """Let the card thank for a verdict in place of the buttons that ask for one."""
        card = cards.answered(event.answer_id, language, is_rated=True, task=event.task)
        self._update(card, event.response_code, event.post.user, event.answer_id)

    def asked(self, errand: Question) -> None:
        """Let the card whose button an errand came from say that a human was asked."""
        answer_id = errand.details.get("answer", "")
        card = cards.asked(answer_id, errand.language, task=errand.details.get("task", ""))
        self._update(card, errand.details.get("response_code", ""), errand.address.user, answer_id)

    def _update(self, card: cards.Card, code: str, user: str, answer_id: str) -> None:
        if not code:
            return
        update = {"userids": [user], "agentid": self.api.agent, **bodies.app_card_update(card, code)}
        try:
            self.api.post("message/update_template_card", update)
        except MessengerRefusedError as exc:
            log.info("answer %s: its card stays as it was: %s", answer_id, exc.code)
