"""The modal with the sources and the home tab say what they should, in both languages and within Slack's limits."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.models.blocks import Block

from adapters.slack.layout.views import Recent, Shelf, home, sources_modal
from tests.fakes.slack import marks
from tests.fakes.slack.blocks import check_view
from tests.fakes.slack.reading import read
from tests.fakes.slack_answers import WIKI, answer, citation

if TYPE_CHECKING:
    from bot.types import Language

ASKED = 1_700_000_000.0


def validated(view: dict[str, Any]) -> list[str]:
    check_view(view, "modal", "home")
    assert [block.to_dict() for block in Block.parse_all(view["blocks"])] == view["blocks"]
    return read("", view["blocks"]).split("\n")


def test_the_modal_quotes_the_passage_of_every_source() -> None:
    found = answer(citations=(citation(1, quote="Add a\n`group`."), citation(2, title="Undo", quote="Wait.")))

    assert validated(sources_modal(found, "en")) == [
        "[1] Redo logs · page 3",
        "Add a",
        "`group`.",
        "[2] Undo · page 3",
        "Wait.",
    ]


@pytest.mark.parametrize(("language", "title"), [("en", "Sources"), ("zh", "来源")])
def test_the_modal_speaks_the_language_of_whoever_opens_it(language: Language, title: str) -> None:
    assert sources_modal(answer(), language)["title"]["text"] == title


def test_an_answer_that_is_no_longer_kept_says_so() -> None:
    assert validated(sources_modal(None, "en")) == [
        "The sources of this answer are no longer kept. Ask again to see them."
    ]
    assert validated(sources_modal(answer(outcome="refused"), "en")) == ["This answer cites no source."]


def test_a_quoted_passage_can_ping_nobody_and_link_nowhere() -> None:
    view = sources_modal(answer(citations=(citation(quote="<!channel> @here <http://evil.example|x>"),)), "en")

    validated(view)
    assert marks.pings("", view["blocks"]) == []
    assert [url for _, url in marks.links("", view["blocks"])] == [WIKI]


def test_very_many_and_very_long_sources_fit_a_view() -> None:
    many = tuple(citation(n, title="&" * 300, quote="数据库" * 5000) for n in range(1, 70))
    view = sources_modal(answer(citations=many), "zh")

    assert "另有 39 个来源未显示。" in validated(view)
    assert len(json.dumps(view).encode()) < 500_000


def test_a_source_without_a_passage_is_still_listed() -> None:
    assert validated(sources_modal(answer(citations=(citation(quote=" "),)), "en")) == ["[1] Redo logs · page 3"]


def test_the_home_tab_tells_how_to_ask_what_is_known_and_what_was_asked() -> None:
    shelves = [Shelf("dba", 120, ASKED), Shelf("hr & law", 3)]
    asked = [Recent("Why <slow>?", ASKED, "answered", "https://x.slack.com/p1"), Recent("And now?", ASKED)]
    view = home("en", shelves, asked)
    shown = "\n".join(validated(view))

    assert "Mention me in a channel" in shown
    assert "dba · 120 documents, last changed 2023-11-14" in shown
    assert "hr & law · 3 documents" in shown
    assert "Why <slow>? · 2023-11-14 · answered" in shown
    assert "And now? · 2023-11-14 · in progress" in shown
    assert marks.links("", view["blocks"]) == [("Why <slow>?", "https://x.slack.com/p1")]


def test_an_empty_home_tab_says_that_nothing_is_there_yet() -> None:
    shown = "\n".join(validated(home("zh", [], [])))

    assert "还没有文档" in shown
    assert "您还没有提过问题" in shown


@pytest.mark.parametrize("state", ["open", "answered", "answered_with_warning", "refused", "escalated", "failed"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_state_of_a_question_has_a_word(state: str, language: Language) -> None:
    assert validated(home(language, [], [Recent("q", ASKED, state)]))


def test_a_home_tab_with_very_much_on_it_fits() -> None:
    recent = Recent("<!channel> " + "长" * 4000, ASKED, "failed", "https://x.slack.com/" + "p" * 900)
    view = home("en", [Shelf("&" * 500, n, ASKED) for n in range(90)], [recent] * 50)

    validated(view)
    assert marks.pings("", view["blocks"]) == []


def test_a_recent_question_shows_nothing_where_logs_may_print_it() -> None:
    assert "secret" not in repr(replace(Recent("", 1.0), text="secret"))
