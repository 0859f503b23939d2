"""What people do without a keyboard: buttons, shortcuts, commands, modals and the App Home."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from tests.fakes.slack import describing
from tests.fakes.slack.attempts import Delivery
from tests.fakes.slack.delivering import PATIENCE_S, Deliveries
from tests.fakes.slack.marks import buttons
from tests.fakes.slack.records import Message

if TYPE_CHECKING:
    from tests.fakes.slack.records import JSON
    from tests.fakes.slack.responding import Responses
    from tests.fakes.slack.seen import Seen
    from tests.fakes.slack.workspace import Workspace

MARGIN_S = 7.0


class Clicking:
    """People who click; an interaction is delivered once, and its reply is in the `Delivery` that comes back."""

    workspace: Workspace
    deliveries: Deliveries
    responses: Responses

    def click(self, message: Seen, action_id: str, value: str | None = None, user: str = "U0ALICE01") -> Delivery:
        """Press a button of a message; with several of one action id, the one of that value."""
        fits = [each for each in buttons(message.blocks) if each.action_id == action_id and value in {None, each.value}]
        assert fits, f"no button {action_id!r} with the value {value!r} in {message.shown!r}"
        pressed, slack = fits[0], self.workspace
        stored = slack.messages[message.channel, message.ts]
        action = {"type": pressed.kind, "action_id": action_id, "block_id": pressed.block_id, "value": pressed.value}
        label = {"type": "plain_text", "text": pressed.label, "emoji": True}
        container: JSON = {"type": "message", "message_ts": message.ts, "channel_id": message.channel}
        container |= {"is_ephemeral": bool(stored.only_for), "thread_ts": stored.thread_ts}
        payload = self._place(user, message.channel, message.ts) | {
            "type": "block_actions",
            "container": container,
            "message": describing.message(slack, stored),
            "state": {"values": {}},
            "actions": [action | {"text": label, "action_ts": slack.ts()}],
        }
        return self._interact(payload)

    def shortcut(self, callback_id: str, channel: str, ts: str, user: str = "U0ALICE01") -> Delivery:
        """Choose a shortcut from the menu of a message."""
        slack = self.workspace
        stored = slack.messages[channel, ts]
        about = {"message": describing.message(slack, stored), "message_ts": ts, "action_ts": slack.ts()}
        payload = self._place(user, channel, ts) | {"type": "message_action", "callback_id": callback_id}
        return self._interact(payload | about)

    def slash(self, command: str, text: str, user: str = "U0ALICE01", channel: str = "C0HELP001") -> Delivery:
        """Type a slash command; there are none in threads. A reply in the response itself is shown to the person."""
        slack = self.workspace
        place = slack.channels[channel]
        payload = {
            "token": "deprecated-verification-token",
            "team_id": slack.team,
            "team_domain": "fake",
            "channel_id": channel,
            "channel_name": place.name or "directmessage",
            "user_id": user,
            "user_name": slack.users[user].name,
            "command": command,
            "text": text,
            "api_app_id": slack.app,
            "is_enterprise_install": "false",
            "response_url": self.responses.make(channel, user),
            "trigger_id": self._trigger(user),
        }
        delivery = self._finished(Delivery("slash_commands", payload))
        if delivery.body.strip() not in {b"", b"{}"}:
            self.responses.show(str(payload["response_url"]), delivery.body)
        return delivery

    def submit(self, user: str, values: JSON | None = None) -> Delivery:
        """Send the modal that a person has open."""
        view = self.workspace.modals[user] | {"state": {"values": values or {}}}
        return self._interact(self._person(user) | {"type": "view_submission", "view": view, "response_urls": []})

    def home(self, user: str, tab: str = "home") -> None:
        """Open the bot's Home, or its messages."""
        slack = self.workspace
        event: JSON = {"type": "app_home_opened", "user": user, "channel": slack.direct(user).id, "tab": tab}
        view = {"view": slack.homes[user]} if user in slack.homes and tab == "home" else {}
        self.deliveries.tell(event | view | {"event_ts": slack.ts()})

    def assistant(self, user: str, kind: str = "assistant_thread_started") -> str:
        """Open the legacy assistant's pane, or look at another channel with it open; return the thread's ts."""
        slack = self.workspace
        with slack.lock:
            place = slack.direct(user).id
            message = Message(place, slack.ts(), slack.bot_user, "New Assistant Thread", subtype="assistant_app_thread")
            message.ours = True
            slack.keep(message)
        context = {"channel_id": next(iter(slack.channels)), "team_id": slack.team, "enterprise_id": None}
        about = {"user_id": user, "context": context, "channel_id": place, "thread_ts": message.ts}
        self.deliveries.tell({"type": kind, "assistant_thread": about, "event_ts": slack.ts()})
        return message.ts

    def _interact(self, payload: JSON) -> Delivery:
        return self._finished(Delivery("interactive", payload))

    def _finished(self, delivery: Delivery) -> Delivery:
        self.deliveries.begin(delivery)
        assert delivery.over.wait(PATIENCE_S + MARGIN_S), "the delivery of an interaction never ended"
        return delivery

    def _trigger(self, user: str) -> str:
        trigger = f"{uuid4().int % 10**12}.{uuid4().int % 10**11}.{uuid4().hex}"
        self.workspace.triggers[trigger] = (user, self.workspace.now())
        return trigger

    def _person(self, user: str) -> JSON:
        slack = self.workspace
        name = slack.users[user].name
        who = {"id": user, "username": name, "name": name, "team_id": slack.users[user].team or slack.team}
        team = {"id": slack.team, "domain": "fake"}
        trigger = {"trigger_id": self._trigger(user), "token": "deprecated-verification-token"}
        return {"user": who, "team": team, "api_app_id": slack.app, "is_enterprise_install": False} | trigger

    def _place(self, user: str, channel: str, ts: str) -> JSON:
        place = {"id": channel, "name": self.workspace.channels[channel].name or "directmessage"}
        return self._person(user) | {"channel": place, "response_url": self.responses.make(channel, user, ts)}
