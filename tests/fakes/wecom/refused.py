"""WeCom's way to say no."""

from __future__ import annotations

from typing import Any, NoReturn


class RefusedError(Exception):
    """A call or a frame that WeCom answers with an `errcode`; `extra` are further fields of that reply."""

    def __init__(self, code: int, message: str, **extra: Any) -> None:  # noqa: ANN401 - JSON
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.extra = extra

    @property
    def reply(self) -> dict[str, Any]:
        """The body of the reply."""
        return {"errcode": self.code, "errmsg": self.message} | self.extra


def refuse(code: int, message: str, **extra: Any) -> NoReturn:  # noqa: ANN401 - JSON
    """End the call with an error."""
    raise RefusedError(code, message, **extra)


def refuse_parameter(problem: str) -> NoReturn:
    """End the call with 40058, which names the parameter that is wrong."""
    refuse(40058, f"{problem} invalid Request Parameter")
