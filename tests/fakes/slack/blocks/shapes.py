"""Small checks that are put together: each yields what is wrong with a JSON value, in Slack's words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Check = Callable[[Any, str], Iterator[str]]
"""Takes a value and its JSON pointer."""


def _at(problem: str, pointer: str) -> str:
    return f"{problem} [json-pointer:{pointer}]"


def string(most: int, least: int = 1) -> Check:
    """Ask for a string of so many characters."""

    def check(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - JSON
        if not isinstance(value, str):
            yield _at("must be a string", pointer)
        elif len(value) > most:
            yield _at(f"must be less than {most + 1} characters", pointer)
        elif len(value) < least:
            yield _at(f"must be more than {least - 1} characters", pointer)

    return check


def one_of(*values: object) -> Check:
    """Ask for one of a few values."""

    def check(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - JSON
        if value not in values:
            yield _at(f"must be one of {', '.join(map(str, values))}", pointer)

    return check


def of(kind: type) -> Check:
    """Ask for a value of a type, whatever is in it."""

    def check(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - JSON
        if not isinstance(value, kind):
            yield _at(f"must be a {kind.__name__}", pointer)

    return check


def items(each: Check, most: int, least: int = 1) -> Check:
    """Ask for a list of so many things."""

    def check(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - JSON
        if not isinstance(value, list):
            yield _at("must be an array", pointer)
            return
        if len(value) > most:
            yield _at(f"no more than {most} items allowed", pointer)
        if len(value) < least:
            yield _at(f"no fewer than {least} items required", pointer)
        for n, item in enumerate(value):
            yield from each(item, f"{pointer}/{n}")

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """Ask for an object with these fields, and no others beside its type."""
    fields = {**(optional or {}), **required, "type": of(str)}

    def check(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - JSON
        if not isinstance(value, dict):
            yield _at("must provide an object", pointer)
            return
        for name in required.keys() - value.keys():
            yield _at(f"missing required field: {name}", pointer)
        for name, inner in value.items():
            if name not in fields:
                yield _at(f"invalid additional property: {name}", pointer)
            else:
                yield from fields[name](inner, f"{pointer}/{name}")

    return check


def kinds(table: Mapping[str, Check]) -> Check:
    """Ask for an object whose type is in the table, and check it by its type."""

    def check(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - JSON
        kind = str(value.get("type")) if isinstance(value, dict) else ""
        if kind not in table:
            yield _at(f"unsupported type: {kind}", f"{pointer}/type")
        else:
            yield from table[kind](value, pointer)

    return check


def either(first: str, second: str, inner: Check) -> Check:
    """Ask that at least one of two fields is there."""

    def check(value: Any, pointer: str) -> Iterator[str]:  # noqa: ANN401 - JSON
        yield from inner(value, pointer)
        if first not in value and second not in value:
            yield _at(f"must provide either {first} or {second}", pointer)

    return check
