"""The fake Slack checks blocks and views as Slack does, and reads them as a person would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.slack import marks
from tests.fakes.slack.blocks import check_message, check_view
from tests.fakes.slack.composing import composed
from tests.fakes.slack.reading import mrkdwn, read
from tests.fakes.slack.refused import RefusedError
from tests.fakes.slack.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

JSON = dict[str, Any]
LONGEST = Workspace().blocks_limit


def plain(text: str = "x") -> JSON:
    return {"type": "plain_text", "text": text}


def words(text: str = "x") -> JSON:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "x", **more: object) -> JSON:
    return {"type": "section", "text": words(text), **more}


def button(action_id: str = "a", **more: object) -> JSON:
    return {"type": "button", "text": plain(), "action_id": action_id, **more}


def actions(*elements: JSON, **more: object) -> JSON:
    return {"type": "actions", "elements": list(elements), **more}


def options(n: int, text: str = "x") -> JSON:
    return {"type": "static_select", "options": [{"text": plain(text), "value": str(i)} for i in range(n)]}


def feedback(value: str = "a:1") -> JSON:
    side = {"text": plain("Good"), "value": value}
    pair = {"type": "feedback_buttons", "action_id": "f", "positive_button": side, "negative_button": side}
    return {"type": "context_actions", "elements": [pair]}


def modal(*blocks: JSON, **more: object) -> JSON:
    return {"type": "modal", "title": plain("Sources"), "blocks": list(blocks), **more}


def refused(check: Callable[[], None]) -> str:
    with pytest.raises(RefusedError) as error:
        check()
    return error.value.error


@pytest.mark.parametrize(
    "blocks",
    [
        [section("x" * 3000), {"type": "divider"}, {"type": "header", "text": plain("x" * 150)}],
        [actions(*(button(f"a{n}", value="v" * 300) for n in range(25)))],
        [{"type": "markdown", "text": "x" * 12_000}, feedback("v" * 200)],
        [section(accessory={"type": "image", "image_url": "https://h/p.png", "alt_text": "a picture"})],
        [{"type": "table", "rows": [[{"type": "raw_text", "text": "a"}] * 20] * 10}],
        [section(accessory=options(100))],
        composed("> quote\n*bold* <@U1> `code` ```\nlog\n```")[1],
    ],
)
def test_what_slack_takes_is_taken(blocks: list[JSON]) -> None:
    check_message(blocks, LONGEST)


@pytest.mark.parametrize(
    "block",
    [
        section("x" * 3001),
        section(""),
        {"type": "section"},
        {"type": "section", "fields": [words()] * 11},
        {"type": "section", "fields": [words("x" * 2001)]},
        {"type": "header", "text": plain("x" * 151)},
        {"type": "header", "text": words()},
        {"type": "markdown", "text": ""},
        {"type": "markdown", "text": "x" * 12_001},
        {"type": "poem", "text": "x"},
        {"type": "divider", "colour": "red"},
        {"type": "divider", "block_id": "b" * 256},
        actions(),
        actions(*(button(str(n)) for n in range(26))),
        actions(button("a" * 256)),
        actions(button(value="v" * 2001)),
        actions(button(url="https://" + "h" * 3000)),
        actions(button(style="loud")),
        actions({"type": "button", "text": plain("x" * 76)}),
        actions(button("same"), button("same")),
        actions(options(101)),
        actions(options(1, "x" * 76)),
        actions({"type": "overflow", "options": options(1)["options"]}),
        actions({"type": "static_select"}),
        {"type": "context", "elements": [words()] * 11},
        {"type": "context_actions", "elements": [button()]},
        feedback("v" * 2001),
        {"type": "image", "image_url": "https://h/p.png"},
        {"type": "image", "image_url": "https://h/p.png", "alt_text": "x" * 2001},
        {"type": "image", "alt_text": "no address"},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}] * 21]},
        {"type": "rich_text", "elements": [{"type": "rich_text_poem", "elements": []}]},
    ],
)
def test_what_slack_refuses_is_refused(block: JSON) -> None:
    assert refused(lambda: check_message([block], LONGEST)) == "invalid_blocks"


def test_a_message_has_fifty_blocks_and_their_ids_differ() -> None:
    check_message([{"type": "divider"}] * 50, LONGEST)

    assert refused(lambda: check_message([{"type": "divider"}] * 51, LONGEST)) == "invalid_blocks"
    twice = [{"type": "divider", "block_id": "b"}] * 2
    assert refused(lambda: check_message(twice, LONGEST)) == "invalid_blocks"


def test_the_length_of_all_blocks_together_is_limited() -> None:
    markdown = [{"type": "markdown", "text": "x" * 6001}] * 2
    sections = [section("x" * 2900)] * 5

    assert refused(lambda: check_message(markdown, LONGEST)) == "msg_blocks_too_long"
    assert refused(lambda: check_message(sections, LONGEST)) == "msg_blocks_too_long"


def test_the_place_of_a_mistake_is_named() -> None:
    with pytest.raises(RefusedError) as error:
        check_message([section(), section("x" * 3001)], LONGEST)

    named = "[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
    assert error.value.extra["response_metadata"]["messages"] == [named]


@pytest.mark.parametrize(
    "view",
    [
        modal(title=plain("x" * 25)),
        modal(*[section()] * 101),
        modal({"type": "markdown", "text": "x"}),
        modal(private_metadata="x" * 3001),
        modal({"type": "input", "label": plain(), "element": {"type": "plain_text_input"}}),
        {"type": "home", "blocks": []},
        {"type": "modal", "blocks": []},
    ],
)
def test_a_modal_that_slack_refuses_is_refused(view: JSON) -> None:
    assert refused(lambda: check_view(view, "modal")) == "invalid_arguments"


def test_a_modal_of_a_hundred_sections_is_shown() -> None:
    check_view(modal(*[section()] * 100, close=plain("Close")), "modal")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*bold* _it_ ~gone~ `code *kept*`", "bold it gone code *kept*"),
        ("<https://h/a?b=1&amp;c=2|the runbook> &amp; <mailto:a@b|a@b>", "the runbook & a@b"),
        ("<@U1> <#C1|help> <!here> <!subteam^S1|@dba>", "@U1 #help @here @dba"),
        ("&amp;lt; is decoded once", "&lt; is decoded once"),
        ("```\nselect *, a_b_c\nfrom t where a &lt; 3\n```", "select *, a_b_c\nfrom t where a < 3"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
    ],
)
def test_mrkdwn_is_read_without_its_marks(text: str, shown: str) -> None:
    assert mrkdwn(text) == shown


def test_markdown_is_read_with_its_numbers_and_cells() -> None:
    table = "| k | v |\n|---|---|\n| a | `b` |"
    text = f"**Do** this:\n\n1. one\n2. two\n   - [a](https://h)\n\n{table}\n\n```sql\nselect 1;\n```"
    blocks = [{"type": "markdown", "text": text}]

    assert read("", blocks) == "Do this:\n1. one\n2. two\n  • a\nk | v\na | b\nselect 1;"
    assert marks.links("", blocks) == [("a", "https://h")]


def test_what_a_person_types_reads_the_same_as_text_and_as_blocks() -> None:
    text, blocks = composed("<@U0QUORUM1> why `ORA-00060` & not <that>? https://h/x ```\na  < b\n\tc```\ndone")

    assert read("", blocks) == "@U0QUORUM1 why ORA-00060 & not <that>? https://h/x \na  < b\n\tc\ndone"
    assert text.startswith("<@U0QUORUM1> why `ORA-00060` &amp; not &lt;that&gt;? <https://h/x> ```\na  &lt; b")


def test_everyone_who_is_pinged_is_found() -> None:
    markdown = {"type": "markdown", "text": "\\<!channel> `<!here>` &lt;@U2&gt;\n\n```\n<@U3>\n```"}
    rich = composed("<@U4> <!subteam^S1> <!everyone>")[1]

    found = ["@U1", "!channel", "@U4", "!subteam^S1", "!everyone"]
    assert marks.pings("<@U1|al> &lt;@U9&gt;", [markdown, *rich]) == found


def test_buttons_are_found_wherever_they_stand() -> None:
    blocks = [section(accessory=button("s", value="1")), actions(button("a", value="2"), block_id="b"), feedback("3")]

    assert [(each.action_id, each.value) for each in marks.buttons(blocks)] == [
        ("s", "1"),
        ("a", "2"),
        ("f", "3"),
        ("f", "3"),
    ]
