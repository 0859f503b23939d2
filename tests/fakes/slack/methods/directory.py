"""users.info, users.conversations, usergroups.list and usergroups.users.list: who is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.slack import describing
from tests.fakes.slack.call import Call, Method
from tests.fakes.slack.methods.conversations import NAMES, page
from tests.fakes.slack.refused import refuse

if TYPE_CHECKING:
    from tests.fakes.slack.records import JSON

KINDS = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


def user(call: Call) -> JSON:
    """Describe a person."""
    found = call.slack.users.get(call.required("user", "user_not_found"))
    if found is None:
        refuse("user_not_found")
    locale = {"locale": found.locale} if call.flag("include_locale") else {}
    return {"user": describing.user(call.slack, found) | locale}


def conversations(call: Call) -> JSON:
    """Return the conversations of the bot, or those of a person that the bot is in too."""
    slack = call.slack
    wanted = {KINDS[each] for each in (call.get("types") or "public_channel").split(",") if each in KINDS}
    for kind in wanted:
        call.need(f"{NAMES[kind]}:read")
    who = {call.get("user") or slack.bot_user, slack.bot_user}
    found = [each for each in slack.channels.values() if each.kind in wanted and who <= each.members]
    if call.flag("exclude_archived"):
        found = [each for each in found if not each.archived]
    shown, more = page(call, [describing.channel(slack, each) for each in found], 100)
    return {"channels": shown, "response_metadata": more["response_metadata"]}


def groups(call: Call) -> JSON:
    """Return the user groups."""
    found = []
    for group in call.slack.groups.values():
        if not group.enabled and not call.flag("include_disabled"):
            continue
        value: JSON = {"id": group.id, "team_id": call.slack.team, "is_usergroup": True, "handle": group.handle}
        value |= {"name": group.handle, "date_delete": 0 if group.enabled else 1, "user_count": len(group.users)}
        found.append(value | ({"users": group.users} if call.flag("include_users") else {}))
    return {"usergroups": found}


def group(call: Call) -> JSON:
    """Return who is in a user group."""
    found = call.slack.groups.get(call.required("usergroup", "no_such_subteam"))
    if found is None or (not found.enabled and not call.flag("include_disabled")):
        refuse("no_such_subteam")
    return {"users": found.users}


METHODS = {
    "users.info": Method(user, ("users:read",), takes_json=False),
    "users.conversations": Method(conversations, takes_json=False),
    "usergroups.list": Method(groups, ("usergroups:read",), takes_json=False),
    "usergroups.users.list": Method(group, ("usergroups:read",), takes_json=False),
}
