"""What a person wrote in Slack is read whole, once, and without what only Slack needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import mrkdwn
from adapters.slack.reading import read, union

BOT = "UB0T"
LOG = "ORA-01555: snapshot too old\n  at line 7 <init> & co"


@dataclass(frozen=True)
class Bit:
    """A piece of a message three times: as a block's element, as Slack's `text`, and as a person sees it."""

    element: dict[str, Any]
    text: str
    seen: str


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def word(text: str) -> Bit:
    return Bit({"type": "text", "text": text}, escaped(text), text)


def code(text: str) -> Bit:
    return Bit({"type": "text", "text": text, "style": {"code": True}}, f"`{escaped(text)}`", text)


def link(label: str) -> Bit:
    url = "https://wiki.example/a?b=1&c=2"
    element = {"type": "link", "url": url, "text": label}
    return Bit(element, f"<{escaped(url)}|{escaped(label)}>", f"{label} ({url})")


PLAIN = st.text("ab 中文错误<>&;?.-_09ltgmp", min_size=1, max_size=12).filter(str.strip)
FIXED = [
    Bit({"type": "user", "user_id": "U2"}, "<@U2|ann>", "@ann"),
    Bit({"type": "channel", "channel_id": "C1"}, "<#C1|general>", "#general"),
    Bit({"type": "usergroup", "usergroup_id": "S1"}, "<!subteam^S1|@dba>", "@dba"),
    Bit({"type": "broadcast", "range": "here"}, "<!here>", "@here"),
    Bit({"type": "emoji", "name": "wave", "skin_tone": 2}, ":wave::skin-tone-2:", ":wave::skin-tone-2:"),
    Bit({"type": "link", "url": "http://db1.example"}, "<http://db1.example>", "http://db1.example"),
    Bit({"type": "link", "url": "http://a.io/", "text": "a.io"}, "<http://a.io/|a.io>", "a.io"),
    Bit({"type": "date", "timestamp": 1, "format": "{date}", "fallback": "May 1"}, "<!date^1^{date}|May 1>", "May 1"),
    Bit({"type": "user", "user_id": BOT}, f"<@{BOT}>", ""),
]
BITS = st.one_of(PLAIN.map(word), PLAIN.map(code), PLAIN.map(link), st.sampled_from(FIXED))
LINES = st.lists(BITS, min_size=1, max_size=4)


def section(bits: list[Bit]) -> Bit:
    elements = [bit.element for bit in bits]
    return Bit({"type": "rich_text_section", "elements": elements}, "".join(b.text for b in bits), seen(bits))


def quote(bits: list[Bit]) -> Bit:
    element = {"type": "rich_text_quote", "elements": [bit.element for bit in bits]}
    return Bit(element, "&gt; " + "".join(bit.text for bit in bits), "> " + seen(bits))


def preformatted(lines: list[str]) -> Bit:
    log = "\n".join(lines)
    element = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": log}]}
    return Bit(element, f"```{escaped(log)}```", log)


def listed(items: list[list[Bit]]) -> Bit:
    element = {"type": "rich_text_list", "style": "ordered", "elements": [section(item).element for item in items]}
    text = [f"{n}. {section(item).text}" for n, item in enumerate(items, 1)]
    return Bit(element, "\n".join(text), "\n".join(f"{n}. {seen(item)}" for n, item in enumerate(items, 1)))


def seen(bits: list[Bit]) -> str:
    return "".join(bit.seen for bit in bits)


MESSAGES = st.lists(
    st.one_of(
        LINES.map(section),
        LINES.map(quote),
        st.lists(PLAIN, min_size=1, max_size=4).map(preformatted),
        st.lists(LINES, min_size=1, max_size=3).map(listed),
    ),
    min_size=1,
    max_size=4,
)


def squeezed(text: str) -> str:
    return "".join(text.replace("`", "").split())


@given(MESSAGES)
def test_what_is_read_from_blocks_and_text_is_what_a_person_sees(parts: list[Bit]) -> None:
    text = "\n".join(part.text for part in parts)
    blocks = [{"type": "rich_text", "elements": [part.element for part in parts]}]

    found = read({"text": text, "blocks": blocks}, BOT)

    assert squeezed(found.text) == squeezed("\n".join(part.seen for part in parts))
    assert found.mentioned == (f"<@{BOT}>" in text)


@given(MESSAGES)
def test_blocks_alone_and_text_alone_say_the_same(parts: list[Bit]) -> None:
    names = {"U2": "ann", "C1": "general", "S1": "dba"}
    blocks = [{"type": "rich_text", "elements": [part.element for part in parts]}]

    from_blocks = read({"text": "", "blocks": blocks}, BOT, names)
    from_text = read({"text": "\n".join(part.text for part in parts)}, BOT, names)

    assert squeezed(from_blocks.text) == squeezed(from_text.text)


@given(st.text())
def test_escaping_and_decoding_is_a_round_trip(text: str) -> None:
    assert mrkdwn.unescape(mrkdwn.escape(text)) == text


@given(st.text("ab<>&;ltgmp "))
def test_a_text_that_was_escaped_once_is_decoded_once(text: str) -> None:
    assert squeezed(read({"text": escaped(text)}, BOT).text) == squeezed(text)


@given(st.text("<>@!|&;`#UB0T^ab \n\u200b"))
def test_no_text_whatever_is_too_odd_to_be_read(text: str) -> None:
    read({"text": text, "blocks": [{"type": "rich_text", "elements": [{"type": "odd"}]}]}, BOT)


def test_a_log_in_a_code_block_keeps_its_lines() -> None:
    blocks = [
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "What is this?\n"}]},
                {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": LOG}]},
            ],
        }
    ]

    assert read({"text": "", "blocks": blocks}).text == f"What is this?\n```\n{LOG}\n```"
    assert read({"text": f"What is this?\n```{escaped(LOG)}```"}).text == f"What is this?\n```\n{LOG}\n```"


def test_every_section_is_read_not_only_the_last() -> None:
    parts = [{"type": "rich_text_section", "elements": [{"type": "text", "text": f"part {n}"}]} for n in range(3)]
    blocks = [{"type": "rich_text", "elements": parts[:2]}, {"type": "rich_text", "elements": parts[2:]}]

    assert read({"blocks": blocks}).text == "part 0\npart 1\npart 2"


def test_what_only_the_text_or_only_the_blocks_say_is_read_too() -> None:
    block = {"type": "rich_text_section", "elements": [{"type": "text", "text": "why does it fail"}]}

    found = read({"text": "why does it fail\nORA-00600", "blocks": [{"type": "rich_text", "elements": [block]}]})

    assert found.text == "why does it fail\nORA-00600"


def test_only_our_mention_is_stripped_from_the_question() -> None:
    found = read({"text": f"<@{BOT}|Quorum Bot>, ask <@U2> or <@U3|bob> about <@{BOT}> the slow query"}, BOT)

    assert found.text == "ask @U2 or @bob about the slow query"
    assert found.mentioned


def test_a_mention_in_the_middle_leaves_one_blank_and_at_a_line_s_start_none() -> None:
    assert read({"text": f"Can <@{BOT}> tell?\n<@{BOT}> why <@{BOT}>"}, BOT).text == "Can tell?\nwhy"


def test_people_are_named_where_their_names_are_known() -> None:
    assert read({"text": "ask <@U2>"}, BOT, {"U2": "ann"}).text == "ask @ann"


def test_a_name_of_several_words_leaves_nothing_of_the_mention_behind() -> None:
    assert read({"text": f"<@{BOT}|Big Bot Name> /help"}, BOT).text == "/help"


@pytest.mark.parametrize("text", [f"`<@{BOT}>` is the bot", f"```\n<@{BOT}> select 1\n```"])
def test_a_mention_in_code_mentions_nobody_and_stays(text: str) -> None:
    found = read({"text": text}, BOT)

    assert not found.mentioned
    assert f"@{BOT}" in found.text


def test_a_mention_in_a_code_block_of_rich_text_mentions_nobody() -> None:
    inside = {"type": "rich_text_preformatted", "elements": [{"type": "user", "user_id": BOT}]}
    inline = {"type": "rich_text_section", "elements": [{"type": "user", "user_id": BOT, "style": {"code": True}}]}

    assert not read({"blocks": [{"type": "rich_text", "elements": [inside, inline]}]}, BOT).mentioned


@pytest.mark.parametrize("text", [f"<@{BOT}>", f" <@{BOT}> \u200b\u200f", f"<@{BOT}>: ", f"<@{BOT}>\n<@{BOT}>"])
def test_a_bare_mention_is_read_as_an_empty_question(text: str) -> None:
    found = read({"text": text}, BOT)

    assert found.text == ""
    assert found.mentioned


def test_a_hundred_mentions_of_us_and_others_are_one_question() -> None:
    others = " ".join(f"<@U{n}|u{n}>" for n in range(100))

    found = read({"text": f"<@{BOT}> " * 100 + others + " why?"}, BOT)

    assert found.text == " ".join(f"@u{n}" for n in range(100)) + " why?"


def test_zero_width_and_right_to_left_marks_do_not_split_a_code() -> None:
    assert read({"text": "\u202eORA\u200b-0\ufeff1555\u202c \u2067خطأ\u2069"}).text == "ORA-01555 خطأ"


def test_joined_emoji_stay_whole() -> None:
    assert read({"text": "👩\u200d💻?"}).text == "👩\u200d💻?"


@pytest.mark.parametrize("text", ["?", "？", "!!!", "😀"])
def test_a_message_without_a_letter_is_read_too(text: str) -> None:
    assert read({"text": text, "blocks": []}).text == text


@pytest.mark.parametrize(
    ("text", "raw", "seen"),
    [("a &lt; b", "a < b", "a < b"), ("a &lt; b", "a &lt; b", "a < b"), ("&amp;lt;", "&lt;", "&lt;")],
)
def test_entities_in_blocks_are_decoded_only_where_they_were_escaped(text: str, raw: str, seen: str) -> None:
    part = {"type": "rich_text_section", "elements": [{"type": "text", "text": raw}]}

    assert read({"text": text, "blocks": [{"type": "rich_text", "elements": [part]}]}).text == seen


def test_a_forwarded_message_is_read_and_the_preview_of_a_link_is_not() -> None:
    forwarded = {"is_share": True, "from_url": "https://x.slack.com/p1", "text": "disk full &amp; slow"}
    preview = {"from_url": "https://wiki.example", "title": "Wiki", "text": "All about the wiki"}

    assert read({"text": "why?", "attachments": [forwarded, preview]}).text == "why?\ndisk full & slow"


def test_a_log_that_an_alert_attached_is_read_with_its_fields() -> None:
    alert = {"title": "Alert", "text": f"```{escaped(LOG)}```", "fields": [{"title": "host", "value": "db1"}]}

    assert read({"text": "", "attachments": [alert]}).text == f"Alert\n```\n{LOG}\n```\nhost: db1"


def test_all_blocks_of_our_own_earlier_answer_are_read_back() -> None:
    blocks = [
        {"type": "markdown", "text": "Restart it, if a &lt; b [1]."},
        {"type": "section", "text": {"type": "mrkdwn", "text": "[1] <https://w/x|Page &amp; co>"}},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "5 of 7 samples agree"}]},
        {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Ask"}}]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, {"type": "raw_text", "text": "b"}]]},
    ]

    read_back = read({"text": "Restart it, if a &lt; b [1].", "blocks": blocks}, BOT).text

    assert read_back == "Restart it, if a < b [1].\n[1] Page & co (https://w/x)\n5 of 7 samples agree\na | b"


def test_nested_lists_and_quotes_look_like_lists_and_quotes() -> None:
    item = {"type": "rich_text_section", "elements": [{"type": "text", "text": "two\nlines"}]}
    elements = [
        {"type": "rich_text_list", "style": "bullet", "elements": [item]},
        {"type": "rich_text_list", "style": "ordered", "indent": 1, "offset": 2, "elements": [item]},
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said\nso"}]},
    ]

    found = read({"blocks": [{"type": "rich_text", "elements": elements}]}).text

    assert found == "- two\nlines\n  3. two\nlines\n> said\n> so"


def test_a_fence_inside_a_log_does_not_end_the_code() -> None:
    element = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a\n```\nb"}]}

    assert read({"blocks": [{"type": "rich_text", "elements": [element]}]}).text == "````\na\n```\nb\n````"


def test_a_long_log_is_read_quickly_and_once() -> None:
    lines = [f"2026-01-01 00:00:{n} ORA-{n:05}" for n in range(2000)]
    log = "\n".join(lines)
    element = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": log}]}

    found = read({"text": f"```{log}```", "blocks": [{"type": "rich_text", "elements": [element]}]})

    assert found.text == f"```\n{log}\n```"


def test_the_question_does_not_show_in_the_representation_that_logs_print() -> None:
    assert "secret" not in repr(read({"text": "secret"}))


def test_texts_that_say_different_things_stand_under_each_other() -> None:
    assert union(["", "one", "ONE.", "two"]) == "one\ntwo"
