"""The fake WeCom as tests hold it: one object with the corp, the people in it, and the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute

from tests.fakes.wecom.api import Api
from tests.fakes.wecom.corp import Corp
from tests.fakes.wecom.delivering import PATIENCE_S, Deliveries
from tests.fakes.wecom.driving import Driving
from tests.fakes.wecom.gateway import Gateway
from tests.fakes.wecom.methods.media import download
from tests.fakes.wecom.page import Pages
from tests.fakes.wecom.pressing import Pressing
from tests.fakes.wecom.recording import Recording, Request
from tests.fakes.wecom.records import Group, Person
from tests.fakes.wecom.seeing import Seeing
from tests.fakes.wecom.server import Server
from tests.fakes.wecom.tokens import Tokens
from tests.fakes.wecom.troubles import Quota, Troubles
from tests.fakes.wecom.turns import Turns

if TYPE_CHECKING:
    from types import TracebackType

    from starlette.requests import Request as HttpRequest
    from starlette.responses import Response

ZHANG, LI = "zhangsan", "LiSi"
"""Two people who are in every corp, of departments 1 and 2."""
OPS = "wrOPS00001"
"""A group that is in every corp, with both in it."""
ROBOT = "fake-robot-key"
"""The webhook key of the group robot in that group."""
TO_MEMBER = 30, 1000
"""Messages of an app to one member in a minute and in an hour (document 90312)."""


class FakeWeCom(Pressing, Seeing, Driving):
    """Runs while its `with` block runs; without `bot_url` the AI bot has a long connection instead of a callback."""

    def __init__(
        self,
        app_url: str | None = None,
        bot_url: str | None = None,
        *,
        patience_s: float = PATIENCE_S,
        port: int = 0,
    ) -> None:
        self.server = Server(port)
        self.corp = Corp(self.server.address)
        self.troubles = Troubles()
        self.recording = Recording()
        self.tokens = Tokens(self.corp)
        self.api = Api(self.corp, self.tokens, self.troubles, self.recording, Quota(*TO_MEMBER, self.corp.now))
        self.gateway = Gateway(self.corp, self.troubles, self.recording)
        self.deliveries = Deliveries(self.corp, app_url, bot_url, patience_s)
        self.turns = Turns(self.corp, self.deliveries, self.gateway)
        self.deliveries.answered = self.turns.take
        self.person(ZHANG, "张三", 1)
        self.person(LI, "李四", 2)
        self.group(OPS, "数据库运维", ZHANG, LI)
        self.corp.robots[ROBOT] = OPS

    @property
    def requests(self) -> list[Request]:
        """Everything that was asked of the server."""
        return self.recording.all

    @property
    def app_settings(self) -> dict[str, str]:
        """The environment of a Quorum that is the app."""
        corp = self.corp
        found = {"CORP_ID": corp.id, "AGENT_ID": str(corp.agent), "SECRET": corp.secret, "TOKEN": corp.token}
        return _settings(found | {"AES_KEY": corp.aes_key, "API_URL": self.server.address, "BOT_NAME": corp.bot_name})

    @property
    def bot_settings(self) -> dict[str, str]:
        """The environment of a Quorum that is the AI bot: by callback where there is one, else by long connection."""
        corp, both = self.corp, {"BOT_NAME": self.corp.bot_name, "API_URL": self.server.address}
        if self.deliveries.bot_url is not None:
            return _settings(both | {"BOT_TOKEN": corp.bot_token, "BOT_AES_KEY": corp.bot_aes_key})
        url = self.server.address.replace("http", "ws", 1)
        return _settings(both | {"BOT_ID": corp.bot_id, "BOT_SECRET": corp.bot_secret, "BOT_URL": url})

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a Quorum that is the AI bot, and the app where there is a callback for it."""
        return self.bot_settings | (self.app_settings if self.deliveries.app_url else {})

    @property
    def webhook(self) -> str:
        """The address of the group's robot."""
        return f"{self.server.address}/cgi-bin/webhook/send?key={ROBOT}"

    def person(self, user: str, name: str, *departments: int, visible: bool = True) -> Person:
        """Add a member."""
        found = self.corp.people[user] = Person(user, name, list(departments or (1,)), visible)
        return found

    def group(self, chat: str, name: str, *members: str) -> Group:
        """Add an internal group."""
        found = self.corp.groups[chat] = Group(chat, name, set(members))
        return found

    def up(self) -> None:
        """Begin to listen."""
        routes = [
            Route("/cgi-bin/{method:path}", self.api.answer, methods=["GET", "POST"]),
            Route("/media/{name}", self._download),
            WebSocketRoute("/", self.gateway.serve),
            *Pages(self).routes,
        ]
        self.server.up(Starlette(routes=routes))

    def down(self) -> None:
        """Refuse connections until it is up again; what was said stays."""
        self.server.down()

    async def _download(self, request: HttpRequest) -> Response:
        self.recording.note(Request("media", {"name": request.path_params["name"]}))
        return download(self.corp, request.path_params["name"], request.query_params.get("sign", ""))

    def __enter__(self) -> Self:
        self.server.begin()
        self.up()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.server.do(self.deliveries.close())
        self.server.end()


def _settings(values: dict[str, str]) -> dict[str, str]:
    return {f"QUORUM_WECOM__{name}": value for name, value in values.items()}
