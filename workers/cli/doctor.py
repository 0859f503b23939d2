"""`quorum doctor`: ping every backend, check every setting, and say what to do."""

from __future__ import annotations

import functools
import shutil
import sys
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from bot.addresses import without_secrets
from bot.errors import QuorumError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.ports import Index
    from bot.settings import Settings, Voter
    from bot.types import Vector

PIPED_WIDTH = 500
"""Characters in a line when no terminal says how wide it is: a command to copy stays in one piece."""

_SHOWN = 3
"""Dead letters whose reasons are shown."""

LOW_DISK_BYTES = 500_000_000
"""Below this much free space an ingestion is likely to fail."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report; `status` is the exit status it asks for, 0 for what works, warnings included."""

    name: str
    detail: str
    status: int = 0
    warning: bool = False


@click.command("doctor")
def command() -> None:
    """Check the settings, the index, the store, the embedder and every voter.

    Exit status 1 when one does not work, 2 when that is the fault of a setting.
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from bot import settings

    findings = list(examine(settings.load()))
    table = Table(box=None, show_header=False, pad_edge=False)
    for overflow in ("ignore", "fold", "fold"):
        table.add_column(overflow=overflow)
    for finding in findings:
        table.add_row(_verdict(finding), escape(finding.name), escape(finding.detail))
    Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH).print(table)
    sys.exit(max(finding.status for finding in findings))


def _verdict(finding: Finding) -> str:
    if finding.status:
        return "[red]FAIL[/red]"
    return "[yellow]warn[/yellow]" if finding.warning else "[green]ok[/green]"


def examine(settings: Settings) -> Iterator[Finding]:
    """Check one thing after the other; a check that fails does not stop the next."""
    yield _check("home", lambda: _home(settings))
    store = _check("store", lambda: _store(settings))
    yield store
    if not store.status:
        yield from _checked("questions", lambda: _questions(settings))
        yield from _checked("dead letters", lambda: _dead_letters(settings))
    yield from _checked("queue", lambda: _queue(settings))
    yield _check("embedder", lambda: _embedder(settings))
    yield from _checked("index", lambda: _index(settings))
    for voter in settings.voters:
        yield _check(f"voter {voter.model} ({voter.prompt})", functools.partial(_voter, settings, voter))
    if settings.reranker:
        yield _check("reranker", lambda: _reranker(settings))
    yield from _checked("slack", lambda: _slack(settings))
    yield from _checked("wecom", lambda: _wecom(settings))
    yield _check("access", lambda: _access(settings))


def _check(name: str, probe: Callable[[], str]) -> Finding:
    try:
        return Finding(name, probe())
    except QuorumError as exc:
        return Finding(name, str(exc), exc.exit_status)


def _checked(name: str, probe: Callable[[], Sequence[Finding]]) -> Sequence[Finding]:
    try:
        return probe()
    except QuorumError as exc:
        return [Finding(name, str(exc), exc.exit_status)]


def _home(settings: Settings) -> str:
    folder = settings.home.resolve()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    if free < LOW_DISK_BYTES:
        message = f"only {free // 1_000_000} MB free under {str(existing)!r}: free some space before the next ingest"
        raise QuorumError(message)
    return f"{folder} ({free // 1_000_000_000} GB free)"


def _store(settings: Settings) -> str:
    from bot import wiring

    store = wiring.open_store(settings)
    try:
        store.put("doctor", b"ping", ttl_s=60)
        if store.get("doctor") != b"ping":
            message = f"{without_secrets(settings.store_url)} does not return what was written: check the disk"
            raise QuorumError(message)
    finally:
        store.close()
    return without_secrets(settings.store_url)


def _questions(settings: Settings) -> Sequence[Finding]:
    """Count what waits for an answer, and ask the place where questions are kept what is unwise about it."""
    from bot import wiring
    from bot.ports import Checked

    name, stale_s = "questions", settings.sweeper.stale_after_s
    with closing(wiring.open_ledger(settings)) as ledger:
        waiting, stale = (
            sum(entry.question.address.lasting for entry in ledger.unfinished(age_s)) for age_s in (0.0, stale_s)
        )
        unwise = ledger.warnings() if isinstance(ledger, Checked) else ()
    detail = f"{waiting} unfinished"
    if stale:
        detail += f", {stale} of them untouched for {stale_s:.0f} s: `quorum serve` or `quorum work` takes them up"
    return [Finding(name, detail, warning=stale > 0), *(Finding(name, text, warning=True) for text in unwise)]


def _queue(settings: Settings) -> Sequence[Finding]:
    """Ask the queue engine whether it takes questions, and what is unwise about it."""
    from workers import queues

    name = "queue"
    if queues.is_inline(settings):
        return [Finding(name, f"{settings.queue}: `quorum serve` answers its questions itself")]
    unwise = queues.examine(settings)
    return [Finding(name, without_secrets(settings.queue)), *(Finding(name, text, warning=True) for text in unwise)]


def _dead_letters(settings: Settings) -> Sequence[Finding]:
    """Show what was given up and why, the newest few."""
    from bot import wiring

    name = "dead letters"
    with closing(wiring.open_dead_letters(settings)) as letters:
        kept = letters.all()
    if not kept:
        return [Finding(name, "none")]
    advice = f"{len(kept)} payloads were given up; `quorum work --retry-dead` tries them again. The newest:"
    return [Finding(name, advice, warning=True), *(Finding(name, one.reason, warning=True) for one in kept[-_SHOWN:])]


def _embedder(settings: Settings) -> str:
    from bot import wiring

    embedder = wiring.open_embedder(settings)
    shape = embedder.queries(["ping"]).shape
    return f"{embedder.name}, {shape[1]} dimensions"


def _index(settings: Settings) -> Sequence[Finding]:
    """Count what the index holds, search it, name its versions if it has some, and ask it what is unwise about it."""
    from bot import wiring
    from bot.ports import Checked, Versioned

    name, where = "index", without_secrets(settings.index_url)
    embedder = wiring.open_embedder(settings)
    with closing(wiring.open_index(settings, embedder)) as index:
        documents = index.documents()
        _search(index, embedder.queries(["ping"])[0])
        versions = f"; versions: {index.description()}" if isinstance(index, Versioned) else ""
        unwise = index.warnings() if isinstance(index, Checked) else ()
    if not documents:
        message = f"{where} is empty: run `quorum ingest FOLDER`"
        raise QuorumError(message)
    detail = f"{where}: {len(documents)} documents, {sum(d.chunks for d in documents)} chunks{versions}"
    return [Finding(name, detail), *(Finding(name, text, warning=True) for text in unwise)]


def _search(index: Index, vector: Vector) -> None:
    """Search by meaning, then for the words that were found, and read the texts: what is damaged or away raises."""
    from bot import text
    from bot.types import Query

    hits = index.search(Query(vector=vector))
    for chunk in hits.read([hit.id for hit in hits.meaning[:1]]).values():
        named = index.search(Query(tokens=tuple(text.tokens(chunk.text))))
        named.read([hit.id for hit in named.words])


def _voter(settings: Settings, voter: Voter) -> str:
    from bot import wiring
    from bot.answering import prompting
    from bot.types import Address, Question

    model = wiring.open_model(voter.model, settings)
    ping = Question("ping", "ping", Address("cli", "doctor", "doctor"), "en", 0.0)
    prompt = prompting.build(voter.prompt, ping, (), 0.0, 16)
    completions = model.sample(prompt, 1)
    return f"answers ({len(completions)} sample)"


def _reranker(settings: Settings) -> str:
    from bot import wiring

    reranker = wiring.open_reranker(settings)
    if reranker is not None:
        reranker.scores("ping", ["pong"])
    return settings.reranker


def _slack(settings: Settings) -> Sequence[Finding]:
    from workers.cli import doctor_slack

    return doctor_slack.examine(settings)


def _wecom(settings: Settings) -> Sequence[Finding]:
    from workers.cli import doctor_wecom

    return doctor_wecom.examine(settings)


def _access(settings: Settings) -> str:
    """Name the collections that everybody may read."""
    unlisted = sorted(_collections(settings) - set(settings.access))
    names = f" ({', '.join(unlisted)})" if unlisted else ""
    if not settings.access:
        return f"no collection has readers: every collection is open to all{names}; QUORUM_ACCESS names readers"
    listed = ", ".join(sorted(settings.access))
    return f"collections with readers: {listed}; every other one is open to all{names}"


def _collections(settings: Settings) -> set[str]:
    """Return the collections that imports have noted; none where the store is down, of which another line speaks."""
    from bot import wiring
    from bot.knowledge import shelving

    try:
        with closing(wiring.open_store(settings)) as store:
            return {each.name for each in shelving.listing(store)}
    except QuorumError:
        return set()
