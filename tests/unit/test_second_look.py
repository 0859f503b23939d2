"""A message without a code finds the page of the code that another page shows it with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.retrieval import lines
from tests.fakes import errors, made

if TYPE_CHECKING:
    from bot.types import Chunk

SAID = "You have an error in your SQL syntax; check the manual"


def page(name: str, text: str, *codes: str) -> Chunk:
    return replace(made.chunk(name, text, title=text.splitlines()[0]), defines=codes, lines=lines.templates(text))


def found(question: str, *pages: Chunk) -> list[str]:
    index = errors.MemoryIndex()
    for each in pages:
        index.add(made.indexed(each))
    return [passage.chunk.document for passage in errors.finding(index).retrieve(question).passages]


def test_the_page_of_the_code_comes_first_with_which_another_page_shows_the_message() -> None:
    own = page("1064.md", "Error 1064: near at line\n\nnear '%s' at line %d", "ERROR-1064")
    other = page("1149.md", f"Error 1149: syntax\n\nERROR 1064 (42000): {SAID}\n", "ERROR-1149")

    assert found(SAID, other, own) == ["1064.md", "1149.md"]


def test_a_line_that_ends_in_a_colon_fits_what_begins_with_it() -> None:
    message = "Internal error: the column store could not be reached from this node"

    assert lines.head(message) == "Internal error:"
    assert lines.fit(message, ["Internal error:"]) > lines.fit(message, ["Internal error"])
    assert lines.head("no colon at all") is lines.head("ORA: x") is lines.head("a b c d e f g h i j: x") is None


def test_the_closest_page_to_an_unknown_code_is_the_one_with_its_message() -> None:
    alike = page("a.md", "# ERROR 1815\n\nInternal error: %s", "ERROR-1815")
    others = [page(f"{n}.md", f"# ERROR 99{n}\n\nCircular joins of kind {n}", f"ERROR-99{n}") for n in range(10, 20)]

    assert found("Internal error: IDB-1003: Circular joins are not supported", *others, alike)[0] == "a.md"
