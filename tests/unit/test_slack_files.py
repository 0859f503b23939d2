"""All files beside a question are read, and what cannot be read is named; nothing is cut in silence."""

from __future__ import annotations

import io
import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.answering.prompting import QUESTION_CHARS
from bot.diagnosis import codes
from bot.errors import MessengerUnavailableError
from tests.fakes.bombs import blank_png
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.fake import BOB
from tests.fakes.slack_gathering import asked, gathering, notice, question

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from adapters.slack.gathering.gather import Gatherer

LINE = "2026-07-01 数据库报错：ORA-01555 快照过旧，请检查回滚段的保留时间"


@pytest.fixture(scope="module")
def server() -> Iterator[FakeSlack]:
    with FakeSlack("http://127.0.0.1:9/nobody", retries_s=()) as slack:
        yield slack


@pytest.fixture
def slack(server: FakeSlack) -> Iterator[FakeSlack]:
    """The server, put back as it was."""
    yield server
    server.troubles.calm()


@pytest.fixture
def gatherer(slack: FakeSlack, tmp_path: Path) -> Iterator[Gatherer]:
    with gathering(slack, tmp_path) as made:
        yield made


def test_all_of_several_files_are_read_in_order_under_their_names(slack: FakeSlack, gatherer: Gatherer) -> None:
    files = [
        slack.file("a.log", b"first\nfile"),
        slack.file("b.sql", b"select 1"),
        slack.file("c", b"third", mode="snippet"),
    ]
    found = gatherer.gather(asked(slack, *files))

    assert found.text == "what is this?\n\na.log:\nfirst\nfile\n\nb.sql:\nselect 1\n\nc:\nthird"
    assert found.notices == ()


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_chinese_log_alone_makes_a_chinese_question(slack: FakeSlack, gatherer: Gatherer, encoding: str) -> None:
    found = gatherer.gather(asked(slack, slack.file("报警.log", LINE.encode(encoding)), text=""))

    assert found.text == f"报警.log:\n{LINE}"
    assert found.language == "zh"


def test_a_question_keeps_its_language_whatever_its_files_say(slack: FakeSlack, gatherer: Gatherer) -> None:
    assert gatherer.gather(asked(slack, slack.file("a.log", LINE.encode()))).language == "en"


def test_office_files_are_read_by_the_readers_of_the_knowledge_base(slack: FakeSlack, gatherer: Gatherer) -> None:
    docx, content = pytest.importorskip("docx"), io.BytesIO()
    page = docx.Document()
    page.add_paragraph("TNS-12541: no listener")
    page.save(content)
    found = gatherer.gather(asked(slack, slack.file("page.docx", content.getvalue(), mimetype="application/zip")))

    assert found.text.endswith("page.docx:\nTNS-12541: no listener")


def test_a_picture_that_cannot_be_read_gets_a_plain_word_and_is_not_empty(slack: FakeSlack, gatherer: Gatherer) -> None:
    picture = slack.file("截图.png", b"\x89PNG\r\nbroken", mimetype="image/png", filetype="png")
    heard = asked(slack, picture, text="")
    found = gatherer.gather(replace(heard, language="zh"))

    assert "“截图.png”" in notice(found)
    assert "粘贴" in notice(found)
    assert found.text == ""


def test_how_sure_the_text_of_a_picture_is_is_told_to_the_asker(slack: FakeSlack, gatherer: Gatherer) -> None:
    pytest.importorskip("rapidocr")
    (screen,) = pytest.importorskip("tests.fakes.screens").screens(1)
    found = gatherer.gather(asked(slack, slack.file("shot.png", screen.content, mimetype="image/png"), text=""))

    assert screen.code in codes.extract(found.text)
    assert re.fullmatch(
        r"The text of “shot\.png” was recognised in a picture, with a confidence of \d{2,3} %: please check codes and "
        r"numbers\.",
        notice(found),
    )


def test_a_picture_that_would_unpack_to_gigabytes_is_named_with_the_limit(slack: FakeSlack, gatherer: Gatherer) -> None:
    pytest.importorskip("rapidocr")
    picture = slack.file("bomb.png", blank_png(20_000, 20_000), mimetype="image/png")
    found = gatherer.gather(asked(slack, picture, text=""))

    assert notice(found) == (
        "“bomb.png” could not be read: the picture has more than 50 million pixels. Share the part that matters, or "
        "paste the text."
    )


def test_without_the_extra_the_text_of_a_picture_is_asked_for(
    slack: FakeSlack, gatherer: Gatherer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rapidocr.py").write_text("raise ImportError\n")
    monkeypatch.syspath_prepend(tmp_path)
    found = gatherer.gather(asked(slack, slack.file("shot.png", b"\x89PNG\r\n", mimetype="image/png"), text=""))

    assert notice(found) == (
        "“shot.png” could not be read: the text in pictures and scans cannot be recognised here. Please paste the text."
    )


def test_an_unreadable_file_does_not_keep_the_others_from_being_read(slack: FakeSlack, gatherer: Gatherer) -> None:
    files = [
        slack.file("gone.log", b"x", gone=True),
        slack.file("a.zip", b"PK\x05\x06" + bytes(18)),
        slack.file("b.log", b"y"),
    ]
    found = gatherer.gather(asked(slack, *files))

    assert found.text.endswith("b.log:\ny")
    assert len(found.notices) == 2


def test_many_notices_are_one(slack: FakeSlack, gatherer: Gatherer) -> None:
    found = gatherer.gather(asked(slack, *(slack.file(f"{number}.log", b" ") for number in range(11))))

    assert notice(found).count("\n") == 10


def test_nothing_is_cut_in_silence(slack: FakeSlack, gatherer: Gatherer) -> None:
    noise = "".join(f"12:00:00 INFO worker {number} is fine\n" for number in range(5_000))
    long = f"first line\n{noise}12:00:01 ERROR ORA-01555: snapshot too old\n{noise}last line"
    found = gatherer.gather(asked(slack, slack.file("long.log", long.encode()), slack.file("short.log", b"short")))

    assert len(found.text) < QUESTION_CHARS + 200
    assert "first line" in found.text
    assert "ORA-01555" in found.text
    assert "last line\n\nshort.log:\nshort" in found.text
    assert found.text.count("characters left out") == 2
    assert notice(found).startswith("“long.log” is long")


def test_logs_hold_neither_names_nor_texts_nor_the_token(
    slack: FakeSlack, gatherer: Gatherer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    heard = asked(
        slack, slack.file("secretname.log", b"secrettext"), slack.file("secretname.png", b"\x89PNG"), text="hidden"
    )
    gatherer.gather(heard)
    slack.troubles.reset("files-pri", 3)
    with pytest.raises(MessengerUnavailableError) as lost:
        gatherer.gather(heard)
    ours = [each for each in caplog.records if each.name.startswith(("adapters", "bot", "urllib", "http", "slack"))]
    said = "\n".join([*(each.getMessage() for each in ours), str(lost.value)])

    assert "was not read" in said
    assert not [word for word in ("secret", "hidden", slack.workspace.bot_token, "/files-pri/") if word in said]


def test_questions_of_two_people_do_not_mix(slack: FakeSlack, gatherer: Gatherer) -> None:
    first = asked(slack, slack.file("a.log", b"alice"))
    slack.direct(BOB, "mine", files=[slack.file("b.log", b"bob")])
    found = gatherer.gather(question(slack))

    assert (found.text, gatherer.gather(first).text) == ("mine\n\nb.log:\nbob", "what is this?\n\na.log:\nalice")
