"""What people do with their thumbs: press the buttons of cards, rate answers, open a chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.wecom import telling
from tests.fakes.wecom.records import Asked
from tests.fakes.wecom.writing import Writing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.fakes.wecom.records import JSON, Bubble

ACCURATE, INACCURATE, CANCELLED = 1, 2, 3
"""How an answer can be rated (document 101027)."""


class Pressing(Writing):
    """People who press; methods that tell the AI bot return the msgid of the event."""

    def press(self, name: str, key: str, user: str, chat: str = "") -> str:
        """Press a button of a card by its key; what it does comes as an event. A greyed out one is no button."""
        bubble = self.corp.bubble(name, chat)
        card = bubble.card or {}
        keys = [each.get("key") for each in card.get("button_list", [])]
        assert key in keys, f"there is no button {key!r}"
        greyed = card.get("replaced") or card.get("replace_text")
        assert not greyed, "the buttons are greyed out"
        task = str(card.get("task_id", ""))
        if bubble.chat.startswith("app/"):
            code = self.corp.code("card", bubble.id)
            fields = {"Event": "template_card_event", "EventKey": key, "TaskId": task, "ResponseCode": code}
            values = telling.to_app(self.corp, user, "event", **fields, CardType=str(card["card_type"]))
            asked = Asked("template_card_event", {"msgid": task}, bubble.chat, user, self.corp.now(), clicked=bubble)
            self._post(values, asked)
            return ""
        inner = {"card_type": card["card_type"], "event_key": key, "task_id": task, "selected_items": {}}
        return self._event(bubble.chat, user, "template_card_event", inner, bubble)

    def rate(self, name: str, kind: int, user: str, content: str = "", reasons: Sequence[int] = ()) -> str:
        """Rate an answer that has a feedback id: 1 accurate, 2 inaccurate, 3 taken back."""
        bubble = self.corp.bubble(name)
        assert bubble.feedback, "it cannot be rated"
        bubble.rating = 0 if kind == CANCELLED else kind
        inner: JSON = {"id": bubble.feedback, "type": kind}
        if content:
            inner["content"] = content
        if reasons:
            inner["inaccurate_reason_list"] = list(reasons)
        return self._event(bubble.chat, user, "feedback_event", inner)

    def enter(self, user: str, to: str = "bot") -> str:
        """Open the chat with the AI bot for the first time of the day, or the app."""
        if to == "app":
            self.tell_app(user, "event", Event="enter_agent", EventKey="")
            return ""
        return self._event(f"bot/{user}", user, "enter_chat", {})

    def tell_bot(self, user: str, kind: str, inner: JSON) -> str:
        """Send any event to the AI bot, known or not."""
        return self._event(f"bot/{user}", user, kind, inner)

    def message_bot(self, user: str, kind: str, part: JSON) -> str:
        """Send any message to the AI bot, known or not."""
        bubble = self.corp.put(f"bot/{user}", "text", f"[{kind}]", user)
        body = telling.to_bot(self.corp, bubble, socket=self.deliveries.bot_url is None)
        del body["text"]
        return self._ask(bubble, body | {"msgtype": kind, kind: part})

    def _event(self, chat: str, user: str, kind: str, inner: JSON, clicked: Bubble | None = None) -> str:
        body = telling.event(self.corp, chat, user, kind, inner)
        asked = Asked(kind, body, chat, user, self.corp.now(), clicked=clicked)  # type: ignore[arg-type]
        with self.corp.lock:
            self.corp.asked[asked.id] = asked
            if clicked and self.deliveries.bot_url is not None:
                body["response_url"] = telling.response_url(self.corp, asked.id)
        self.server.start(self.turns.tell(asked))
        return asked.id
