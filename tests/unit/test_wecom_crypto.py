"""Callbacks of WeCom are opened only when they are whole, fresh, signed and meant for us, and replies can be opened."""

from __future__ import annotations

import base64
import hashlib
import json
import string
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCipher
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.work.crypto import WeChatCrypto
from wechatpy.work.exceptions import InvalidCorpIdException

from adapters.wecom import crypto
from adapters.wecom.crypto import Crypto, Envelope
from adapters.wecom.errors import BadPayloadError, BadSignatureError, CallbackError, WrongReceiverError
from bot.errors import ConfigurationError

VECTORS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("wecom_vectors.json").read_text("utf-8"))
KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
AT = 1_700_000_000
RECEIVERS = st.sampled_from(["", "wx5823bf96d3bd56c7"])
NONCES = st.text("0123456789abcdef", min_size=1, max_size=20)
TOKENS = st.text(string.ascii_letters + string.digits, min_size=1, max_size=32)
KEYS = st.binary(min_size=32, max_size=32).map(lambda key: base64.b64encode(key).decode().rstrip("="))


def signed(encrypted: str, at: str = str(AT)) -> Envelope:
    parts = sorted(["QDG6eK", at, "n1", encrypted])
    return Envelope(hashlib.sha1("".join(parts).encode()).hexdigest(), at, "n1")  # noqa: S324 - WeCom's signature


def ours(vector: dict[str, Any]) -> Crypto:
    return Crypto(vector["token"], vector["aes_key"], vector["receiver"])


def envelope(vector: dict[str, Any]) -> Envelope:
    return Envelope(vector["signature"], str(vector["at"]), vector["nonce"])


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_every_published_vector_is_opened(vector: dict[str, Any]) -> None:
    message = ours(vector).open(envelope(vector), vector["encrypted"], vector["at"])

    assert vector["message"] in {message, None}
    assert all(word in message for word in vector.get("holds", ()))


@pytest.mark.parametrize("vector", VECTORS[4:5], ids=lambda vector: vector["name"])
def test_the_check_of_our_address_is_opened_even_where_a_plus_was_read_as_a_blank(vector: dict[str, Any]) -> None:
    assert "+" in vector["encrypted"]
    query = {"msg_signature": vector["signature"], "timestamp": str(vector["at"]), "nonce": vector["nonce"]}

    read = crypto.echo({**query, "echostr": vector["encrypted"].replace("+", " ")})

    assert ours(vector).open(Envelope.of(query), read, vector["at"]) == vector["message"]


@pytest.mark.parametrize("vector", [each for each in VECTORS if each["prefix"]], ids=lambda vector: vector["name"])
def test_a_vector_is_sealed_as_it_was(vector: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = iter(vector["prefix"])
    monkeypatch.setattr(crypto.secrets, "choice", lambda _: next(prefix))

    sealed = ours(vector).seal(vector["message"], vector["nonce"], vector["at"])

    assert (sealed.encrypted, sealed.signature) == (vector["encrypted"], vector["signature"])


@given(message=st.text(max_size=300), key=KEYS, token=TOKENS, receiver=RECEIVERS, nonce=NONCES)
def test_wechatpy_opens_what_we_seal(message: str, key: str, token: str, receiver: str, nonce: str) -> None:
    sealed = Crypto(token, key, receiver).seal(message, nonce, AT)
    theirs = WeChatCrypto(token, key, receiver)

    assert theirs.decrypt_message(sealed.xml(), sealed.signature, str(AT), nonce) == message
    assert theirs.check_signature(sealed.signature, str(AT), nonce, sealed.encrypted) == message


@given(message=st.text(min_size=1, max_size=300), key=KEYS, token=TOKENS, receiver=RECEIVERS, nonce=NONCES)
def test_we_open_what_wechatpy_seals(message: str, key: str, token: str, receiver: str, nonce: str) -> None:
    sealed = ET.fromstring(WeChatCrypto(token, key, receiver).encrypt_message(message, nonce, str(AT)))  # noqa: S314 - our own
    theirs = Envelope(str(sealed.findtext("MsgSignature")), str(AT), nonce)

    assert Crypto(token, key, receiver).open(theirs, str(sealed.findtext("Encrypt")), AT) == message


@given(message=st.text(max_size=60), place=st.integers(0), letter=st.sampled_from("0Aa+/="), nonce=NONCES)
def test_what_was_changed_after_it_was_sealed_is_refused_by_both(
    message: str, place: int, letter: str, nonce: str
) -> None:
    sealed = Crypto("QDG6eK", KEY).seal(message, nonce, AT)
    at = place % len(sealed.encrypted)
    changed = sealed.encrypted[:at] + letter + sealed.encrypted[at + 1 :]

    if changed != sealed.encrypted:
        with pytest.raises(InvalidSignatureException):
            WeChatCrypto("QDG6eK", KEY, "").check_signature(sealed.signature, str(AT), nonce, changed)
        with pytest.raises(BadSignatureError):
            Crypto("QDG6eK", KEY).open(Envelope(sealed.signature, str(AT), nonce), changed, AT)


@given(message=st.text(max_size=60), ours=RECEIVERS, theirs=RECEIVERS, nonce=NONCES)
def test_what_is_for_somebody_else_is_refused_by_both(message: str, ours: str, theirs: str, nonce: str) -> None:
    sealed = Crypto("QDG6eK", KEY, ours).seal(message, nonce, AT)

    if ours != theirs:
        with pytest.raises(InvalidCorpIdException):
            WeChatCrypto("QDG6eK", KEY, theirs).decrypt_message(sealed.xml(), sealed.signature, str(AT), nonce)
        with pytest.raises(WrongReceiverError):
            Crypto("QDG6eK", KEY, theirs).open(Envelope(sealed.signature, str(AT), nonce), sealed.encrypted, AT)


def test_a_reply_of_an_ai_bot_is_json_with_its_own_names() -> None:
    reply = json.loads(Crypto("QDG6eK", KEY).seal("{}", "n1", AT).json())

    assert set(reply) == {"encrypt", "msgsignature", "timestamp", "nonce"}
    assert (reply["timestamp"], reply["nonce"]) == (AT, "n1")
    assert Crypto("QDG6eK", KEY).open(Envelope(reply["msgsignature"], str(AT), "n1"), reply["encrypt"], AT) == "{}"


@pytest.mark.parametrize("place", [0, 20, 39])
def test_a_signature_with_one_letter_changed_is_refused(place: int) -> None:
    vector = VECTORS[0]
    right = vector["signature"]
    wrong = right[:place] + ("0" if right[place] != "0" else "1") + right[place + 1 :]

    with pytest.raises(BadSignatureError):
        ours(vector).open(Envelope(wrong, str(vector["at"]), vector["nonce"]), vector["encrypted"], vector["at"])


@pytest.mark.parametrize("signature", ["", "é" * 40, "\ud800", "A" * 40])
def test_a_missing_or_odd_signature_is_refused(signature: str) -> None:
    with pytest.raises(BadSignatureError):
        Crypto("QDG6eK", KEY).open(Envelope(signature, str(AT), "n1"), "AAAA", AT)


def test_names_missing_in_the_query_make_a_wrong_signature() -> None:
    with pytest.raises(BadSignatureError):
        Crypto("QDG6eK", KEY).open(Envelope.of({}), "AAAA", AT)


@pytest.mark.parametrize("late", [-601, 601, 10**9])
def test_a_replay_from_more_than_ten_minutes_away_is_refused(late: int) -> None:
    vector = VECTORS[0]

    with pytest.raises(BadSignatureError, match="time"):
        ours(vector).open(envelope(vector), vector["encrypted"], vector["at"] + late)


@pytest.mark.parametrize("late", [-600, 0, 600])
def test_within_ten_minutes_a_callback_is_taken(late: int) -> None:
    vector = VECTORS[0]

    assert ours(vector).open(envelope(vector), vector["encrypted"], vector["at"] + late) == vector["message"]


@pytest.mark.parametrize("at", ["", "now", "-1", "1e9", "１７０００００００００", "9" * 5000, f" {AT}"])
def test_a_time_that_is_no_plain_number_is_refused(at: str) -> None:
    with pytest.raises(BadSignatureError, match="time"):
        Crypto("QDG6eK", KEY).open(signed("AAAA", at=at), "AAAA", AT)


@pytest.mark.parametrize("receiver", ["", "wx5823bf96d3bd56c8", "WX5823BF96D3BD56C7"])
def test_a_callback_for_another_receiver_is_refused(receiver: str) -> None:
    vector = VECTORS[0]

    with pytest.raises(WrongReceiverError):
        Crypto(vector["token"], KEY, receiver).open(envelope(vector), vector["encrypted"], vector["at"])


@pytest.mark.parametrize(
    "encrypted", ["", "AAAA", "!!!!", "QUFBQUFBQUFBQUFBQUFBQQ==", VECTORS[0]["encrypted"][:-4], "é", "\ud800", "A" * 43]
)
def test_garbage_with_a_right_signature_is_a_bad_payload(encrypted: str) -> None:
    with pytest.raises(BadPayloadError):
        Crypto("QDG6eK", KEY).open(signed(encrypted.encode("utf-8", "replace").decode()), encrypted, AT)


def sealed_by_hand(framed: bytes) -> str:
    return base64.b64encode(WeChatCipher(crypto.key(KEY)).encrypt(framed)).decode()


@pytest.mark.parametrize(
    "framed",
    [
        b"r" * 16 + b"\0\0\0\1x" + b"\x0a" * 11,
        b"r" * 31 + b"\x00",
        b"r" * 31 + b"\x21",
        b"r" * 30 + b"\x03\x02",
        b"\x20" * 32,
        b"\x10" * 16,
        b"r" * 16 + b"\0\0\0\xffx" + b"\x0b" * 11,
        b"r" * 16 + b"\xff\xff\xff\xffx" + b"\x0b" * 11,
        b"r" * 16 + b"\0\0\0\x02\xff\xfe" + b"\x0a" * 10,
    ],
)
def test_padding_length_and_text_are_checked(framed: bytes) -> None:
    encrypted = sealed_by_hand(framed)

    with pytest.raises(CallbackError):
        Crypto("QDG6eK", KEY).open(signed(encrypted), encrypted, AT)


@given(st.binary(max_size=200))
def test_whatever_is_signed_and_encrypted_no_other_error_comes_out(content: bytes) -> None:
    encrypted = sealed_by_hand(content + b"\0" * (-len(content) % 16))

    with pytest.raises(CallbackError) as caught:
        Crypto("QDG6eK", KEY, "nobody").open(signed(encrypted), encrypted, AT)

    assert caught.value.status in {400, 403}


@given(st.text(max_size=80), st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_whatever_anybody_sends_is_refused_as_forged(encrypted: str, signature: str, at: str, nonce: str) -> None:
    with pytest.raises(BadSignatureError):
        Crypto("QDG6eK", KEY).open(Envelope(signature, at, nonce), encrypted, AT)


@pytest.mark.parametrize("wrong", ["", KEY[:-1], KEY + "A", "?" * 43, "é" * 43])
def test_a_key_that_cannot_be_one_is_an_error_at_the_start(wrong: str) -> None:
    with pytest.raises(ConfigurationError, match="43"):
        Crypto("QDG6eK", wrong)


def test_an_empty_token_is_an_error_at_the_start() -> None:
    with pytest.raises(ConfigurationError, match="empty"):
        Crypto("", KEY)


@pytest.mark.parametrize(
    ("encrypted", "content"),
    [
        (
            "VbFCALWxEdQadAqB1tEahK6vT09aMH3WI3AJbfPpat2uLUH1T/8vELg41NFwSC24Un8D2kLLISG/r2vlzEj9FA==",
            "ERROR: 磁盘已满\n" * 3,
        ),
        ("93a+U1xWq7V+1VfBBvm4RcpDhate32P9TmAkBSqFT5OLYwUBZUrTWsYFgZkfMh6a2QZeajy0rDALSUCp5U/G8Q==", "x" * 32),
    ],
)
def test_a_file_is_decrypted_with_all_32_bytes_of_padding(encrypted: str, content: str) -> None:
    assert crypto.media(base64.b64decode(encrypted), crypto.key(KEY)) == content.encode()


@pytest.mark.parametrize("content", [b"", b"short", b"A" * 32])
def test_a_file_that_was_cut_or_is_another_is_refused(content: bytes) -> None:
    with pytest.raises(BadPayloadError):
        crypto.media(content, crypto.key(KEY))
