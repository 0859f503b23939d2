"""The doctor names what keeps WeCom from working, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette

from adapters.wecom.crypto import Crypto
from adapters.wecom.receiving.app import AppRoute
from tests.fakes.web_server import served
from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.corp import made_key
from tests.fakes.wecom.fake import LI, OPS, ROBOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Quorum, Run

    from tests.fakes.wecom.corp import Corp

HELPDESK, WEBHOOK = "QUORUM_HELPDESK__WECOM_USER", "QUORUM_HELPDESK__WECOM_WEBHOOK"
NOWHERE = {"QUORUM_HTTP__PORT": "0"}
"""No server runs here, as far as anybody can know."""


@pytest.fixture
def wecom() -> Iterator[FakeWeCom]:
    """A corp with the app and the AI bot by long connection."""
    with FakeWeCom("http://127.0.0.1:9/wecom/app") as found:
        yield found


def lines(run: Run) -> dict[str, tuple[str, str]]:
    """Return the lines about WeCom: name to verdict and text."""
    found = {}
    for line in run.out.splitlines():
        verdict, _, rest = line.strip().partition(" ")
        name, _, text = rest.strip().partition("  ")
        if name.startswith("wecom"):
            found[name] = (verdict, text.strip())
    return found


def app_route(corp: Corp, token: str) -> Starlette:
    """Return a server that is the app."""
    crypto = Crypto(token, corp.aes_key, corp.id)
    return Starlette(routes=[AppRoute(crypto, corp.id, str(corp.agent), lambda _: None).route()])


def test_wecom_that_is_off_is_no_fault(sample: Quorum) -> None:
    found = lines(sample("doctor", **{HELPDESK: LI}))

    assert found["wecom"] == ("ok", "off: no credentials are set (docs/wecom.md)")
    assert found["wecom helpdesk"][0] == "warn"


def test_a_sound_wecom_says_who_we_are_and_shows_no_secret(sample: Quorum, wecom: FakeWeCom) -> None:
    run = sample("doctor", **wecom.settings, **NOWHERE, **{HELPDESK: LI})

    assert run.status == 0, run.out
    found = lines(run)
    assert {verdict for verdict, _ in found.values()} == {"ok"}
    assert found["wecom"][1] == "self-built app, AI bot by long connection"
    assert f"{wecom.corp.agent} {wecom.corp.bot_name}" in found["wecom app"][1]
    assert "verifies" in found["wecom app callback"][1]
    assert found["wecom helpdesk"][1] == LI
    secrets = [wecom.corp.secret, wecom.corp.token, wecom.corp.aes_key, wecom.corp.bot_secret, *wecom.tokens.issued]
    assert [each for each in secrets if each in run.out] == []


def test_the_doctor_takes_the_long_connection_from_nobody(sample: Quorum, wecom: FakeWeCom) -> None:
    run = sample("doctor", **wecom.bot_settings)

    assert lines(run)["wecom socket"][0] == "ok"
    assert wecom.gateway.subscribed == 0


def test_the_callback_of_a_running_server_is_verified(sample: Quorum, wecom: FakeWeCom) -> None:
    with served(app_route(wecom.corp, wecom.corp.token)) as url, served(app_route(wecom.corp, "another")) as other:
        right, wrong = (
            sample("doctor", **wecom.app_settings, QUORUM_HTTP__PORT=each.rpartition(":")[2]) for each in (url, other)
        )

    assert lines(right)["wecom app callback"] == ("ok", f"{url}/wecom/app verifies")
    assert lines(wrong)["wecom app callback"][0] == "FAIL"
    assert wrong.status == 1


def test_half_a_set_a_wrong_key_and_both_ways_of_a_bot_are_named(sample: Quorum, wecom: FakeWeCom) -> None:
    half = {name: value for name, value in wecom.app_settings.items() if name != "QUORUM_WECOM__TOKEN"}
    short = wecom.app_settings | {"QUORUM_WECOM__AES_KEY": "tooshort"}
    callback = {"QUORUM_WECOM__BOT_TOKEN": "aToken", "QUORUM_WECOM__BOT_AES_KEY": made_key("bot")}
    cases = {"QUORUM_WECOM__TOKEN": half, "QUORUM_WECOM__AES_KEY": short, "either": wecom.bot_settings | callback}
    for words, settings in cases.items():
        run = sample("doctor", **settings)

        assert run.status == 2
        assert list(lines(run)) == ["wecom"]
        assert words in lines(run)["wecom"][1]


def test_a_wrong_secret_is_the_fault_of_its_setting(sample: Quorum, wecom: FakeWeCom) -> None:
    run = sample("doctor", **wecom.app_settings | {"QUORUM_WECOM__SECRET": "another"}, **NOWHERE)

    assert run.status == 2
    assert "QUORUM_WECOM__SECRET" in lines(run)["wecom app"][1]


def test_an_untrusted_address_is_named_with_where_to_add_it(sample: Quorum, wecom: FakeWeCom) -> None:
    wecom.troubles.refuse("agent/get", 60020)
    run = sample("doctor", **wecom.app_settings, **NOWHERE)

    assert run.status == 1
    verdict, text = lines(run)["wecom app"]
    assert verdict == "FAIL"
    assert [words for words in ("60020", "203.0.113.7", "企业可信IP") if words not in text] == []


def test_a_wecom_that_is_down_is_no_fault_of_a_setting(sample: Quorum, wecom: FakeWeCom) -> None:
    down = {"QUORUM_WECOM__API_URL": "http://127.0.0.1:9", "QUORUM_WECOM__BOT_URL": "ws://127.0.0.1:9"}
    run = sample("doctor", **wecom.settings | down, **NOWHERE)

    assert run.status == 1
    assert "Check the network" in lines(run)["wecom app"][1]
    assert "Check the network" in lines(run)["wecom socket"][1]


def test_a_helpdesk_that_nobody_reads_is_said(sample: Quorum, wecom: FakeWeCom) -> None:
    wecom.person("unseen", "王五", 3, visible=False)
    unknown = sample("doctor", **wecom.app_settings, **NOWHERE, **{HELPDESK: "nobody"})
    unseen = sample("doctor", **wecom.app_settings, **NOWHERE, **{HELPDESK: "unseen"})
    without_app = sample("doctor", **wecom.bot_settings, **{HELPDESK: LI})

    assert (unknown.status, unseen.status, without_app.status) == (2, 1, 0)
    assert "no such member" in lines(unknown)["wecom helpdesk"][1]
    assert "可见范围" in lines(unseen)["wecom helpdesk"][1]
    assert lines(without_app)["wecom helpdesk"][0] == "warn"


def test_a_group_robot_is_looked_at_without_a_word_and_its_key_is_not_shown(sample: Quorum, wecom: FakeWeCom) -> None:
    known = sample("doctor", **wecom.bot_settings, **{WEBHOOK: wecom.webhook})
    gone = sample("doctor", **wecom.bot_settings, **{WEBHOOK: wecom.webhook.replace(ROBOT, "k-123")})
    foreign = sample("doctor", **wecom.bot_settings, **{WEBHOOK: "https://evil.example/send?key=k-123"})

    assert (known.status, gone.status, foreign.status) == (0, 2, 2)
    assert lines(known)["wecom helpdesk"] == ("ok", "the group robot")
    assert lines(known)["wecom robot"][0] == "ok"
    assert "93000" in lines(gone)["wecom robot"][1]
    assert WEBHOOK in lines(foreign)["wecom robot"][1]
    assert [each.text for each in wecom.chat(OPS)] == []
    assert [key for key in (ROBOT, "k-123") if key in known.out + gone.out + foreign.out] == []


def test_a_robot_that_nobody_can_be_sent_to_is_said(sample: Quorum, wecom: FakeWeCom) -> None:
    found = lines(sample("doctor", **{WEBHOOK: wecom.webhook}))

    assert (found["wecom"][0], found["wecom robot"][0]) == ("ok", "warn")


def test_readers_whom_nobody_can_be_are_said(sample: Quorum, wecom: FakeWeCom) -> None:
    access = '{"hr": ["wecom:zhangsan"], "payroll": ["wecom:department:2"]}'
    run = sample("doctor", **wecom.bot_settings, QUORUM_ACCESS=access)

    said = [line for line in run.out.splitlines() if "wecom access" in line]
    assert ["wecom:zhangsan" in said[0], "departments" in said[1]] == [True, True]
