"""WeCom's own encryption, written from its specification and nothing else, so that it can check another one."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import struct
from dataclasses import dataclass
from typing import NoReturn

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
"""Padding goes to multiples of 32 bytes, although AES has blocks of 16."""
RANDOM = 16
KEY = 32
KEY_LETTERS = 43


class ForgedError(Exception):
    """Something that was not encrypted or signed with our key and for us; the message says what is wrong with it."""


def forged(what: str, cause: Exception | None = None) -> NoReturn:
    """Refuse something."""
    raise ForgedError(what) from cause


def key_of(encoded: str) -> bytes:
    """Return the 32 bytes behind an EncodingAESKey of 43 letters."""
    if len(encoded) != KEY_LETTERS:
        message = f"an EncodingAESKey has {KEY_LETTERS} letters"
        raise ValueError(message)
    return base64.b64decode(encoded + "=", validate=True)


def signature(token: str, timestamp: str, nonce: str, encrypted: str) -> str:
    """Sign a ciphertext: SHA-1 of the four parts, sorted and joined."""
    parts = sorted([token, timestamp, nonce, encrypted])
    return hashlib.sha1("".join(parts).encode()).hexdigest()  # noqa: S324 - the platform's choice


def locked(content: bytes, key: bytes) -> bytes:
    """Encrypt bytes as a medium is: AES-256-CBC, the key's first half as the initial vector, padded to 32."""
    padding = BLOCK - len(content) % BLOCK
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return encryptor.update(content + bytes([padding]) * padding) + encryptor.finalize()


def unlocked(content: bytes, key: bytes) -> bytes:
    """Return what `locked` was given; ForgedError where the length or the padding is wrong."""
    if not content or len(content) % 16:
        forged("a ciphertext of whole blocks was expected")
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = decryptor.update(content) + decryptor.finalize()
    padding = plain[-1]
    if not 1 <= padding <= BLOCK or plain[-padding:] != bytes([padding]) * padding:
        forged("the padding is wrong")
    return plain[:-padding]


@dataclass(frozen=True)
class Seal:
    """The secrets of one callback; `receiver` is the corp's id for an app, and empty for an AI bot."""

    token: str
    aes_key: str
    receiver: str = ""

    def encrypt(self, text: str, random: bytes = b"") -> str:
        """Encrypt a message, with 16 random bytes in front unless they are given."""
        body = text.encode()
        whole = (random or os.urandom(RANDOM)) + struct.pack(">I", len(body)) + body + self.receiver.encode()
        return base64.b64encode(locked(whole, key_of(self.aes_key))).decode()

    def decrypt(self, encrypted: str) -> str:
        """Return a message; ForgedError for anything but one of ours."""
        try:
            plain = unlocked(base64.b64decode(encrypted, validate=True), key_of(self.aes_key))
            length = struct.unpack(">I", plain[RANDOM : RANDOM + 4])[0]
            body, receiver = plain[RANDOM + 4 :][:length], plain[RANDOM + 4 + length :]
            text = body.decode()
        except (binascii.Error, struct.error, UnicodeDecodeError, ValueError) as exc:
            forged(f"not a message: {exc}", exc)
        if len(body) != length or receiver != self.receiver.encode():
            forged("cut short, or for somebody else")
        return text

    def sign(self, timestamp: str, nonce: str, encrypted: str) -> str:
        """Sign a ciphertext."""
        return signature(self.token, timestamp, nonce, encrypted)

    def opened(self, signed: str, timestamp: str, nonce: str, encrypted: str) -> str:
        """Return a message whose signature is right; ForgedError otherwise."""
        if not hmac.compare_digest(self.sign(timestamp, nonce, encrypted).encode(), signed.encode()):
            forged("the signature is wrong")
        return self.decrypt(encrypted)
