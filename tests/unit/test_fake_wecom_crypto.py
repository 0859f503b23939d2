"""The fake WeCom's encryption: the published vectors, those made for the AI bot, and what must be refused."""

from __future__ import annotations

import base64
import hashlib
from typing import NamedTuple

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.work.crypto import WeChatCrypto

from tests.fakes.wecom.crypto import ForgedError, Seal, key_of, locked, signature, unlocked

SAMPLE = Seal("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7")
OLDER = Seal("hJqcu3uJ9Tn2gXPmxx2w9kkCkCE2EPYo", "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt", "ww1436e0e65a779aee")
LIBRARY = Seal("123456", "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR", "wx49f0ab532d5d035a")
BOT = Seal(SAMPLE.token, SAMPLE.aes_key)


class Vector(NamedTuple):
    """A ciphertext with its signature, and what a person wrote in it."""

    seal: Seal
    timestamp: str
    nonce: str
    encrypted: str
    signed: str
    part: str


VECTORS = {
    "V1": Vector(
        SAMPLE,
        "1409659589",
        "263014780",
        "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==",
        "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
        "1616140317555161061",
    ),
    "V2": Vector(
        SAMPLE,
        "1409659813",
        "1372623149",
        "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvu"
        "JTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwG"
        "c2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9"
        "EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0"
        "lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q==",
        "477715d11cdb4164915debcba66cb864d751f3e6",
        "<Content><![CDATA[hello]]></Content>",
    ),
    "V3": Vector(
        OLDER,
        "1476416373",
        "47744683",
        "fsi1xnbH4yQh0+PJxcOdhhK6TDXkjMyhEPA7xB2TGz6b+g7xyAbEkRxN/3cNXW9qdqjnoVzEtpbhnFyq6SVHyA==",
        "012bc692d0a58dd4b10f8dfe5c4ac00ae211ebeb",
        "1288432023552776189",
    ),
    "V4": Vector(
        OLDER,
        "1476422779",
        "1597212914",
        "Kl7kjoSf6DMD1zh7rtrHjFaDapSCkaOnwu3bqLc5tAybhhMl9pFeK8NslNPVdMwmBQTNoW4mY7AIjeLvEl3NyeTkAgGzBhzTtRLNshw2AEew"
        "+kkYcD+Fq72Kt00fT0WnN87hGrW8SqGc+NcT3mu87Ha3dz1pSDi6GaUA6A0sqfde0VJPQbZ9U+3JWcoD4Z5jaU0y9GSh010wsHF8KZD24Yhm"
        "ZH4ch4Ka7ilEbjbfvhKkNL65HHL0J6EYJIZUC2pFrdkJ7MhmEbU2qARR4iQHE7wy24qy0cRX3Mfp6iELcDNfSsPGjUQVDGxQDCWjayJOpcwo"
        "cugux082f49HKYg84EpHSGXAyh+/oxwaWbvL6aSDPOYuPDGOCI8jmnKiypE+",
        "0c3914025cb4b4d68103f6bfc8db550f79dcf48e",
        "<Content>你好</Content>",
    ),
    "V5": Vector(
        LIBRARY,
        "1411443780",
        "437374425",
        "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q==",
        "dd6b9c95b495b3f7e2901bfbc76c664930ffdb96",
        "5927782489442352469",
    ),
    "A1": Vector(
        BOT,
        "1700000000",
        "1372623149",
        "sKqRbbiSUnDhFHOvPjtUMYguiPf6drkqceuHPwGP2gBDicNOLt7MTzPDuNhUKAJfvf9wBrjDLMc+aJ2+E1Q7lg==",
        "0e95aaced62d825f1cea2e7ce370bfbd58e7735d",
        "5927782489442352469",
    ),
    "A3": Vector(
        BOT,
        "1700000001",
        "1372623150",
        "scE5Nsr0RIJJ/DKvYCBJPl3mQzGhSuzZVYM3wYbsGnNm5t88jTdFn5jVd8Yj9dCrfbEpjwuKu1HHUDMO8IcpySimRMCxEsFkbmSfFpOuS43c"
        "tIkZK8zaeCBVse1olQwl4SL+8sQ7EN9nVUQtTVWQMqxcgI9FoM81jQm0eJI4QrU=",
        "d7985cb86d6ab448dcbb6e66d94ba5d5022dea03",
        '{"msgtype":"stream","stream":{"id":"s1","finish":false,"content":"正在检索…"}}',
    ),
}
V6 = (
    "9s4gMv99m88kKTh/H8IdkOiMg6bisoy3ypwy9H4hvSPe9nsGaqyw5hhSjdYbcrKk+j3nba4HMOTzHrluLBYqxgNcBqGsL8GqxlhZgURnAtObvesE"
    "l5nZ+uBE8bviY0LWke8Zy9V/QYKxNV2FqllNXcfmstttyIkMKCCmVbCFM2JTF5wY0nFhHZSjPUL2Q1qvSUCUld+/WIXrx0oyKQmpB6o8NRrrNrsD"
    "f03oxI1p9FxUgMnwKKZeOA/uu+2IEvEBtb7muXsVbwbgX05UPPJvFurDXafG0RQyPR+mf1nDnAtQmmNOuiR5MIkdQ39xn1vWwi1O5oazPoQJz0nT"
    "YjxxEE8kv3kFxtAGVRe3ypD3WeK2XeFYFMNMpatF9XiKzHo3"
)
V6_TEXT = (
    "<xml>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[test]]></Content>\n"
    "<FromUserName><![CDATA[wx49f0ab532d5d035a]]></FromUserName>\n<ToUserName><![CDATA[messense]]></ToUserName>\n"
    "<AgentID>1</AgentID>\n<CreateTime>1411525903</CreateTime>\n</xml>"
)


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_a_vector_is_opened(vector: Vector) -> None:
    assert vector.part in vector.seal.opened(vector.signed, vector.timestamp, vector.nonce, vector.encrypted)


def test_encryption_is_that_of_the_vector() -> None:
    encrypted = LIBRARY.encrypt(V6_TEXT, b"1234567890123456")

    assert encrypted == V6
    assert LIBRARY.sign("1411525903", "461056294", encrypted) == "407518b7649e86ef23978113f92d27afa9296533"


@pytest.mark.parametrize(("name", "random"), [("A1", b"0123456789abcdef"), ("A3", b"AAAABBBBCCCCDDDD")])
def test_an_ai_bots_messages_are_for_nobody_by_name(name: str, random: bytes) -> None:
    assert BOT.encrypt(VECTORS[name].part, random) == VECTORS[name].encrypted


def test_media_are_unlocked_with_padding_of_up_to_32() -> None:
    key = key_of(SAMPLE.aes_key)
    text = "ERROR: 磁盘已满\n".encode() * 3
    short = "VbFCALWxEdQadAqB1tEahK6vT09aMH3WI3AJbfPpat2uLUH1T/8vELg41NFwSC24Un8D2kLLISG/r2vlzEj9FA=="
    whole = "93a+U1xWq7V+1VfBBvm4RcpDhate32P9TmAkBSqFT5OLYwUBZUrTWsYFgZkfMh6a2QZeajy0rDALSUCp5U/G8Q=="

    assert hashlib.md5(text).hexdigest() == "a1616731a0cd981e3c1239ee6cfc6038"  # noqa: S324 - the vector's own
    assert base64.b64encode(locked(text, key)).decode() == short
    assert unlocked(base64.b64decode(whole), key) == b"x" * 32


@pytest.mark.parametrize("encrypted", ["", "AAAA", "!!!!", "QUFBQUFBQUFBQUFBQUFBQQ==", VECTORS["V1"].encrypted[:-4]])
def test_rubbish_with_a_right_signature_is_refused(encrypted: str) -> None:
    with pytest.raises(ForgedError):
        SAMPLE.opened(SAMPLE.sign("1", "2", encrypted), "1", "2", encrypted)


def test_a_wrong_signature_and_a_message_for_somebody_else_are_refused() -> None:
    vector = VECTORS["V1"]
    with pytest.raises(ForgedError, match="signature"):
        SAMPLE.opened("4" + vector.signed[1:], vector.timestamp, vector.nonce, vector.encrypted)
    with pytest.raises(ForgedError, match="somebody else"):
        BOT.opened(vector.signed, vector.timestamp, vector.nonce, vector.encrypted)


def test_padding_must_be_whole_and_even() -> None:
    key = key_of(SAMPLE.aes_key)
    for padding in (0, 33):
        plain = b"x" * 63 + bytes([padding])
        with pytest.raises(ForgedError, match="padding"):
            unlocked(locked(plain, key)[:64], key)
    with pytest.raises(ForgedError, match="padding"):
        unlocked(locked(b"x" * 62 + b"\x01\x02", key)[:64], key)


def test_a_key_of_another_length_is_none() -> None:
    with pytest.raises(ValueError, match="43"):
        key_of("short")


@given(st.text(max_size=300).filter(str.strip), st.sampled_from(["", "ww1"]), st.integers(1, 2**31))
def test_wechatpy_reads_what_the_fake_seals_and_the_other_way_round(text: str, receiver: str, number: int) -> None:
    seal, theirs = Seal("token", SAMPLE.aes_key, receiver), WeChatCrypto("token", SAMPLE.aes_key, receiver)
    encrypted, when, nonce = seal.encrypt(text), str(number), str(number + 1)
    read = theirs.decrypt_message({"Encrypt": encrypted}, seal.sign(when, nonce, encrypted), when, nonce)
    reply = xmltodict.parse(theirs.encrypt_message(text, nonce, when))["xml"]

    assert read == text
    assert seal.opened(reply["MsgSignature"], reply["TimeStamp"], reply["Nonce"], reply["Encrypt"]) == text


@given(st.text(max_size=300), st.sampled_from(["", "ww1", "corp"]))
def test_whatever_is_sealed_is_opened(text: str, receiver: str) -> None:
    seal = Seal("token", SAMPLE.aes_key, receiver)
    encrypted = seal.encrypt(text)

    assert seal.opened(signature("token", "1", "2", encrypted), "1", "2", encrypted) == text
