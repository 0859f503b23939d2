"""Opens what WeCom's callbacks carry, and seals our replies to them, in XML and JSON.

wechatpy brings cipher, padding and signature; what it leaves unchecked is checked here: the signature in constant time
and first, freshness, padding, length, receiver (developer.work.weixin.qq.com/document/path/90968 and 101033).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
import string
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wechatpy.crypto import WeChatCipher
from wechatpy.crypto.pkcs7 import PKCS7Encoder
from wechatpy.utils import WeChatSigner

from adapters.wecom.errors import BadPayloadError, BadSignatureError, WrongReceiverError
from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

FRESH_S = 600
"""How far a callback's time may be from ours, either way; no shorter, since repeated deliveries may keep their time."""

KEY_LENGTH = 43
PREFIX, LENGTH, BLOCK = 16, 4, 32
"""Bytes of random prefix and of the length before a message, and of the padding's block; the cipher's own is half."""

_ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands in the query of a callback; `at` is the time that its sender claims, as it was signed."""

    signature: str
    at: str
    nonce: str

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Envelope:
        """Read the query of a callback, in which names may be missing."""
        return cls(query.get("msg_signature", ""), query.get("timestamp", ""), query.get("nonce", ""))


def echo(query: Mapping[str, str]) -> str:
    """Return the encrypted text that the check of our address sends; a `+` that was read as a blank is one again."""
    return query.get("echostr", "").replace(" ", "+")


class Crypto:
    """Opens and seals the callbacks of one app or bot; any number of threads may use it at once."""

    def __init__(self, token: str, aes_key: str, receiver: str = "") -> None:
        """Take the callback's token and EncodingAESKey; `receiver` is the corp's id, and empty for an AI bot.

        Raises `ConfigurationError` for a token or key that cannot be one.
        """
        if not token:
            message = "The callback's token is empty: anybody could sign for it. Copy it from WeCom's admin console."
            raise ConfigurationError(message)
        self._token = token
        self._key = key(aes_key)
        self._receiver = receiver.encode()

    def open(self, envelope: Envelope, encrypted: str, now: float) -> str:
        """Return the message of a callback that reached us at `now`, in Unix time; raises a `CallbackError`."""
        signature = self._signature(envelope.at, envelope.nonce, encrypted)
        if not hmac.compare_digest(signature.encode(), envelope.signature.encode("utf-8", "replace")):
            message = "The signature of a callback is missing or wrong."
            raise BadSignatureError(message)
        _check_fresh(envelope.at, now)
        padded = _decrypted(self._key, encrypted)
        return self._message(unpadded(padded)[PREFIX:])

    def seal(self, message: str, nonce: str, at: int) -> Sealed:
        """Return a reply that WeCom can open; `nonce` is the callback's own, `at` is Unix time in seconds."""
        body = message.encode()
        prefix = "".join(secrets.choice(_ALPHABET) for _ in range(PREFIX)).encode()
        framed = prefix + len(body).to_bytes(LENGTH, "big") + body + self._receiver
        cipher = WeChatCipher(self._key)
        encrypted = base64.b64encode(cipher.encrypt(PKCS7Encoder.encode(framed))).decode()
        return Sealed(encrypted, self._signature(str(at), nonce, encrypted), at, nonce)

    def _signature(self, *signed: str) -> str:
        signer = WeChatSigner()
        signer.add_data(self._token, *(each.encode("utf-8", "replace") for each in signed))
        return str(signer.signature)

    def _message(self, framed: bytes) -> str:
        length = int.from_bytes(framed[:LENGTH], "big")
        body, receiver = framed[LENGTH : LENGTH + length], framed[LENGTH + length :]
        if len(framed) < LENGTH or len(body) < length:
            message = "A callback is shorter than it says."
            raise BadPayloadError(message)
        if not hmac.compare_digest(receiver, self._receiver):
            message = "A callback was meant for another receiver: is the corp id of this app the one that is set?"
            raise WrongReceiverError(message)
        try:
            return body.decode()
        except UnicodeDecodeError:
            message = "A callback's message is not UTF-8."
            raise BadPayloadError(message) from None


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted reply and what is signed with it."""

    encrypted: str = field(repr=False)
    signature: str
    at: int
    nonce: str

    def xml(self) -> str:
        """Return the reply as a self-built app's callback wants it."""
        return (
            f"<xml><Encrypt>{_cdata(self.encrypted)}</Encrypt><MsgSignature>{_cdata(self.signature)}</MsgSignature>"
            f"<TimeStamp>{self.at}</TimeStamp><Nonce>{_cdata(self.nonce)}</Nonce></xml>"
        )

    def json(self) -> str:
        """Return the reply as an AI bot's callback wants it."""
        names = ("encrypt", "msgsignature", "timestamp", "nonce")
        return json.dumps(dict(zip(names, (self.encrypted, self.signature, self.at, self.nonce), strict=True)))


def key(aes_key: str) -> bytes:
    """Decode an EncodingAESKey; raises `ConfigurationError` for one that has not its 43 letters and digits."""
    try:
        decoded = base64.b64decode(f"{aes_key}=", validate=True) if len(aes_key) == KEY_LENGTH else b""
    except (binascii.Error, ValueError):
        decoded = b""
    if not decoded:
        message = (
            f"An EncodingAESKey has {KEY_LENGTH} letters and digits; the one that is set has {len(aes_key)} characters"
            " or others among them. Copy it from WeCom's admin console."
        )
        raise ConfigurationError(message)
    return decoded


def media(content: bytes, key: bytes) -> bytes:
    """Decrypt a file or picture that somebody sent to the AI bot; raises `BadPayloadError`."""
    return unpadded(_deciphered(key, content))


def unpadded(padded: bytes) -> bytes:
    """Take the padding off, which is 1 to 32 bytes, each of which is their number; raises `BadPayloadError`."""
    count = padded[-1] if padded else 0
    if not 1 <= count <= min(BLOCK, len(padded)) or padded[-count:] != bytes([count]) * count:
        message = "What was decrypted has no padding that the protocol knows: is the EncodingAESKey the right one?"
        raise BadPayloadError(message)
    return padded[:-count]


def _check_fresh(at: str, now: float) -> None:
    """Refuse a time that is no plain number, or too far from ours."""
    if not (at.isascii() and at.isdigit() and len(at) <= len("99999999999") and abs(int(at) - now) <= FRESH_S):
        message = "A callback's time is too far from ours: it may be a replay, or a clock is wrong."
        raise BadSignatureError(message)


def _decrypted(key: bytes, encrypted: str) -> bytes:
    try:
        content = base64.b64decode(encrypted, validate=True)
    except (binascii.Error, ValueError):
        content = b""
    return _deciphered(key, content)


def _deciphered(key: bytes, content: bytes) -> bytes:
    if not content or len(content) % (BLOCK // 2):
        message = "What is encrypted is not base64, or not of whole blocks."
        raise BadPayloadError(message)
    return bytes(WeChatCipher(key).decrypt(content))


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"
