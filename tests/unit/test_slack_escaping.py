"""Nothing that a model or a document says can ping anybody in Slack or link anywhere but to the index."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from adapters.slack.markup import mrkdwn
from adapters.slack.markup.escaping import BREAK, markdown
from adapters.slack.markup.rendering import render
from tests.fakes.slack import marks

PAGE = "https://wiki.example/a?x=1&y=(2)"
HTML = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
TRICKS = st.lists(
    st.sampled_from(
        [
            *"[]()<>!`\\\n \t:;&|*_~#-1a中",
            *("```", "~~~", "    ", "\n\n", "> ", "- ", "](", "]:", "![", "[x]", "[x]: ", "&#60;", "&lt;"),
            *("<!channel>", "<!here|here>", "<@U123>", "<!subteam^S1>", "@here", "@everyone", "<#C1>", "me@x.io"),
            *("http://evil.example/x", "https://e.io", "www.evil.example", "<https://evil.example>", "mailto:a@e.io"),
            *(PAGE, f"[page]({PAGE})", "[evil](http://evil.example)", "javascript:alert(1)", "slack://open"),
        ]
    ),
    max_size=30,
).map("".join)
PROSE = st.one_of(
    st.text("ab<> &;lt*_`#-1.中|~!\\", max_size=60),  # one line with code in it
    st.text("ab<> &;lt*_#\n-1.中|~!\\", max_size=60),  # many lines without
)


@given(TRICKS)
def test_no_markdown_pings_anybody_or_links_to_the_unknown(text: str) -> None:
    blocks = [{"type": "markdown", "text": markdown(text, {PAGE})}]

    assert marks.pings("", blocks) == []
    assert {HTML.normalizeLink(url) for _, url in marks.links("", blocks)} <= {HTML.normalizeLink(PAGE)}
    assert not re.search(r"<[@#!]", blocks[0]["text"])


@given(TRICKS)
def test_no_mrkdwn_pings_anybody_or_links_to_the_unknown(text: str) -> None:
    shown = render(text, {PAGE})

    assert marks.pings(shown, []) == []
    assert {url for _, url in marks.links(shown, [])} <= {PAGE}
    assert not re.search(r"@(here|channel|everyone)\b", shown)


@given(PROSE)
def test_safe_markdown_reads_as_it_was_written(text: str) -> None:
    assert HTML.render(markdown(text)).replace(BREAK, "").strip() == HTML.render(text).strip()


@given(st.text("ab<> &;lt|-\n中.", max_size=60))
def test_mrkdwn_says_what_the_markdown_said(text: str) -> None:
    seen = re.sub(r"<[^>]*>", "", HTML.render(text)).replace("&quot;", '"')

    assert words(mrkdwn.unescape(render(text))) == words(mrkdwn.unescape(seen))


def words(text: str) -> str:
    return text.translate(dict.fromkeys(map(ord, " \n>•*|—`-")))


@pytest.mark.parametrize("ping", ["<!channel>", "<!here>", "<!everyone>", "<@U123>", "<!subteam^S1|@dba>", "@channel"])
@pytest.mark.parametrize("around", ["{}", "`{}`", "```\n{}\n```", "> {}", "- {}", "# {}", "\\{}", "[{}](http://e.io)"])
def test_a_ping_in_model_output_reaches_nobody(ping: str, around: str) -> None:
    text = around.format(ping)
    blocks = [{"type": "markdown", "text": markdown(text)}]

    assert marks.pings(render(text), blocks) == []
    assert ping not in markdown(text) + render(text)


def test_links_of_the_index_stay_live_and_others_can_be_read() -> None:
    text = f"See [the page]({PAGE}), [that]({'http://evil.example/x'}) or http://evil.example/y."

    assert markdown(text, {PAGE}) == (
        f"See [the page]({PAGE}), that (`http://evil.example/x`) or `http://evil.example/y`."
    )
    assert render(text, {PAGE}) == (
        f"See <{PAGE.replace('&', '&amp;')}|the page>, that (`http://evil.example/x`) or `http://evil.example/y`."
    )


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"])
def test_an_address_that_no_browser_should_open_is_not_live_though_it_be_the_index_s(url: str) -> None:
    blocks = [{"type": "markdown", "text": markdown(f"[x]({url})", {url})}]

    assert marks.links(render(f"[x]({url})", {url}), blocks) == []


def test_code_is_sent_as_it_is() -> None:
    text = "Run `a < b && c > d`:\n\n```cpp\nstd::vector<std::string> x; // http://db1 [a](b)\n```"

    assert markdown(text) == text


def test_placeholders_in_angle_brackets_stay_visible() -> None:
    assert markdown("ALTER TABLE <table_name>") == "ALTER TABLE &lt;table_name>"


def test_citations_stay_as_they_are() -> None:
    assert markdown("Restart it [1][2]. See [3].") == "Restart it [1][2]. See [3]."


def test_a_text_made_to_slip_through_loses_its_links_and_keeps_its_words() -> None:
    text = "para\n    ```\n\n[x](http://evil.example) <@U1>\n    ```\n"
    blocks = [{"type": "markdown", "text": markdown(text)}]

    assert marks.links("", blocks) == []
    assert "evil.example" in blocks[0]["text"]


def test_marks_of_direction_and_control_characters_are_gone() -> None:
    assert markdown("a\u202eb\x07c\x1b[31m") == "abc[31m"


def test_markdown_takes_its_nearest_form_in_mrkdwn() -> None:
    table = "| a | b |\n|---|---|\n| 1 | `2` |"
    text = f"# Title & co\n\n**Now** _run_ ~~it~~:\n\n2. one\n   - in\n3. two\n\n> said\n\n{table}\n\n---"

    assert render(text) == (
        "*Title &amp; co*\n\n*Now* _run_ ~it~:\n\n2. one\n    • in\n3. two\n\n> said\n\na | b\n1 | `2`\n\n———"
    )


def test_code_keeps_its_lines_and_loses_its_language_in_mrkdwn() -> None:
    assert render("```sql\nSELECT 1\n  < 2\n```") == "```\nSELECT 1\n  &lt; 2\n```"


@given(st.text(), st.text())
def test_a_link_is_one_whatever_its_label_and_address(label: str, url: str) -> None:
    assert re.fullmatch(r"<[^<>|\s]*\|[^<>|\n]*>", mrkdwn.link(url, label))
