"""Every error that Quorum raises on purpose.

QuorumError                     said to the operator; people get a plain sentence with a reference instead
├── ConfigurationError          a setting is wrong: exit status 2
│   └── MissingExtraError       a library is not installed; names the exact command
├── InputError                  what the user gave cannot be used: exit status 2
├── FileRefusedError            one file cannot be indexed; carries the reason for the report
├── IndexUnavailableError       the index cannot be reached just now            (retryable)
├── IndexDamagedError           the index exists and cannot be read
├── EmbedderMismatchError       the index was made with another embedder
├── StorageFullError            disk or memory is full; what was kept stays      (retryable)
├── StoreUnavailableError       the store or the ledger cannot be reached       (retryable)
├── ModelUnavailableError       the model server is down, slow or busy          (retryable)
├── ModelRejectedError          the model server refused the request (4xx)
├── ModelReplyError             the model server's reply is not what the protocol says (retryable)
├── MessengerUnavailableError   the platform cannot be reached just now         (retryable)
│   └── MessengerBusyError      the platform took nothing and says when it will (retryable)
├── MessengerRefusedError       the platform will never take this
├── PayloadError                what came out of the queue is no question
├── PostponedError              the payload is wanted again, later              (retryable)
├── TookTooLongError            the question took longer than its task may     (retryable)
├── QueueUnavailableError       the queue cannot be reached or is full          (retryable)
└── QueueClosedError            the dispatcher takes no more work

`retryable` decides whether the payload is handled again, `delay_s` how much later; both queue engines obey them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.types import Reason


class QuorumError(Exception):
    """Raised when Quorum cannot do what was asked; the message says what happened and what to do next."""

    retryable = False
    delay_s = 1.0
    exit_status = 1


class ConfigurationError(QuorumError):
    """Raised when a setting or a command's argument is wrong or unknown."""

    exit_status = 2


class MissingExtraError(ConfigurationError):
    """Raised when an optional library is needed that is not installed."""

    def __init__(self, library: str, extra: str) -> None:
        """Name the library and the extra of this distribution that brings it."""
        super().__init__(
            f"{library!r} is not installed. Install it with: pip install 'quorum-kb[{extra}]' "
            f"(in a checkout: .venv/bin/pip install -c constraints.txt -e '.[{extra}]')"
        )


class InputError(QuorumError):
    """Raised when the user's input (a batch line, a question, a path) cannot be used."""

    exit_status = 2


class FileRefusedError(QuorumError):
    """Raised when one file cannot be indexed; the report shows `reason` and the message."""

    def __init__(self, reason: Reason, detail: str) -> None:
        """Carry the closed reason beside the sentence for people."""
        super().__init__(detail)
        self.reason: Reason = reason


class IndexUnavailableError(QuorumError):
    """Raised when the index cannot be reached just now."""

    retryable = True


class IndexDamagedError(QuorumError):
    """Raised when the index exists but cannot be read."""


class EmbedderMismatchError(QuorumError):
    """Raised when an index was made with another embedder than the one that is set."""

    exit_status = 2

    def __init__(self, index: str, made_with: str, wanted: str, other_way: str = "") -> None:
        """Name both embedders and the two ways out; `other_way` replaces the one that every index has."""
        super().__init__(
            f"The index {index!r} was made with the embedder {made_with!r}, but {wanted!r} is set. "
            f"Set QUORUM_EMBEDDER={made_with}, or {other_way or 'set QUORUM_INDEX to a new place and ingest again'}."
        )


class StorageFullError(QuorumError):
    """Raised when a disk, or Redis's memory, is full; what was committed before stays readable."""

    retryable = True


class StoreUnavailableError(QuorumError):
    """Raised when the store or the ledger cannot be reached just now."""

    retryable = True


class ModelUnavailableError(QuorumError):
    """Raised when the model server is down, too slow, or asks to be left alone for a while."""

    retryable = True


class ModelRejectedError(QuorumError):
    """Raised when the model server refuses the request itself; asking again would not help."""


class ModelReplyError(QuorumError):
    """Raised when the model server's reply is not what its protocol promises."""

    retryable = True


class MessengerUnavailableError(QuorumError):
    """Raised when a platform cannot be reached or refuses for the moment; what was asked of it may have been done."""

    retryable = True


class MessengerBusyError(MessengerUnavailableError):
    """Raised when a platform wants fewer calls; nothing was done, and nothing will be for `delay_s` seconds."""

    def __init__(self, message: str, delay_s: float, *, is_asked: bool = False) -> None:
        """Carry how long the platform is left alone; `is_asked` when it named that time itself."""
        super().__init__(message)
        self.delay_s, self.is_asked = delay_s, is_asked


class MessengerRefusedError(QuorumError):
    """Raised when a platform refuses something for good, such as a message to an archived channel."""

    def __init__(self, message: str, code: str = "") -> None:
        """Carry the platform's own word for the reason, which is fit for logs."""
        super().__init__(message)
        self.code = code


class PayloadError(QuorumError):
    """Raised when a payload does not decode to a question; it is kept as a dead letter and never tried again."""


class PostponedError(QuorumError):
    """Raised when the handler wants the payload again after `delay_s` seconds."""

    retryable = True

    def __init__(self, delay_s: float, why: str) -> None:
        """Say how much later, and why."""
        super().__init__(f"Again in {delay_s:.1f} s: {why}")
        self.delay_s = delay_s


class TookTooLongError(QuorumError):
    """Raised in the middle of a question that takes so long that its message would go to another worker."""

    retryable = True


class QueueUnavailableError(QuorumError):
    """Raised when the queue cannot be reached or takes nothing more just now."""

    retryable = True


class QueueClosedError(QuorumError):
    """Raised when work is submitted to a dispatcher that was closed."""
