"""An answer as data, the one shape that `quorum ask --json` and the web API share (design.md, section 10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.types import Answer, Citation, Vote


def as_data(identity: str, answer: Answer) -> dict[str, object]:
    """Shape an answer for JSON; `text` is all that people read, the notices too."""
    return {
        "id": identity,
        "outcome": answer.outcome,
        "text": "\n\n".join([answer.text, *answer.notices]),
        "citations": [_citation(citation) for citation in answer.citations],
        "vote": _vote(answer.vote),
        "confidence": round(answer.confidence, 4),
        "seconds": round(answer.seconds, 4),
    }


def _citation(citation: Citation) -> dict[str, object]:
    return {
        "number": citation.number,
        "document": citation.document,
        "chunk": citation.chunk,
        "title": citation.title,
        "place": citation.place,
        "url": citation.url,
        "quote": citation.quote,
    }


def _vote(vote: Vote | None) -> dict[str, object]:
    """Shape a vote; a question that was refused before any sample was taken has an empty one."""
    if vote is None:
        return {"clusters": [], "used": 0, "spoilt": 0, "agreement": 0.0}
    return {
        "clusters": [{"key": cluster.key, "count": cluster.count} for cluster in vote.clusters],
        "used": vote.used,
        "spoilt": vote.spoilt,
        "agreement": round(vote.agreement, 4),
    }
