"""Questions in Slack that people change or take back: the reply follows, in place, and never doubles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.polling import until

if TYPE_CHECKING:
    from tests.fakes.slack_installation import Installation


VPN = "After how many hours does a VPN session end?"
LEAVE = "How many days of annual leave do I have?"
SLOW_S = 1.5
"""So long the file beside a question takes to come, in which its author changes it."""


def asked_slowly(slack: Installation, channel: str, user: str) -> str:
    """Ask with a file that comes slowly, and return the ts once the answer is being worked on."""
    before = len(slack.slack.recording.of("files-pri"))
    slack.slack.troubles.slow("files-pri", SLOW_S)
    ts = slack.slack.mention(channel, user, VPN, files=[slack.slack.file("notes.txt", b"for the new colleague")])
    until(lambda: len(slack.slack.recording.of("files-pri")) > before, "the file is being read")
    return ts


def test_an_edit_before_the_answer_is_answered_as_edited_and_nothing_else_is(slack: Installation) -> None:
    user = slack.person()
    channel = slack.channel(user)
    ts = asked_slowly(slack, channel, user)
    slack.slack.edit(channel, ts, f"<@{slack.slack.workspace.bot_user}> {LEAVE}")
    reply = slack.reply(channel, ts, "15 days")

    assert not [version for version in reply.versions if "12 hours" in version]
    assert slack.slack.replies(channel, ts) == [reply]


def test_an_edit_after_the_answer_changes_the_same_message(slack: Installation) -> None:
    user = slack.person()
    channel = slack.channel(user)
    ts = slack.slack.mention(channel, user, VPN)
    before = slack.reply(channel, ts)
    slack.slack.edit(channel, ts, f"<@{slack.slack.workspace.bot_user}> {LEAVE}")
    after = slack.reply(channel, ts, "15 days")

    assert before.ts == after.ts
    assert "12 hours" in before.shown
    assert "12 hours" not in after.shown


def test_an_edited_direct_message_in_chinese_is_answered_anew(slack: Installation) -> None:
    user = slack.person("zh-CN")
    ts = slack.slack.direct(user, "密码多久更换一次？")
    channel = slack.slack.direct_channel(user)
    slack.reply(channel, ts, "90 天")
    slack.slack.edit(channel, ts, "试用期是几个月？")

    assert "三个月" in slack.reply(channel, ts, "试用期").shown


def test_a_question_deleted_before_its_answer_leaves_nothing(slack: Installation) -> None:
    user = slack.person()
    channel = slack.channel(user)
    ts = asked_slowly(slack, channel, user)
    slack.slack.delete(channel, ts)
    other = slack.ask(channel, user, LEAVE)
    slack.slack.settle()
    until(lambda: [each for each in slack.slack.channel(channel) if each.ours] == [other], "only the other answer")

    assert not [each for each in slack.slack.ever() if each.channel == channel and "12 hours" in each.shown]


def test_deleting_an_answered_question_removes_its_answer_and_no_other(slack: Installation) -> None:
    user = slack.person()
    channel = slack.channel(user)
    root = slack.slack.mention(channel, user, VPN)
    first = slack.reply(channel, root)
    second = slack.slack.message(channel, user, LEAVE, root)
    slack.reply(channel, second)
    slack.slack.delete(channel, second)
    until(lambda: slack.slack.replies(channel, root) == [first], "only the first answer")

    assert slack.slack.by_question().get(slack.id(channel, second)) is None


def test_deleting_a_question_that_began_a_thread_removes_its_answer(slack: Installation) -> None:
    user = slack.person()
    channel = slack.channel(user)
    root = slack.slack.mention(channel, user, VPN)
    slack.reply(channel, root)
    slack.slack.delete(channel, root)

    until(lambda: not slack.slack.replies(channel, root), "nothing of ours")


def test_a_bare_mention_that_is_edited_into_a_question_is_answered_in_place_of_the_help(slack: Installation) -> None:
    user = slack.person()
    channel = slack.channel(user)
    ts = slack.slack.mention(channel, user, "")
    greeted = slack.said(channel, ts)
    slack.slack.edit(channel, ts, f"<@{slack.slack.workspace.bot_user}> {VPN}")
    reply = slack.reply(channel, ts, "12 hours")

    assert reply.ts == greeted.ts
