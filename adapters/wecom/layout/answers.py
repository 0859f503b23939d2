"""Lays out what we say in WeCom as the contents of messages: answers, refusals, failures, notices, progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.layout.splitting import first, octets
from adapters.wecom.layout import sources
from adapters.wecom.layout.pages import BOT, BOT_MARKDOWN, Style, pages
from adapters.wecom.markup.rendering import render
from bot.answering import composing
from bot.phrases import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.types import Answer, Language


def answer(found: Answer, style: Style, *, escalated: bool = False) -> list[str]:
    """Lay out an answer, refusal or failure: the text, notices, sources and agreement, in order and complete.

    The first content is the stream's in the AI bot; others follow as messages. `escalated` says that a human was asked.
    """
    links = {citation.url for citation in found.citations if citation.url}
    is_answer = found.outcome in {"answered", "answered_with_warning"}
    groups = [
        [render(each, style.form) for each in found.notices if each.strip()],
        sources.lines(found, style.form) if is_answer else [],
        [*_agreement(found), *([say("wecom_human_asked", found.language)] if escalated else [])],
    ]
    return pages(render(found.text, style.form, links), groups, style, found.question_id, found.language)


def passages(found: Answer | None, style: Style, key: str, language: Language) -> list[str]:
    """Lay out what an answer cites, with the passages; None stands for an answer that is no longer kept.

    `key` is the id of what asked for it, a command or a click.
    """
    if found is None or not found.citations:
        words = say("wecom_sources_gone" if found is None else "wecom_sources_none", language)
        return notice(words, style, key, language)
    groups = [sources.quoted(citation, style.form) for citation in found.citations]
    return pages(sources.heading(found, style.form), groups, style, key, language)


def notice(text: str, style: Style, key: str, language: Language) -> list[str]:
    """Lay out a short message of our own, in Markdown; `key` is the id of what it answers."""
    return pages(render(text, style.form), (), style, key, language)


def helping(style: Style, key: str, language: Language, *, is_greeting: bool = False) -> list[str]:
    """Lay out how to ask; as a greeting it answers a mention that asks nothing."""
    words = say("wecom_help_bot" if style == BOT_MARKDOWN else "wecom_help_app", language)
    greeting = [say("wecom_empty", language)] if is_greeting else []
    return notice("\n\n".join([*greeting, f"**{say('wecom_help_title', language)}**", words]), style, key, language)


def progress(steps: Sequence[str], so_far: str = "") -> str:
    """Return the content of a stream that is not finished: all of it, since each content replaces the one before.

    `steps` say what was done, one under the other, `so_far` is what there is of the answer in Markdown.
    """
    said = render("\n\n".join([*steps, so_far]).strip(), "bot")
    return first(said, BOT, octets) or "…"


def _agreement(found: Answer) -> list[str]:
    if found.vote is None or not found.vote.clusters:
        return []
    return [composing.agreement(found.vote, found.language)]
