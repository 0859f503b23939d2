"""What may be searched for a question: in a channel what all there may see, elsewhere what its asker may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.access import visible
from bot.errors import MessengerRefusedError
from bot.types import Scope

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from adapters.slack.calling.people import People
    from bot.settings import Settings
    from bot.types import Question

_TOLD = frozenset({"mention", "direct", "thread"})
"""Ways by which events come, and events say themselves whether their channel is shared with others."""


def resolve(question: Question, people: People, settings: Settings) -> Scope:
    """Return the scope of a question (design.md, section 9). Raises `MessengerUnavailableError`.

    Where people of other companies read along, only collections that name the channel are searched, open ones neither.
    """
    readers, is_alone = set[str](), _is_alone(question)
    channel = f"slack:{question.address.conversation}"
    if is_external(question, people, settings):
        named = {name for name, allowed in settings.access.items() if channel in allowed}
        return Scope(frozenset(named if question.collections is None else named & question.collections))
    if not is_alone or question.details.get("via") == "command":
        readers.add(channel)
    if is_alone:
        groups = _groups(question, people) if names_groups(settings.access) else ()
        readers |= {f"slack:{each}" for each in (question.address.user, *groups)}
    return visible(settings.access, question.collections, readers)


def is_external(question: Question, people: People, settings: Settings) -> bool:
    """Tell whether people of other companies may read the answer (Slack Connect).

    Where Slack does not say it of the channel, its event is believed; without an event it is taken for shared, but
    for `/ask`, whose answer its asker alone sees.
    """
    channel = question.address.conversation
    if channel in settings.slack.internal_channels:
        return False
    if question.details.get("external"):
        return True
    try:
        return people.channel(channel).is_external
    except MessengerRefusedError:
        return question.details.get("via") not in {*_TOLD, "command"}


def names_groups(access: Mapping[str, Collection[str]]) -> bool:
    """Tell whether a user group reads anything, so that Slack must be asked who is in it, twenty times a minute."""
    return any(reader.startswith("slack:S") for readers in access.values() for reader in readers)


def _is_alone(question: Question) -> bool:
    """Tell whether the asker alone sees the answer."""
    return question.details.get("via") == "command" or _is_direct(question)


def _is_direct(question: Question) -> bool:
    return question.details.get("room") == "im" or question.address.conversation.startswith("D")


def _groups(question: Question, people: People) -> frozenset[str]:
    try:
        return people.groups(question.address.user)
    except MessengerRefusedError:
        return frozenset()
