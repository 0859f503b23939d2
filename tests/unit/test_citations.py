"""Sources are numbered by decision, placed, linked and quoted; only what is cited is listed."""

from __future__ import annotations

import pytest

from bot.answering import citations
from bot.answering.factcheck import check
from bot.types import Language, Place
from tests.fakes.answering import ballot, passage

PAGE = passage(
    "Late claims need a written reason. Hotels cost up to CNY 600 a night. Trains are second class.",
    title="Travel policy",
    place=Place(page=3),
    url="https://wiki.example/travel",
)
ROW = passage("Call 6000 and ask for a new badge.", title="FAQ", place=Place(row=12), question="Lost my badge?")
HEADED = passage("Reboot the proxy.", title="Proxy", place=Place(headings=("Proxy", "Fix", "Fast")))


def cite(answer: str, key: str, numbers: tuple[int, ...], language: Language = "en") -> tuple[str, tuple[object, ...]]:
    passages = [ROW, HEADED, PAGE]
    return citations.cite(check(ballot(key, answer, numbers), passages), key, passages, language)


def test_the_deciding_passage_comes_first() -> None:
    text, found = cite(
        "Call 6000 and ask for a new badge [1]. Hotels cost up to CNY 600 a night [3].", "CNY 600 a night", (1, 3)
    )

    assert text == "Call 6000 and ask for a new badge [2]. Hotels cost up to CNY 600 a night [1]."
    assert [(c.number, c.title) for c in found] == [(1, "Travel policy"), (2, "FAQ")]  # type: ignore[attr-defined]


def test_only_cited_passages_are_listed() -> None:
    _, found = cite("Reboot the proxy [2].", "Reboot the proxy", (1, 2, 3))

    assert [c.title for c in found] == ["Proxy"]  # type: ignore[attr-defined]


def test_a_citation_holds_what_people_need_to_look_it_up() -> None:
    citation = citations.cite(check(ballot("k", "Hotels cost up to CNY 600 [1]."), [PAGE]), "600", [PAGE], "en")[1][0]

    assert (citation.document, citation.chunk) == ("Travel policy.md", "Travel policy.md#0")
    assert (citation.place, citation.url) == ("page 3", "https://wiki.example/travel")
    assert citation.quote == "Hotels cost up to CNY 600 a night."


@pytest.mark.parametrize(
    ("place", "english", "chinese"),
    [
        (Place(page=3), "page 3", "第 3 页"),
        (Place(row=12), "row 12", "第 12 行"),
        (Place(headings=("Handbook", "Fix", "Fast")), "Fix › Fast", "Fix › Fast"),
        (Place(line_start=7), "line 7", "第 7 行"),
        (Place(), "", ""),
    ],
)
def test_places_are_worded_in_the_askers_language(place: Place, english: str, chinese: str) -> None:
    chunk = passage("x", place=place).chunk

    assert (citations.place(chunk, "en"), citations.place(chunk, "zh")) == (english, chinese)


def test_a_quote_is_the_passages_own_text_and_not_too_long() -> None:
    chunk = passage("word " * 1_000).chunk

    assert citations.quote(chunk, ["word"]).startswith("word word")
    assert len(citations.quote(chunk, ["word"])) <= citations.QUOTE_CHARS


def test_an_answer_of_code_alone_still_names_its_source() -> None:
    code = passage("```sql\nSELECT 1 FROM dual;\n```", title="SQL")

    text, found = citations.cite(
        check(ballot("SELECT 1", "```sql\nSELECT 1 FROM dual;\n```", (1,)), [code]), "SELECT 1", [code], "en"
    )

    assert text.endswith("[1]")
    assert len(found) == 1
