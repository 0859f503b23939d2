"""Commands in Slack, with a slash or written to us, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.polling import until
from tests.fakes.slack_installation import TWO

if TYPE_CHECKING:
    from tests.fakes.slack_installation import Installation


VPN = "After how many hours does a VPN session end?"
SLASHED = [
    ("help", "How to ask", "帮助", "如何提问"),
    ("status", "I am here.", "状态", "我在线"),
    ("sources", "*handbook* · 11 documents", "来源", "*handbook* · 11 个文档"),
    ("forget", "I no longer keep a list", "忘记", "已清除"),
    ("stop", "in the thread that I should leave", "停止", "在需要我退出的线程里"),
]


def test_ask_is_answered_to_its_author_alone(slack: Installation) -> None:
    user, other = slack.person(), slack.person()
    channel = slack.channel(user, other)
    given = slack.slack.slash("/ask", VPN, user, channel)
    shown = until(lambda: [each for each in slack.slack.whispers(user) if each.final], "an answer")

    assert given.status == 200
    assert len(shown) == 1
    assert "12 hours" in shown[0].shown
    assert "[1] Connecting from home" in shown[0].shown
    assert (shown[0].channel, shown[0].pings) == (channel, [])
    assert slack.slack.channel(channel, other) == []


def test_a_chinese_ask_whose_answer_a_human_is_to_look_at_changes_that_message_alone(slack: Installation) -> None:
    user = slack.person("zh-CN")
    channel = slack.channel(user)
    slack.slack.slash("/ask", f"昨天晚上的篮球赛谁赢了？{channel}", user, channel)
    (shown,) = until(lambda: [each for each in slack.slack.whispers(user) if each.final], "an answer")
    slack.slack.click(shown, "quorum_escalate", user=user)
    until(lambda: "已转给人工同事" in slack.slack.one(channel, shown.ts).shown, "the button is gone")

    assert "[转人工]" in shown.shown
    assert [each.ts for each in slack.slack.whispers(user)] == [shown.ts]
    assert len(slack.packets(channel)) == 1
    assert [each for each in slack.slack.channel(channel) if each.ours] == []


@pytest.mark.parametrize(("name", "english", "_", "chinese"), SLASHED)
def test_a_slash_command_answers_at_once_in_the_language_of_its_author(
    slack: Installation, name: str, english: str, _: str, chinese: str
) -> None:
    user, other = slack.person(), slack.person("zh-CN")
    channel = slack.channel(user, other)
    slack.direct(other, "密码多久更换一次？")
    answered = [slack.slack.slash("/quorum", name, who, channel) for who in (user, other)]
    shown = [slack.slack.whispers(who)[-1] for who in (user, other)]

    assert [each.status for each in answered] == [200, 200]
    assert english.replace("*", "") in shown[0].shown
    assert chinese.replace("*", "") in shown[1].shown
    assert "payroll" not in shown[0].shown + shown[1].shown
    assert [each for each in slack.slack.channel(channel) if each.ours] == []


@pytest.mark.parametrize("slack", TWO, indirect=True)
@pytest.mark.parametrize(("_", "english", "written", "chinese"), SLASHED[:3])
def test_a_written_command_is_answered_in_its_thread(
    slack: Installation, _: str, english: str, written: str, chinese: str
) -> None:
    user = slack.person("zh-CN")
    channel = slack.channel(user)
    said = [slack.said(channel, slack.slack.mention(channel, user, f"/{word}")) for word in (_, written)]

    assert english.replace("*", "") in said[0].shown
    assert chinese.replace("*", "") in said[1].shown
    assert [(each.actions, each.pings) for each in said] == [([], [])] * 2


def test_forget_empties_the_list_of_what_one_asked_and_mutes_nobody(slack: Installation) -> None:
    user = slack.person()
    slack.direct(user, VPN)
    homes = slack.slack.workspace.homes
    slack.slack.home(user)
    until(lambda: VPN in str(homes.get(user)), "the question in the home tab")
    slack.slack.slash("/quorum", "forget", user)
    homes.pop(user)
    slack.slack.home(user)
    until(lambda: homes.get(user), "the home tab")

    assert VPN not in str(homes[user])
    assert "You have not asked anything yet." in str(homes[user])
    assert "12 hours" in slack.direct(user, VPN).shown


def test_after_stop_a_thread_is_left_until_the_next_mention(slack: Installation) -> None:
    user = slack.person()
    channel = slack.channel(user)
    root = slack.slack.mention(channel, user, VPN)
    slack.reply(channel, root)
    stopped = slack.said(channel, slack.slack.message(channel, user, "stop", root))
    unheard = slack.slack.message(channel, user, "How many days of annual leave do I have?", root)
    slack.slack.settle()
    heard = slack.slack.mention(channel, user, "Who replaces the toner of the printer?", root)
    slack.reply(channel, heard)

    assert stopped.shown.startswith("I follow this thread no longer.")
    assert slack.slack.by_question().get(slack.id(channel, unheard)) is None


@pytest.mark.parametrize("slack", TWO, indirect=True)
def test_the_command_for_a_human_hands_the_last_question_over_and_needs_one(slack: Installation) -> None:
    user = slack.person()
    channel = slack.channel(user)
    slack.slack.slash("/quorum", "human", user, channel)
    nothing = slack.slack.whispers(user)[-1]
    ts = slack.slack.mention(channel, user, f"Who won the basketball game in {channel}?")
    slack.reply(channel, ts)
    slack.slack.slash("/quorum", "human", user, channel)
    until(lambda: slack.packets(channel), "a packet")
    until(lambda: len(slack.slack.replies(channel, ts)) > 1, "a word in the thread")

    assert nothing.shown.startswith("Ask me something first")
    assert slack.slack.whispers(user)[-1].shown.startswith("Your last question goes to a human colleague.")
    assert len(slack.packets(channel)) == 1


@pytest.mark.parametrize("slack", TWO, indirect=True)
def test_an_unknown_command_and_an_empty_ask_are_told_how_to_ask(slack: Installation) -> None:
    user = slack.person()
    for command, text in (("/quorum", "dance"), ("/ask", "")):
        slack.slack.slash(command, text, user)

    assert ["How to ask" in each.shown for each in slack.slack.whispers(user)] == [True, True]
