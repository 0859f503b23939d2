"""Logs whose lines are made to keep a pattern busy."""

from __future__ import annotations

LINES = {
    "digits": "1" * 4_000,
    "dots": "a." * 2_000,
    "quotes": "error '" * 600,
    "slashes": "/a" * 2_000,
    "blanks": " " * 3_900 + "error",
    "colons": "error: " * 500,
    "brackets": "[error](" * 400,
    "exceptions": "a.b.C.Exception: " * 200,
    "times": "2024-07-01 12:00:00 " * 180,
    "causes": "Caused by: ORA-00604: error " * 120,
    "hex": "0123456789abcdef" * 200,
    "json": '{"error": ' * 350,
    "codes": "ORA-00001: ORA-06512: " * 150,
}


def text(kind: str, lines: int) -> str:
    """Return a log of so many lines of one kind."""
    return f"{LINES[kind]}\n" * lines
