"""An answer in a terminal loses nothing that it says, and steers nothing."""

from __future__ import annotations

import io

from adapters.console import rendering
from bot.types import Answer, Citation, Sample, Vote

SAMPLE = Sample("v", 1.0, answerable=True, key="k")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def answer(text: str, title: str = "Handbook") -> Answer:
    citation = Citation(1, "handbook.md", "handbook.md#0", title, "page 3", "https://wiki.example/h", "quoted")
    return Answer("q", "q", "answered", text, "en", (citation,), Vote((), (SAMPLE,), SAMPLE, 1, 0, 1.0))


def shown(of: Answer, stream: io.StringIO) -> str:
    rendering.show_answer(of, stream)
    return stream.getvalue()


def test_a_placeholder_in_angle_brackets_stays() -> None:
    text = shown(answer("Run DROP TABLE <name> or `SELECT <x>`, see <https://wiki.example/d> [1]."), Terminal())

    assert "<name>" in text
    assert "SELECT <x>" in text
    assert "https://wiki.example/d" in text


def test_a_code_block_is_shown_as_it_stands() -> None:
    assert "if a < b and c[1] > 2:" in shown(answer("```\nif a < b and c[1] > 2:\n```\n\nDone [1]."), io.StringIO())


def test_control_characters_of_a_document_do_not_reach_the_screen() -> None:
    hostile = answer("\x1b]0;owned\x07Restart it [1].", title="\x1b[2JHandbook")

    assert "\x1b" not in shown(hostile, io.StringIO())
    assert "\x1b]0" not in shown(hostile, Terminal())
    assert "\x1b[2J" not in shown(hostile, Terminal())


def test_a_source_names_title_document_place_and_link() -> None:
    line = "[1] Handbook (handbook.md) · page 3 <https://wiki.example/h>"

    assert line in shown(answer("It is so [1]."), io.StringIO())
