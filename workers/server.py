"""The server: one ASGI application with the messengers' routes, health, readiness and metrics, and how it is run."""

from __future__ import annotations

import functools
import logging
import signal
import socket
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from adapters import blocking
from adapters.web.messenger import WebMessenger
from adapters.web.routes import WebApi
from bot import access, metrics
from bot.diagnosis.masking import masked_question
from bot.errors import ConfigurationError, MessengerUnavailableError
from workers import monitoring
from workers.accept import Acceptance
from workers.backing import open_backing
from workers.readiness import Readiness
from workers.receiving import open_receivers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from types import FrameType

    from starlette.requests import Request

    from bot.settings import Http, Settings
    from bot.types import Platform
    from workers.backing import Backing
    from workers.receiving import Receiver

log = logging.getLogger(__name__)

REQUESTS_S = 3
"""So long requests in hand are waited for at the end. With `QUORUM_WORK__GRACE_S` for the answers it is less than the
30 s that Kubernetes gives (`terminationGracePeriodSeconds`)."""

SWITCH_S = 0.0005
"""The event loop waits for the interpreter no longer than this when answers are computed beside it; Python's own 5 ms
a thread add up to a slow acceptance."""

METRICS_S = 8.0
BACKLOG = 2048


def application(
    settings: Settings,
    backing: Backing,
    platforms: Collection[Platform] = frozenset({"web"}),
    receivers: Sequence[Receiver] = (),
) -> Starlette:
    """Put the routes together: the web's if it is served, the receivers', and those for operators."""
    web = _web(settings, backing)
    shown = web.routes() if "web" in platforms else []
    probes = dict(backing.probes) | ({"messengers": functools.partial(_check, receivers)} if receivers else {})
    readiness, looking = Readiness(probes), anyio.CapacityLimiter(2)
    levels = metrics.Levels(backing.ledger, backing.dead)

    async def alive(request: Request) -> Response:  # noqa: ARG001 - what a route is given
        return PlainTextResponse("ok")

    async def ready(request: Request) -> Response:  # noqa: ARG001 - what a route is given
        report = await readiness.report()
        return JSONResponse(report, 200 if report["ready"] else 503)

    async def measured(request: Request) -> Response:  # noqa: ARG001 - what a route is given
        work = functools.partial(monitoring.exposition, settings.home, levels)
        try:
            return Response(await blocking.call(work, looking, METRICS_S), media_type=monitoring.CONTENT_TYPE)
        except OSError as exc:  # time-outs are OSErrors, too
            log.warning("metrics cannot be shown: %s", type(exc).__name__)
            return PlainTextResponse("The metrics cannot be read just now. The log says why.", 503)

    own = [Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", measured)]
    return Starlette(routes=[*own, *shown, *(route for receiver in receivers for route in receiver.routes())])


def _web(settings: Settings, backing: Backing) -> WebApi:
    return WebApi(
        WebMessenger(backing.store, settings.cache.sources_s),
        Acceptance(backing.ledger, backing.dispatcher, masking=settings.masking),
        backing.ledger.find,
        functools.partial(access.visible, settings.access),
        functools.partial(masked_question, policy=settings.masking),
    )


def _check(receivers: Sequence[Receiver]) -> None:
    """Raise `MessengerUnavailableError` while a platform cannot reach us."""
    if not all(receiver.ready() for receiver in receivers):
        message = "a messenger is not connected yet"
        raise MessengerUnavailableError(message)


def run(settings: Settings, platforms: frozenset[Platform]) -> None:
    """Serve until SIGTERM or Ctrl-C; then take nothing more, finish what is in hand, and return."""
    signal.signal(signal.SIGTERM, _leave)
    sys.setswitchinterval(SWITCH_S)
    with _bound(settings.http) as listener:
        backing = open_backing(settings)
        receivers = open_receivers(settings, backing, platforms)
        server = _Server(
            uvicorn.Config(
                application(settings, backing, platforms, receivers),
                backlog=BACKLOG,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=REQUESTS_S,
            )
        )

        def end(_: int, __: FrameType | None) -> None:
            server.should_exit = True

        # uvicorn takes both signals while it serves, and raises them again when it is done.
        signal.signal(signal.SIGTERM, end)
        interrupt = signal.signal(signal.SIGINT, end)
        backing.start()
        with _receiving(receivers):
            server.run([listener])
        signal.signal(signal.SIGINT, interrupt)
    grace_s = settings.work.grace_s
    if not backing.close(grace_s):
        log.warning("answers in hand took longer than %.0f s; they are taken up again at the next start", grace_s)


@contextmanager
def _receiving(receivers: Sequence[Receiver]) -> Iterator[None]:
    with ExitStack() as stack:
        for receiver in receivers:
            receiver.start()
            stack.callback(receiver.close)
        yield


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await anyio.to_thread.run_sync(int)  # the first call loads what the first question should not wait for
        await super().startup(sockets)
        for listener in sockets or ():
            sys.stderr.write(f"listening on {_url(listener)}\n")
        sys.stderr.flush()


def _bound(http: Http) -> socket.socket:
    """Take the address before anything is opened. Raises `ConfigurationError` when it is not to be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            http.host, http.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as exc:
        message = (
            f"{http.host}:{http.port} cannot be listened on: {exc.strerror}. "
            "Set QUORUM_HTTP__HOST and QUORUM_HTTP__PORT (0 takes a free port)."
        )
        raise ConfigurationError(message) from exc
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - what a signal's handler is given
    """End before serving began."""
    sys.exit(0)
