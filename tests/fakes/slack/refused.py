"""Slack's way to say no."""

from __future__ import annotations

from typing import Any, NoReturn


class RefusedError(Exception):
    """A call that Slack answers with `{"ok": false, "error": …}`; `extra` are further fields of that reply."""

    def __init__(self, error: str, **extra: Any) -> None:  # noqa: ANN401 - JSON
        super().__init__(error)
        self.error = error
        self.extra = extra

    @property
    def reply(self) -> dict[str, Any]:
        """The body of the reply."""
        return {"ok": False, "error": self.error} | self.extra


def refuse(error: str, **extra: Any) -> NoReturn:  # noqa: ANN401 - JSON
    """End the call with an error."""
    raise RefusedError(error, **extra)


def refuse_arguments(*problems: str) -> NoReturn:
    """End the call with `invalid_arguments` and Slack's list of what is wrong."""
    refuse("invalid_arguments", response_metadata={"messages": [f"[ERROR] {each}" for each in problems]})
