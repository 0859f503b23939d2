"""A question of WeCom's goes to the helpdesk in Slack where that is the one that is set up."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import pytest

from bot.backends.sqlite import SqliteLeases, SqliteLedger, SqliteStore
from bot.settings import Helpdesk, Settings
from bot.settings import Slack as SlackSettings
from bot.types import Address, Question
from tests.fakes import slack_rooms
from tests.fakes.slack.fake import HELP
from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.fake import LI, ZHANG
from tests.fakes.wecom_rooms import wecom_settings
from workers.assembly import open_messengers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fakes.slack import FakeSlack

ADDRESS = Address("wecom", f"app:{ZHANG}", ZHANG)
DETAILS = {"mode": "app", "question": "q-1", "asker": ZHANG}
ERRAND = Question("human-q-1", "磁盘满了 <!channel>", ADDRESS, "zh", 1.0, task="escalate", details=DETAILS)


@pytest.fixture(scope="module")
def slack() -> Iterator[FakeSlack]:
    with slack_rooms.opened() as slack:
        yield slack


@pytest.mark.parametrize(("user", "channel"), [("", HELP), (LI, HELP), (LI, "")], ids=["slack", "both", "wecom"])
def test_a_human_is_asked_once_where_the_helpdesk_is(slack: FakeSlack, tmp_path: Path, user: str, channel: str) -> None:
    workspace, before = slack.workspace, len(slack.channel(HELP))
    with ExitStack() as stack:
        wecom = stack.enter_context(FakeWeCom())
        store = stack.enter_context(closing(SqliteStore(tmp_path / "q.db")))
        ledger = stack.enter_context(closing(SqliteLedger(tmp_path / "q.db")))
        leases = stack.enter_context(closing(SqliteLeases(tmp_path / "q.db")))
        settings = Settings(
            home=tmp_path,
            wecom=wecom_settings(wecom),
            slack=SlackSettings(bot_token=workspace.bot_token, signing_secret="s" * 32, api_url=slack.api_url),
            helpdesk=Helpdesk(wecom_user=user, slack_channel=channel),
        )
        messenger = open_messengers(settings, store, ledger, leases)["wecom"]
        for _ in range(2):
            messenger.run(ERRAND)  # type: ignore[attr-defined] # every messenger of WeCom's runs errands
        in_wecom = [each.shown for each in wecom.chat(f"app/{LI}")]
        told = [each.shown for each in wecom.chat(f"app/{ZHANG}") if each.ours]

    in_slack = [each.text for each in slack.channel(HELP)[before:]]
    assert (len(in_slack), len(in_wecom)) == ((0, 1) if user else (1, 0))
    (packet,) = in_slack + in_wecom
    assert "磁盘满了" in packet
    assert f"wecom: {ZHANG}" in packet if in_slack else ZHANG in packet
    assert f"<@{ZHANG}>" not in packet
    assert len(told) == 1
