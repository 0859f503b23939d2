"""Questions in Slack, from a real `quorum serve slack`: what people see, in either language, wherever they ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.polling import until
from tests.fakes.slack_installation import TWO

if TYPE_CHECKING:
    from tests.fakes.slack_installation import Installation


VPN = "After how many hours does a VPN session end?"
JAM = "What should I do when there is a paper jam in tray 2?"
LOG = "\n".join(
    [
        *(f"2026-11-20 10:{n // 60:02}:{n % 60:02} INFO worker-{n % 7} batch {n} was written" for n in range(120)),
        "ERROR ORA-01653: unable to extend table APP.ORDERS by 128 in tablespace USERS",
    ]
)
"""Longer than the 4,096 characters at which others cut, with what matters at its end."""


def sourced(shown: str) -> list[str]:
    """Return the lines of the numbered sources."""
    return [line for line in shown.splitlines() if line.startswith("[") and line[1].isdigit()]


def test_a_mention_is_answered_in_its_thread_with_numbered_sources_and_the_agreement(slack: Installation) -> None:
    user = slack.person()
    channel = slack.channel(user)
    reply = slack.ask(channel, user, VPN)

    assert "12 hours" in reply.shown
    assert sourced(reply.shown)[0].startswith("[1] Connecting from home")
    assert ("Connecting from home", "https://wiki.example/vpn.md") in reply.links
    assert "5 of 5 samples agree" in reply.shown
    assert reply.actions == ["quorum_feedback", "quorum_sources", "quorum_escalate"]
    assert reply.versions[0] == "Searching the documents …"
    assert reply.text.startswith("Install the BridgeGate client")
    assert slack.slack.whispers(user) == []


def test_a_chinese_question_is_answered_in_chinese_with_chinese_buttons(slack: Installation) -> None:
    user = slack.person("zh-CN")
    reply = slack.ask(slack.channel(user), user, "忘记密码怎么重新设置？")

    assert "找回密码" in reply.shown
    assert sourced(reply.shown)[0].startswith("[1] 密码与账号")
    assert all(word in reply.shown for word in ("来源", "5 个样本中 5 个一致", "[有帮助]", "[查看来源]", "[转人工]"))
    assert reply.versions[0].startswith("正在查找文档")


def test_a_follow_up_by_somebody_else_needs_no_mention_and_channel_talk_is_left_alone(slack: Installation) -> None:
    first, second = slack.person(), slack.person()
    channel = slack.channel(first, second)
    root = slack.slack.mention(channel, first, VPN)
    slack.reply(channel, root)
    talk = slack.slack.message(channel, second, JAM)
    follow_up = slack.slack.message(channel, second, JAM, root)
    reply = slack.reply(channel, follow_up)

    assert reply.thread_ts == root
    assert "open the rear door" in reply.shown
    assert len(slack.slack.replies(channel, root)) == 2
    assert slack.slack.replies(channel, talk) == []


def test_a_follow_up_that_says_nothing_of_its_own_is_answered_from_its_thread(slack: Installation) -> None:
    user = slack.person()
    channel = slack.channel(user)
    root = slack.slack.mention(channel, user, "Who replaces the toner of the printer?")
    slack.reply(channel, root)
    reply = slack.reply(channel, slack.slack.message(channel, user, "And what is the extension?", root))

    assert "extension 6000" in reply.shown


def test_two_questions_in_one_thread_have_an_answer_each_in_order(slack: Installation) -> None:
    user = slack.person()
    channel = slack.channel(user)
    root = slack.slack.mention(channel, user, VPN)
    until(lambda: slack.slack.replies(channel, root), "an acknowledgement")
    second = slack.slack.mention(channel, user, JAM, root)
    replies = [slack.reply(channel, root), slack.reply(channel, second)]

    assert slack.slack.replies(channel, root) == replies
    assert ["12 hours" in each.shown for each in replies] == [True, False]


def test_a_direct_message_is_answered_under_it_without_a_mention(slack: Installation) -> None:
    user = slack.person("zh-CN")
    reply = slack.direct(user, "密码多久更换一次")

    assert reply.channel == slack.slack.direct_channel(user)
    assert "90 天" in reply.shown


def test_a_long_log_in_a_code_block_is_read_to_its_end(slack: Installation) -> None:
    user = slack.person()
    reply = slack.ask(slack.channel(user), user, f"what now?\n```\n{LOG}\n```")

    assert "autoextend" in reply.shown
    assert sourced(reply.shown)[0].startswith("[1] ORA-01653")


def test_a_log_beside_a_bare_mention_is_read_as_a_file(slack: Installation) -> None:
    user = slack.person()
    channel = slack.channel(user)
    file = slack.slack.file("alert_orcl.log", LOG.encode())
    ts = slack.slack.mention(channel, user, "", files=[file])
    reply = slack.reply(channel, ts)

    assert "autoextend" in reply.shown
    assert sourced(reply.shown)[0].startswith("[1] ORA-01653")


def test_all_files_are_read_and_one_that_cannot_be_is_named(slack: Installation) -> None:
    user = slack.person()
    channel = slack.channel(user)
    files = [slack.slack.file("gone.log", b"x", gone=True), slack.slack.file("second.log", LOG.encode())]
    files.append(slack.slack.file("page.log", b"y" * 50, login_page=True))
    reply = slack.reply(channel, slack.slack.mention(channel, user, "", files=files))

    assert "autoextend" in reply.shown
    assert "page.log" in reply.shown
    assert files[0].id in reply.shown or "gone.log" in reply.shown


def test_what_the_documents_do_not_hold_is_refused_with_the_offer_of_a_human(slack: Installation) -> None:
    user = slack.person()
    reply = slack.ask(slack.channel(user), user, "Which team won the basketball game last night?")

    assert "The documents do not hold the answer" in reply.shown
    assert reply.actions == ["quorum_escalate"]
    assert sourced(reply.shown) == []


@pytest.mark.parametrize("slack", TWO, indirect=True)
def test_a_hundred_mentions_in_one_message_are_one_question_and_ping_nobody(slack: Installation) -> None:
    user, other = slack.person(), slack.person()
    channel = slack.channel(user, other)
    bot = f"<@{slack.slack.workspace.bot_user}>"
    reply = slack.ask(channel, user, f"{bot} <@{other}> " * 50 + VPN)

    assert "12 hours" in reply.shown
    assert [each.ts for each in slack.slack.channel(channel) if each.ours] == [reply.ts]


@pytest.mark.parametrize("slack", TWO, indirect=True)
def test_right_to_left_and_zero_width_characters_do_not_hide_a_question(slack: Installation) -> None:
    user = slack.person()
    reply = slack.ask(
        slack.channel(user), user, "\u202eAfter how\u200b many ho\u200durs does a V\ufeffPN session end?\u202c"
    )

    assert "12 hours" in reply.shown


@pytest.mark.parametrize("slack", TWO, indirect=True)
def test_a_bare_mention_is_told_how_to_ask_in_the_language_of_the_asker_s_last_question(slack: Installation) -> None:
    user = slack.person()
    channel = slack.channel(user)
    greeted = slack.said(channel, slack.slack.mention(channel, user, ""))
    slack.ask(channel, user, "密码多久更换一次？")
    again = slack.slack.mention(channel, user, "")

    assert greeted.shown.startswith("What would you like to know?")
    assert (greeted.actions, greeted.pings) == ([], [])
    assert slack.said(channel, again).shown.startswith("您想了解什么？")


@pytest.mark.parametrize("slack", TWO, indirect=True)
def test_mentions_in_code_other_bots_and_ourselves_are_not_answered(slack: Installation) -> None:
    user, bot = slack.person(), f"<@{slack.slack.workspace.bot_user}>"
    channel = slack.channel(user)
    slack.slack.message(channel, user, f"write it like this:\n```\n{bot} {VPN}\n```")
    slack.slack.other_bot(channel, f"{bot} {VPN}")
    slack.slack.message(channel, user, JAM)
    asked = slack.ask(channel, user, VPN)
    slack.slack.settle()

    assert [each for each in slack.slack.channel(channel) if each.ours] == [asked]


@pytest.mark.parametrize("slack", TWO, indirect=True)
def test_an_event_delivered_four_times_and_by_two_types_is_answered_once(slack: Installation) -> None:
    user = slack.person()
    channel = slack.channel(user)
    slack.slack.deliveries.copies = 4
    try:
        ts = slack.slack.mention(channel, user, VPN)
        reply = slack.reply(channel, ts)
        slack.slack.settle()
    finally:
        slack.slack.deliveries.copies = 1

    assert slack.slack.replies(channel, ts) == [reply]
