"""Answers, refusals and notices stand in Slack within its limits, with the buttons that belong to them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from adapters.layout.splitting import units
from adapters.slack.layout import blocks, sources
from bot.types import Citation
from tests.fakes.slack import marks
from tests.fakes.slack.blocks import check_message
from tests.fakes.slack.reading import read
from tests.fakes.slack_answers import WIKI, answer, citation

if TYPE_CHECKING:
    from adapters.slack.layout.blocks import Reply
    from bot.types import Answer, Language, Outcome

LONGEST = 13_200
TITLES = st.text("ab <>&|`*[]()\n中\u202e@", max_size=300)
CITATIONS = st.lists(
    st.builds(
        Citation,
        st.integers(1, 99),
        TITLES,
        st.just("c"),
        TITLES,
        TITLES,
        st.sampled_from([None, WIKI, "javascript:x", "https://w.example/" + "<&|>" * 500]),
        st.just("q"),
    ),
    max_size=40,
).map(tuple)


def validated(reply: Reply) -> Reply:
    check_message(list(reply.blocks), LONGEST)
    parsed = [block.to_dict() for block in Block.parse_all(list(reply.blocks))]
    assert parsed == list(reply.blocks)
    assert 0 < units(reply.text) <= 4000
    return reply


def one(found: Answer, *, escalated: bool = False) -> Reply:
    (reply,) = blocks.answer(found, escalated=escalated)
    return validated(reply)


def seen(reply: Reply) -> list[str]:
    return read(reply.text, reply.blocks).split("\n")


def actions(reply: Reply) -> list[str]:
    return [button.action_id for button in marks.buttons(reply.blocks)]


def test_an_answer_that_fits_is_one_message_with_sources_agreement_and_buttons() -> None:
    reply = one(answer("Add a **redo** log group [1].", notices=("Check the sources.",)))

    assert seen(reply) == [
        "Add a redo log group [1].",
        "Check the sources.",
        "Sources",
        "[1] Redo logs · page 3",
        "5 of 7 samples agree",
        "[Helpful] [Not helpful]",
        "[Show sources] [Ask a human]",
    ]
    assert marks.links(reply.text, reply.blocks) == [("Redo logs", WIKI)]


def test_a_chinese_answer_speaks_chinese() -> None:
    shown = "\n".join(seen(one(answer("增加日志组 [1]。", language="zh"))))

    assert "来源" in shown
    assert "7 个样本中 5 个一致" in shown
    assert "转人工" in shown


@pytest.mark.parametrize("outcome", ["answered", "answered_with_warning"])
def test_an_answer_carries_feedback_sources_and_escalation(outcome: Outcome) -> None:
    found = answer(outcome=outcome)
    buttons = marks.buttons(one(found).blocks)

    assert [(button.action_id, button.value) for button in buttons] == [
        ("quorum_feedback", f"{found.id}:1"),
        ("quorum_feedback", f"{found.id}:0"),
        ("quorum_sources", found.id),
        ("quorum_escalate", found.id),
    ]


def test_an_answer_of_a_language_model_may_be_compared_and_what_comes_of_it_has_no_buttons() -> None:
    shown = one(replace(answer(), comparable=True))
    compared = one(replace(answer(outcome="unaided"), comparable=True))

    assert actions(shown)[2:] == ["quorum_sources", "quorum_compare", "quorum_escalate"]
    assert actions(compared) == []


@pytest.mark.parametrize("outcome", ["refused", "failed"])
def test_a_refusal_and_a_failure_carry_escalation_alone(outcome: Outcome) -> None:
    reply = one(answer("The documents do not hold this.", outcome=outcome))

    assert actions(reply) == ["quorum_escalate"]


def test_an_escalated_answer_says_so_in_place_of_the_button() -> None:
    reply = one(answer(), escalated=True)

    assert "quorum_escalate" not in actions(reply)
    assert "A human colleague was asked." in seen(reply)


def test_progress_has_no_buttons_so_that_it_is_not_taken_for_an_answer() -> None:
    reply = validated(blocks.progress("Searching <the> documents …"))

    assert actions(reply) == []
    assert seen(reply) == ["Searching <the> documents …"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_help_names_every_way_to_ask(language: Language) -> None:
    shown = "\n".join(seen(validated(blocks.helping(language, is_greeting=True))))

    assert "/ask" in shown
    assert "/quorum help" in shown


def test_a_section_of_three_thousand_and_one_characters_is_never_sent() -> None:
    reply = validated(blocks.notice("a" * 3001))

    assert [len(block["text"]["text"]) for block in reply.blocks] == [3000, 1]


def test_citations_are_shown_with_number_title_place_and_link_and_never_number_zero() -> None:
    listed = sources.lines(answer(citations=(citation(1), citation(2, title="Undo", url=None))))

    assert listed == [
        "*Sources*",
        "[1] <https://wiki.example/redo?a=1&amp;b=2|Redo logs> · page 3",
        "[2] Undo (dba/redo-2.md) · page 3",
    ]


def test_a_document_without_a_title_is_named_by_its_path_once() -> None:
    assert sources.line(citation(1, title="dba/redo-1.md", url=None)) == "[1] dba/redo-1.md · page 3"


def test_more_sources_than_fit_are_counted_not_dropped_in_silence() -> None:
    many = tuple(citation(n, title="中" * 150) for n in range(1, 60))
    reply = one(answer(citations=many))

    assert any("more sources are not shown" in line for line in seen(reply))


def test_a_long_answer_goes_in_parts_of_which_the_last_carries_the_buttons() -> None:
    replies = [validated(reply) for reply in blocks.answer(answer("先停监听，再启动实例。[1]\n\n" * 2000))]

    assert len(replies) > 1
    assert [actions(reply) for reply in replies[:-1]] == [[]] * (len(replies) - 1)
    assert actions(replies[-1])[-1] == "quorum_escalate"
    assert f"Part 1 of {len(replies)}" in seen(replies[0])


def test_a_blank_answer_is_still_a_message() -> None:
    assert seen(one(answer("  \n")))[0] == "…"


def test_a_document_s_title_and_a_notice_can_ping_nobody() -> None:
    found = answer("<!channel> [1]", citations=(citation(title="<!here> <@U1> @channel"),), notices=("<!everyone>",))
    reply = one(found)

    assert marks.pings(reply.text, reply.blocks) == []
    assert "<!" not in json.dumps(reply.blocks) + reply.text


def test_only_addresses_of_the_cited_documents_are_live() -> None:
    reply = one(answer(f"See [here]({WIKI}) and [there](http://evil.example) [1]."))

    assert {url for _, url in marks.links(reply.text, reply.blocks)} == {WIKI}
    assert {url for _, url in marks.links(reply.text, [])} == {WIKI}


def test_the_text_for_notifications_says_the_answer_and_its_sources() -> None:
    reply = one(answer("Add **one** [1]."))

    source = "[1] <https://wiki.example/redo?a=1&amp;b=2|Redo logs> · page 3"
    assert reply.text == f"Add *one* [1].\n\n*Sources*\n{source}\n5 of 7 samples agree"


def test_our_own_reply_is_found_again_by_its_metadata() -> None:
    expected = {"event_type": "quorum_reply", "event_payload": {"question": "slack-T1-C1-1.1"}}

    assert blocks.metadata("slack-T1-C1-1.1") == expected


def test_a_reply_shows_no_text_where_logs_may_print_it() -> None:
    assert "redo" not in repr(one(answer()))


@settings(max_examples=40)
@given(st.text('ab\n "`[](){}<>&中💡1.-#|*', max_size=400), st.integers(1, 60), CITATIONS)
def test_whatever_is_answered_fits_slack(text: str, times: int, citations: tuple[Citation, ...]) -> None:
    for reply in blocks.answer(answer(text * times, citations=citations, notices=(text * times,))):
        validated(reply)
        assert marks.pings(reply.text, reply.blocks) == []
