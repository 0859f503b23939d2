"""What the core needs from the outside, each port with at most six methods. Backends are chosen by URL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bot.types import (
        Answer,
        Chunk,
        Completion,
        DeadLetter,
        DocumentRecord,
        Entry,
        Hits,
        IndexedChunk,
        Matrix,
        Progress,
        Prompt,
        Query,
        Question,
        Receipt,
        State,
    )


class Index(Protocol):
    """Stores chunks and finds them by words, meaning, codes and single lines.

    A scope hides everything outside it in every list. Ties break by chunk id. All methods may raise
    `IndexUnavailableError`; opening may raise `IndexDamagedError` or `EmbedderMismatchError`.
    """

    def add(self, chunks: Sequence[IndexedChunk]) -> None:
        """Replace, in one step, every document that `chunks` name with these chunks.

        All chunks of a document come in one call. After the call returns, `search` sees them and no older chunk of
        those documents in that collection. Raises `StorageFullError`, leaving the old version, when the disk is full.
        Without chunks it changes nothing, and loads what it will need, if that takes long.
        """

    def remove(self, collection: str, documents: Sequence[str]) -> None:
        """Forget the documents of a collection; unknown names are no error."""

    def search(self, query: Query) -> Hits:
        """Return ranked lists of at most `query.limit` hits for each leg, in one round trip."""

    def documents(self, collection: str | None = None) -> Sequence[DocumentRecord]:
        """List the documents of one collection, or of all, sorted by document."""

    def generation(self) -> int:
        """Return a number that grows with every change, seen by every process."""

    def close(self) -> None:
        """Release files and connections; finish background work."""


@runtime_checkable
class Versioned(Protocol):
    """An index that keeps versions beside each other, so that another embedder never takes searching down.

    Opened for building, it fills the version of its own embedder, which is searched from `publish` on; the one before
    stays. Not every index has it: ask with isinstance.
    """

    def missing(self) -> int:
        """Count the documents that `inherited` will yield."""

    def inherited(self) -> Iterator[Sequence[Chunk]]:
        """Yield whole documents that the published version holds and this one does not, some hundred chunks at a time.

        Documents that the published version does not hold are forgotten first. The caller adds what is yielded; what
        was added before a crash is not yielded again.
        """

    def publish(self) -> None:
        """Let every search find this version from now on, in one step, and drop those older than the one before."""

    def description(self) -> str:
        """Say which versions there are, for an operator."""


class Store(Protocol):
    """Keeps small values by key, for a time. Raises `StoreUnavailableError`."""

    def get(self, key: str) -> bytes | None:
        """Return the value, or None when there is none or its time is over."""

    def put(self, key: str, value: bytes, ttl_s: float | None = None) -> None:
        """Set the value for `ttl_s` seconds, or for good when None."""

    def add(self, key: str, value: bytes, ttl_s: float | None = None) -> bool:
        """Set the value only if the key is absent; atomic among threads and processes. Tell whether it was set."""

    def delete(self, key: str) -> None:
        """Forget the key; an unknown one is no error."""

    def close(self) -> None:
        """Release files and connections."""


class Ledger(Protocol):
    """One row a message: what was asked, how far it got, and where the reply is. Raises `StoreUnavailableError`.

    A row that another version of Quorum wrote and this one cannot read raises `PayloadError`, and is left out of lists.
    """

    def open(self, question: Question) -> bool:
        """Claim the message; True once ever for one `question.id`, False for every repetition."""

    def advance(self, question_id: str, state: State, receipt: Receipt | None = None, due_in_s: float = 0.0) -> None:
        """Move the question to `state`; a receipt that was stored stays when None is given.

        Every move to `working` counts as an attempt, which a move to `waiting` takes back: the platform was down, and
        the question is not to blame; one from `working` or `acknowledged` counts the attempt before it
        as a death of its worker. A finished question moves nowhere but from `failed` to `open`, which sets both counts
        back to 0. An unknown id is no error. Nobody should take the question up again before
        `due_in_s` seconds have passed.
        """

    def find(self, question_id: str) -> Entry | None:
        """Return the row, or None."""

    def next(self, lane: str) -> Entry | None:
        """Return the unfinished question of a conversation (`Address.lane`) that was opened first, or None."""

    def unfinished(self, older_than_s: float) -> Sequence[Entry]:
        """List unfinished questions, oldest first, whose last change is at least so many seconds ago.

        One that is not due yet is left out, unless its last change lies in the future: then the clock was set back, and
        its time means nothing.
        """

    def close(self) -> None:
        """Release files and connections."""


class Leases(Protocol):
    """Lets one holder at a time do something, among threads, processes and hosts. Raises `StoreUnavailableError`."""

    def acquire(self, name: str, ttl_s: float) -> str | None:
        """Return a token if nobody holds the lease, and hold it for `ttl_s` seconds; otherwise None. Atomic."""

    def extend(self, name: str, token: str, ttl_s: float) -> bool:
        """Hold it for `ttl_s` more seconds from now; False when the token holds it no longer. Atomic."""

    def release(self, name: str, token: str) -> None:
        """Let go; another's lease stays."""

    def close(self) -> None:
        """Release files and connections."""


class DeadLetters(Protocol):
    """Keeps payloads that nobody tries any more, until a person looks. Raises `StoreUnavailableError`."""

    def push(self, payload: bytes, reason: str) -> None:
        """Keep the payload; the same payload twice is kept once, with the newer reason."""

    def all(self) -> Sequence[DeadLetter]:
        """List what is kept, oldest first."""

    def remove(self, payload: bytes) -> None:
        """Forget the payload; an unknown one is no error."""

    def close(self) -> None:
        """Release files and connections."""


@runtime_checkable
class Checked(Protocol):
    """A backend that can say what is unwise about its set-up; the doctor asks those that have this."""

    def warnings(self) -> Sequence[str]:
        """Return a sentence for each thing that works and may cost something later, with what to do."""


class Model(Protocol):
    """Samples completions of a prompt."""

    @property
    def name(self) -> str:
        """The model as people know it, for the vote's trace."""

    def sample(self, prompt: Prompt, n: int) -> list[Completion]:
        """Return exactly `n` completions, or raise.

        Counts what came back and asks again for the rest, since some servers ignore `n`. Raises
        `ModelUnavailableError` (time-out, 429, 5xx), `ModelRejectedError` (4xx) or `ModelReplyError`.
        """


class Embedder(Protocol):
    """Turns texts into unit vectors, float32. The index records `name` and refuses another embedder."""

    @property
    def name(self) -> str:
        """Identify the embedder and everything that changes its vectors, e.g. `hashing://2048`."""

    @property
    def dimensions(self) -> int:
        """The length of a vector."""

    def passages(self, texts: Sequence[str]) -> Matrix:
        """Embed texts to be found; shape (len(texts), dimensions)."""

    def queries(self, texts: Sequence[str]) -> Matrix:
        """Embed texts to search with; shape (len(texts), dimensions)."""


class Reranker(Protocol):
    """Scores passages against a query with a model that reads both."""

    def scores(self, query: str, passages: Sequence[str]) -> Sequence[float]:
        """Return one score a passage, higher is better."""


class Messenger(Protocol):
    """One platform's way of asking and answering."""

    def to_question(self, payload: Mapping[str, object]) -> Question | None:
        """Read a platform's message, or None when it is not for us. Pure."""

    def gather(self, question: Question) -> Question:
        """Return the question with what belongs to it and was left at the platform.

        That is the text of its files, what was said before, and what the asker may see.
        """

    def acknowledge(self, question: Question) -> Receipt:
        """Show at once that the question arrived."""

    def progress(self, receipt: Receipt, text: str) -> None:
        """Show how far the answer is, in place of the acknowledgement."""

    def deliver(self, receipt: Receipt, answer: Answer) -> Receipt:
        """Show the answer; twice with one receipt shows one reply."""

    def find_reply(self, question: Question) -> Receipt | None:
        """Look for our own reply after a crash between posting and storing."""


@runtime_checkable
class Errands(Protocol):
    """A messenger that can do more than answer; those that have this are given tasks other than `answer`."""

    def run(self, question: Question) -> None:
        """Do what `question.task` says; twice does it once."""


class Dispatcher(Protocol):
    """Carries serialised questions to the handler.

    A handler that raises a `retryable` error gets the payload again after the error's `delay_s`, as often as it asks
    for it: the ledger counts, so that all engines and a crash count alike. Any other error ends the matter.
    """

    def submit(self, payload: bytes) -> None:
        """Take the payload and return before it is handled. Raises `QueueClosedError` or `QueueUnavailableError`."""

    def join(self, timeout_s: float) -> None:
        """Wait until everything submitted is handled; re-raise the first failure, TimeoutError when time is over."""

    def close(self) -> None:
        """Finish what is in hand and stop."""


class Answerer(Protocol):
    """The core's one service, as the handler sees it."""

    def answer(self, question: Question, tell: Callable[[Progress], None] = ...) -> Answer:
        """Answer one question; `tell` hears which stage begins and how the vote goes."""


__all__ = [
    "Answerer",
    "Checked",
    "DeadLetters",
    "Dispatcher",
    "Embedder",
    "Errands",
    "Index",
    "Leases",
    "Ledger",
    "Messenger",
    "Model",
    "Reranker",
    "Store",
    "Versioned",
]
