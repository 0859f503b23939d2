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

from tests.fakes.wecom.page.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from tests.fakes.wecom.fake import FakeWeCom

HERE = Path(__file__).parent
HEADERS = {"Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'", "Cache-Control": "no-store"}
TEMPLATES = Environment(loader=FileSystemLoader(HERE), autoescape=True)
PICTURES = (".png", ".jpg", ".jpeg", ".gif")


class Pages:
    """The page over a fake WeCom; it is for demonstrations on one machine and asks nobody who they are."""

    def __init__(self, fake: FakeWeCom) -> None:
        self.fake = fake

    @property
    def routes(self) -> list[Route]:
        """Everything that the page answers."""
        fake = self.fake
        posts: dict[str, Callable[[dict[str, str]], Any]] = {
            "/say": self._say,
            "/press": lambda form: fake.press(form["name"], form["key"], form["as"], form["chat"]),
            "/rate": lambda form: fake.rate(form["name"], int(form["kind"]), form["as"]),
            "/enter": lambda form: fake.enter(form["as"], form["chat"].split("/")[0]),
        }
        return [
            Route("/", self.page),
            Route("/pane", self.pane),
            Route("/style.css", lambda _: FileResponse(HERE / "style.css", headers=HEADERS)),
            Route("/page.js", lambda _: FileResponse(HERE / "page.js", headers=HEADERS)),
            *(Route(path, _posting(act), methods=["POST"]) for path, act in posts.items()),
        ]

    async def page(self, request: Request) -> Response:
        """Show the whole page."""
        return self._shown("page.html", request)

    async def pane(self, request: Request) -> Response:
        """Show what changes by itself: the messages."""
        return self._shown("pane.html", request)

    def _shown(self, template: str, request: Request) -> Response:
        asked, corp = request.query_params, self.fake.corp
        with corp.lock:
            user = asked.get("as", "")
            user = user if user in corp.people else next(iter(corp.people))
            chats = dict(Screen(corp, user, "").chats)
            chat = asked.get("chat", "")
            screen = Screen(corp, user, chat if chat in chats else next(iter(chats)))
            page = TEMPLATES.get_template(template).render(screen=screen)
        return HTMLResponse(page, headers=HEADERS)

    def _say(self, form: dict[str, str]) -> None:
        """Write a message, quote one, or share a file."""
        user, to = form["as"], form["chat"].split("/")[0]
        if form.get("file_name"):
            name, content = form["file_name"], base64.b64decode(form["file_data"].partition(",")[2])
            if name.lower().endswith(PICTURES):
                self.fake.picture(user, content, to, name)
            else:
                self.fake.file(user, name, content, to)
        said = form["text"].replace("\r\n", "\n").strip()
        if said:
            self.fake.write(user, said, to, quotes=form.get("quotes", ""))


def _posting(act: Callable[[dict[str, str]], Any]) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        await run_in_threadpool(act, form)
        return RedirectResponse("/?" + urlencode({name: form.get(name, "") for name in ("as", "chat")}), 303)

    return answer
