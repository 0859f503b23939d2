"""Puts together who answers as a human in WeCom; loads nothing of what takes in messages, for a Slack without WeCom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.wecom.calling.client import WecomApi
from adapters.wecom.calling.quota import Quota
from adapters.wecom.calling.robot import Robot
from adapters.wecom.credentials import modes
from adapters.wecom.replying.app import AppReplies
from adapters.wecom.replying.desks import MemberDesk, RobotDesk
from adapters.wecom.replying.outbox import Outbox

if TYPE_CHECKING:
    from bot.conversation.escalation import Helpdesk
    from bot.ports import Leases, Store
    from bot.settings import Settings


def open_helpdesk(settings: Settings, store: Store, leases: Leases) -> Helpdesk | None:
    """Return the member of the settings where there is the app, else the group's robot, else None.

    Nothing is called yet. Raises `ConfigurationError` for half a set of credentials, and for an address of the robot
    that is none, whether it is chosen or not.
    """
    robot = open_robot(settings, store, leases)
    user = settings.helpdesk.wecom_user.strip()
    if user and "app" in modes(settings.wecom):
        api = WecomApi(settings.wecom, store, leases)
        return MemberDesk(AppReplies(Outbox(api, store, Quota(store, leases, api.owner))), user)
    return None if robot is None else RobotDesk(robot, store)


def open_robot(settings: Settings, store: Store, leases: Leases) -> Robot | None:
    """Return the group's robot of the settings, else None. Raises `ConfigurationError` for an address that is none."""
    address = settings.helpdesk.wecom_webhook.get_secret_value().strip()
    return Robot(address, settings.wecom.api_url, store, leases) if address else None
