"""The packet that the helpdesk gets, as one message that mentions its asker alone and links only to the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_sdk.models import blocks as kit

from adapters.layout import splitting
from adapters.layout.links import is_known
from adapters.slack.layout.blocks import SECTION, TEXT, Reply
from adapters.slack.markup import escaping, mrkdwn
from bot.phrases import say

if TYPE_CHECKING:
    from bot.conversation.escalation import Found, Packet

EVENT = "quorum_escalation"
NAME = 150
URL = 1_000
_FROM_HERE = "·"


def packet(shown: Packet) -> Reply:
    """Lay a packet out; the question stands in it as it was written, without any mark-up of its own."""
    title = say("escalation_title", shown.language)
    head = _joined(f"*{title}*", _asker(shown), *([_link(shown)] if shown.link else []))
    question = splitting.first(shown.text, SECTION)
    facts = _facts(shown)
    texts = splitting.packed(facts, SECTION)
    laid: list[kit.Block] = [
        _section(head),
        kit.SectionBlock(text=kit.PlainTextObject(text=question, emoji=False)),
        *(_section(each) for each in texts),
    ]
    text = "\n".join([head, mrkdwn.escape(escaping.quiet(question)), *facts])
    return Reply(splitting.first(text, TEXT), tuple(block.to_dict() for block in laid))


def metadata(question_id: str) -> dict[str, object]:
    """Return the metadata by which we find a question's packet again."""
    return {"event_type": EVENT, "event_payload": {"question": question_id}}


def _asker(shown: Packet) -> str:
    """Name who asked; somebody of another messenger is nobody whom Slack could mention."""
    elsewhere = f"{shown.platform}: {_plain(shown.asker)}"
    return say("escalation_from", shown.language, asker=f"<@{shown.asker}>" if shown.platform == "slack" else elsewhere)


def _link(shown: Packet) -> str:
    return mrkdwn.link(shown.link, say("escalation_where", shown.language))


def _facts(shown: Packet) -> list[str]:
    words = shown.language
    facts = [_fact(say("escalation_files", words), ", ".join(map(_plain, shown.files)))] if shown.files else []
    facts.append(_fact(say("escalation_searched", words), _plain(shown.searched, SECTION // 6)))
    passages = [f"• {_passage(each)}" for each in shown.passages]
    facts.append(_fact(say("escalation_passages", words), "" if passages else say("escalation_no_passages", words)))
    facts += passages
    facts.append(_fact(say("escalation_votes", words), _plain(shown.tally)))
    facts += [f"• {count} × {_plain(said, NAME * 2)}" for count, said in shown.groups]
    return [*facts, _fact(say("escalation_why", words), shown.reason)]


def _fact(name: str, value: str) -> str:
    return f"*{name}*: {value}".rstrip()


def _passage(found: Found) -> str:
    name = _plain(found.title)
    if found.url and len(found.url) <= URL and is_known(found.url, {found.url}):
        name = mrkdwn.link(found.url, splitting.cut(found.title, NAME))
    return _joined(name, *([_plain(found.place)] if found.place else []))


def _plain(text: str, limit: int = NAME) -> str:
    """Return a short text on one line that is no mark-up and calls nobody."""
    return mrkdwn.escape(escaping.quiet(splitting.cut(" ".join(text.split()), limit)))


def _joined(*parts: str) -> str:
    return f" {_FROM_HERE} ".join(parts)


def _section(text: str) -> kit.Block:
    return kit.SectionBlock(text=kit.MarkdownTextObject(text=splitting.first(text, SECTION)))
