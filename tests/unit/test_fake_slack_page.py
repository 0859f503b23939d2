"""The fake Slack's page shows what a person would see, and what is written and pressed there happens."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import httpx
import pytest

from tests.fakes.slack import FakeSlack
from tests.fakes.slack.fake import ALICE, BOB, HELP
from tests.fakes.slack.page.words import mrkdwn
from tests.fakes.slack.sdk import client

if TYPE_CHECKING:
    from collections.abc import Iterator

BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "Ask a human"}, "action_id": "human", "value": "q-1"}


@pytest.fixture(scope="module")
def slack() -> Iterator[FakeSlack]:
    with FakeSlack("http://127.0.0.1:9/nobody", retries_s=()) as slack:
        yield slack


@pytest.fixture
def browser(slack: FakeSlack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=slack.server.address, trust_env=False, follow_redirects=True, timeout=20) as browser:
        yield browser


def test_a_question_written_on_the_page_opens_its_thread(slack: FakeSlack, browser: httpx.Client) -> None:
    page = browser.post("/say", data={"channel": HELP, "as": BOB, "text": "@quorum VPN 连不上？"})
    ts = parse_qs(page.url.query.decode())["thread"][0]

    assert slack.one(HELP, ts).text == f"<@{slack.workspace.bot_user}> VPN 连不上？"
    assert "VPN 连不上？" in page.text


def test_a_file_goes_along(slack: FakeSlack, browser: httpx.Client) -> None:
    data = "data:text/plain;base64," + base64.b64encode(b"ORA-00060").decode()
    form = {"channel": HELP, "as": BOB, "text": "@quorum see", "file_name": "a.log", "file_data": data}
    page = browser.post("/say", data=form)

    assert "a.log" in page.text
    assert [file.content for file in slack.workspace.files.values()] == [b"ORA-00060"]


def test_a_command_is_typed_like_a_message(slack: FakeSlack, browser: httpx.Client) -> None:
    browser.post("/say", data={"channel": HELP, "as": BOB, "text": "/ask how long is the leave?"})
    payload = slack.deliveries.log[-1].payload

    assert (payload["command"], payload["text"], payload["user_id"]) == ("/ask", "how long is the leave?", BOB)


def test_a_button_on_the_page_is_pressed_by_whoever_looks(slack: FakeSlack, browser: httpx.Client) -> None:
    root = slack.message(HELP, ALICE, "q")
    blocks = [{"type": "actions", "elements": [BUTTON]}]
    client(slack).chat_postMessage(channel=HELP, thread_ts=root, text="t", blocks=blocks)
    page = browser.get("/", params={"channel": HELP, "thread": root, "as": BOB}).text
    form = dict(
        re.findall(r'name="(\w+)" value="([^"]*)"', page[page.index('action="/click"') :].partition("</form>")[0])
    )
    browser.post("/click", data=form)
    payload = slack.deliveries.log[-1].payload

    assert (payload["user"]["id"], payload["actions"][0]["action_id"]) == (BOB, "human")


def test_nothing_that_was_written_is_obeyed_by_the_browser(slack: FakeSlack, browser: httpx.Client) -> None:
    evil = "<script>alert(1)</script> [x](javascript:alert(1)) <javascript:alert(1)|x>"
    blocks = [
        {"type": "markdown", "text": evil},
        {"type": "section", "text": {"type": "mrkdwn", "text": evil}},
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": evil}]}],
        },
    ]
    client(slack).chat_postMessage(channel=HELP, text="t", blocks=blocks)
    reply = browser.get("/", params={"channel": HELP})

    assert "<script>alert" not in reply.text
    assert 'href="javascript' not in reply.text
    assert "default-src 'self'" in reply.headers["content-security-policy"]


def test_the_page_holds_no_secret(slack: FakeSlack, browser: httpx.Client) -> None:
    page = browser.get("/", params={"channel": HELP}).text
    secrets = (slack.workspace.bot_token, slack.workspace.app_token, slack.workspace.signing_secret)

    assert [secret for secret in secrets if secret in page] == []


def test_whispers_and_modals_are_shown_to_their_person_alone(slack: FakeSlack, browser: httpx.Client) -> None:
    web = client(slack)
    web.chat_postEphemeral(channel=HELP, user=ALICE, text="for alice")
    slack.slash("/ask", "x", ALICE)
    trigger = slack.deliveries.log[-1].payload["trigger_id"]
    section = {"type": "section", "text": {"type": "plain_text", "text": "the passage"}}
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Sources"}, "blocks": [section]}
    web.views_open(trigger_id=trigger, view=view)
    pages = {who: browser.get("/", params={"channel": HELP, "as": who}).text for who in (ALICE, BOB)}

    assert {who: ("for alice" in page, "the passage" in page) for who, page in pages.items()} == {
        ALICE: (True, True),
        BOB: (False, False),
    }
    browser.post("/close", data={"as": ALICE, "channel": HELP})
    assert "the passage" not in browser.get("/pane", params={"channel": HELP, "as": ALICE}).text


def test_opening_the_home_tells_the_app_and_shows_what_it_publishes(slack: FakeSlack, browser: httpx.Client) -> None:
    header = {"type": "header", "text": {"type": "plain_text", "text": "How to ask"}}
    client(slack).views_publish(user_id=BOB, view={"type": "home", "blocks": [header]})
    page = browser.get("/", params={"as": BOB, "tab": "home"}).text

    assert "How to ask" in page
    assert slack.deliveries.log[-1].payload["event"]["type"] == "app_home_opened"


def test_a_permalink_opens_the_thread(slack: FakeSlack, browser: httpx.Client) -> None:
    ts = slack.message(HELP, ALICE, "where was this?")
    link = client(slack).chat_getPermalink(channel=HELP, message_ts=ts)["permalink"]

    assert "where was this?" in browser.get(link).text


def test_mark_up_becomes_html() -> None:
    text = "*b* _i_ `c &lt;d` <@U1> <https://h/?a=1&amp;b=2|label &amp; more>\n```x\ny```"
    html = mrkdwn(text, {"U1": "alice"}.__getitem__)

    assert html == (
        '<b>b</b> <i>i</i> <code>c &lt;d</code> <span class="mention">@alice</span> '
        '<a href="https://h/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">label &amp; more</a>'
        "<pre>x\ny</pre>"
    )


def test_the_program_prints_where_it_is_and_how_to_reach_it() -> None:
    command = [sys.executable, "-m", "tests.fakes.slack"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": "."}) as process:
        lines = _said(process)
        process.terminate()

    found = dict(line.removeprefix("export ").strip().split("=", 1) for line in lines if line.startswith("export"))
    assert found.keys() == {
        "QUORUM_HELPDESK__SLACK_CHANNEL",
        "QUORUM_SLACK__API_URL",
        "QUORUM_SLACK__APP_TOKEN",
        "QUORUM_SLACK__BOT_TOKEN",
    }
    assert process.returncode == 0


def _said(process: subprocess.Popen[str]) -> list[str]:
    """Return the lines up to the address of the page, which comes last."""
    lines: list[str] = []
    assert process.stdout
    while not lines or "page" not in lines[-1]:
        lines.append(process.stdout.readline())
        assert lines[-1], "it ended"
    return lines
