"""One call of the server API: its query, its JSON, and the methods that take it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from tests.fakes.wecom.corp import Corp
from tests.fakes.wecom.recording import Request
from tests.fakes.wecom.records import JSON
from tests.fakes.wecom.refused import refuse, refuse_parameter
from tests.fakes.wecom.troubles import Quota


@dataclass(frozen=True)
class Call:
    """What a method is asked, and in which corp; `to_member` is the quota of each member."""

    corp: Corp
    request: Request
    to_member: Quota

    @property
    def query(self) -> dict[str, str]:
        """The query."""
        return self.request.query

    @property
    def values(self) -> JSON:
        """The JSON of the body."""
        return self.request.values

    def object(self, name: str) -> JSON:
        """Return a part of the body that is an object; 40058 where it is none."""
        found = self.values.get(name)
        if not isinstance(found, dict):
            refuse_parameter(f"{name} missing or not an object.")
        return found

    def agent(self) -> None:
        """Refuse another agent than ours."""
        found = self.values.get("agentid")
        if found is None:
            refuse(41011, "missing agentid")
        if not isinstance(found, int) or isinstance(found, bool) or found != self.corp.agent:
            refuse(40056, "invalid agentid")


@dataclass(frozen=True)
class Method:
    """A method of the server API; `token` says whether it wants an access token."""

    run: Callable[[Call], JSON | Response]
    verb: str = "GET"
    token: bool = True


def decoded(body: bytes) -> JSON:
    """Decode a JSON body; 47001 where it is none."""
    try:
        found = json.loads(body.decode()) if body else {}
        json.dumps(found, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        refuse(47001, "data format error")
    if not isinstance(found, dict):
        refuse(47001, "data format error")
    return found
