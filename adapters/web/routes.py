"""The routes of the web API: ask, look at an answer, and follow it as server-sent events."""

from __future__ import annotations

import functools
import json
import zlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import anyio
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters import blocking
from adapters.web import intake
from adapters.web.messenger import WebMessenger
from bot import phrases
from bot.errors import QuorumError
from bot.types import FINISHED

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Mapping

    from bot.types import Entry, Language, Question, Scope

    Accept = Callable[[Question], bool]
    Find = Callable[[str], Entry | None]
    See = Callable[[Collection[str] | None], Scope]
    Mask = Callable[[Question], Question]

RETRY_AFTER_S = 5
LOOKING_THREADS = 8
TAKING_S = 2.5
"""A ledger or queue that takes longer counts as unreachable: askers hear so within 3 seconds."""

PING_S = 15
ENDING_S = 1.0
"""So long a stream may take to end by itself when the server stops."""

LOOK_S = 0.2
LOOK_PER_STREAM_S = 0.002
"""Every open stream looks at the store so often, but all together no more than 500 times a second."""

_DONE = "done"


@dataclass
class WebApi:
    """The API over `accept` (True for a new question), `find` in the ledger, and `see`, which resolves the scope.

    `mask` is what `accept` does to a question: asked twice with two passwords it is the same question.

    All of them may block; they run on a few threads of their own, taking apart from looking, never on the event loop.
    """

    messenger: WebMessenger
    accept: Accept
    find: Find
    see: See
    mask: Mask
    _taking: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(blocking.TAKING_THREADS))
    _looking: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(LOOKING_THREADS))
    _streams: int = 0

    def routes(self) -> list[Route]:
        """Return the routes for an application."""
        return [
            Route("/api/questions", self.ask, methods=["POST"]),
            Route("/api/questions/{id}", self.show),
            Route("/api/questions/{id}/events", self.follow),
        ]

    async def ask(self, request: Request) -> Response:
        """Take a question: 202 for a new one, 200 with the same body for one that was taken before.

        400, 409 or 413 for what cannot be taken, 503 with Retry-After when the ledger or the queue cannot be reached.
        """
        language = _language(request)
        try:
            question = self._read(await _body(request, language), language)
            language = question.language
            fresh = await blocking.call(functools.partial(self._take, question), self._taking, TAKING_S)
        except intake.RequestRefusedError as exc:
            return _problem(exc.status, str(exc))
        except ClientDisconnect:
            return Response(status_code=400)
        except (QuorumError, TimeoutError):
            return _again(language)
        return JSONResponse({"id": question.id, "url": f"/api/questions/{question.id}"}, 202 if fresh else 200)

    def _read(self, body: bytes, language: Language) -> Question:
        question = self.messenger.to_question(intake.read(body, language))
        if question is None:
            raise intake.RequestRefusedError(400, "web_empty", language)
        scope = self.see(question.collections)
        return replace(question, collections=scope.collections, hidden=scope.hidden)

    async def show(self, request: Request) -> Response:
        """Show `{"id", "state": "accepted" | "working" | "done", "progress", "answer"}`, or 404."""
        try:
            view = await self._look(request.path_params["id"])
        except (QuorumError, TimeoutError):
            return _again(_language(request))
        return _unknown(request) if view is None else JSONResponse(view)

    async def follow(self, request: Request) -> Response:
        """Send `progress` events and at last one `answer` event; a `Last-Event-ID` is not sent a second time.

        204 tells a browser that saw the answer not to connect again.
        """
        seen = request.headers.get("last-event-id", "")
        if seen == _DONE:
            return Response(status_code=204)
        try:
            view = await self._look(request.path_params["id"])
        except (QuorumError, TimeoutError):
            return _again(_language(request))
        if view is None:
            return _unknown(request)
        ending = anyio.Event()
        events = self._events(view, seen, ending)
        return EventSourceResponse(events, ping=PING_S, shutdown_event=ending, shutdown_grace_period=ENDING_S)

    async def _events(
        self, view: Mapping[str, Any] | None, seen: str, ending: anyio.Event
    ) -> AsyncIterator[ServerSentEvent]:
        """Yield what is new until the answer, or until the server ends: whoever listens then connects again."""
        self._streams += 1
        try:
            while view is not None:
                mark = _mark(view)
                if mark != seen:
                    yield _event("answer" if mark == _DONE else "progress", mark, view)
                if mark == _DONE:
                    return
                seen = mark
                with anyio.move_on_after(max(LOOK_S, LOOK_PER_STREAM_S * self._streams)):
                    await ending.wait()
                    return
                view = await self._next(view)
        finally:
            self._streams -= 1

    async def _next(self, view: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Look again; what cannot be reached just now leaves the view as it is."""
        try:
            return await self._look(view["id"])
        except (QuorumError, TimeoutError):
            return view

    async def _look(self, question_id: str) -> Mapping[str, Any] | None:
        return await blocking.call(functools.partial(self._view, question_id), self._looking, TAKING_S)

    def _take(self, question: Question) -> bool:
        fresh = self.accept(question)
        if not fresh:
            known = self.find(question.id)
            if known is not None and known.question.text != self.mask(question).text:
                raise intake.RequestRefusedError(409, "web_taken", question.language)
        return fresh

    def _view(self, question_id: str) -> Mapping[str, Any] | None:
        view = self.messenger.view(question_id)
        if view is not None:
            return view
        entry = self.find(question_id)
        if entry is None or entry.question.address.platform != "web":
            return None
        if entry.state in FINISHED:  # delivered while we looked, or its time is over
            return self.messenger.view(question_id)
        return {"id": question_id, "state": "accepted", "progress": "", "answer": None}


async def _body(request: Request, language: Language) -> bytes:
    """Read the body, no more of it than is allowed."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > intake.MAX_BODY_BYTES:
            raise intake.RequestRefusedError(413, "web_too_large", language, limit=f"{intake.MAX_BODY_BYTES:,}")
    return bytes(body)


def _mark(view: Mapping[str, Any]) -> str:
    """Name what a view says, so that it is told once: the same in every process, and plain ASCII for a header."""
    if view["state"] == _DONE:
        return _DONE
    return f"{view['state']}-{zlib.crc32(view['progress'].encode()):08x}"


def _event(name: str, mark: str, view: Mapping[str, Any]) -> ServerSentEvent:
    data = view["answer"] if name == "answer" else {"state": view["state"], "progress": view["progress"]}
    return ServerSentEvent(json.dumps(data, ensure_ascii=False), event=name, id=mark)


def _language(request: Request) -> Language:
    return intake.spoken(request.headers.get("accept-language", ""))


def _unknown(request: Request) -> Response:
    return _problem(404, phrases.say("web_unknown", _language(request)))


def _again(language: Language) -> Response:
    text = phrases.say("web_again", language, seconds=RETRY_AFTER_S)
    return _problem(503, text, {"Retry-After": str(RETRY_AFTER_S)})


def _problem(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"error": text}, status, headers)
