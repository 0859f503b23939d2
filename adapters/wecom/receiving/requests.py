"""What both callbacks do with a request before they know what it says: read its body, and verify our address."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from adapters.wecom.crypto import Envelope, echo
from adapters.wecom.hearing import payloads

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from adapters.wecom.crypto import Crypto


async def body(request: Request) -> bytes:
    """Return the body, no more of it than is read; raises `ClientDisconnect`."""
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > payloads.LARGEST:
            break
    return bytes(found)


def verified(query: Mapping[str, str], crypto: Crypto) -> str:
    """Return what the administrator's page wants to see of us when our address is saved; raises `CallbackError`."""
    return crypto.open(Envelope.of(query), echo(query), time.time())
