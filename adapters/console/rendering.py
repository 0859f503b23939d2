"""Answers and passages as a terminal shows them: styled on a terminal, plain text when piped."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, TextIO

from bot import phrases, sentences
from bot.answering import composing

if TYPE_CHECKING:
    from bot.types import Answer, Citation, Retrieval

_BAR = 12
_PIPED_WIDTH = 500
"""Characters in a line when no terminal says how wide it is: names stay in one piece."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_TAG = re.compile(r"(`[^`\n]+`|<https?://[^>\s]+>)|<")


def show_answer(answer: Answer, stream: TextIO) -> None:
    """Write an answer with its sources and its vote."""
    if stream.isatty():
        _show_styled(answer, stream)
    else:
        stream.write(plain(answer) + "\n")


def show_comparison(unaided: Answer, answer: Answer, stream: TextIO) -> None:
    """Write what models say without documents, then the answer from them, each under its title."""
    title = phrases.say("aided_title", answer.language)
    for each in (unaided, replace(answer, text=f"{title}\n\n{answer.text}")):
        show_answer(each, stream)
        stream.write("\n" if each is unaided else "")


def plain(answer: Answer) -> str:
    """Lay an answer out as plain text: the text, numbered sources, then agreement and notices."""
    parts = [_printable(answer.text.strip())]
    if answer.citations:
        title = phrases.say("sources", answer.language)
        parts.append("\n".join([title, *(f"[{c.number}] {_source(c)}" for c in answer.citations)]))
    parts.extend("\n".join(block) for block in (_votes(answer), answer.notices) if block)
    return "\n\n".join(parts)


def show_passages(retrieval: Retrieval, stream: TextIO) -> None:
    """Write the passages of a search as a table, the evidence under it."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("score", "words", "meaning", "code"):
        table.add_column(name, justify="right")
    table.add_column("document", overflow="fold")
    table.add_column("title", overflow="fold")
    for p in retrieval.passages:
        scores = (f"{p.score:.3f}", f"{p.words:.2f}", f"{p.meaning:.3f}", f"{p.code:.0f}")
        table.add_row(*scores, _escape(p.chunk.id), _escape(p.chunk.title))
    console = Console(file=stream, highlight=False, width=None if stream.isatty() else _PIPED_WIDTH)
    console.print(table)
    judged = "answerable" if retrieval.answerable else "not answerable"
    console.print(f"evidence {retrieval.evidence:.3f}: {judged}")
    if retrieval.missing_codes:
        console.print(f"codes that no page explains: {', '.join(retrieval.missing_codes)}")


def _show_styled(answer: Answer, stream: TextIO) -> None:
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(file=stream, highlight=False)
    console.print(Markdown(_literal(_printable(answer.text))))
    if answer.citations:
        console.print(f"\n[bold]{phrases.say('sources', answer.language)}[/bold]")
        for citation in answer.citations:
            console.print(f" [cyan]\\[{citation.number}][/cyan] {_escape(_source(citation))}")
    console.print()
    for line in _votes(answer):
        console.print(_bar(answer) + _escape(line))
    for notice in answer.notices:
        console.print(f"[dim]{_escape(notice)}[/dim]")


def _source(citation: Citation) -> str:
    link = f" <{citation.url}>" if citation.url else ""
    place = f" · {citation.place}" if citation.place else ""
    name = citation.title if citation.title == citation.document else f"{citation.title} ({citation.document})"
    return _printable(f"{name}{place}{link}")


def _printable(text: str) -> str:
    """Drop control characters: a document must not steer the terminal that shows it."""
    return _CONTROL.sub("", text)


def _literal(text: str) -> str:
    """Escape what Markdown would take for HTML and drop, such as `<table_name>`, outside code and addresses."""
    return "".join(
        block.text if block.kind == "code" else _TAG.sub(lambda m: m.group(1) or r"\<", block.text)
        for block in sentences.blocks(text)
    )


def _votes(answer: Answer) -> tuple[str, ...]:
    """Say how many of the samples stood behind the answer; nothing was voted on for an early refusal."""
    if answer.vote is None or not answer.vote.clusters:
        return ()
    return (composing.agreement(answer.vote, answer.language),)


def _bar(answer: Answer) -> str:
    share = answer.vote.agreement if answer.vote else 0.0
    filled = round(share * _BAR)
    colour = "green" if answer.outcome == "answered" else "yellow"
    return f"[{colour}]{'█' * filled}[/{colour}][dim]{'░' * (_BAR - filled)}[/dim] "


def _escape(text: str) -> str:
    from rich.markup import escape

    return escape(text)
