"""What may be searched for a question: in a group what all may see and what names it, elsewhere what its asker may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.access import visible
from bot.errors import MessengerRefusedError

if TYPE_CHECKING:
    from adapters.wecom.calling.members import Members
    from bot.settings import Settings
    from bot.types import Question, Scope

USER, DEPARTMENT, CHAT = "wecom:user:", "wecom:department:", "wecom:chat:"


def resolve(question: Question, members: Members | None, settings: Settings) -> Scope:
    """Return the scope of a question (design.md, sections 9 and 13); without the app nobody knows departments.

    Somebody of another corp sees what everybody may. Raises `MessengerUnavailableError`.
    """
    # WeCom tells no case of user ids apart, and ours are in lower case.
    access = {name: [_folded(each) for each in allowed] for name, allowed in settings.access.items()}
    if question.details.get("chattype") == "group":
        readers = {f"{CHAT}{question.address.conversation.partition(':')[2]}"}
    elif question.details.get("external"):
        readers = set()
    else:
        readers = {f"{USER}{question.address.user.lower()}"}
        if members is not None and any(each.startswith(DEPARTMENT) for allowed in access.values() for each in allowed):
            readers |= {f"{DEPARTMENT}{each}" for each in _departments(members, question.address.user)}
    return visible(access, question.collections, readers)


def _folded(reader: str) -> str:
    return reader.lower() if reader.startswith(USER) else reader


def _departments(members: Members, user: str) -> frozenset[str]:
    try:
        return members.departments(user)
    except MessengerRefusedError:
        return frozenset()
