"""Text, tables and data are read with their anchors, whatever encoding they come in."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from bot.errors import FileRefusedError
from bot.knowledge.documents import Document, Section, Table
from bot.knowledge.readers import data, html, sheets, text
from bot.knowledge.readers.encoding import decode
from bot.knowledge.readers.legibility import fold_radicals, is_noise, is_shifted
from bot.knowledge.reading import family

CHINESE = "编号,问题,答案\nv1,在家怎么连公司内网？,安装客户端，网关填写公司地址。\n"
JAPANESE = "名前,年齢,住所\n佐藤太郎,30,東京\n三木英子,25,大阪\n髙橋淳,35,名古屋\n"
KATAKANA = (
    "ｺｰﾄﾞ,ﾒｯｾｰｼﾞ\nE001,ﾃﾞｨｽｸﾌﾙ\nE002,ﾈｯﾄﾜｰｸｴﾗｰ",
    "品番,品名\nA1,ｶﾞﾗｽ窓\nA2,ﾃﾚﾋﾞ台",
    "ﾌﾟﾘﾝﾀ,状態\nA3,ｴﾗｰ\n",
    "単価,ｶﾀｶﾅ入力\nﾒｯｾｰｼﾞ,ｶﾞﾗｽ窓\nｲﾝｽﾄｰﾙ済,単価",
    "氏名ｶﾅ,住所\nﾀﾅｶ ﾀﾛｳ,東京都\nｻﾄｳ ﾊﾅｺ,大阪府\n",
)
SIMPLIFIED = (
    "打印机卡纸了怎么办？",
    "新员工怎么申请 VPN 权限？",
    "ORA-01555: 快照过旧，回滚段过小",
    "错误 1045 (28000): 用户 'root'@'localhost' 访问被拒绝",
    "草莓和芙蓉的价格，番禺仓库的库存",
)
TRADITIONAL = (
    "資料庫連線失敗時，請先檢查監聽程式是否啟動。",
    "印表機卡紙了怎麼辦？",
    "忘記密碼，帳號被鎖定，無法登入系統",
)
WESTERN = "Le résumé a été envoyé à Zoë, là-bas près du café.\n"


def _table(document: Document) -> Table:
    (table,) = (part for part in document.parts if isinstance(part, Table))
    return table


def _text(document: Document) -> str:
    return "\n".join(part.text for part in document.parts if isinstance(part, Section))


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        *product([CHINESE], ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030", "gbk"]),
        *product([JAPANESE], ["utf-8", "cp932", "utf-16"]),
        *product([WESTERN], ["utf-8", "latin-1", "cp1252", "utf-16-be"]),
        *product(["It’s what they don’t say.\n", "It’s at Zoë’s café; we’re là, don’t wait.\n"], ["cp1252"]),
        ("資料庫連線失敗時，請先檢查監聽程式是否啟動。\n", "big5"),
    ],
)
def test_an_encoding_is_found_out(content: str, encoding: str) -> None:
    decoded, warnings = decode(content.encode(encoding))

    assert (decoded, warnings) == (content, ())


@pytest.mark.parametrize("content", KATAKANA)
def test_half_width_katakana_are_cp932(content: str) -> None:
    assert decode(content.encode("cp932")) == (content, ())


@pytest.mark.parametrize(
    ("line", "encoding"), [*product(SIMPLIFIED, ["gbk", "gb18030"]), *product(TRADITIONAL, ["big5", "utf-16"])]
)
@pytest.mark.parametrize("lines", [2, 7, 30])
def test_short_chinese_texts_are_not_taken_for_katakana(line: str, encoding: str, lines: int) -> None:
    content = "\n".join(f"{number}, {line}" for number in range(lines))

    assert decode(content.encode(encoding)) == (content, ())


def test_a_damaged_utf8_file_stays_utf8() -> None:
    decoded, warnings = decode("数据库连接失败\n".encode() * 3 + b"\xff\xd0\n")

    assert decoded == "数据库连接失败\n" * 3 + "\ufffd\ufffd\n"
    assert "read as utf-8" in warnings[0]


@given(st.binary(min_size=1, max_size=80))
def test_what_is_hardly_utf8_is_not_read_as_utf8(data: bytes) -> None:
    with suppress(FileRefusedError):
        decoded, warnings = decode(data)
        lost = decoded.count("\ufffd")

        assert not any("utf-8" in warning for warning in warnings) or lost < len(decoded) / 2


def test_bytes_that_are_no_text_are_an_unknown_type() -> None:
    with pytest.raises(FileRefusedError) as refusal:
        decode(bytes(range(256)) * 20)

    assert refusal.value.reason == "unknown-type"


def test_control_characters_become_spaces() -> None:
    assert decode(b"a\x0bb\x07c\r\nd")[0] == "a\x0bb c\nd"


def test_a_coloured_log_is_text() -> None:
    assert decode(b"\x1b[31mERROR\x1b[0m down\n" * 9)[0] == "ERROR down\n" * 9


def test_front_matter_gives_title_and_address() -> None:
    document = text.read_markdown(b"---\ntitle: VPN\nurl: https://wiki/vpn\n---\n\n# Heading\n")

    (section,) = document.parts
    assert (document.title, document.url) == ("VPN", "https://wiki/vpn")
    assert isinstance(section, Section)
    assert section.text.split("\n")[6 - (section.line or 0)] == "# Heading"


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    document = text.read_markdown(b"---\nNot a mapping\n---\nText\n")

    assert "Not a mapping" in _text(document)


def test_broken_front_matter_is_read_as_text_with_a_warning() -> None:
    document = text.read_markdown(b"---\ntitle: [unclosed\n---\nText\n")

    assert "front matter" in document.warnings[0]
    assert "unclosed" in _text(document)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_delimiter_is_found_out(delimiter: str) -> None:
    content = delimiter.join(["id", "question", "answer"]) + "\n" + delimiter.join(["1", '"a, b; c"', "d"]) + "\n"

    table = _table(sheets.read_csv(content.encode()))

    assert table.header == ("id", "question", "answer")
    assert table.rows[0].cells == ("1", "a, b; c", "d")


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    table = _table(sheets.read_csv(b'name,value\n"two\nlines",1\n\nlast,2\n'))

    assert [row.number for row in table.rows] == [2, 4]


def test_a_hidden_sheet_is_named() -> None:
    book = Workbook()
    book.active.append(["name", "value"])
    book.create_sheet("Old prices").sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)

    assert sheets.read_xlsx(buffer.getvalue()).warnings == ("hidden sheets were left out: Old prices",)


def test_lines_above_a_header_are_kept() -> None:
    document = sheets.read_csv(b"Price list 2024,,\n,,\nitem,price,unit\npen,2,piece\n")

    assert _text(document) == "Price list 2024"
    assert _table(document).header == ("item", "price", "unit")


def test_short_rows_are_filled_up() -> None:
    assert _table(sheets.read_csv(b"a,b,c\n1\n")).rows[0].cells == ("1", "", "")


def test_json_lines_keep_their_line_numbers_and_name_the_faulty_ones() -> None:
    document = data.read_jsonl(b'{"id": 1, "question": "q"}\n\nnot json\n{"id": 2, "tags": ["a", "b"]}\n')

    table = _table(document)
    assert table.header == ("id", "question", "tags")
    assert [(row.number, row.cells) for row in table.rows] == [(1, ("1", "q", "")), (4, ("2", "", "a\nb"))]
    assert document.warnings == ("1 lines are not JSON and were left out: 3",)


def test_a_json_text_under_the_wrong_name_is_read() -> None:
    document = data.read_jsonl(b'[\n {"cause": "lock"},\n {"cause": "disk"}\n]\n')

    assert [row.cells for row in _table(document).rows] == [("lock",), ("disk",)]


def test_json_that_is_none_is_corrupt() -> None:
    with pytest.raises(FileRefusedError) as refusal:
        data.read_json(b'{"a": ')

    assert refusal.value.reason == "corrupt"


def test_a_notebook_shows_text_code_and_output() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "text"]},
        {"cell_type": "code", "source": ["print(42)"], "outputs": [{"text": ["42\n"]}]},
    ]

    found = _text(data.read_notebook(json.dumps({"cells": cells, "metadata": {}}).encode()))

    assert found == "# Title\ntext\n\n```\nprint(42)\n```\n\n```\n42\n```"


PAGE = """<html><head><title>Leave - Intranet</title><script>track()</script></head><body>
<nav><a href="/">Home</a> Jump to</nav><header><h1>Leave policy</h1><p>Menu</p></header>
<main><h2>Annual</h2><p>Staff have <a href="https://hr/leave">25 days</a>.</p>
<table><tr><th>Years</th><th>Days</th></tr><tr><td>0-5</td><td>25</td></tr></table>
<pre><code>leave --days 3</code></pre></main><footer>Imprint</footer></body></html>"""


def test_a_page_keeps_headings_tables_code_and_links() -> None:
    found = _text(html.read(PAGE.encode()))

    assert "## Annual" in found
    assert "[25 days](https://hr/leave)" in found
    assert "| 0-5 | 25 |" in found
    assert "```\nleave --days 3\n```" in found


def test_a_page_loses_its_navigation() -> None:
    document = html.read(PAGE.encode())

    assert document.title == "Leave policy"
    assert not any(noise in _text(document) for noise in ("Jump to", "Menu", "Imprint", "track"))


def test_a_page_in_a_declared_encoding_is_read() -> None:
    page = '<meta charset="gbk"><h1>请假</h1><p>年假十天。</p>'

    assert "年假十天。" in _text(html.read(page.encode("gbk")))


@pytest.mark.parametrize(
    "line", ["!\"#$%&'()*+,-", "9:;#<=>?", "9:C#DE>?", '6"#78$%&./', "\ufffd\ufffd\ufffd", "(cid:3)(cid:9)"]
)
def test_a_line_of_a_broken_font_is_noise(line: str) -> None:
    assert is_noise(line)


@pytest.mark.parametrize(
    "line",
    [
        "12/20/24 12/31/24 48 $12,500.00",
        "x <= y => f() {}",
        "ORA-01555",
        "系统：A/B/C（1-2）",
        "d(x,y)=1",
        "",
        "* * *",
        "1 2 3 4 5",
    ],
)
def test_a_line_with_figures_or_program_text_is_no_noise(line: str) -> None:
    assert not is_noise(line)


def test_a_font_with_shifted_codes_is_told_from_words() -> None:
    assert is_shifted("3HQČåQtSURVWĜHGN\\QD~þWHFK")
    assert not is_shifted("PostgreSQL reads max_connections from postgresql.conf")


def test_radicals_become_the_characters_they_stand_for() -> None:
    assert fold_radicals("⾦融⻚⻔") == "金融页门"


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.md", b"# T", ".md"),
        ("notes", b"plain", ""),
        ("a.txt", b"%PDF-1.4\n", ".pdf"),
        ("BM.txt", b"BM25 ranks", ".txt"),
        ("formats.md", b"# Formats\n\nA PDF begins with `%PDF-1.4`.", ".md"),
    ],
)
def test_the_content_decides_before_the_name(name: str, content: bytes, expected: str) -> None:
    assert family(name, content, 1_000) == expected


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.png", b"\x89PNG\r\n", "scanned"),
        ("a.pdf", b"no pdf", "corrupt"),
        ("a.docx", b"PK\x03\x04 cut off", "corrupt"),
        ("a.md", b" \n", "empty"),
        ("a.rtf", b"{\\rtf1\\ansi text}", "unknown-type"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(FileRefusedError) as refusal:
        family(name, content, 1_000)

    assert refusal.value.reason == reason
