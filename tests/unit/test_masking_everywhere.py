"""Whatever secret is asked about, it is in nothing that is written: files, logs, prompts, packets, replies."""

from __future__ import annotations

import json
import logging
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from adapters.files.reading import Fetched, added
from bot.conversation.escalation import packet
from bot.diagnosis.masking import masked_question
from bot.errors import InputError, QuorumError
from bot.knowledge.indexing import prepare
from bot.settings import Settings, Voter, Voting
from bot.types import Address, Attachment, Question, Turn
from tests.fakes import leaking
from tests.fakes.made import chunk
from tests.fakes.model_server import ModelServer, chat
from tests.fakes.postbox import Postbox
from workers import assembly
from workers.accept import Acceptance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.types import Answer

BODY = "ORA-01555 means that the snapshot is too old: raise the undo retention of the host."
BALLOT = json.dumps({"answerable": True, "key": "raise the undo retention", "answer": f"{BODY} [1]", "citations": [1]})
FAILING = "q-fails"


@dataclass
class Written:
    """Everything that a run left behind, and the secrets of its questions by kind."""

    secrets: list[tuple[str, str]]
    files: bytes
    prompts: str
    logs: str
    packets: str
    shown: str
    dead: int
    told: list[tuple[str, ...]]


class Remembering(Postbox):
    """Keeps what it is to deliver."""

    def deliver(self, receipt: Any, answer: Answer) -> Any:  # noqa: ANN401 - a receipt of the postbox's own
        self.answers: list[Answer] = [*getattr(self, "answers", []), answer]
        return super().deliver(receipt, answer)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    """Ask about a secret of each kind, with others in a file and in what was said before, and read what was written."""
    home, logs = tmp_path_factory.mktemp("home"), Kept()
    root = logging.getLogger()
    before = root.level
    root.addHandler(logs)
    root.setLevel(logging.DEBUG)
    try:
        with ModelServer(chat(BALLOT)) as server:
            yield _run(home, server, logs)
    finally:
        root.removeHandler(logs)
        root.setLevel(before)


class Kept(logging.Handler):
    """Keeps every line that anybody logs."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {record.args!r} {record.exc_info!r}")


def _run(home: Path, server: ModelServer, logs: Kept) -> Written:
    voter = Voter(model=f"openai+{server.url}#scripted")
    settings = Settings(home=home, voters=(voter,), voting=Voting(policy="fixed:1"))
    dice = random.Random(11)  # noqa: S311 - made-up secrets
    said = [(kind, made(dice), frames) for kind, (made, frames) in leaking.KINDS.items()]
    files = iter(said[1:] + said[:1])
    postbox = Remembering()
    postbox.gathered = lambda question: _gathered(question, *next(files)[1:])
    worker = assembly.open_worker(settings, {"web": postbox})
    parts = worker.parts
    parts.index.add(prepare([chunk("ORA-01555", BODY, title="ORA-01555")], parts.embedder, parts.line_embedder))
    payloads = Payloads(worker.handler)
    accept = Acceptance(worker.ledger, payloads, masking=settings.masking)  # type: ignore[arg-type] # only submits
    for number, (_, secret, frames) in enumerate(said):
        name = FAILING if not number else f"q-{number}"
        text = f"ORA-01555: snapshot too old, how do I fix it?\n{frames[0].format(secret)}"
        accept(Question(name, text, Address("web", f"room-{number}", "someone"), "en", 1.0))
    entries = [worker.ledger.find(FAILING if not number else f"q-{number}") for number in range(len(said))]
    packets = [packet(entry.question, answer) for entry, answer in zip(entries, postbox.answers, strict=True) if entry]
    dead = len(worker.dead.all())
    worker.close()
    return Written(
        secrets=[(kind, secret) for kind, secret, _ in said],
        files=b"".join(file.read_bytes() for file in sorted(home.rglob("*")) if file.is_file()),
        prompts=json.dumps([request.body for request in server.requests], ensure_ascii=False),
        logs="\n".join(logs.lines),
        packets=repr([(each, each.text, each.files, each.groups) for each in packets]),
        shown=repr(postbox.answers) + "\n".join(text for texts in postbox.history.values() for text in texts),
        dead=dead,
        told=[answer.notices for answer in postbox.answers],
    )


class Payloads:
    """A queue that is worked off at once and keeps what it was given."""

    def __init__(self, handle: Any) -> None:  # noqa: ANN401 - a handler
        self.handle = handle
        self.taken: list[bytes] = []

    def submit(self, payload: bytes) -> None:
        self.taken.append(payload)
        if json.loads(payload)["id"] != FAILING:
            self.handle(payload)
            return
        with pytest.raises(QuorumError):
            self.handle(payload)


def _gathered(question: Question, secret: str, frames: tuple[str, ...]) -> Question:
    if question.id == FAILING:
        message = "this file cannot be"
        raise InputError(message)
    leak = frames[-1].format(secret)
    return replace(question, text=f"{question.text}\n\nalert.log:\n{leak}", context=(Turn("someone", leak),))


def _survivors(written: Written, text: str) -> list[tuple[str, str]]:
    """Return the secrets that stand in a text, as they are or as JSON writes them."""
    return [
        (kind, secret)
        for kind, secret in written.secrets
        if secret in text or json.dumps(secret)[1:-1] in text or json.dumps(json.dumps(secret)[1:-1])[1:-1] in text
    ]


@pytest.mark.slow
def test_no_secret_is_in_the_files_of_store_ledger_cache_index_and_dead_letters(written: Written) -> None:
    assert written.dead == 1
    assert len(written.secrets) >= 25
    assert b"<password-1>" in written.files
    assert _survivors(written, written.files.decode("utf-8", "replace")) == []


@pytest.mark.slow
@pytest.mark.parametrize("where", ["prompts", "logs", "packets", "shown"])
def test_no_secret_leaves_the_process(written: Written, where: str) -> None:
    assert "<password-1>" in written.prompts
    assert _survivors(written, getattr(written, where)) == []


@pytest.mark.slow
def test_everybody_is_told_once_what_was_masked(written: Written) -> None:
    told = [sum("Masked before anything was read" in notice for notice in notices) for notices in written.told]

    assert told[1:] == [1] * (len(written.secrets) - 1)


class Shelf:
    """Has one file."""

    def __init__(self, content: str) -> None:
        self.content = content

    def described(self, file: Attachment) -> Attachment:
        return file

    def fetched(self, file: Attachment, room: int, question: Question) -> Fetched:  # noqa: ARG002 - what a source is given
        return Fetched(file.name, self.content.encode())


@pytest.mark.slow
def test_nothing_of_a_private_key_is_left_where_a_long_file_is_cut_in_it() -> None:
    lines = [f"{letter * 60}{number:04}" for number, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 16)]
    key = "\n".join(["-----BEGIN RSA PRIVATE KEY-----", *lines, "-----END RSA PRIVATE KEY-----"])
    file = Attachment("F1", "dump.log", "text/plain", 1)
    asked = Question("q", "why?", Address("web", "r", "u"), "en", 1.0, attachments=(file,))
    read = added(
        asked, Shelf(f"it began\n{key}\nORA-01555: snapshot too old\n" + "and went on\n" * 2000), Settings().ingest
    )
    found = masked_question(read, Settings().masking, asked)

    assert not [line for line in lines if line[:20] in found.text]
    assert "<private-key-1>" in found.text
    assert found.masked == {"private-key": 1}
