"""Answers, refusals and notices stand in WeCom whole, in order, and within its bytes."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.layout.splitting import octets
from adapters.wecom.layout import tags
from adapters.wecom.layout.answers import answer, helping, notice, passages, progress
from adapters.wecom.layout.pages import APP_MARKDOWN, APP_TEXT, BOT_MARKDOWN, Style
from adapters.wecom.markup.dialects import BREAK
from bot.phrases import PHRASES
from bot.types import Citation, Language
from tests.fakes.slack_answers import WIKI, citation
from tests.fakes.slack_answers import answer as made

STYLES = [APP_TEXT, APP_MARKDOWN, BOT_MARKDOWN]
MARKED = [APP_MARKDOWN, BOT_MARKDOWN]
REFERENCE = tags.reference(made().question_id)
ENDING = re.compile(r"\s*(?:\(\d+/\d+\))?(?: ?(?:编号|Ref) [a-z2-7]{8})?\Z")


def body(content: str) -> str:
    """Return a message without its last line of marks."""
    return ENDING.sub("", content)


def test_an_answer_that_fits_is_one_message_with_sources_agreement_and_reference() -> None:
    (content,) = answer(made("Add a **redo** log group [1].", notices=("Check the sources.",)), APP_MARKDOWN)

    assert content == (
        f"Add a **redo** log group [1].\n\nCheck the sources.\n\n**Sources**\n[1] [Redo logs]({WIKI}) · page 3\n\n"
        f"5 of 7 samples agree\n\nRef {REFERENCE}"
    )


def test_a_text_of_the_app_links_its_sources_too() -> None:
    (content,) = answer(made(), APP_TEXT)

    assert f'[1] <a href="{WIKI}">Redo logs</a> · page 3' in content


def test_a_chinese_answer_speaks_chinese() -> None:
    (content,) = answer(made("增加日志组 [1]。", language="zh"), BOT_MARKDOWN)

    assert "**来源**\n[1]" in content
    assert content.endswith("7 个样本中 5 个一致")


def test_a_refusal_names_no_source_and_offers_a_human() -> None:
    (content,) = answer(
        made("文档中没有这个问题的答案。\n\n可以转给人工同事处理。", outcome="refused", language="zh"), BOT_MARKDOWN
    )

    assert "来源" not in content
    assert "人工" in content


def test_that_a_human_was_asked_is_said() -> None:
    (content,) = answer(made(outcome="escalated"), APP_TEXT, escalated=True)

    assert "A human colleague was asked" in content


@pytest.mark.parametrize("style", STYLES)
def test_six_thousand_chinese_characters_arrive_whole_and_in_order(style: Style) -> None:
    text = "".join(f"第{number}步，先停监听，再启动实例并检查日志。" for number in range(300))
    assert len(text) > 6000

    contents = answer(made(text, language="zh", citations=()), style)

    assert all(octets(content) <= style.limit for content in contents)
    assert "".join(body(content) for content in contents).startswith(text)
    total = len(contents)
    marks = [f"({number}/{total})" for number in range(1, total + 1)]
    assert all(mark in content for mark, content in zip(marks, contents, strict=True)) or total == 1


def test_parts_of_a_long_answer_end_at_sentences() -> None:
    contents = answer(made("先停监听，再启动实例。" * 300, language="zh", citations=()), APP_MARKDOWN)

    assert all(body(content).endswith("。") for content in contents[:-1])


@pytest.mark.parametrize("size", range(600, 720))
def test_an_answer_near_the_limit_is_one_message_exactly_when_it_fits(size: int) -> None:
    text = "字" * size
    contents = answer(replace(made(text, citations=()), vote=None), APP_TEXT)

    fits = octets(f"{text}\n\nRef {REFERENCE}") <= 2048
    assert (len(contents) == 1) == fits


@pytest.mark.parametrize("style", STYLES)
def test_a_long_list_of_sources_is_complete_and_its_links_are_whole(style: Style) -> None:
    cited = tuple(citation(n, title=f"手册 {n}", url=f"https://wiki.example/{n}/" + "x" * 300) for n in range(1, 31))

    contents = answer(made("见来源 [1]。", citations=cited, language="zh"), style)

    whole = "\n".join(contents)
    assert [int(n) for n in re.findall(r"(?m)^\[(\d+)\] ", whole)] == list(range(1, 31))
    assert all(octets(content) <= style.limit for content in contents)
    for each in cited:
        assert f"]({each.url})" in whole or f'<a href="{each.url}">' in whole


@pytest.mark.parametrize("style", [APP_TEXT, APP_MARKDOWN])
def test_no_message_of_two_questions_is_the_same_even_where_the_answer_is(style: Style) -> None:
    text = "先停监听，再启动实例。" * 300
    one = answer(made(text), style)
    other = answer(replace(made(text), question_id="wecom-app-2"), style)

    assert not set(one) & set(other)


def test_every_try_makes_the_same_bytes() -> None:
    found = made("先停监听，再启动实例。" * 300)

    assert answer(found, APP_MARKDOWN) == answer(found, APP_MARKDOWN)


def test_a_document_without_an_address_is_named_by_its_path() -> None:
    (content,) = answer(made(citations=(citation(url=None),)), APP_MARKDOWN)

    assert "[1] Redo logs (dba/redo-1.md) · page 3" in content


def test_a_title_cannot_mention_anybody_or_make_a_link() -> None:
    cited = (citation(title="<@all> [x](http://evil.example)", url=None), citation(2, title="<@all>]([", url=WIKI))
    (content,) = answer(made(citations=cited), BOT_MARKDOWN)

    assert "<@" not in content
    assert "](http://evil" not in content
    assert f"]({WIKI})" in content


def test_an_empty_answer_shows_something() -> None:
    assert answer(replace(made("\u200b", citations=()), vote=None), BOT_MARKDOWN) == ["…"]


def test_code_of_a_long_answer_stays_code() -> None:
    lines = [f"line {number} of the log: ORA-00257" for number in range(1500)]
    contents = answer(made("```\n" + "\n".join(lines) + "\n```", citations=()), BOT_MARKDOWN)

    assert len(contents) > 1
    assert all(len(re.findall(r"(?m)^```", content)) % 2 == 0 for content in contents)
    assert [line for content in contents for line in content.split("\n") if line.startswith("line ")] == lines


def test_the_passages_behind_an_answer_are_quoted() -> None:
    cited = (citation(quote="Add one.\n\n<@all> see [x](http://evil.example)"),)
    (content,) = passages(made(citations=cited), APP_MARKDOWN, "event-1", "en")

    assert f"[1] [Redo logs]({WIKI}) · page 3\n> `Add one.`\n> `<{BREAK}@all> see [x](http://evil.example)`" in content


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sources_that_there_are_none_of_are_said(language: Language) -> None:
    (gone,) = passages(None, BOT_MARKDOWN, "event-1", language)
    (none,) = passages(made(outcome="refused"), BOT_MARKDOWN, "event-1", language)

    assert gone == PHRASES["wecom_sources_gone"][language]
    assert none == PHRASES["wecom_sources_none"][language]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_help_is_one_message_and_asks_what_a_bare_mention_left_open(style: Style, language: Language) -> None:
    (content,) = helping(style, "event-1", language, is_greeting=True)

    assert content.startswith(PHRASES["wecom_empty"][language])
    assert "/help" in content or "/帮助" in content


@pytest.mark.parametrize("key", [key for key in PHRASES if key.startswith("wecom_")])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_notice_fits_one_message(key: str, language: Language) -> None:
    (content,) = notice(PHRASES[key][language], APP_TEXT, "event-1", language)

    assert octets(content) <= 2048


def test_progress_is_all_of_what_there_is_so_far() -> None:
    assert progress(["正在查找文档……"]) == "正在查找文档……"
    assert (
        progress(["正在查找文档……", "正在核对来源……"], "先停**监听**")
        == "正在查找文档……\n\n正在核对来源……\n\n先停**监听**"
    )
    assert progress([]) == "…"
    assert octets(progress([], "字" * 20_000)) <= 20_480


PIECES = st.sampled_from(
    [
        "先停监听。",
        "word. ",
        "a b ",
        f"[page]({WIKI})",
        "`SELECT 1`",
        "\n\n",
        "\n- ",
        "\n\n```sql\nx = 1\n\n# y\n```\n\n",
        "👩‍💻",
        "[1]",
    ]
)
TEXTS = st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=200)
TITLES = st.text("ab <>&|`*[]()\n中\u202e@:/.", max_size=200)
CITATIONS = st.lists(
    st.builds(
        Citation,
        st.integers(1, 99),
        TITLES,
        st.just("c"),
        TITLES,
        TITLES,
        st.sampled_from([None, WIKI, "javascript:x", "https://w.example/" + "<&|>" * 200]),
        TITLES,
    ),
    max_size=12,
).map(tuple)


@given(TEXTS, CITATIONS, st.integers(1, 40), st.sampled_from(STYLES))
def test_whatever_the_answer_is_every_message_fits_and_every_source_is_there(
    text: str, cited: tuple[Citation, ...], times: int, style: Style
) -> None:
    found = made(text * times, citations=cited)
    contents = answer(found, style) + passages(found, style, "event-1", "en")

    assert all(0 < octets(content) <= style.limit and content.strip() for content in contents)
    assert all("<@" not in content for content in contents)
    whole = "\n".join(answer(found, style))
    assert len(re.findall(r"(?m)^\[\d+\] ", whole)) >= len(cited)


@given(st.lists(st.sampled_from(["先停监听。", "one two. ", f"[page]({WIKI}) ", "`a b` ", "\n\n"]), max_size=400))
def test_nothing_of_a_long_answer_is_lost(pieces: list[str]) -> None:
    text = "".join(pieces)
    for style in MARKED:
        contents = answer(replace(made(text, citations=(citation(),)), vote=None), style)
        said = "".join("".join(body(content) for content in contents).partition("**Sources**")[0].split())

        assert said == ("".join(text.split()) or "…")
