"""How `quorum serve wecom` starts and ends: what cannot work is named, and readiness means that questions arrive."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.fakes.polling import until
from tests.fakes.serving import Serving
from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.corp import made_key
from tests.fakes.wecom.fake import LI
from tests.fakes.wecom_installation import SETTINGS
from tests.fakes.wecom_seats import ANSWER_S, Seat

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Quorum


KEY = made_key("Hush")
APP = {"CORP_ID": "ww1", "AGENT_ID": "1000002", "SECRET": "Hush", "TOKEN": "Hush", "AES_KEY": KEY}
CALLBACK = {"BOT_TOKEN": "Hush", "BOT_AES_KEY": KEY}
SOCKET = {"BOT_ID": "aib1", "BOT_SECRET": "Hush"}
WRONG = {
    "none": ({}, ("CORP_ID", "BOT_TOKEN", "BOT_ID")),
    "half an app": (APP | {"AES_KEY": " "}, ("AES_KEY",)),
    "half a callback": ({"BOT_TOKEN": "Hush"}, ("BOT_AES_KEY",)),
    "half a connection": (APP | {"BOT_SECRET": "Hush"}, ("BOT_ID",)),
    "a short key": (APP | {"AES_KEY": f"Hush{KEY[5:]}"}, ("AES_KEY", "43")),
    "no key at all": (CALLBACK | {"BOT_AES_KEY": f"Hush{'!' * 39}"}, ("BOT_AES_KEY", "43")),
    "both": (CALLBACK | SOCKET, ("BOT_TOKEN", "BOT_ID", "either a callback or a long connection")),
}


@pytest.mark.parametrize("case", WRONG)
def test_credentials_that_cannot_work_end_it_with_the_setting_and_without_its_value(quorum: Quorum, case: str) -> None:
    given, named = WRONG[case]
    settings = {f"QUORUM_WECOM__{name}": value for name, value in given.items()}
    run = quorum("serve", "wecom", QUORUM_HTTP__PORT="0", **settings)

    assert (run.status, run.out, len(run.err.splitlines())) == (2, "", 1)
    assert [words for words in named if words not in run.err] == []
    assert "Hush" not in run.err
    assert KEY[5:] not in run.err


def test_it_is_ready_once_it_is_subscribed_and_says_where_no_human_can_be_asked(
    wecom_home: Path, tmp_path: Path
) -> None:
    shutil.copytree(wecom_home, tmp_path / "home")
    with FakeWeCom() as wecom:
        wecom.down()
        settings = SETTINGS | wecom.settings
        with Serving(tmp_path / "home", tmp_path / "log", messenger="wecom", **settings) as serving:
            before, alive = serving.web.get("/readyz"), serving.web.get("/healthz")
            wecom.up()
            until(lambda: serving.web.get("/readyz").is_success, "a subscription", ANSWER_S)
            seat = Seat(wecom, wecom.person("Somebody", "某人").id, "bot")
            reply = seat.ask("红楼梦的作者是谁？")
            seat.press(reply, "转人工")
            told = until(lambda: wecom.after(reply.parts[0].id), "a word", ANSWER_S)
            status = serving.stop()

    assert (before.status_code, before.json()["checks"]["messengers"], alive.status_code) == (503, "unavailable", 200)
    assert told[0].shown.startswith("此处未设置人工服务台，因此没有转给任何人。")
    assert wecom.chat(f"app/{LI}") == []
    assert status == 0
    assert wecom.gateway.open == []
