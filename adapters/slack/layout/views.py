"""The surfaces beside messages: the modal with an answer's sources, and the home tab.

Views know no Markdown block, so passages stand in rich text, where nothing of them is mark-up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from slack_sdk.models import blocks as kit
from slack_sdk.models import views as sdk

from adapters.layout import splitting
from adapters.layout.graphemes import INVISIBLE
from adapters.slack.layout import blocks, sources
from adapters.slack.markup import escaping, mrkdwn
from bot.phrases import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.slack.layout.blocks import Reply
    from bot.types import Answer, Citation, Language

CALLBACK = "quorum_sources"
MOST_SOURCES = 30
"""Two blocks each and what stands around them are less than the 100 blocks of a view."""

QUOTE = 1_500
"""Characters of one quoted passage; with `MOST_SOURCES` the view stays below Slack's 250 kB."""

MOST_SHELVES = 30
MOST_QUESTIONS = 10
QUESTION = 200
SECTION = 3_000


@dataclass(frozen=True, slots=True)
class Shelf:
    """A collection that the person may see: documents in it, and when it last changed, in Unix time, if known."""

    name: str
    documents: int
    changed_at: float | None = None


@dataclass(frozen=True, slots=True)
class Recent:
    """A question of the person's; `state` is an outcome, or `open` while somebody works on it; Unix time."""

    text: str = field(repr=False)
    asked_at: float
    state: str = "open"
    permalink: str = ""


def sources_modal(found: Answer | None, language: Language) -> dict[str, Any]:
    """Return the modal that quotes what an answer cites; None when the answer is no longer kept."""
    if found is None:
        shown = [_section(say("slack_sources_gone", language))]
    elif not found.citations:
        shown = [_section(say("slack_sources_none", language))]
    else:
        shown = [block for citation in found.citations[:MOST_SOURCES] for block in _source(citation)]
        left = len(found.citations) - MOST_SOURCES
        shown += [_section(say("slack_sources_more", language, count=left))] if left > 0 else []
    view = sdk.View(
        type="modal",
        callback_id=CALLBACK,
        title=kit.PlainTextObject(text=say("sources", language)),
        close=kit.PlainTextObject(text=say("slack_close", language)),
        blocks=shown,
    )
    return dict(view.to_dict())


def home(language: Language, shelves: Sequence[Shelf], questions: Sequence[Recent]) -> dict[str, Any]:
    """Return the home tab: how to ask, what we know and how fresh it is, and what the person asked, newest first."""
    shown = [
        _header(say("slack_help_title", language)),
        _section(say("slack_help", language)),
        kit.DividerBlock(),
        _header(say("slack_home_knows", language)),
        *_listed(_shelf_lines(shelves, language)),
        kit.DividerBlock(),
        _header(say("slack_home_recent", language)),
        *_listed(
            [_recent(each, language) for each in questions[:MOST_QUESTIONS]] or [say("slack_home_none", language)]
        ),
    ]
    return dict(sdk.View(type="home", blocks=shown).to_dict())


def shelf_notice(shelves: Sequence[Shelf], language: Language) -> Reply:
    """Return a message that lists what we know, for whoever asked."""
    title = f"*{say('slack_home_knows', language)}*"
    return blocks.notice("\n".join([title, *_shelf_lines(shelves, language)]))


def _shelf_lines(shelves: Sequence[Shelf], language: Language) -> list[str]:
    """List collections in mrkdwn, or say that there are none."""
    return [_shelf(each, language) for each in shelves[:MOST_SHELVES]] or [say("slack_home_empty", language)]


def _source(citation: Citation) -> list[kit.Block]:
    """Show one source: its line as in the message, and the passage as it stands in the document."""
    quote = escaping.quiet(INVISIBLE.sub("", citation.quote)).strip("\n")
    heading = _section(sources.line(citation))
    if not quote.strip():
        return [heading]
    words = kit.RichTextElementParts.Text(text=splitting.cut(quote, QUOTE))
    return [heading, kit.RichTextBlock(elements=[kit.RichTextQuoteElement(elements=[words])])]


def _shelf(shelf: Shelf, language: Language) -> str:
    name = mrkdwn.escape(splitting.cut(" ".join(shelf.name.split()), QUESTION))
    if shelf.changed_at is None:
        return "• " + say("slack_home_shelf_undated", language, name=name, documents=shelf.documents)
    date = _date(shelf.changed_at)
    return "• " + say("slack_home_shelf", language, name=name, documents=shelf.documents, date=date)


def _recent(question: Recent, language: Language) -> str:
    words = escaping.quiet(splitting.cut(" ".join(question.text.split()), QUESTION))
    is_linked = question.permalink.startswith("https://")
    shown = mrkdwn.link(question.permalink, words) if is_linked else mrkdwn.escape(words)
    return f"• {shown} · {_date(question.asked_at)} · {say(f'slack_outcome_{question.state}', language)}"


def _date(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"


def _listed(lines: Sequence[str]) -> list[kit.Block]:
    return [_section(text) for text in splitting.packed(lines, SECTION)]


def _section(text: str) -> kit.Block:
    return kit.SectionBlock(text=kit.MarkdownTextObject(text=text))


def _header(text: str) -> kit.Block:
    return kit.HeaderBlock(text=kit.PlainTextObject(text=text))
