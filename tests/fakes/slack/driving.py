"""What a test does to Slack as a whole: post by hand, move the clock, end sockets, wait until all is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.polling import until
from tests.fakes.slack.attempts import Attempt

if TYPE_CHECKING:
    from tests.fakes.slack.delivering import Deliveries
    from tests.fakes.slack.server import Server
    from tests.fakes.slack.sockets import Sockets
    from tests.fakes.slack.workspace import Workspace


class Driving:
    """Acts on the server from the test's thread."""

    workspace: Workspace
    server: Server
    sockets: Sockets
    deliveries: Deliveries

    def post(self, body: bytes, content_type: str = "application/json", **headers: str) -> Attempt:
        """Post anything to the app, signed unless `headers` (with `_` for `-`) say otherwise; return its reply."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sending = self.deliveries.post(body, content_type, named)
        status, reason, said, back = self.server.do(sending)
        return Attempt(status, 0.0, reason, said, back)

    def settle(self, within_s: float = 30.0) -> None:
        """Wait until every delivery was acknowledged or given up."""
        until(lambda: all(each.over.is_set() for each in list(self.deliveries.log)), "all deliveries end", within_s)

    def advance(self, seconds: float) -> None:
        """Move the workspace's clock forward: streams, triggers, statuses and response URLs age."""
        self.workspace.skew_s += seconds

    def refresh_sockets(self, reason: str = "refresh_requested") -> None:
        """Make every Socket Mode connection be made anew, as Slack does every few hours."""
        self.server.do(self.sockets.refresh(reason))

    def cut_sockets(self) -> None:
        """End every Socket Mode connection without a word."""
        for socket in list(self.sockets.open):
            self.server.do(self.sockets.close(socket))
