"""Finds the right document on CMRC2018 and the MariaDB pages, by the command line, with each leg alone and all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.evaluation import scores
from tests.benchmarks import sets
from tests.benchmarks.command import Quorum
from tests.benchmarks.rows import Bench, Row, at_least

if TYPE_CHECKING:
    from collections.abc import Sequence

LEGS = ("words", "meaning", "all")


def cmrc(bench: Bench) -> list[Row]:
    """Search CMRC2018 dev with every question."""
    texts, cases = sets.read_cmrc(bench.source("cmrc2018-retrieval"))
    quorum = Quorum(bench.work / "home")
    quorum.ingest(sets.write_texts(texts, bench.work / "paragraphs"))
    hits = by_legs(quorum, cases[::10] if bench.quick else cases, bench)
    bare = f"words {hits['words'][0]:.3f}, meaning {hits['meaning'][0]:.3f}"
    return [
        at_least("CMRC2018 dev, hybrid hit@1, `hashing://`", 0.958, hits["all"][0], bare),
        *never_worse("CMRC2018 dev", hits),
    ]


def mariadb(bench: Bench) -> list[Row]:
    """Search the MariaDB error pages with real client lines, and with lines whose code has no page."""
    source = bench.source("mariadb-error-codes")
    lines = sets.read_error_lines(source)
    quorum = Quorum(bench.work / "home")
    quorum.ingest(sets.copy_error_pages(source, bench.work / "pages"))
    full, message, code = (by_legs(quorum, cases, bench) for cases in (lines.full, lines.message, lines.code))
    bm25 = "BM25 in findings.md: .867, .684/.840, 1.0"
    return [
        at_least(f"MariaDB, {len(lines.full)} full lines, hit@1", 0.99, full["all"][0], bm25),
        at_least(f"MariaDB, {len(lines.code)} codes alone, hit@1", 1.0, code["all"][0]),
        at_least("MariaDB, message alone, hit@1", 0.80, message["all"][0]),
        at_least("MariaDB, message alone, hit@5", 0.90, message["all"][1]),
        *_refusing(quorum, lines),
        *never_worse("MariaDB full line", full),
        *never_worse("MariaDB message", message),
        *never_worse("MariaDB code", code),
    ]


def by_legs(quorum: Quorum, cases: Sequence[sets.Case], bench: Bench) -> dict[str, tuple[float, float]]:
    """Return hit@1 and hit@5 over passages for each setting of the legs."""
    found = {}
    for legs in LEGS:
        bench.say(f"{len(cases)} questions, legs {legs}")
        results = quorum.search([{"id": c.id, "question": c.question} for c in cases], QUORUM_RETRIEVAL__LEGS=legs)
        found[legs] = hits(cases, [[hit["document"] for hit in result["hits"]] for result in results])
    return found


def hits(cases: Sequence[sets.Case], found: Sequence[Sequence[str]]) -> tuple[float, float]:
    """Return hit@1 and hit@5; a document that is found twice takes two places."""
    pairs = list(zip(found, ({case.document} for case in cases), strict=True))
    first, five = ([scores.hit_at(k, documents, right) for documents, right in pairs] for k in (1, 5))
    return scores.mean(first) or 0.0, scores.mean(five) or 0.0


def never_worse(name: str, found: dict[str, tuple[float, float]]) -> list[Row]:
    """Compare the hybrid with its better leg: it may lose one point, at hit@1 and at hit@5."""
    rows = []
    for place, label in enumerate(("hit@1", "hit@5")):
        better = max(found["words"][place], found["meaning"][place])
        lead = 100 * (found["all"][place] - better)
        legs = " · ".join(f"{leg} {found[leg][place]:.3f}" for leg in LEGS)
        rows.append(
            Row(f"{name}, hybrid beside its better leg, {label}", "≥ −1 point", f"{lead:+.1f}", legs, lead >= -1)
        )
    return rows


def _refusing(quorum: Quorum, lines: sets.ErrorLines) -> list[Row]:
    absent = quorum.search([{"id": str(n), "question": c.question} for n, c in enumerate(lines.absent)])
    full = quorum.search([{"id": c.id, "question": c.question} for c in lines.full])
    refused = [c.id for c, result in zip(lines.absent, absent, strict=True) if not result["answerable"]]
    share = sum(result["answerable"] for result in full) / len(full)
    wanted, codes = len(lines.absent), len({c.id for c in lines.absent})
    return [
        Row(
            f"MariaDB, lines of {codes} codes without a page, refused",
            f"{wanted} of {wanted}",
            f"{len(refused)} of {wanted}",
            met=len(refused) == wanted,
        ),
        at_least("MariaDB, full lines answerable", 0.97, share),
    ]
