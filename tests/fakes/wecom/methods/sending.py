"""`message/send` and `message/recall`: an app writes to members."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from uuid import uuid4

from tests.fakes.wecom.cards import INTERACTIVE, check, shown
from tests.fakes.wecom.limits import TEXT, cut, size, words
from tests.fakes.wecom.refused import refuse, refuse_parameter

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.wecom.call import Call
    from tests.fakes.wecom.records import JSON, Kind

MOST_MEMBERS = 1000
REPEAT_S, LONGEST_REPEAT_S = 1800, 14_400
RECALL_S = 24 * 3600
UNKNOWN_MARKS = re.compile(r"^(```|\s*\|.*\|\s*$|!\[)", re.MULTILINE)
"""What an app's Markdown shows as it is written: fences, tables, pictures."""
URL, ARTICLES = 2048, 8


def send(call: Call) -> JSON:
    """Show a message to members, once within the interval of the duplicate check."""
    call.agent()
    members, invalid = _members(call)
    kind = call.values.get("msgtype")
    if kind not in _KINDS:
        refuse(40008, "invalid message type")
    reply: JSON = {"invaliduser": "|".join(invalid).lower(), "invalidparty": "", "invalidtag": ""}
    if repeated := _repeated(call):
        return reply | {"msgid": repeated}
    text, card = _KINDS[kind](call)
    name = uuid4().hex
    for user in members:
        _show(call, user, kind, text, {"name": name, "card": card})
    call.corp.sent[_content(call.values)] = (call.corp.now(), name)
    if not card:
        return reply | {"msgid": name}
    call.corp.tasks.add(str(card.get("task_id", "")))
    code = {"response_code": call.corp.code("card", name)} if card["card_type"] in INTERACTIVE else {}
    return reply | {"msgid": name} | code


def recall(call: Call) -> JSON:
    """Take a message back."""
    name = str(call.values.get("msgid", ""))
    found = [each for each in call.corp.bubbles if each.id == name and each.via == "message/send"]
    if not found or call.corp.now() > found[0].at + RECALL_S:
        refuse(40058, "msgid invalid Request Parameter")
    for each in found:
        each.recalled = True
    return {}


def _members(call: Call) -> tuple[list[str], list[str]]:
    """Return who gets a message, and whose ids are wrong."""
    to = call.values.get("touser", "")
    if not isinstance(to, str) or not to:
        refuse(40058, "touser, toparty and totag are all empty")
    if to == "@all":
        return [each.id for each in call.corp.people.values() if each.visible], []
    names = to.split("|")
    if len(names) > MOST_MEMBERS:
        refuse(40058, "touser has over 1000 members")
    people = [(name, call.corp.person(name)) for name in names]
    invalid = [name for name, person in people if person is None or not person.visible]
    valid = [person.id for _, person in people if person and person.visible]
    if not valid:
        refuse(81013, "user & party & tag all invalid", invaliduser="|".join(invalid).lower())
    return list(dict.fromkeys(valid)), invalid


def _show(call: Call, user: str, kind: Kind, text: str, more: JSON) -> None:
    """Put a message into a member's chat; one over the quota is shown to nobody, and nobody is told."""
    corp = call.corp
    if not call.to_member.take(user):
        corp.dropped.append(text)
        corp.remark(f"a message to {user} was over 30 a minute or 1,000 an hour")
        return
    corp.put(f"app/{user}", kind, text, via="message/send", asked=call.values, **more)


def _content(values: JSON) -> str:
    """Return what makes two messages the same: who gets them and what they show."""
    kind = str(values.get("msgtype"))
    return json.dumps([values.get("touser"), kind, values.get(kind)], sort_keys=True)


def _repeated(call: Call) -> str:
    """Return the id of the same message within the interval, if the check is on."""
    if not call.values.get("enable_duplicate_check"):
        return ""
    interval = call.values.get("duplicate_check_interval", REPEAT_S)
    if not isinstance(interval, int) or not 0 < interval <= LONGEST_REPEAT_S:
        refuse_parameter("duplicate_check_interval")
    at, name = call.corp.sent.get(_content(call.values), (0.0, ""))
    return name if name and call.corp.now() < at + interval else ""


def _text(call: Call) -> tuple[str, None]:
    return cut(call.corp, words(call.object("text")), TEXT, "a text"), None


def _markdown(call: Call) -> tuple[str, None]:
    text = words(call.object("markdown"), most=TEXT, what="markdown")
    if UNKNOWN_MARKS.search(text):
        call.corp.remark("an app's Markdown shows fences, tables and pictures as they are written")
    return text, None


def _textcard(call: Call) -> tuple[str, None]:
    card = call.object("textcard")
    title = cut(call.corp, words(card, "title"), 128, "a card's title")
    said = cut(call.corp, words(card, "description"), 512, "a card's description")
    if size(words(card, "url")) > URL:
        refuse_parameter("textcard.url exceed max length 2048.")
    return f"{title}\n{said}", None


def _news(call: Call) -> tuple[str, None]:
    articles = call.object("news").get("articles")
    if not isinstance(articles, list) or not 0 < len(articles) <= ARTICLES:
        refuse_parameter("news.articles takes 1 to 8.")
    return "\n".join(cut(call.corp, words(each, "title"), 128, "an article's title") for each in articles), None


def _media(call: Call) -> tuple[str, None]:
    kind = str(call.values["msgtype"])
    found = call.corp.media.get(str(call.object(kind).get("media_id")))
    if found is None:
        refuse(40007, "invalid media_id")
    return found.name, None


def _card(call: Call) -> tuple[str, JSON]:
    card = check(call.corp, call.values.get("template_card"), "app")
    return shown(card), card


_KINDS: dict[str, Callable[[Call], tuple[str, JSON | None]]] = {
    "text": _text,
    "markdown": _markdown,
    "textcard": _textcard,
    "news": _news,
    "image": _media,
    "voice": _media,
    "video": _media,
    "file": _media,
    "template_card": _card,
}
