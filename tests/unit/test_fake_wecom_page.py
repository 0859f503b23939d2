"""The fake WeCom's page shows what a person would see on a phone, and what is written and pressed there happens."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.callee import CARD, Callee, stream
from tests.fakes.wecom.fake import LI, OPS, ROBOT, ZHANG
from tests.fakes.wecom.page.words import app_markdown, bot_markdown, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.wecom.records import JSON


@pytest.fixture
def callee() -> Iterator[Callee]:
    with Callee() as callee:
        yield callee


@pytest.fixture
def wecom(callee: Callee) -> Iterator[FakeWeCom]:
    with FakeWeCom(callee.app_url, callee.bot_url) as wecom:
        wecom.turns.poll_s = 0.05
        yield wecom


@pytest.fixture
def browser(wecom: FakeWeCom) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=wecom.server.address, trust_env=False, follow_redirects=True, timeout=20) as browser:
        yield browser


def test_a_question_written_on_the_page_is_answered_there(
    wecom: FakeWeCom, callee: Callee, browser: httpx.Client
) -> None:
    callee.bot_says = lambda _: stream("**重启**即可")
    page = browser.post("/say", data={"chat": f"bot/{ZHANG}", "as": ZHANG, "text": "VPN 连不上？"})
    assert "VPN 连不上？" in page.text
    wecom.settle()

    assert "<strong>重启</strong>即可" in browser.get("/pane", params={"as": ZHANG, "chat": f"bot/{ZHANG}"}).text


def test_a_file_and_a_quote_go_along(wecom: FakeWeCom, callee: Callee, browser: httpx.Client) -> None:
    data = "data:text/plain;base64," + base64.b64encode(b"ORA-00060").decode()
    browser.post("/say", data={"chat": f"bot/{LI}", "as": LI, "file_name": "a.log", "file_data": data, "text": ""})
    error = wecom.write(ZHANG, "ORA-00060", OPS)
    page = browser.post("/say", data={"chat": OPS, "as": LI, "text": "@Quorum ?", "quotes": error})
    wecom.settle()

    assert {each["msgtype"] for each in callee.bot_heard} == {"file", "text"}
    assert callee.bot_heard[-1]["quote"]["text"] == {"content": "ORA-00060"}
    assert '<p class="quoted">ORA-00060</p>' in page.text


def test_buttons_and_thumbs_work(wecom: FakeWeCom, callee: Callee, browser: httpx.Client) -> None:
    done = CARD | {"button_list": [{"text": "已转人工 ✓", "style": 2, "key": "done"}]}
    both = stream("没有找到", feedback={"id": "fb"}) | {"msgtype": "stream_with_template_card", "template_card": CARD}

    def say(heard: JSON) -> JSON | None:
        if "text" in heard:
            return both
        if heard["event"]["eventtype"] == "feedback_event":
            return None
        return {"response_type": "update_template_card", "template_card": done}

    callee.bot_says = say
    seen = wecom.answer(wecom.write(ZHANG, "q"))
    place = {"chat": seen.chat, "as": ZHANG}
    assert "转人工</button>" in browser.get("/", params=place).text
    browser.post("/press", data=place | {"name": seen.id, "key": "human"})
    browser.post("/rate", data=place | {"name": seen.id, "kind": "1"})
    wecom.settle()

    assert "已转人工 ✓</button>" in browser.get("/pane", params=place).text
    assert wecom.one(seen.id).rating == 1


def test_a_stream_that_goes_on_says_so(wecom: FakeWeCom, callee: Callee, browser: httpx.Client) -> None:
    wecom.turns.poll_s = 60
    callee.bot_says = lambda _: stream("正在检索…", finish=False)
    wecom.write(ZHANG, "q")
    wecom.settle()

    assert 'class="going"' in browser.get("/pane", params={"as": ZHANG}).text


def test_everybody_has_chats_of_their_own(wecom: FakeWeCom, browser: httpx.Client) -> None:
    wecom.group("wrHR", "人事", LI)
    wecom.write(ZHANG, "only mine")
    pages = {user: browser.get("/", params={"as": user, "chat": f"bot/{ZHANG}"}).text for user in (ZHANG, LI)}

    assert ("only mine" in pages[ZHANG], "only mine" in pages[LI]) == (True, False)
    assert ("人事" in pages[ZHANG], "人事" in pages[LI]) == (False, True)


def test_whoever_enters_for_the_first_time_is_welcomed(wecom: FakeWeCom, callee: Callee, browser: httpx.Client) -> None:
    callee.bot_says = lambda _: {"msgtype": "text", "text": {"content": "您好"}}
    browser.post("/enter", data={"chat": f"bot/{ZHANG}", "as": ZHANG})
    wecom.settle()

    assert "您好" in browser.get("/pane", params={"as": ZHANG}).text


def test_nothing_that_was_written_is_obeyed_by_the_browser(wecom: FakeWeCom, browser: httpx.Client) -> None:
    evil = "<script>alert(1)</script> [x](javascript:alert(1)) <a href='javascript:alert(1)'>x</a>"
    for kind in ("text", "markdown"):
        wecom.corp.put(f"app/{ZHANG}", kind, evil, via="message/send")  # type: ignore[arg-type]
    wecom.corp.put(f"app/{ZHANG}", "stream", f"<think>{evil}</think>{evil}", via="stream")
    reply = browser.get("/", params={"as": ZHANG, "chat": f"app/{ZHANG}"})

    assert reply.text.count("alert(1)") > 4
    assert "<script>alert" not in reply.text
    assert "<a href='javascript" not in reply.text.replace('"', "'")
    assert "default-src 'self'" in reply.headers["content-security-policy"]


def test_the_page_holds_no_secret(wecom: FakeWeCom, browser: httpx.Client) -> None:
    page, corp = browser.get("/").text, wecom.corp
    secrets = (corp.secret, corp.token, corp.aes_key, corp.bot_secret, corp.bot_token, corp.bot_aes_key, ROBOT)

    assert [secret for secret in secrets if secret in page] == []


def test_an_apps_markdown_shows_little_and_a_bots_shows_more() -> None:
    said = '# 标题\n> 引用 **粗** `a<b` [文档](https://h/?a=1&b=2) <font color="warning">注意</font>\n```\n| a |'
    shown = app_markdown(said)

    assert shown == (
        "<h3>标题</h3><blockquote>引用 <b>粗</b> <code>a&lt;b</code> "
        '<a href="https://h/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">文档</a> '
        '<span class="warning">注意</span></blockquote><p>```</p><p>| a |</p>'
    )
    assert "<table>" in bot_markdown("<think>想</think>\n| a |\n|---|\n| 1 |")
    assert text("一\n<a href='https://h'>二</a>").startswith("一<br><a href=")


def test_the_program_prints_where_it_is_and_how_to_reach_it() -> None:
    command = [sys.executable, "-m", "tests.fakes.wecom"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": "."}) as process:
        lines = _said(process)
        process.terminate()

    found = dict(line.removeprefix("export ").strip().split("=", 1) for line in lines if line.startswith("export"))
    wecom = {name.removeprefix("QUORUM_WECOM__") for name in found if name.startswith("QUORUM_WECOM__")}
    app = {"CORP_ID", "AGENT_ID", "SECRET", "TOKEN", "AES_KEY", "API_URL", "BOT_NAME"}
    assert wecom == app | {"BOT_ID", "BOT_SECRET", "BOT_URL"}
    assert process.returncode == 0


def _said(process: subprocess.Popen[str]) -> list[str]:
    """Return the lines up to the address of the page, which comes last."""
    lines: list[str] = []
    assert process.stdout
    while not lines or "page" not in lines[-1]:
        lines.append(process.stdout.readline())
        assert lines[-1], "it ended"
    return lines
