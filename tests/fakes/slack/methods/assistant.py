"""assistant.threads.setStatus, .setTitle and .setSuggestedPrompts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.slack.call import Call, Method
from tests.fakes.slack.refused import refuse, refuse_arguments

if TYPE_CHECKING:
    from tests.fakes.slack.records import JSON
    from tests.fakes.slack.workspace import Workspace

STATUS_S = 120.0
"""A status disappears after so long without a message."""
MOST_LOADING = 10
MOST_PROMPTS = 4


def status_of(slack: Workspace, channel: str, thread_ts: str) -> str:
    """Return the status that a person sees under a thread, empty where there is none."""
    text, since = slack.statuses.get((channel, thread_ts), ("", 0.0))
    return text if slack.now() - since < STATUS_S else ""


def _thread(call: Call, *, optional: bool = False) -> tuple[str, str]:
    slack = call.slack
    channel = slack.channel(call.required("channel_id", "channel_not_found"))
    if not slack.agent_view:
        refuse("method_not_supported_for_channel_type")
    if slack.bot_user not in channel.members:
        refuse("channel_not_found")
    ts = call.get("thread_ts") or ""
    root = slack.messages.get((channel.id, ts))
    if (root is None or root.deleted) and not (optional and not ts):
        refuse("invalid_thread_ts")
    return channel.id, ts


def status(call: Call) -> JSON:
    """Show what the bot is doing; an empty status clears it."""
    place = _thread(call)
    if "status" not in call.values:
        refuse_arguments("missing required field: status")
    if len(call.decoded("loading_messages", list, "invalid_arguments") or []) > MOST_LOADING:
        refuse_arguments(f"no more than {MOST_LOADING} items allowed [json-pointer:/loading_messages]")
    call.slack.statuses[place] = (call.get("status") or "", call.slack.now())
    return {}


def title(call: Call) -> JSON:
    """Name a thread."""
    call.slack.titles[_thread(call)] = call.required("title")
    return {}


def prompts(call: Call) -> JSON:
    """Suggest what to ask."""
    place = _thread(call, optional=True)
    given = call.decoded("prompts", list, "invalid_arguments") or []
    if not 1 <= len(given) <= MOST_PROMPTS or not all({"title", "message"} <= each.keys() for each in given):
        refuse_arguments(f"1 to {MOST_PROMPTS} prompts with title and message [json-pointer:/prompts]")
    call.slack.prompts[place] = given
    return {}


METHODS = {
    "assistant.threads.setStatus": Method(status, ("chat:write", "assistant:write")),
    "assistant.threads.setTitle": Method(title, ("assistant:write",)),
    "assistant.threads.setSuggestedPrompts": Method(prompts, ("assistant:write",)),
}
