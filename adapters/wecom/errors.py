"""What can be wrong with a callback; the messages name no secret and no text.

CallbackError
├── BadSignatureError    the signature is missing or wrong, or the callback is too old: 403
├── BadPayloadError      it is not what the protocol says: 400
└── WrongReceiverError   signed and whole, but meant for somebody else: 403
"""

from __future__ import annotations

from bot.errors import QuorumError


class CallbackError(QuorumError):
    """Raised when a callback is none that WeCom sent to us; `status` is the HTTP status that answers it."""

    status = 403


class BadSignatureError(CallbackError):
    """Raised when the signature is missing or wrong, or the time is too far from ours."""


class BadPayloadError(CallbackError):
    """Raised when what came, or stands inside, is not what the protocol says."""

    status = 400


class WrongReceiverError(CallbackError):
    """Raised when the message was meant for another corp, app or bot."""
