"""Which helpdesk takes what is asked where: the one of the asker's messenger, else the other's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bot.conversation.escalation import Helpdesk
    from bot.ports import Leases, Store
    from bot.settings import Settings
    from bot.types import Platform


def open_helpdesks(
    settings: Settings, store: Store, leases: Leases, platforms: Collection[Platform]
) -> Mapping[Platform, Helpdesk]:
    """Return where questions for a human go, by the messenger they are asked in; without any there is none for it.

    A question of Slack's goes to Slack's channel, else to the member in WeCom, else to the group's robot; one of
    WeCom's to the member, else to the robot, else to Slack's channel. `platforms` are the messengers that are on.
    Nothing is called yet. Raises `ConfigurationError`.
    """
    if not {"slack", "wecom"} & set(platforms):
        return {}
    from adapters.wecom import helpdesk

    in_wecom = helpdesk.open_helpdesk(settings, store, leases)
    in_slack = _in_slack(settings, store) if "slack" in platforms else None
    chosen: dict[Platform, Helpdesk | None] = {"slack": in_slack or in_wecom, "wecom": in_wecom or in_slack}
    return {platform: desk for platform, desk in chosen.items() if desk is not None}


def _in_slack(settings: Settings, store: Store) -> Helpdesk | None:
    from adapters.slack.assembly import open_helpdesk

    return open_helpdesk(settings, store)
