"""Files beside a question come as a person would paste them, pictures through the recognition of text."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from bot.diagnosis import codes
from bot.errors import FileRefusedError
from bot.knowledge import attachments
from bot.knowledge.sandbox import Sandbox
from bot.settings import Ingesting
from tests.fakes.bombs import blank_png

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(attachments.limits(Ingesting())) as opened:
        yield opened


def drawn(*lines: str, font: Path | None = None) -> bytes:
    """Draw lines of text as a screenshot shows them."""
    image, drawing, fonts = (pytest.importorskip(f"PIL.{name}") for name in ("Image", "ImageDraw", "ImageFont"))
    picture = image.new("RGB", (900, 40 + 50 * len(lines)), "white")
    face = fonts.load_default(28) if font is None else fonts.truetype(str(font), 28)
    for number, line in enumerate(lines):
        drawing.Draw(picture).text((20, 20 + 50 * number), line, fill="black", font=face)
    content = io.BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_chinese_log_is_read_in_any_encoding(sandbox: Sandbox, encoding: str) -> None:
    line = "2026-07-01 数据库报错：ORA-01555 快照过旧，请检查回滚段的保留时间"

    assert sandbox.plain("alert.log", f"{line}\n{line}".encode(encoding)).text == f"{line}\n{line}"


@pytest.mark.parametrize("name", ["a.json", "a.csv", "a.xml", "a.md", "a.sql", "-", "noextension"])
def test_what_people_paste_stays_as_it_is_written(sandbox: Sandbox, name: str) -> None:
    text = '{"a": [1, 2],\n\t"b"  <tag> | # no heading\n---\n1,2;3'

    assert sandbox.plain(name, text.encode()).text == text


def test_office_files_go_through_the_readers(sandbox: Sandbox) -> None:
    openpyxl, docx = pytest.importorskip("openpyxl"), pytest.importorskip("docx")
    book, sheet_bytes = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["code", "meaning"])
    book.active.append(["ORA-01555", "snapshot too old"])
    book.save(sheet_bytes)
    written, page_bytes = docx.Document(), io.BytesIO()
    written.add_paragraph("TNS-12541: no listener")
    written.save(page_bytes)

    assert "ORA-01555 | snapshot too old" in sandbox.plain("codes.xlsx", sheet_bytes.getvalue()).text
    assert sandbox.plain("page.docx", page_bytes.getvalue()).text == "TNS-12541: no listener"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.zip", b"PK\x05\x06" + bytes(18), "unknown-type"),
        ("a.log", b" \n", "empty"),
        ("a.bin", bytes(range(256)) * 40, "unknown-type"),
        ("a.docx", b"no office file", "corrupt"),
    ],
)
def test_what_holds_no_text_is_refused_with_its_reason(
    sandbox: Sandbox, name: str, content: bytes, reason: str
) -> None:
    with pytest.raises(FileRefusedError) as refusal:
        sandbox.plain(name, content)

    assert refusal.value.reason == reason


@pytest.mark.slow
def test_the_text_of_a_screenshot_is_recognised_line_by_line(sandbox: Sandbox) -> None:
    pytest.importorskip("rapidocr")
    lines = ["ERROR 1045 (28000): Access denied for user", "ORA-01555: snapshot too old"]

    assert sandbox.plain("screenshot.png", drawn(*lines)).text.split("\n") == lines


@pytest.mark.slow
def test_chinese_in_a_picture_is_recognised(sandbox: Sandbox, chinese_font: Path) -> None:
    pytest.importorskip("rapidocr")
    lines = ["数据库连接失败，请检查监听器", "归档日志空间不足"]

    found = sandbox.plain("图片.png", drawn(*lines, font=chinese_font)).text

    assert found.replace(" ", "").split("\n") == lines


@pytest.mark.slow
def test_a_picture_without_text_is_empty_and_a_broken_one_corrupt(sandbox: Sandbox) -> None:
    pytest.importorskip("rapidocr")
    with pytest.raises(FileRefusedError) as empty:
        sandbox.plain("blank.png", drawn(" "))
    with pytest.raises(FileRefusedError) as broken:
        sandbox.plain("broken.png", drawn("x")[:60])

    assert (empty.value.reason, broken.value.reason) == ("empty", "corrupt")


@pytest.mark.slow
def test_the_confidence_of_recognised_text_is_told_and_that_of_a_log_is_not(sandbox: Sandbox) -> None:
    pytest.importorskip("rapidocr")
    picture = sandbox.plain("screenshot.png", drawn("ORA-01555: snapshot too old"))

    assert picture.confidence is not None
    assert 0.5 < picture.confidence <= 1
    assert sandbox.plain("a.log", b"ORA-01555").confidence is None


@pytest.mark.parametrize("side", [7_200, 10_000, 20_000])
def test_a_small_file_that_unpacks_to_a_huge_picture_is_refused_before_it_is_unpacked(
    sandbox: Sandbox, side: int
) -> None:
    pytest.importorskip("rapidocr")
    with pytest.raises(FileRefusedError, match="pixels") as refusal:
        sandbox.plain("bomb.png", blank_png(side, side))

    assert refusal.value.reason == "too-large"


@pytest.mark.slow
def test_the_codes_of_rendered_screenshots_are_recovered(sandbox: Sandbox) -> None:
    pytest.importorskip("rapidocr")
    screens = pytest.importorskip("tests.fakes.screens")
    shown = list(screens.screens(9, seed=11))
    found = [screen.code in codes.extract(sandbox.plain("s.png", screen.content).text) for screen in shown]

    assert sum(found) >= 8, [screen.name for screen, is_found in zip(shown, found, strict=True) if not is_found]


def test_without_the_extra_a_picture_is_refused_as_a_scan_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rapidocr.py").write_text("raise ImportError\n")
    monkeypatch.syspath_prepend(tmp_path)
    with Sandbox(Ingesting()) as without, pytest.raises(FileRefusedError, match="'ocr'") as refusal:
        without.plain("screenshot.png", b"\x89PNG\r\n")

    assert refusal.value.reason == "scanned"
