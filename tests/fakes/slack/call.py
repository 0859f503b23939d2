"""One call of the Web API: its name, its arguments in whichever of Slack's encodings, and what its token may do."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl

from tests.fakes.slack.records import JSON
from tests.fakes.slack.refused import refuse, refuse_arguments
from tests.fakes.slack.workspace import Workspace


@dataclass(frozen=True)
class Call:
    """What a method is asked, and in which workspace."""

    slack: Workspace
    method: str
    values: JSON

    def get(self, name: str) -> str | None:
        """Return an argument as text, None where it was left out."""
        value = self.values.get(name)
        return None if value is None else str(value)

    def required(self, name: str, error: str = "") -> str:
        """Return an argument that must be there; RefusedError `error`, else `invalid_arguments`."""
        value = self.get(name)
        if not value:
            if error:
                refuse(error)
            refuse_arguments(f"missing required field: {name}")
        return value

    def flag(self, name: str) -> bool:
        """Return whether a switch is on, in any of the ways that Slack takes."""
        return str(self.values.get(name, "")).lower() in {"1", "true"}

    def number(self, name: str, default: int) -> int:
        """Return a number; `invalid_arguments` where it is none."""
        try:
            return int(self.values.get(name, default))
        except (TypeError, ValueError):
            refuse_arguments(f"{name} must be a number")

    def decoded(self, name: str, kind: type, error: str) -> Any:  # noqa: ANN401 - JSON
        """Return an argument that is JSON, or JSON in a string; None where it was left out."""
        value = self.values.get(name)
        if isinstance(value, str):
            try:
                value = json.loads(value) if value else None
            except ValueError:
                refuse(error)
        if value is not None and not isinstance(value, kind):
            refuse(error)
        return value

    def need(self, *scopes: str) -> None:
        """Refuse a token that was granted none of these scopes."""
        if scopes and not self.slack.scopes.intersection(scopes):
            refuse("missing_scope", needed=",".join(scopes), provided=",".join(sorted(self.slack.scopes)))


@dataclass(frozen=True)
class Method:
    """A method of the Web API; one that only reads takes no JSON body, as Slack's older methods do not."""

    run: Callable[[Call], JSON]
    scopes: tuple[str, ...] = ()
    token: Literal["bot", "app"] = "bot"
    takes_json: bool = True


def arguments(kind: str, query: str, body: bytes) -> JSON:
    """Decode the arguments of a call from its query, and its body of the content type `kind`."""
    values: JSON = dict(parse_qsl(query, keep_blank_values=True))
    media, _, options = kind.partition(";")
    if media.strip() == "application/json":
        return values | _from_json(body)
    if media.strip() == "application/x-www-form-urlencoded":
        return values | dict(parse_qsl(body.decode(), keep_blank_values=True))
    if media.strip() == "multipart/form-data":
        refuse("invalid_form_data")
    if body:
        refuse("invalid_post_type" if options or media else "missing_post_type")
    return values


def _from_json(body: bytes) -> JSON:
    try:
        found = json.loads(body or b"{}")  # slack_sdk says JSON of an empty body
    except ValueError:
        refuse("invalid_json")
    if not isinstance(found, dict):
        refuse("json_not_object")
    return found
