"""Whatever people can write in Slack is read as they see it, from its blocks and from its text alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.markup import mrkdwn
from adapters.slack.markup.reading import read
from tests.fakes.slack.composing import composed
from tests.fakes.slack.reading import read as shown

BOT = "UB0T"


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


LOG = "```\nORA-01555: <x>\n  at & 7\n```"
TYPED = st.lists(
    st.sampled_from(
        [
            *("why", "数据库", " ", "\n", "\n\n", "*bold*", "_it_", "~no~", "`a < b`", "a & b", "&lt;", "<T>"),
            *(LOG, "```one```", "https://a.io/x ", "<https://a.io/x|page>", "<@U2>", "<#C1>", "<!here>"),
            *("<!subteam^S1>", "1. one\n", ":smile:", "> said\n"),
        ]
    ),
    min_size=1,
    max_size=10,
).map("".join)


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


@given(TYPED)
def test_what_slack_makes_of_typing_is_read_as_slack_shows_it(typed: str) -> None:
    text, blocks = composed(typed)

    assert words(read({"text": text, "blocks": blocks}).text) == words(shown(text, blocks))


def words(text: str) -> str:
    return squeezed(text.replace("(https://a.io/x)", "").replace(">", ""))


@given(st.text())
def test_escaping_and_decoding_is_a_round_trip(text: str) -> None:
    assert mrkdwn.unescape(mrkdwn.escape(text)) == text


@given(st.text("ab<>&;ltgmp "))
def test_a_text_that_was_escaped_once_is_decoded_once(text: str) -> None:
    assert squeezed(read({"text": escaped(text)}, BOT).text) == squeezed(text)


@given(st.text("<>@!|&;`#UB0T^ab \n\u200b"))
def test_no_text_whatever_is_too_odd_to_be_read(text: str) -> None:
    read({"text": text, "blocks": [{"type": "rich_text", "elements": [{"type": "odd"}]}]}, BOT)
