"""`media/get` and the downloads of an AI bot: what people sent, for as long as WeCom keeps it."""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import Response

from tests.fakes.wecom.crypto import locked
from tests.fakes.wecom.refused import refuse

if TYPE_CHECKING:
    from tests.fakes.wecom.call import Call
    from tests.fakes.wecom.corp import Corp
    from tests.fakes.wecom.records import Media

KEPT_S = 3 * 24 * 3600
DOWNLOAD_S = 300.0
"""An AI bot may download for five minutes (document 100719)."""


def get(call: Call) -> Response:
    """Return the bytes of a medium; a refusal is JSON with status 200."""
    found = call.corp.media.get(call.query.get("media_id", ""))
    if found is None or found.gone or call.corp.now() > found.at + KEPT_S:
        refuse(40007, "invalid media_id")
    kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
    return Response(found.content, media_type=kind, headers=_named(found))


def download(corp: Corp, name: str, signed_at: str) -> Response:
    """Return an encrypted medium, five minutes after its address was given; it names its file only in this header."""
    found = corp.media.get(name)
    if found is None or found.gone or not signed_at.isdecimal() or corp.now() > int(signed_at) + DOWNLOAD_S:
        return Response("<Error><Code>AccessDenied</Code></Error>", 403, media_type="application/xml")
    return Response(locked(found.content, found.key), media_type="application/octet-stream", headers=_named(found))


def _named(media: Media) -> dict[str, str]:
    plain = media.name.encode("ascii", "replace").decode().replace('"', "_")
    encoded = quote(media.name)
    return {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"}
