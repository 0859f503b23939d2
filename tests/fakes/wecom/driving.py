"""What a test does to WeCom as a whole: verify addresses, post by hand, move the clock, end connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from tests.fakes.polling import until
from tests.fakes.wecom.sealing import asking, sealed

if TYPE_CHECKING:
    from tests.fakes.wecom.attempts import Attempt
    from tests.fakes.wecom.corp import Corp
    from tests.fakes.wecom.delivering import Deliveries
    from tests.fakes.wecom.gateway import Gateway
    from tests.fakes.wecom.server import Server

VERIFY_S = 1.0
"""Within so long a verification must be answered (documents 90930 and 101033)."""


class Driving:
    """Acts on the server from the test's thread."""

    corp: Corp
    server: Server
    deliveries: Deliveries
    gateway: Gateway

    def verify(self, to: Literal["app", "bot"]) -> bool:
        """Verify a callback's address as the administrator's page does when it is saved."""
        seal = self.corp.app_seal if to == "app" else self.corp.bot_seal
        query, echo = asking(seal, int(self.corp.now()))
        attempt = self.server.do(self.deliveries.get(self._url(to), query))
        return attempt.status == 200 and attempt.seconds < VERIFY_S and attempt.body == echo.encode()

    def sealed(self, to: Literal["app", "bot"], plain: str) -> tuple[dict[str, str], bytes]:
        """Return the query and the body under which any text would be delivered, for `post`."""
        seal = self.corp.app_seal if to == "app" else self.corp.bot_seal
        return sealed(seal, plain, int(self.corp.now()), agent=self.corp.agent if to == "app" else None)

    def post(self, to: Literal["app", "bot"], query: dict[str, str], body: bytes) -> Attempt:
        """Post anything to a callback, and return its reply."""
        kind = "text/xml" if to == "app" else "application/json"
        return self.server.do(self.deliveries.post(self._url(to), query, body, kind))

    def _url(self, to: Literal["app", "bot"]) -> str:
        url = self.deliveries.app_url if to == "app" else self.deliveries.bot_url
        assert url, f"there is no callback of the {to}"
        return url

    def settle(self, within_s: float = 30.0) -> None:
        """Wait until every delivery was answered or given up."""
        until(lambda: all(each.over.is_set() for each in list(self.deliveries.log)), "all deliveries end", within_s)
        until(lambda: all(each.reached.is_set() for each in list(self.corp.asked.values())), "all is told", within_s)

    def release(self, *, shuffled: bool = False) -> None:
        """Send what was held back by `deliveries.held` and `gateway.held`, the last first."""
        self.server.start(self.deliveries.release(shuffled=shuffled))
        self.server.start(self.gateway.release())

    def advance(self, seconds: float) -> None:
        """Move the corp's clock forward: tokens, streams, codes, media and quotas age."""
        self.corp.skew_s += seconds

    def cut_connections(self) -> None:
        """End every long connection without a word."""
        self.server.do(self.gateway.cut())

    def forget_subscription(self) -> None:
        """Keep the long connection and forget whose it is: frames are refused with 846609."""
        self.server.do(self.gateway.unsubscribe())
