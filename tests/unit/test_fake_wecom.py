"""The fake WeCom's server API refuses what WeCom refuses, cuts what it cuts, and shows what a member would see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest

from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.fake import LI, OPS, ROBOT, ZHANG

if TYPE_CHECKING:
    from collections.abc import Iterator

BUTTON = {"text": "转人工", "style": 1, "key": "human"}
CARD: dict[str, Any] = {
    "card_type": "button_interaction",
    "main_title": {"title": "没找到答案"},
    "task_id": "task-1",
    "button_list": [BUTTON],
}


class App:
    """The app's side of the API."""

    def __init__(self, wecom: FakeWeCom) -> None:
        self.wecom = wecom
        self.web = httpx.Client(base_url=f"{wecom.server.address}/cgi-bin/", trust_env=False, timeout=20)
        self.token = ""

    def get(self, method: str, **query: str) -> dict[str, Any]:
        return dict(self.web.get(method, params=query).json())

    def renew(self) -> str:
        corp = self.wecom.corp
        self.token = self.get("gettoken", corpid=corp.id, corpsecret=corp.secret)["access_token"]
        return self.token

    def post(self, method: str, **body: object) -> dict[str, Any]:
        return dict(self.web.post(method, params={"access_token": self.token or self.renew()}, json=body).json())

    def send(self, kind: str, content: object, to: str = ZHANG, **more: object) -> dict[str, Any]:
        part = {"content": content} if isinstance(content, str) else content
        values = {"touser": to, "msgtype": kind, "agentid": self.wecom.corp.agent, kind: part}
        return self.post("message/send", **(values | more))


@pytest.fixture
def app() -> Iterator[App]:
    with FakeWeCom() as wecom:
        app = App(wecom)
        yield app
        app.web.close()


@pytest.fixture(scope="module")
def shared() -> Iterator[App]:
    """An app for calls of which nothing stays behind."""
    with FakeWeCom() as wecom:
        app = App(wecom)
        yield app
        app.web.close()


def shown(app: App, user: str = ZHANG) -> list[str]:
    return [each.shown for each in app.wecom.chat(f"app/{user}")]


def test_a_token_is_the_same_until_it_is_over(app: App) -> None:
    first = app.renew()
    again = app.renew()
    app.wecom.advance(7201)
    late = app.post("message/send")
    other = app.renew()

    assert first == again != other
    assert len(first) > 100
    assert late["errcode"] == 42001


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"corpid": "ww0other", "corpsecret": "x"}, 40013),
        ({"corpid": "ww0fake0quorum001", "corpsecret": "x"}, 40001),
        ({"corpsecret": "x"}, 41002),
        ({"corpid": "ww0fake0quorum001"}, 41004),
    ],
)
def test_a_token_is_given_to_nobody_else(shared: App, query: dict[str, str], code: int) -> None:
    assert shared.get("gettoken", **query)["errcode"] == code


def test_a_call_needs_a_token_that_holds(app: App) -> None:
    missing = app.get("user/get", userid=ZHANG)
    wrong = app.get("user/get", userid=ZHANG, access_token="x")
    app.renew()
    app.wecom.tokens.revoke()
    revoked = app.get("user/get", userid=ZHANG, access_token=app.token)

    assert [each["errcode"] for each in (missing, wrong, revoked)] == [41001, 40014, 40014]
    assert app.wecom.tokens.issued == [app.token]


def test_a_text_is_cut_in_silence_at_2048_bytes(app: App) -> None:
    reply = app.send("text", "磁盘" * 400)

    assert reply["errcode"] == 0
    assert shown(app) == [("磁盘" * 400)[:682]]
    assert app.wecom.corp.remarks == ["a text of 2400 bytes was cut at 2048"]


def test_markdown_over_2048_bytes_is_refused(app: App) -> None:
    assert app.send("markdown", "盘" * 682 + "ab")["errcode"] == 0
    assert app.send("markdown", "盘" * 683)["errcode"] == 40058
    assert app.wecom.corp.remarks == []


def test_a_fence_in_an_apps_markdown_is_remarked_on(app: App) -> None:
    app.send("markdown", "run\n```\nls\n```")

    assert "fences" in app.wecom.corp.remarks[0]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"agentid": None}, 41011),
        ({"agentid": "1000002"}, 40056),
        ({"agentid": 7}, 40056),
        ({"touser": ""}, 40058),
        ({"touser": "nobody"}, 81013),
        ({"msgtype": "markdown_v2"}, 40008),
        ({"text": {"content": "  "}}, 44004),
        ({"text": "x"}, 40058),
        ({"enable_duplicate_check": 1, "duplicate_check_interval": 14_401}, 40058),
    ],
)
def test_a_wrong_message_is_refused(shared: App, change: dict[str, Any], code: int) -> None:
    assert shared.send("text", "x", **change)["errcode"] == code
    assert "x" not in shown(shared)


def test_ids_of_members_are_the_same_in_capitals_and_come_back_in_small(app: App) -> None:
    app.wecom.person("Hidden", "隐", visible=False)
    reply = app.send("text", "hi", "ZHANGSAN|lisi|Hidden|NoBody")

    assert reply["invaliduser"] == "hidden|nobody"
    assert (shown(app), shown(app, LI)) == (["hi"], ["hi"])


def test_the_same_message_is_shown_once_within_the_interval(app: App) -> None:
    first = app.send("text", "same", enable_duplicate_check=1)
    again = app.send("text", "same", enable_duplicate_check=1)
    app.send("text", "other", enable_duplicate_check=1)
    app.wecom.advance(1801)
    late = app.send("text", "same", enable_duplicate_check=1)
    app.send("text", "same")

    assert first["msgid"] == again["msgid"] != late["msgid"]
    assert shown(app) == ["same", "other", "same", "same"]


def test_the_31st_message_in_a_minute_is_accepted_and_shown_to_nobody(app: App) -> None:
    codes = {app.send("text", f"{number}")["errcode"] for number in range(31)}
    app.send("text", "to another", LI)

    assert codes == {0}
    assert (len(shown(app)), app.wecom.corp.dropped, shown(app, LI)) == (30, ["30"], ["to another"])
    app.wecom.advance(61)
    app.send("text", "later")
    assert shown(app)[-1] == "later"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, 0),
        ({"card_type": "pretty"}, 40058),
        ({"task_id": None}, 40058),
        ({"task_id": "has blanks"}, 40058),
        ({"task_id": "x" * 129}, 40058),
        ({"main_title": {}}, 40058),
        ({"button_list": []}, 40058),
        ({"button_list": [BUTTON | {"key": f"{number}"} for number in range(7)]}, 40058),
        ({"button_list": [BUTTON, BUTTON]}, 40058),
        ({"button_list": [BUTTON | {"style": 5}]}, 40058),
        ({"button_list": [BUTTON | {"key": "x" * 1025}]}, 40058),
        ({"card_type": "text_notice"}, 42045),
        ({"card_type": "text_notice", "card_action": {"type": 1, "url": "https://a.example"}}, 0),
        ({"feedback": {"id": "x" * 257}}, 40058),
    ],
)
def test_a_card_is_right_or_refused(shared: App, change: dict[str, Any], code: int) -> None:
    assert shared.send("template_card", CARD | {"task_id": uuid4().hex} | change)["errcode"] == code


def test_a_task_id_is_used_once(app: App) -> None:
    assert app.send("template_card", CARD)["errcode"] == 0
    assert app.send("template_card", CARD)["errcode"] == 40058


def test_a_card_is_updated_once_within_72_hours(app: App) -> None:
    codes = [app.send("template_card", CARD | {"task_id": name})["response_code"] for name in ("a", "b")]
    change: dict[str, Any] = {"agentid": app.wecom.corp.agent, "button": {"replace_name": "已转人工"}}
    first = app.post("message/update_template_card", response_code=codes[0], **change)
    again = app.post("message/update_template_card", response_code=codes[0], **change)
    app.wecom.advance(73 * 3600)
    app.renew()
    late = app.post("message/update_template_card", response_code=codes[1], **change)

    assert first["errcode"] == 0
    assert 0 not in {again["errcode"], late["errcode"]}
    assert shown(app) == ["没找到答案\n[转人工]\n(已转人工)", "没找到答案\n[转人工]"]
    assert [each.buttons for each in app.wecom.chat(f"app/{ZHANG}")] == [{}, {"转人工": "human"}]


def test_a_member_is_described_as_far_as_the_app_may_see(app: App) -> None:
    app.wecom.person("hidden", "隐", visible=False)
    app.renew()
    found = app.get("user/get", access_token=app.token, userid="lisi")
    codes = [app.get("user/get", access_token=app.token, userid=each)["errcode"] for each in ("hidden", "none")]

    assert (found["userid"], found["name"], found["department"]) == (LI, "李四", [2])
    assert "mobile" not in found
    assert codes == [60011, 60111]


def test_media_are_kept_three_days_and_a_refusal_is_json_with_status_200(app: App) -> None:
    media = app.wecom.media("file", "错误日志.txt", b"ORA-00060")
    query = {"access_token": app.renew(), "media_id": media.id}
    found = app.web.get("media/get", params=query)
    app.wecom.advance(4 * 24 * 3600)
    late = app.web.get("media/get", params=query | {"access_token": app.renew()})

    assert (found.content, "filename*=UTF-8''%E9%94%99" in found.headers["content-disposition"]) == (b"ORA-00060", True)
    assert (late.status_code, late.json()["errcode"]) == (200, 40007)


def test_a_group_robot_speaks_twenty_times_a_minute(app: App) -> None:
    def say(text: str, kind: str = "markdown", key: str = ROBOT) -> int:
        body = {"msgtype": kind, kind: {"content": text}}
        return int(app.web.post("webhook/send", params={"key": key}, json=body).json()["errcode"])

    assert (say("x", key="other"), say("盘" * 1366), say("盘" * 683, "text")) == (93000, 40058, 40058)
    assert [say(f"{number}") for number in range(21)] == [0] * 20 + [45009]
    assert len(app.wecom.chat(OPS)) == 20


def test_a_message_can_be_taken_back_for_a_day(app: App) -> None:
    name = app.send("text", "oops")["msgid"]

    assert app.post("message/recall", msgid=name)["errcode"] == 0
    assert shown(app) == []
    assert app.post("message/recall", msgid="other")["errcode"] == 40058


def test_rubbish_is_no_json_and_an_unknown_method_is_not_found(app: App) -> None:
    query = {"access_token": app.renew()}
    rubbish = (b"{", b"[]", b'{"touser": "\\ud800"}', b"\xff")
    replies = [app.web.post("message/send", params=query, content=each) for each in rubbish]

    assert {each.json()["errcode"] for each in replies} == {47001}
    assert app.web.get("message/send", params=query).json()["errcode"] == 43002
    assert app.web.get("no/such").status_code == 404


def test_what_was_asked_is_recorded(app: App) -> None:
    app.send("text", "hi")
    noted = app.wecom.recording.of("message/send")[0]

    assert (noted.values["text"], noted.code, noted.status) == ({"content": "hi"}, 0, 200)
