"""`/files-pri/…`: a file's bytes for the bearer of the token, the login page for everybody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from tests.fakes.slack.api import LOGIN, trouble_reply
from tests.fakes.slack.recording import Recording, Request
from tests.fakes.slack.troubles import Troubles
from tests.fakes.slack.workspace import Workspace

if TYPE_CHECKING:
    from starlette.requests import Request as HttpRequest


@dataclass(frozen=True)
class Downloads:
    """The files of a workspace; troubles know them as the method `files-pri`."""

    slack: Workspace
    troubles: Troubles
    recording: Recording

    async def answer(self, request: HttpRequest) -> Response:
        """Answer one download; without the right a login page comes, with status 200 as from Slack."""
        noted = Request("files-pri", dict(request.path_params), request.headers.get("authorization", ""), status=200)
        self.recording.note(noted)
        if trouble := self.troubles.take("files-pri", ""):
            return trouble_reply(trouble, request, noted)
        file = self.slack.files.get(request.path_params["place"].partition("-")[2])
        if file is None or file.gone:
            noted.status = 404
            return HTMLResponse("<html><body>Not found</body></html>", 404)
        if file.redirect:
            return RedirectResponse(file.redirect, 302)
        allowed = noted.authorization == f"Bearer {self.slack.bot_token}" and "files:read" in self.slack.scopes
        if file.login_page or not allowed:
            return HTMLResponse(LOGIN)
        headers = {"Content-Length": str(file.size)}
        return StreamingResponse(file.pieces(), media_type=file.mimetype, headers=headers)
