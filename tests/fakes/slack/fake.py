"""The fake Slack as tests hold it: one object with the workspace, the people in it, and the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute

from tests.fakes.slack.api import Api
from tests.fakes.slack.clicking import Clicking
from tests.fakes.slack.delivering import SLACKS_RETRIES_S, Deliveries
from tests.fakes.slack.downloads import Downloads
from tests.fakes.slack.driving import Driving
from tests.fakes.slack.page import Pages
from tests.fakes.slack.people import Writing
from tests.fakes.slack.recording import Recording
from tests.fakes.slack.records import Channel, Group, Kind, User
from tests.fakes.slack.responding import Responses
from tests.fakes.slack.seeing import Seeing
from tests.fakes.slack.server import Server
from tests.fakes.slack.sockets import Sockets
from tests.fakes.slack.troubles import Troubles
from tests.fakes.slack.workspace import Workspace

if TYPE_CHECKING:
    from types import TracebackType

    from tests.fakes.slack.recording import Request

HELP, PRIVATE, ALICE, BOB = "C0HELP001", "C0PRIVATE", "U0ALICE01", "U0BOB0001"
"""What every workspace has: a public and a private channel with the bot, and two people in both."""


class FakeSlack(Writing, Clicking, Seeing, Driving):
    """Runs while its `with` block runs; `events_url` may be set later, and without one Socket Mode is used."""

    def __init__(
        self, events_url: str | None = None, *, retries_s: tuple[float, ...] = SLACKS_RETRIES_S, port: int = 0
    ) -> None:
        self.server = Server(port)
        self.workspace = Workspace(self.server.address)
        self.troubles = Troubles()
        self.recording = Recording()
        self.sockets = Sockets(self.workspace)
        self.responses = Responses(self.workspace, self.troubles, self.recording)
        self.deliveries = Deliveries(self.workspace, self.sockets, self.server, events_url, retries_s)
        self.workspace.announce = self.deliveries.tell
        self.user(self.workspace.bot_user, "quorum", bot=True)
        self.user(ALICE, "alice")
        self.user(BOB, "bob", locale="zh-CN")
        self.room(HELP, "help", members=(ALICE, BOB))
        self.room(PRIVATE, "dba-private", "group", members=(ALICE, BOB))

    @property
    def api_url(self) -> str:
        """The base address of the Web API."""
        return f"{self.server.address}/api/"

    @property
    def events_url(self) -> str | None:
        """Where deliveries are posted; None means Socket Mode."""
        return self.deliveries.url

    @events_url.setter
    def events_url(self, url: str | None) -> None:
        self.deliveries.url = url

    @property
    def users(self) -> dict[str, User]:
        """Everybody, by id."""
        return self.workspace.users

    @property
    def channels(self) -> dict[str, Channel]:
        """Every conversation, by id."""
        return self.workspace.channels

    @property
    def requests(self) -> list[Request]:
        """Everything that was asked of the server."""
        return self.recording.all

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a Quorum that talks to this Slack; the app token is there only in Socket Mode."""
        slack = self.workspace
        found = {"QUORUM_SLACK__BOT_TOKEN": slack.bot_token, "QUORUM_SLACK__API_URL": self.api_url}
        if self.events_url is None:
            return found | {"QUORUM_SLACK__APP_TOKEN": slack.app_token}
        return found | {"QUORUM_SLACK__SIGNING_SECRET": slack.signing_secret}

    def user(self, user: str, name: str, *, locale: str = "en-US", bot: bool = False, team: str = "") -> User:
        """Add a person."""
        found = self.workspace.users[user] = User(user, name, locale=locale, bot=bot, team=team)
        return found

    def room(
        self, channel: str, name: str, kind: Kind = "channel", members: tuple[str, ...] = (), *, bot: bool = True
    ) -> Channel:
        """Add a conversation, with the bot in it unless told otherwise."""
        within = {*members, *([self.workspace.bot_user] if bot else [])}
        found = self.workspace.channels[channel] = Channel(channel, name, kind, within)
        return found

    def group(self, group: str, handle: str, *users: str) -> Group:
        """Add a user group."""
        found = self.workspace.groups[group] = Group(group, handle, list(users))
        return found

    def up(self) -> None:
        """Begin to listen."""
        routes = [
            Route("/api/{method}", Api(self.workspace, self.troubles, self.recording).answer, methods=["GET", "POST"]),
            Route("/files-pri/{place}/{name:path}", Downloads(self.workspace, self.troubles, self.recording).answer),
            Route("/response/{name}", self.responses.answer, methods=["POST"]),
            WebSocketRoute("/link", self.sockets.serve),
            *Pages(self).routes,
        ]
        self.server.up(Starlette(routes=routes))

    def down(self) -> None:
        """Refuse connections until it is up again; what was said stays."""
        self.server.down()

    def __enter__(self) -> Self:
        self.server.begin()
        self.up()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.server.do(self.deliveries.close())
        self.server.end()
