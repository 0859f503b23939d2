"""The smallest AI bot on a long connection: it sends what a test says and hands over what it is sent."""

from __future__ import annotations

import json
from collections import deque
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self
from uuid import uuid4

from websockets.sync.client import connect

if TYPE_CHECKING:
    from types import TracebackType

    from tests.fakes.wecom.fake import FakeWeCom
    from tests.fakes.wecom.records import JSON

WAIT_S = 10.0


class Subscriber:
    """Connected while its `with` block runs, and subscribed unless told otherwise."""

    def __init__(self, wecom: FakeWeCom, *, subscribes: bool = True) -> None:
        self.wecom = wecom
        self.subscribes = subscribes
        self._held = ExitStack()
        self._kept: deque[JSON] = deque()

    def send(self, command: str, body: JSON | None = None, name: str = "") -> str:
        """Send a frame, and return its req_id."""
        name = name or uuid4().hex
        self.socket.send(json.dumps({"cmd": command, "headers": {"req_id": name}, "body": body or {}}))
        return name

    def acknowledged(self, name: str) -> int:
        """Return the errcode of the acknowledgement of a frame; what comes before it is kept."""
        while True:
            frame = json.loads(self.socket.recv(WAIT_S))
            if "cmd" not in frame and frame["headers"]["req_id"] == name:
                return int(frame["errcode"])
            self._kept.append(frame)

    def say(self, command: str, body: JSON | None = None, name: str = "") -> int:
        """Send a frame, and return the errcode of its acknowledgement."""
        return self.acknowledged(self.send(command, body, name))

    def told(self) -> tuple[str, JSON]:
        """Return the req_id and the body of what WeCom sends next."""
        while True:
            frame = self._kept.popleft() if self._kept else json.loads(self.socket.recv(WAIT_S))
            if "cmd" in frame:
                return str(frame["headers"]["req_id"]), frame["body"]

    def subscribe(self, **changes: str) -> int:
        """Subscribe, and return the errcode."""
        corp = self.wecom.corp
        return self.say("aibot_subscribe", {"bot_id": corp.bot_id, "secret": corp.bot_secret} | changes)

    def __enter__(self) -> Self:
        url = self.wecom.bot_settings["QUORUM_WECOM__BOT_URL"]
        self.socket = self._held.enter_context(connect(url, proxy=None, open_timeout=WAIT_S))
        if self.subscribes:
            assert self.subscribe() == 0
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self._held.close()
