"""A process that takes questions from Slack or WeCom writes no secret, whichever way a question comes in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.polling import until
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.fake import ALICE, HELP
from tests.fakes.slack_reception import reception
from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.fake import ZHANG
from tests.fakes.wecom_bot import bot_desk

if TYPE_CHECKING:
    from pathlib import Path

SECRETS = ("hunter221", "hunter222", "hunter223", "hunter224", "hunter225")
ASKED = "why is password={} refused?"


def written(home: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(home.rglob("*")) if file.is_file())


def test_nothing_that_is_asked_in_slack_leaves_a_secret_in_a_file(tmp_path: Path) -> None:
    with FakeSlack(retries_s=()) as slack, reception(tmp_path, slack) as desk:
        asked = slack.mention(HELP, ALICE, ASKED.format(SECRETS[0]))
        slack.direct(ALICE, ASKED.format(SECRETS[1]))
        slack.settle()
        slack.edit(HELP, asked, f"<@{slack.workspace.bot_user}> {ASKED.format(SECRETS[2])}")
        slack.slash("/ask", ASKED.format(SECRETS[3]))
        slack.slash("/quorum", f"human {ASKED.format(SECRETS[4])}")
        slack.settle()
        until(lambda: desk.store.get(f"slack-recent:{slack.workspace.team}:{ALICE}"), "the last question")
        texts = [question.text for question in desk.queue.taken]

    assert len(texts) >= len(SECRETS)
    assert all("password=<password-1> refused" in text for text in texts)
    assert b"password=<password-1>" in written(tmp_path)
    assert not [secret for secret in SECRETS if secret.encode() in written(tmp_path)]


def test_nothing_that_is_asked_in_wecom_leaves_a_secret_in_a_file(tmp_path: Path) -> None:
    with FakeWeCom(bot_url="http://127.0.0.1:1") as wecom, bot_desk(tmp_path, wecom) as desk:
        text = desk.question(wecom.write(ZHANG, ASKED.format(SECRETS[0]))).text

    assert text == ASKED.format("<password-1>")
    assert SECRETS[0].encode() not in written(tmp_path)
