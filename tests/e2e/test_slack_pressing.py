"""What people press in Slack: buttons, the shortcut of a message, and the tab with our home."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.fakes.polling import until
from tests.fakes.slack_installation import DESK, TWO

if TYPE_CHECKING:
    from tests.fakes.slack_installation import Installation


VPN = "After how many hours does a VPN session end?"


def test_feedback_counts_once_a_person_and_answer(slack: Installation) -> None:
    user, other = slack.person(), slack.person()
    reply = slack.ask(slack.channel(user, other), user, VPN)
    good, bad = (f'quorum_feedback_total{{platform="slack",value="{value}"}}' for value in ("good", "bad"))
    before = slack.metric(good), slack.metric(bad)
    values = [value for each in reply.blocks for value in feedback(each)]
    clicks = [
        slack.slack.click(reply, "quorum_feedback", values[number], who)
        for number, who in ((0, user), (0, user), (1, other))
    ]

    assert [each.status for each in clicks] == [200, 200, 200]
    assert (slack.metric(good) - before[0], slack.metric(bad) - before[1]) == (1, 1)


def feedback(block: dict[str, object]) -> list[str]:
    """Return the values of a block's feedback buttons, the good one first."""
    elements = block.get("elements")
    found = [each for each in elements if each.get("type") == "feedback_buttons"] if isinstance(elements, list) else []
    return [each[side]["value"] for each in found for side in ("positive_button", "negative_button")]


def test_sources_open_in_a_modal_that_quotes_the_cited_passage(slack: Installation) -> None:
    user = slack.person("zh-CN")
    reply = slack.ask(slack.channel(user), user, "密码多久更换一次？")
    click = slack.slack.click(reply, "quorum_sources", user=user)
    view = until(lambda: slack.slack.workspace.modals.get(user), "a modal")
    said = json.dumps(view, ensure_ascii=False)

    assert click.status == 200
    assert view["title"]["text"] == "来源"
    assert "密码与账号" in said
    assert "连续输错五次会锁定账号三十分钟" in said


def test_a_double_click_asks_a_human_once_with_all_that_a_colleague_needs(slack: Installation) -> None:
    user = slack.person()
    channel = slack.channel(user)
    text = f"Where is the archive of room {channel} of the basketball club, password: Hush-Hush-77?"
    ts = slack.slack.mention(channel, user, text)
    reply = slack.reply(channel, ts)
    clicks = [slack.slack.click(reply, "quorum_escalate", user=user) for _ in range(2)]
    until(lambda: len(slack.slack.replies(channel, ts)) > 1, "a word to the asker")
    until(lambda: not slack.slack.one(channel, reply.ts).actions, "the button is gone")
    slack.slack.settle()
    (packet,) = slack.packets(channel)
    told = [each for each in slack.slack.replies(channel, ts) if each.ts != reply.ts]

    assert [each.status for each in clicks] == [200, 200]
    assert "of the basketball club" in packet.shown
    assert "Hush-Hush-77" not in packet.shown + json.dumps(packet.blocks) + packet.text
    assert packet.pings == [f"@{user}"] * len(packet.pings) != []
    assert any(f"/archives/{channel}/p{ts.replace('.', '')}" in url for _, url in packet.links)
    assert len(told) == 1
    assert "human" in told[0].shown
    assert (told[0].thread_ts, told[0].pings) == (ts, [])
    assert "A human colleague was asked." in slack.slack.one(channel, reply.ts).shown


def test_a_chinese_answer_is_handed_over_in_chinese(slack: Installation) -> None:
    user = slack.person("zh-CN")
    channel = slack.channel(user)
    ts = slack.slack.mention(channel, user, f"密码多久更换一次？（{channel}）")
    reply = slack.reply(channel, ts)
    slack.slack.click(reply, "quorum_escalate", user=user)
    until(lambda: slack.packets(channel), "a packet")
    told = until(lambda: [each for each in slack.slack.replies(channel, ts) if each.ts != reply.ts], "a word")

    assert "人工" in told[0].shown
    assert slack.slack.one(DESK, slack.packets(channel)[0].ts).thread_ts == ""


def test_the_shortcut_answers_anybodys_message_in_its_thread(slack: Installation) -> None:
    user = slack.person()
    channel = slack.channel(user)
    alert = slack.slack.other_bot(channel, "ALERT: ORA-01653: unable to extend table APP.ORDERS")
    pressed = slack.slack.shortcut("quorum_ask", channel, alert, user)
    reply = slack.reply(channel, alert)
    follow_up = slack.slack.message(channel, user, VPN, alert)

    assert pressed.status == 200
    assert "autoextend" in reply.shown
    assert "12 hours" in slack.reply(channel, follow_up).shown


def test_the_home_tab_shows_how_to_ask_what_there_is_and_what_one_asked(slack: Installation) -> None:
    user = slack.person("zh-CN")
    channel = slack.channel(user)
    slack.ask(channel, user, "试用期是几个月？")
    slack.slack.home(user)
    view = until(lambda: slack.slack.workspace.homes.get(user), "a home tab")
    said = json.dumps(view, ensure_ascii=False)

    assert all(words in said for words in ("如何提问", "*handbook* · 11 个文档", "试用期是几个月？", "已回答"))
    assert "payroll" not in said


@pytest.mark.parametrize("slack", TWO, indirect=True)
def test_an_empty_conversation_gets_suggestions(slack: Installation) -> None:
    user = slack.person()
    slack.slack.home(user, "messages")
    prompts = until(lambda: list(slack.slack.workspace.prompts.values()), "suggestions")

    assert {prompt["title"] for prompt in prompts[-1]} == {"How do I ask?", "Paste a log"}
