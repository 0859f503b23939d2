"""The frames of the AI bot's long connection: what WeCom sends, and what acknowledges ours (document 101463)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from adapters.wecom.hearing import payloads

MESSAGE, EVENT = "aibot_msg_callback", "aibot_event_callback"
"""Commands whose body `bots.told` understands."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame. `command` is empty for an acknowledgement, whose `code` is 0 when all is well and -1 when missing."""

    command: str
    request: str
    body: Mapping[str, object] = field(default_factory=dict, repr=False)
    code: int = -1

    @property
    def is_acknowledgement(self) -> bool:
        """Tell whether it answers a frame of ours, that of the same `request`."""
        return not self.command


def read(text: str) -> Frame:
    """Read a frame; raises `BadPayloadError` for what is no JSON object."""
    found = payloads.fields(text)
    body, code = payloads.inside(found, "body"), payloads.inside(found, "errcode")
    return Frame(
        command=payloads.word(found, "cmd"),
        request=payloads.word(found, "headers", "req_id"),
        body=body if isinstance(body, dict) else {},
        code=code if isinstance(code, int) else -1,
    )
