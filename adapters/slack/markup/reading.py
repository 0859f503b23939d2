"""Reads what a person wrote out of a message: its text, rich text and attachments, once each, our mention stripped."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from adapters.layout.graphemes import INVISIBLE
from adapters.slack.markup import mrkdwn, richtext
from bot import text as texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Json = Mapping[str, Any]

SURE_CHARACTERS = 12
"""A line this long that stands inside another text is the same line; a shorter one may be there by chance."""

_WORDS = re.compile(r"[\W_]+")
_GREETED = re.compile(rf"^(?:\s*{mrkdwn.OURS})+\s*(?:[,:](?=\s|$)|[，、：])?\s*")
_MENTION = re.compile(rf"(^)?[ \t]*{mrkdwn.OURS}[ \t]*", re.MULTILINE)
_DOUBLED = re.compile(r"&amp;(?:lt|gt|amp);")
_TOKEN = re.compile(r"<[^<>]*>")
_ENTITY = re.compile(r"&(?:lt|gt|amp);")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message says, and whether it mentions us outside code; `text` is empty for a bare mention."""

    text: str = field(repr=False)
    mentioned: bool


def read(message: Json, ours: str = "", known: Mapping[str, str] = mrkdwn.NOBODY) -> Reading:
    """Read a message of the Events API, of `conversations.replies` or of a shortcut.

    `ours` is our user id; `known` names people, groups and channels by their ids, beside the names that the message
    itself gives. Other people's mentions stay, as `@name`. Code keeps its line breaks, in Markdown's fences.
    """
    text = str(message.get("text") or "")
    known = {**known, **mrkdwn.names(text)}
    rich = richtext.flatten(message.get("blocks") or (), ours, known)
    if _ENTITY.search(rich) and _is_escaped(text):
        rich = mrkdwn.unescape(rich)
    attached = [_attachment(each, ours, known) for each in message.get("attachments") or ()]
    whole = union([rich, mrkdwn.plain(text, ours, known), *attached])
    return Reading(stripped(whole), mrkdwn.OURS in whole)


def union(parts: Sequence[str]) -> str:
    """Join texts that may say the same; a line that an earlier text has already is left out."""
    kept: list[str] = []
    for part in filter(str.strip, parts):
        fresh = _fresh(part, kept) if kept else part
        if fresh:
            kept.append(fresh)
    return "\n".join(kept)


def stripped(text: str) -> str:
    """Return text without mentions of us and without invisible characters, trimmed and fit for every store."""
    seen = INVISIBLE.sub("", text.replace("\r\n", "\n"))
    bare = _MENTION.sub(lambda match: " " if match[1] is None else "", _GREETED.sub("", seen))
    return texts.storable(bare).strip()


def _fresh(part: str, kept: Sequence[str]) -> str:
    """Return what `kept` does not have: all of a text when every line with words is new, else those lines."""
    lines = {_bones(line) for text in kept for line in text.split("\n")}
    whole = _bones("\n".join(kept))
    said = [(line, _bones(line)) for line in part.split("\n")]
    worded = [line for line, bones in said if bones]
    fresh = [line for line, bones in said if bones and bones not in lines and not _stands_in(bones, whole)]
    return part if worded and fresh == worded else "\n".join(fresh)


def _stands_in(bones: str, whole: str) -> bool:
    return len(bones) >= SURE_CHARACTERS and bones in whole


def _bones(line: str) -> str:
    """Return what two spellings of a line have in common: letters and digits, and the mention of us."""
    return _WORDS.sub(lambda match: mrkdwn.OURS if mrkdwn.OURS in match.group() else "", line).casefold()


def _is_escaped(text: str) -> bool:
    """Tell whether the blocks beside `text` are escaped too: entities that people type are escaped twice in `text`."""
    bare = _TOKEN.sub("", text)
    return bool(_ENTITY.search(bare)) and not _DOUBLED.search(text)


def _attachment(attachment: Json, ours: str, known: Mapping[str, str]) -> str:
    """Return what somebody forwarded or an app attached; the preview of a link is nothing that a person wrote."""
    if attachment.get("from_url") and not (attachment.get("is_share") or attachment.get("is_msg_unfurl")):
        return ""
    inner = [each.get("message") or {} for each in attachment.get("message_blocks") or ()]
    blocks = [block for message in inner for block in message.get("blocks") or ()]
    rich = richtext.flatten([*(attachment.get("blocks") or ()), *blocks], "", known)
    fields = [f"{each.get('title', '')}: {each.get('value', '')}" for each in attachment.get("fields") or ()]
    words = [str(attachment.get(name) or "") for name in ("pretext", "title", "text")]
    plain = [mrkdwn.plain(each, "", known) for each in [*words, *fields] if each]
    said = union([rich, *plain])
    return said or mrkdwn.plain(str(attachment.get("fallback") or ""), ours, known)
