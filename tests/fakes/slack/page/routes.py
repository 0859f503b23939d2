"""The page's routes: it shows, takes what a person writes or presses, and goes back to where that was."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from jinja2 import Environment, FileSystemLoader
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.fakes.slack.page.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from tests.fakes.slack.fake import FakeSlack

HERE = Path(__file__).parent
HEADERS = {"Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'", "Cache-Control": "no-store"}
TEMPLATES = Environment(loader=FileSystemLoader(HERE), autoescape=True)
MENTION = "@quorum"
SHORTCUT = "quorum_ask"
"""The callback id of the manifest's message shortcut."""


class Pages:
    """The page over a fake Slack; it is for demonstrations on one machine and asks nobody who they are."""

    def __init__(self, fake: FakeSlack) -> None:
        self.fake = fake

    @property
    def routes(self) -> list[Route]:
        """Everything that the page answers."""
        posts: dict[str, Callable[[dict[str, str]], Any]] = {
            "/say": self._say,
            "/click": self._click,
            "/delete": lambda form: self.fake.delete(form["channel"], form["ts"]),
            "/edit": lambda form: self.fake.edit(form["channel"], form["ts"], self._typed(form["text"])),
            "/shortcut": lambda form: self.fake.shortcut(SHORTCUT, form["channel"], form["ts"], form["as"]),
            "/close": lambda form: self.fake.workspace.modals.pop(form["as"], None),
        }
        return [
            Route("/", self.page),
            Route("/pane", self.pane),
            Route("/style.css", lambda _: FileResponse(HERE / "style.css", headers=HEADERS)),
            Route("/page.js", lambda _: FileResponse(HERE / "page.js", headers=HEADERS)),
            Route("/archives/{channel}/{moment}", self.permalink),
            *(Route(path, self._posting(act), methods=["POST"]) for path, act in posts.items()),
        ]

    async def page(self, request: Request) -> Response:
        """Show the whole page; whoever opens the Home has opened it in Slack."""
        if request.query_params.get("tab") == "home":
            self.fake.home(request.query_params["as"])
        return self._shown("page.html", request)

    async def pane(self, request: Request) -> Response:
        """Show what changes by itself: messages, status, modal and Home."""
        return self._shown("pane.html", request)

    async def permalink(self, request: Request) -> Response:
        """Show the thread of a message."""
        channel, moment = request.path_params["channel"], request.path_params["moment"]
        ts = f"{moment[1:11]}.{moment[11:]}"
        thread = request.query_params.get("thread_ts", ts)
        return RedirectResponse("/?" + urlencode({"channel": channel, "thread": thread}), 303)

    def _shown(self, template: str, request: Request) -> Response:
        asked, slack = request.query_params, self.fake.workspace
        with slack.lock:
            user = asked.get("as", "")
            user = user if user in slack.users else next(each for each in slack.users if not slack.users[each].bot)
            slack.direct(user)
            channel = asked.get("channel", "")
            channel = channel if channel in slack.channels else next(iter(slack.channels))
            screen = Screen(slack, user, channel, asked.get("thread", ""))
            page = TEMPLATES.get_template(template).render(screen=screen, tab=asked.get("tab", ""))
        return HTMLResponse(page, headers=HEADERS)

    def _posting(self, act: Callable[[dict[str, str]], Any]) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
            went = await run_in_threadpool(act, form)
            back = {name: form.get(name, "") for name in ("channel", "thread", "as")}
            back |= went if isinstance(went, dict) else {}
            return RedirectResponse("/?" + urlencode({name: value for name, value in back.items() if value}), 303)

        return answer

    def _typed(self, text: str) -> str:
        return text.replace("\r\n", "\n").replace(MENTION, f"<@{self.fake.workspace.bot_user}>")

    def _say(self, form: dict[str, str]) -> dict[str, str]:
        """Write a message, or type a command; a message to the bot in a channel opens its thread."""
        channel, thread, text = form["channel"], form.get("thread", ""), self._typed(form["text"]).strip()
        if text.startswith("/") and "\n" not in text:
            command, _, rest = text.partition(" ")
            self.fake.slash(command, rest.strip(), form["as"], channel)
            return {}
        files = []
        if form.get("file_name"):
            content = base64.b64decode(form["file_data"].partition(",")[2])
            files = [self.fake.file(form["file_name"], content, mimetype=form.get("file_type") or "text/plain")]
        if not text and not files:
            return {}
        ts = self.fake.message(channel, form["as"], text, thread or None, files=files)
        asked = f"<@{self.fake.workspace.bot_user}>" in text or channel.startswith("D")
        return {"thread": thread or ts} if asked else {}

    def _click(self, form: dict[str, str]) -> None:
        if form["ts"]:
            seen = self.fake.one(form["channel"], form["ts"])
            self.fake.click(seen, form["action_id"], form["value"], form["as"])
