"""What a person wrote in Slack is read whole, once, and without what only Slack needs."""

from __future__ import annotations

import pytest

from adapters.slack.markup.reading import read, union

BOT = "UB0T"
LOG = "ORA-01555: snapshot too old\n  at line 7 <init> & co"


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


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
    assert read({"text": "\u202eORA\u200b-0\ufeff15\u200d\u200c55\u202c \u2067خطأ\u2069"}).text == "ORA-01555 خطأ"


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
