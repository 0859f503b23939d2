"""How Slack describes messages, files, people and conversations in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fakes.slack.records import JSON, Channel, File, Message, User
    from tests.fakes.slack.workspace import Workspace


def file(slack: Workspace, found: File, *, whole: bool = False) -> JSON:
    """Describe a file; one of a shared channel only as a stub, unless `whole`."""
    if found.stub and not whole:
        return {"id": found.id, "mode": "file_access", "file_access": "check_file_info"}
    if found.gone:
        return {"id": found.id, "mode": "tombstone"}
    place = f"{slack.address}/files-pri/{slack.team}-{found.id}"
    return {
        "id": found.id,
        "created": int(slack.now()),
        "name": found.name,
        "title": found.name,
        "mimetype": found.mimetype,
        "filetype": found.filetype,
        "pretty_type": found.filetype.title(),
        "user": found.user,
        "size": found.size if found.claimed is None else found.claimed,
        "mode": found.mode,
        "is_external": False,
        "external_type": "",
        "is_public": False,
        "url_private": f"{place}/{found.name}",
        "url_private_download": f"{place}/download/{found.name}",
        "permalink": f"{slack.address}/files/{found.user}/{found.id}/{found.name}",
    }


def message(slack: Workspace, found: Message, *, metadata: bool = False) -> JSON:
    """Describe a message as `conversations.history` does; metadata only where they are asked for."""
    value: JSON = {"type": "message", "user": found.user, "text": found.text, "ts": found.ts, "team": slack.team}
    value |= _author(slack, found)
    rest: JSON = {
        "subtype": found.subtype,
        "blocks": found.blocks,
        "client_msg_id": found.client_msg_id,
        "edited": {"user": found.edited_by, "ts": found.edited} if found.edited else None,
        "files": [file(slack, each) for each in found.files],
        "reactions": [{"name": n, "users": u, "count": len(u)} for n, u in found.reactions.items()],
        "metadata": found.metadata if metadata else None,
    }
    return value | {name: each for name, each in rest.items() if each} | _threading(slack, found)


def _author(slack: Workspace, found: Message) -> JSON:
    """Say which bot wrote a message, if one did."""
    if found.subtype == "tombstone":
        return {"hidden": True, "is_locked": False}
    if found.ours:
        return {"bot_id": slack.bot_id, "app_id": slack.app, "bot_profile": {"id": slack.bot_id, "name": "quorum"}}
    return {"bot_id": found.bot_id} if found.bot_id else {}


def _threading(slack: Workspace, found: Message) -> JSON:
    """Say where in which thread a message stands."""
    root = slack.messages.get((found.channel, found.root))
    if found.reply:
        return {"thread_ts": found.thread_ts, "parent_user_id": root.user if root else ""}
    replies = [each for each in slack.thread(found.channel, found.ts) if each.reply and not each.only_for]
    if not replies:
        return {"thread_ts": found.thread_ts} if found.thread_ts else {}
    users = list(dict.fromkeys(each.user for each in replies))
    counts = {"reply_count": len(replies), "reply_users_count": len(users), "reply_users": users}
    return {"thread_ts": found.ts, "latest_reply": replies[-1].ts} | counts


def user(slack: Workspace, found: User) -> JSON:
    """Describe a person as `users.info` does; the locale is there only when asked for, and added by the method."""
    team = found.team or slack.team
    names = {"name": found.name, "real_name": found.real_name or found.name}
    profile = {"real_name": names["real_name"], "display_name": found.name}
    flags = {"deleted": found.deleted, "is_bot": found.bot, "is_stranger": bool(found.team)}
    return {"id": found.id, "team_id": team, "tz": "Asia/Shanghai", "profile": profile} | names | flags


def channel(slack: Workspace, found: Channel) -> JSON:
    """Describe a conversation as `conversations.info` does."""
    value: JSON = {
        "id": found.id,
        "created": 1_700_000_000,
        "is_archived": found.archived,
        "is_channel": found.kind == "channel",
        "is_group": found.kind == "group",
        "is_im": found.kind == "im",
        "is_mpim": found.kind == "mpim",
        "is_private": found.kind != "channel",
        "is_ext_shared": found.external,
        "is_shared": found.external,
        "is_org_shared": False,
        "context_team_id": slack.team,
    }
    if found.kind == "im":
        return value | {"user": next(iter(found.members - {slack.bot_user}), "")}
    return value | {
        "name": found.name,
        "name_normalized": found.name,
        "is_member": slack.bot_user in found.members,
        "is_read_only": found.read_only,
        "is_thread_only": False,
        "num_members": len(found.members),
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }
