"""WeCom's XML and JSON are taken apart whatever they are, and what nobody should read is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.wecom.errors import BadPayloadError
from adapters.wecom.hearing import frames
from adapters.wecom.hearing.payloads import (
    DEEPEST,
    LARGEST,
    elements,
    encrypted_json,
    encrypted_xml,
    fields,
    inside,
    items,
    seconds,
    word,
)

BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><xml><Content>&b;</Content></xml>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Content>&a;</Content></xml>'


def test_texts_are_found_by_their_paths() -> None:
    found = elements("<xml><A><![CDATA[a < b]]> &amp; c</A><L><I>1</I><I>2</I></L><E/></xml>")

    assert (found["A"], found["L/I"], found["E"]) == ("a < b & c", "1", "")


@pytest.mark.parametrize("text", [BOMB, OUTSIDE, "<!DOCTYPE xml><xml/>", "<?xml version='1.0'?><!DOCTYPE x []><xml/>"])
def test_a_doctype_is_refused(text: str) -> None:
    with pytest.raises(BadPayloadError, match="DOCTYPE"):
        elements(text)


def test_a_doctype_that_somebody_pastes_into_a_message_is_text() -> None:
    assert elements("<xml><Content><![CDATA[<!DOCTYPE html> why?]]></Content></xml>")["Content"].startswith("<!DOCTYPE")


@pytest.mark.parametrize(
    "text", ["", "x", "<xml>", "<xml>&a;</xml>", "<xml>\0</xml>", "<a/><b/>", "<xml><A></xml>", "<x:xml/", "\ud800"]
)
def test_what_is_no_xml_is_refused(text: str) -> None:
    with pytest.raises(BadPayloadError):
        elements(text)


def test_deeply_nested_xml_is_refused() -> None:
    with pytest.raises(BadPayloadError, match="deeper"):
        elements("<xml>" + "<a>" * 100_000)


@pytest.mark.parametrize("text", ["", "[]", "1", "null", '"a"', "{", "[" * 100_000, '{"a":' * 100_000, "1" * 5000])
def test_what_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises(BadPayloadError):
        fields(text)


def test_json_is_read_down_to_a_depth_that_nothing_of_ours_stumbles_over() -> None:
    nested = ['{"a":' * depth + "1" + "}" * depth for depth in (DEEPEST - 1, DEEPEST + 1, 980)]

    assert inside(fields(nested[0]), *"a" * (DEEPEST - 1)) == 1
    for text in nested[1:]:
        with pytest.raises(BadPayloadError, match="deep"):
            fields(text)


def test_an_encrypted_text_is_found_in_either_body() -> None:
    assert encrypted_xml(b"<xml><ToUserName>c</ToUserName><Encrypt><![CDATA[abc=]]></Encrypt></xml>") == "abc="
    assert encrypted_json(b'{"encrypt":"abc="}') == "abc="


@pytest.mark.parametrize("body", [b"", b"\xff", b"<xml/>", b"{}", b'{"encrypt":{}}', b" " * (LARGEST + 1)])
def test_a_body_that_carries_nothing_is_refused(body: bytes) -> None:
    for read in (encrypted_xml, encrypted_json):
        with pytest.raises(BadPayloadError):
            read(body)


@given(st.binary(max_size=300))
def test_whatever_the_body_is_no_other_error_comes_out(body: bytes) -> None:
    for read in (encrypted_xml, encrypted_json):
        with pytest.raises(BadPayloadError):
            read(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_whatever_stands_at_a_path_is_a_text_fit_for_every_store(node: object) -> None:
    word(node, "a", "b").encode()
    items(node, "a")
    inside(node, "a", "b", "c")


def test_numbers_are_texts_and_lone_surrogates_are_none() -> None:
    node = json.loads('{"n": 12, "t": true, "s": "a\\ud800"}')

    assert [word(node, name) for name in ("n", "t", "s", "missing")] == ["12", "", "a?", ""]


@pytest.mark.parametrize(
    ("text", "time"), [("1700000000", 1.7e9), ("", 0.0), ("-1", 0.0), ("1" * 30, 0.0), ("１", 0.0)]
)
def test_a_time_is_a_plain_number(text: str, time: float) -> None:
    assert seconds(text) == time


def test_a_frame_is_a_command_or_an_acknowledgement() -> None:
    told = frames.read('{"cmd":"aibot_msg_callback","headers":{"req_id":"R"},"body":{"msgtype":"text"}}')
    acknowledged = frames.read('{"headers":{"req_id":"R"},"errcode":846609,"errmsg":"not subscribed"}')

    assert (told.command, told.request, told.body["msgtype"]) == (frames.MESSAGE, "R", "text")
    assert (acknowledged.is_acknowledgement, acknowledged.code) == (True, 846609)
    assert frames.read('{"headers":[],"body":[],"errcode":"x"}').code == -1
