"""Answers of every kind for the tests of how Slack shows them."""

from __future__ import annotations

from bot.types import Answer, Citation, Cluster, Language, Outcome, Vote

WIKI = "https://wiki.example/redo?a=1&b=2"


def vote(agreeing: int = 5, total: int = 7) -> Vote:
    """Make a vote that `agreeing` of `total` samples won."""
    clusters = (Cluster("yes", agreeing, float(agreeing), tuple(range(agreeing))),)
    return Vote(clusters, (), None, total, 0, agreeing / total)


def citation(number: int = 1, *, title: str = "Redo logs", url: str | None = WIKI, quote: str = "Add one.") -> Citation:
    """Make a source on page 3."""
    return Citation(number, f"dba/redo-{number}.md", f"dba/redo-{number}.md#0", title, "page 3", url, quote)


def answer(
    text: str = "Add a redo log group [1].",
    *,
    outcome: Outcome = "answered",
    language: Language = "en",
    citations: tuple[Citation, ...] | None = None,
    notices: tuple[str, ...] = (),
) -> Answer:
    """Make an answer; one that answers cites one source unless told otherwise."""
    cited = outcome in {"answered", "answered_with_warning"}
    found = ((citation(),) if cited else ()) if citations is None else citations
    identity = "slack-T1-C1-1700000000.000100"
    return Answer(identity, identity, outcome, text, language, found, vote(), notices=notices)
