"""What belongs to a WeCom question: its files, decrypted where they are an AI bot's, what was said, and its scope."""

from __future__ import annotations

import base64
import logging
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.wecom.gathering.gather import Gatherer
from bot.conversation.answers import AnswerBook
from bot.errors import MessengerBusyError, MessengerUnavailableError
from bot.settings import Settings
from bot.types import Address, Attachment
from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.fake import LI, ZHANG
from tests.fakes.wecom_rooms import AppRoom, app_room, wecom_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.types import Question
    from tests.fakes.wecom.records import Media

LOG = "ORA-01555: 快照过旧\nORA-00257: 归档空间已满\n".encode()
ACCESS = {
    "public": ("*",),
    "dba": ("wecom:user:ZhangSan",),
    "ops": ("wecom:department:2",),
    "room": ("wecom:chat:wr1",),
}


@pytest.fixture
def wecom() -> Iterator[FakeWeCom]:
    with FakeWeCom() as wecom:
        yield wecom


@pytest.fixture
def room(wecom: FakeWeCom, tmp_path: Path) -> Iterator[AppRoom]:
    with app_room(tmp_path, wecom) as room:
        yield room


def gatherer(room: AppRoom, *, with_app: bool = True) -> Gatherer:
    key = base64.b64encode(b"k" * 32).decode().rstrip("=")
    settings = Settings(access=ACCESS, wecom=wecom_settings(room.wecom, bot_aes_key=key))
    return Gatherer(room.api if with_app else None, room.store, AnswerBook(room.store, 60.0), settings)


def app_file(room: AppRoom, media: Media) -> Question:
    return replace(room.question("看看这个"), attachments=(Attachment(media.id, "", "", 0, "", media.kind),))


def bot_file(room: AppRoom, media: Media, key: bytes | None = None) -> Question:
    media.key = key or b"k" * 32
    own = f"#aeskey={base64.b64encode(key).decode().rstrip('=')}" if key else ""
    url = f"{room.wecom.server.address}/media/{media.id}?sign={int(room.wecom.corp.now())}{own}"
    asked = replace(room.question("看看这个"), details={"mode": "callback"}, asked_at=room.wecom.corp.now())
    return replace(asked, attachments=(Attachment("file-1", "", "", 0, url, media.kind),))


def test_a_file_that_was_sent_to_the_app_is_read(room: AppRoom) -> None:
    found = gatherer(room).gather(app_file(room, room.wecom.media("file", "告警.log", LOG)))

    assert found.text == f"看看这个\n\n告警.log:\n{LOG.decode().strip()}"
    assert found.notices == ()


@pytest.mark.parametrize("key", [None, b"q" * 32], ids=["the bot's key", "a key of its own"])
@pytest.mark.parametrize("content", [LOG, b"x" * 31 + b"\n", b"x" * 32], ids=["log", "padded", "whole blocks"])
def test_a_file_that_was_sent_to_the_ai_bot_is_decrypted_and_read(
    room: AppRoom, key: bytes | None, content: bytes
) -> None:
    found = gatherer(room, with_app=False).gather(bot_file(room, room.wecom.media("file", "告警.log", content), key))

    assert found.text == f"看看这个\n\n告警.log:\n{content.decode().strip()}"


def test_an_address_may_hold_any_characters(room: AppRoom) -> None:
    question = bot_file(room, room.wecom.media("file", "告警.log", LOG), b"q" * 32)
    sent = question.attachments[0]
    address, mark, key = sent.url.partition("#")
    odd = replace(sent, url=f"{address}&name=告警 日志.log{mark}{key}")
    found = gatherer(room, with_app=False).gather(replace(question, attachments=(odd,)))

    assert LOG.decode().strip() in found.text


def test_a_wrong_key_is_told_as_a_damaged_file(room: AppRoom) -> None:
    question = bot_file(room, room.wecom.media("file", "告警.log", LOG), b"q" * 32)
    (file,) = question.attachments
    own = base64.b64encode(b"z" * 32).decode()
    wrong = replace(file, url=f"{file.url.partition('#')[0]}#aeskey={own}")

    found = gatherer(room).gather(replace(question, attachments=(wrong,)))

    assert found.text == "看看这个"
    assert "粘贴" in found.notices[0]


def test_expired_media_are_named_with_a_request_to_paste_the_text(room: AppRoom) -> None:
    for_app, for_bot = (room.wecom.media("file", "告警.log", LOG) for _ in range(2))
    questions = [app_file(room, for_app), bot_file(room, for_bot)]
    room.wecom.advance(4 * 86_400)
    room.wecom.tokens.revoke()

    for question in questions:
        found = gatherer(room).gather(question)
        assert found.text == "看看这个"
        assert "粘贴" in found.notices[0]


def test_a_file_of_a_hundred_megabytes_is_not_read(room: AppRoom) -> None:
    found = gatherer(room).gather(app_file(room, room.wecom.media("file", "dump.log", b"x" * 100_000_000)))

    assert "过大" in found.notices[0]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/x",
        "http://169.254.169.254/latest/meta-data",
        "https://x.myqcloud.com.evil.example/x",
        "file:///etc/passwd",
        "https://user@x.myqcloud.com/x",
        "http://[",
    ],
)
def test_what_lies_anywhere_else_is_not_fetched(room: AppRoom, url: str) -> None:
    question = bot_file(room, room.wecom.media("file", "告警.log", LOG))

    found = gatherer(room).gather(replace(question, attachments=(replace(question.attachments[0], url=url),)))

    assert "其他服务" in found.notices[0]


def test_a_token_that_is_over_is_replaced_for_a_download(room: AppRoom) -> None:
    room.api.get("user/get", userid=ZHANG)
    room.wecom.tokens.expire()

    found = gatherer(room).gather(app_file(room, room.wecom.media("file", "告警.log", LOG)))

    assert "ORA-01555" in found.text


@pytest.mark.parametrize(("code", "error"), [(-1, MessengerUnavailableError), (45009, MessengerBusyError)])
def test_a_young_question_waits_for_a_file_that_wecom_does_not_send_now(
    room: AppRoom, code: int, error: type[MessengerUnavailableError]
) -> None:
    question = replace(app_file(room, room.wecom.media("file", "告警.log", LOG)), asked_at=room.wecom.corp.now())
    room.wecom.troubles.refuse("media/get", code, times=1)

    with pytest.raises(error) as raised:
        gatherer(room).gather(question)
    threading.Event().wait(raised.value.delay_s)

    assert "ORA-01555" in gatherer(room).gather(question).text


def test_a_recording_is_named_as_unread(room: AppRoom) -> None:
    found = gatherer(room).gather(app_file(room, room.wecom.media("voice", "voice.amr", b"#!AMR\n")))

    assert "不支持" in found.notices[0]


def test_neither_name_nor_address_nor_key_of_a_file_is_logged(room: AppRoom, caplog: pytest.LogCaptureFixture) -> None:
    question = bot_file(room, room.wecom.media("file", "secret-plan.log", LOG), b"q" * 32)
    with caplog.at_level(logging.DEBUG):
        gatherer(room).gather(question)
        gatherer(room).gather(app_file(room, room.wecom.media("file", "secret-plan.log", LOG)))
    said = "\n".join(each.getMessage() for each in caplog.records if not each.name.startswith("uvicorn"))

    for secret in ("secret-plan", "aeskey", "sign=", "ORA-01555", *room.wecom.tokens.issued):
        assert secret not in said


def hidden(room: AppRoom, question: Question, *, with_app: bool = True) -> set[str]:
    return set(gatherer(room, with_app=with_app).gather(question).hidden)


def test_in_private_a_member_searches_what_the_user_and_the_departments_may(room: AppRoom) -> None:
    assert hidden(room, room.question(user=ZHANG)) == {"ops", "room"}
    assert hidden(room, room.question(user=LI.lower())) == {"dba", "room"}
    assert hidden(room, room.question(user=LI.lower()), with_app=False) == {"dba", "ops", "room"}
    assert len(room.calls("user/get")) == 2


def test_departments_are_remembered(room: AppRoom) -> None:
    for _ in range(3):
        hidden(room, room.question())

    assert len(room.calls("user/get")) == 1


def test_in_a_group_only_what_all_may_see_and_what_names_the_group_is_searched(room: AppRoom) -> None:
    def asked(chat: str) -> Question:
        address = Address("wecom", f"bot:{chat}", ZHANG, message="m")
        return replace(room.question(), address=address, details={"mode": "callback", "chattype": "group"})

    assert hidden(room, asked("wr1")) == {"dba", "ops"}
    assert hidden(room, asked("wr2")) == {"dba", "ops", "room"}


def test_somebody_of_another_corp_searches_what_everybody_may(room: AppRoom) -> None:
    other = room.question(user=f"ww2/{ZHANG}")

    assert hidden(room, replace(other, details={**other.details, "external": "1"})) == {"dba", "ops", "room"}


def test_what_was_said_before_is_context_and_nobody_elses_is(room: AppRoom) -> None:
    ours, book = gatherer(room), AnswerBook(room.store, 60.0)
    first = room.question("磁盘满了怎么办，密码是 password=hunter22")
    ours.gather(first)
    book.save(room.answer(first, "清理归档日志。"))
    ours.gather(room.question("别人的问题", user=LI))

    second = ours.gather(room.question("那备份呢"))
    again = ours.gather(first)

    assert [(each.text, each.ours) for each in second.context][1:] == [("清理归档日志。", True)]
    assert "磁盘满了怎么办" in second.context[0].text
    assert "hunter22" not in second.context[0].text
    assert again.context == ()
