"""Answers read in WeCom as they were written, call nobody, and link only where the index leads."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from adapters.layout.links import LIVE, trimmed
from adapters.wecom.markup.dialects import BREAK
from adapters.wecom.markup.quieting import plain
from adapters.wecom.markup.rendering import DIALECTS, Form, render

KNOWN = "https://wiki.example/redo?a=1&b=2"
EVIL = "http://evil.example/x"
LINKS = {KNOWN, "https://wiki.example/a_(b", "javascript:alert(1)"}
READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
FORMS: list[Form] = ["text", "markdown", "bot"]
MARKED: list[Form] = ["markdown", "bot"]


def seen(text: str, form: Form = "markdown") -> str:
    return render(text, form, LINKS).replace(BREAK, "")


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("text", "Title\n\nRun it now."),
        ("markdown", "## Title\n\nRun **it** now."),
        ("bot", "## Title\n\nRun **it** *now*."),
    ],
)
def test_headings_and_stress_are_what_each_form_knows(form: Form, shown: str) -> None:
    assert seen("## Title\n\nRun **it** *now*.", form) == shown


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("text", f'see <a href="{KNOWN}">the page</a> [1]'),
        ("markdown", f"see [the page]({KNOWN}) [1]"),
        ("bot", f"see [the page]({KNOWN}) [1]"),
    ],
)
def test_a_link_of_the_index_is_live(form: Form, shown: str) -> None:
    assert render(f"see [the page]({KNOWN}) [1]", form, LINKS) == shown


@pytest.mark.parametrize(
    ("form", "shown"), [("text", "the page (http:\u200b//evil.example/x)"), ("markdown", f"the page (`{EVIL}`)")]
)
def test_any_other_link_is_its_words_and_an_address_that_is_not_live(form: Form, shown: str) -> None:
    assert render(f"[the page]({EVIL})", form, LINKS) == shown


def test_code_of_an_app_is_shown_line_by_line_and_literally() -> None:
    assert seen("```sql\nSELECT *\n\n# no heading\n```") == "`SELECT *`\n\n`# no heading`"


def test_code_of_the_bot_keeps_its_fence_and_language() -> None:
    assert seen("```sql\nSELECT 1;\n```", "bot") == "```sql\nSELECT 1;\n```"


def test_a_fence_is_longer_than_any_inside() -> None:
    assert seen("````\n```\ninside\n```\n````", "bot").startswith("````\n```")


def test_lists_and_tables_take_the_nearest_form() -> None:
    text = "- one\n- two\n\n1. a\n2. b\n\n| x | y |\n|---|---|\n| 1 | 2 |"

    assert seen(text) == "• one\n• two\n\n1. a\n2. b\n\nx | y\n1 | 2"
    assert seen(text, "bot") == "- one\n- two\n\n1. a\n2. b\n\n| x | y |\n| --- | --- |\n| 1 | 2 |"


def test_a_bar_in_a_table_of_the_bot_parts_no_cell() -> None:
    assert "`ps \\| grep x`" in seen("| a |\n|---|\n| `ps \\| grep x` |", "bot")


def test_code_in_a_list_of_the_bot_stays_code() -> None:
    tokens = READER.parse(seen(f"- ```\n  {EVIL}\n  <b>\n  ```\n- next", "bot"))

    assert [token.content.strip() for token in tokens if token.type == "fence"] == [f"{EVIL}\n<b>"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "text",
    [
        "<@all>",
        "`<@all>`",
        "```\n<@all>\n```",
        "&lt;@all&gt;",
        r"\<@all>",
        "<`@all`>",
        "<*@all*>",
        "<\u200b@all>",
        "<\0@all>",
    ],
)
def test_nobody_is_mentioned(text: str, form: Form) -> None:
    assert "<@" not in render(text, form, LINKS)


@pytest.mark.parametrize(
    "text",
    [
        f"\\` see {EVIL} \\`",
        f"\\[a](evil.example) and \\![a]({EVIL})",
        f"[1]: {EVIL}\n\nsee [1]",
        f"<{EVIL}>",
        "*[a]*(evil.example)",
        "<a href='http://evil.example'>x</a>",
        "www.evil.example",
        "http*s*://evil.example",
        f"**{EVIL}**",
        "[x](javascript:alert(1))",
        "mail a@evil.example",
        f"![picture]({EVIL})",
        f"~~~\n{EVIL}",
    ],
)
@pytest.mark.parametrize("form", FORMS)
def test_no_trick_makes_another_address_live(text: str, form: Form) -> None:
    assert alive(render(text, form, LINKS), form) == []


def test_a_reference_that_a_document_defines_takes_no_citation_away() -> None:
    assert seen(f"As said [1].\n\n[1]: {EVIL}").startswith("As said [1].")


@pytest.mark.parametrize("form", FORMS)
def test_a_known_picture_is_a_link_and_behind_an_exclamation_mark_a_link_stays_one(form: Form) -> None:
    assert alive(render(f"![plan]({KNOWN}) Look![plan]({KNOWN})", form, LINKS), form) == [KNOWN, KNOWN]


@pytest.mark.parametrize("form", MARKED)
def test_an_address_with_odd_parentheses_stays_one_link(form: Form) -> None:
    shown = render("https://wiki.example/a_(b is it", form, LINKS)

    assert alive(shown, form) == ["https://wiki.example/a_%28b"]


def test_what_a_tag_would_hide_stays_visible() -> None:
    assert render("kill <pid> now", "bot") == f"kill <{BREAK}pid> now"
    assert render("kill <pid> now", "text") == "kill <pid> now"


def test_a_title_is_one_plain_line() -> None:
    shown = plain(f"# **Redo**\nlogs [x]({EVIL})", DIALECTS["markdown"])

    assert shown.replace(BREAK, "") == f"# **Redo** logs [x](`{EVIL}`)"


def alive(shown: str, form: Form) -> list[str]:
    """Return the addresses that WeCom could open: links, pictures, and what it makes a link of by itself."""
    if form == "text":
        anchors = re.findall(r'<a href="([^"]*)">', shown)
        bare = re.sub(r'<a href="[^"]*">[^<]*</a>', "", shown)
        assert not re.search(r"<a\b", bare, re.IGNORECASE)
        return [*anchors, *(match.group() for match in LIVE.finditer(bare))]
    found = []
    for token in [child for block in READER.parse(shown) for child in block.children or ()]:
        assert token.type != "image"
        if token.type == "link_open":
            found.append(str(token.attrs["href"]))
        elif token.type == "text":
            found += [url for match in LIVE.finditer(token.content) if (url := trimmed(match.group())[0]) not in LINKS]
    assert not [token for token in READER.parse(shown) if token.type == "html_block"]
    return found


PIECES = f"""{KNOWN} {EVIL} [a]({EVIL}) [b]({KNOWN}) ![c]({EVIL}) [1] [1]: <@all> <@ @all> < > ` `` ``` ~~~ ** * _ ~~ |
\\ &lt; &amp;lt; ]( ( ) www.evil.example a@evil.example <a href=" " ! http :// \ufdd0 0\ufdd1 \u200b
evil.example 数据库 word."""
BREAKS = ["\n", "\n\n", "\n- ", "\n1. ", "\n> ", "\n# ", "\n|---|\n", "```sql\n", " ", "    ", "\t"]
BITS = st.sampled_from([*PIECES.split(), *BREAKS])
TEXTS = st.lists(BITS, max_size=25).map("".join) | st.text(max_size=80)


@given(TEXTS, st.sampled_from(FORMS))
def test_whatever_the_text_is_nothing_of_it_is_live_but_the_index(text: str, form: Form) -> None:
    shown = render(text, form, LINKS)

    assert "<@" not in shown
    assert set(alive(shown, form)) <= {KNOWN, "https://wiki.example/a_%28b"}


@given(
    st.lists(st.sampled_from(["alpha", "数据库", "`SELECT 1`", "**bold**", "a_b_c", "x", "1.5"]), min_size=1).map(
        " ".join
    )
)
def test_every_word_is_said_in_every_form(text: str) -> None:
    words = re.sub(r"[`*]", "", text).split()

    for form in FORMS:
        assert re.sub(r"[`*]", "", seen(text, form)).split() == words


@given(st.text(max_size=60), st.sampled_from(FORMS))
def test_a_title_is_never_live(title: str, form: Form) -> None:
    assert alive(plain(title, DIALECTS[form]), form) == []
