"""What was said in a thread before a question, by whom: people, other apps, and our own answers whole."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from adapters.slack.hearing.messages import WRITTEN
from adapters.slack.layout.blocks import ESCALATE, FEEDBACK, SOURCES
from adapters.slack.markup.reading import read
from bot.conversation import memory
from bot.errors import MessengerRefusedError
from bot.types import Turn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from adapters.slack.calling.client import SlackApi
    from adapters.slack.calling.people import People
    from adapters.slack.hearing.posts import Ourselves
    from bot.types import Address

    Json = Mapping[str, Any]

OURS = "Quorum"
"""The name that our own answers stand under."""

_BUTTONS = frozenset({FEEDBACK, SOURCES, ESCALATE})
_SAID = frozenset({*WRITTEN, "bot_message"})


def before(address: Address, api: SlackApi, people: People, us: Ourselves) -> tuple[Turn, ...]:
    """Return what was said in the question's thread before it, oldest first, as much as `memory.bounded` keeps.

    Nothing outside threads, and nothing where Slack does not show the thread. Raises `MessengerUnavailableError`.
    """
    if not address.message or not address.thread or address.thread == address.message:
        return ()
    try:
        said = _messages(address, api)
    except MessengerRefusedError:
        return ()
    names = {user: people.name(user) for user in {str(each.get("user") or "") for each in said} - {"", us.user}}
    return memory.bounded([_turn(each, us, names) for each in _kept(said, us)])


def _messages(address: Address, api: SlackApi) -> list[Json]:
    """Return the messages of a thread before the question, in order; its first stands on every page."""
    found: dict[str, Json] = {}
    asked = api.pages(
        "conversations.replies",
        channel=address.conversation,
        ts=address.thread,
        latest=address.message,
        include_all_metadata=True,
    )
    for page in asked:
        found |= {str(each.get("ts")): each for each in page.get("messages") or ()}
    return [found[ts] for ts in sorted(found, key=_time) if _time(ts) < _time(address.message)]


def _kept(said: Sequence[Json], us: Ourselves) -> Iterator[Json]:
    """Leave out what nobody said, and of ours all that is no answer: acknowledgements, progress, notices.

    An answer of several messages has its buttons under the last one; their metadata tell that they belong together.
    """
    answers: defaultdict[str, bool] = defaultdict(bool)
    for each in said:
        answers[_reply(each)] |= _is_ours(each, us) and _has_buttons(each)
    for each in said:
        if answers[_reply(each)] if _is_ours(each, us) else each.get("subtype") in _SAID:
            yield each


def _turn(message: Json, us: Ourselves, names: Mapping[str, str]) -> Turn:
    text = read(message, us.user, names).text
    if _is_ours(message, us):
        return Turn(OURS, text, ours=True)
    files = [f"[{each.get('name') or each.get('id')}]" for each in message.get("files") or ()]
    return Turn(_speaker(message, names), "\n".join(filter(None, [text, *files])))


def _speaker(message: Json, names: Mapping[str, str]) -> str:
    user = str(message.get("user") or "")
    profile = message.get("bot_profile") or {}
    known = names.get(user, user)
    told = [known if known != user else "", message.get("username"), profile.get("name"), user, message.get("bot_id")]
    return next((" ".join(str(name).split()) for name in told if name), "")


def _is_ours(message: Json, us: Ourselves) -> bool:
    return bool(us.user and message.get("user") == us.user) or bool(us.bot and message.get("bot_id") == us.bot)


def _reply(message: Json) -> str:
    """Name the question that a message of ours replies to; one without our metadata stands alone."""
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    return str(payload.get("question") or message.get("ts"))


def _has_buttons(message: Json) -> bool:
    elements = (element for block in message.get("blocks") or () for element in block.get("elements") or ())
    return any(element.get("action_id") in _BUTTONS for element in elements)


def _time(ts: str) -> float:
    try:
        return float(ts)
    except ValueError:
        return 0.0
