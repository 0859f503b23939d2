"""Whatever WeCom may invent is heard without an error, and the ids of two messages never meet."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.wecom.errors import BadPayloadError
from adapters.wecom.hearing import apps, bots
from adapters.wecom.hearing.events import Asked
from adapters.wecom.hearing.posts import plain

KEYS = """msgid msgtype chattype chatid from userid corpid text content mixed msg_item quote event eventtype stream
template_card_event event_key task_id feedback_event type id image file voice url create_time response_url
inaccurate_reason_list"""
SAID = """text image mixed voice event stream group single enter_chat template_card_event feedback_event 1 @B
disconnected_event quorum_feedback:a:1 quorum_escalate:"""
NAMES = st.sampled_from(KEYS.split())
VALUES = st.sampled_from([*SAID.split(), "", "@B hi", "\ud800"])
LEAVES = VALUES | st.text(max_size=6) | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
PAYLOADS = st.dictionaries(
    NAMES,
    st.recursive(
        LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5), max_leaves=9
    ),
    max_size=8,
)


@given(PAYLOADS, st.sampled_from(["", "B"]))
def test_whatever_wecom_invents_for_the_bot_is_heard_without_an_error(payload: dict[str, Any], name: str) -> None:
    heard = bots.classify(json.dumps(payload), name)

    assert bots.told(payload, name).__class__ is heard.__class__
    if isinstance(heard, Asked):
        (heard.id + heard.post.user + heard.post.conversation + heard.text).encode()


TAGS = st.sampled_from(
    [
        "ToUserName",
        "FromUserName",
        "CreateTime",
        "MsgType",
        "MsgId",
        "Content",
        "Event",
        "EventKey",
        "TaskId",
        "MediaId",
    ]
)
WORDS = st.sampled_from(
    ["text", "event", "image", "click", "subscribe", "template_card_event", "帮助", "quorum_x:a", ""]
)


@given(
    st.lists(st.tuples(TAGS, WORDS | st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=9)))
)
def test_whatever_wecom_invents_for_the_app_is_heard_without_an_error(told: list[tuple[str, str]]) -> None:
    inner = "".join(f"<{name}><![CDATA[{value.replace(']]>', '')}]]></{name}>" for name, value in told)
    try:
        heard = apps.classify(f"<xml>{inner}</xml>")
    except BadPayloadError:
        assert any(not character.isprintable() for _, value in told for character in value)
        return
    assert heard.__class__.__name__ in {"Asked", "Commanded", "Entered", "Clicked", "Ignored"}


@given(st.text(max_size=120), st.text(max_size=120))
def test_the_ids_of_two_messages_never_meet(one: str, other: str) -> None:
    one, other = (each.encode("utf-8", "replace").decode() for each in (one, other))

    assert (plain(one) == plain(other)) == (one == other)
    assert len(plain(one)) <= 128
    assert set(plain(one)) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-~")
