"""Logs: events with their stacks, repeats with counts, what odd input does, and what is told of what is left out."""

from __future__ import annotations

import itertools
import re

import pytest

from bot.diagnosis.logs import chains, cuts, events, lines, reading, stamps, summaries, tally, templates
from bot.diagnosis.logs.levels import Level

JAVA = """2024-07-01 12:00:00,123 [main] ERROR c.e.App - start failed
java.lang.IllegalStateException: outer
\tat com.example.App.main(App.java:12)
Caused by: java.lang.RuntimeException: middle
\tat com.example.App.run(App.java:40)
\t... 1 more
Caused by: java.io.IOException: Disk quota exceeded
\tat com.example.Store.write(Store.java:7)
\t... 2 more
2024-07-01 12:00:01,123 [main] INFO  c.e.App - bye
"""


@pytest.mark.parametrize(
    "line",
    [
        "2024-07-01T12:00:00.123456+08:00",
        "Mon Jul 01 12:00:00 2024",
        "*** 2024-07-01 12:00:00.123",
        "2024-07-01T04:00:00.123456Z 0 [ERROR] [MY-012574] [InnoDB] x",
        "240701 12:00:00 [ERROR] x",
        "2024-07-01 12:00:00.123 CST [812] ERROR:  x",
        '2024-07-01 12:00:00.123 CST,"app","shop",1,x',
        "[2024-07-01 12:00:00.123456] ERROR [SQL] x",
        '[2024/07/01 12:00:00.123 +08:00] [ERROR] ["x"]',
        "2024-07-01 12:00:00.12 spid51      Error: 9002, Severity: 17, State: 2.",
        "2024-07-01-12.00.00.123456+480 I1234E500 LEVEL: Error",
        "2024-07-01 12:00:00,123 ERROR x",
        "ERROR 2024-07-01 12:00:00 x",
        "01-Jul-2024 12:00:00.123 SEVERE x",
        "Jul 01, 2024 12:00:00 PM com.example.App run",
        "Jul  1 12:00:00 db01 kernel: x",
        "<11>Jul  1 12:00:00 db01 app: x",
        "2024/07/01 12:00:00 [error] 31#31: x",
        '10.0.0.1 - - [01/Jul/2024:12:00:00 +0800] "GET / HTTP/1.1" 500 1',
        "1234:M 01 Jul 2024 12:00:00.123 # x",
        "[1234] 01 Jul 12:00:00.123 # x",
        "2024-07-01T12:00:00.123+0800 E STORAGE  [conn1] x",
        "[2024-07-01 12:00:00,123] ERROR x (kafka.server.KafkaServer)",
        "E0701 12:00:00.123456       1 server.go:12] x",
        "[12345.678901] Out of memory",
        "12:00:00.123 [main] ERROR x",
        'time="2024-07-01T12:00:00Z" level=error msg=x',
        "2024年07月01日 12:00:00 错误 x",
        "[ERROR] 2024-07-01 12:00:00 x",
        "2024.07.01 12:00:00.123456 [ 812 ] {} <Error> x",
    ],
)
def test_a_time_is_recognised(line: str) -> None:
    assert stamps.find(line) is not None


@pytest.mark.parametrize(
    "line", ["ORA-01555: snapshot too old", "at 12 o'clock", "1. first", "2024 was a year", "v1.2.3", "SELECT 1"]
)
def test_what_is_no_time_is_none(line: str) -> None:
    assert stamps.find(line) is None


def test_a_stack_stays_together_and_its_deepest_cause_is_the_message() -> None:
    log = reading.of_text(JAVA)

    assert log.events == 2
    assert log.root is not None
    assert log.root.message == "java.io.IOException: Disk quota exceeded"
    assert log.root.size == 9


def test_an_ora_stack_stays_in_order_and_wrappers_are_passed_over() -> None:
    stack = "ORA-00604: recursive SQL\nORA-01578: block corrupted (file # 7)\nORA-01110: data file 7: '/u01/a.dbf'\n"
    log = reading.of_text(f"Mon Jul 01 12:00:00 2024\nErrors in file /u01/x.trc:\n{stack}")

    assert log.root is not None
    assert log.root.message == "ORA-01578: block corrupted (file # 7)"
    assert stack.strip() in log.root.text


def test_the_error_below_a_block_of_plsql_is_the_one_raised_first() -> None:
    log = reading.of_text('ORA-20001: 过账失败\nORA-06512: 在 "A.B", line 3\nORA-01403: 未找到任何数据\n')

    assert log.root is not None
    assert log.root.message.startswith("ORA-01403")


def test_repeats_are_counted_and_the_first_is_kept() -> None:
    text = "".join(
        f"2024-07-01 12:00:{n:02d} ERROR order {n} of user u{n}: disk full on /data/{n}/x\n" for n in range(50)
    )
    log = reading.of_text(text)

    assert log.errors == 1
    assert [(kind.number, kind.count, kind.last) for kind in log.kinds] == [(1, 50, 50)]


def test_codes_and_states_stay_in_a_template() -> None:
    text = "ORA-01652: unable to extend segment by 128 in tablespace 'TEMP' (errno: 28, exit code 7) at 10.0.0.1:1521"

    assert templates.template(text) == (
        "ORA-01652: unable to extend segment by <number> in tablespace <quoted> (errno: 28, exit code 7) at <ip>"
    )


def test_a_signature_names_product_and_component() -> None:
    log = reading.of_text(
        "2024-07-01T04:00:00Z 0 [System] [MY-010116] [Server] mysqld (mysqld 8.0.36) starting as process 1\n"
        "2024-07-01T04:00:01Z 0 [ERROR] [MY-012574] [InnoDB] Unable to lock ./ibdata1 error: 11\n"
    )
    assert log.root is not None
    found = reading.signature(log, log.root)

    assert (found.product, found.version, found.component) == ("mysql", "8.0.36", "InnoDB")
    assert found.template.endswith("Unable to lock ./ibdata<number> error: 11")


def test_an_error_of_another_product_does_not_get_the_version_of_the_first() -> None:
    log = reading.of_text(
        "2024-07-01 12:00:00 INFO o.a.k.c.utils.AppInfoParser - Kafka version: 3.5.1\n"
        + "2024-07-01 12:00:01 INFO kafka consumer of org.apache.kafka joined\n" * 4
        + "2024-07-01 12:00:02 ERROR c.e.app.Dao - ORA-01653: unable to extend table A.B by 8 in tablespace USERS\n"
    )
    assert log.root is not None
    found = reading.signature(log, log.root)

    assert (log.product, log.version) == ("kafka", "3.5.1")
    assert (found.product, found.version, found.component) == ("oracle", "", "c.e.app.Dao")


def test_levels_are_read_in_both_languages() -> None:
    log = reading.of_text(
        "2024-07-01 12:00:00 致命错误:  对不起, 已经有太多的客户\n2024-07-01 12:00:01 警告:  磁盘将满\n"
    )

    assert [kind.level for kind in log.kinds] == [Level.FATAL, Level.WARNING]


def test_the_summary_says_what_was_read() -> None:
    noise = "2024-07-01 12:00:00 INFO fine\n" * 9_809
    text = f"{noise}2024-07-01 12:00:01 ERROR disk full\n2024-07-01 12:00:01 ERROR no such table\n"
    log = reading.of_text(f"{text}2024-07-01 12:00:01 FATAL permission denied\n")

    assert summaries.summary(log, "en") == "9,812 lines read, 3 distinct errors"
    assert summaries.summary(log, "zh") == "共读取 9,812 行，3 种不同的错误"


def test_a_cut_shows_the_root_and_counts_the_rest() -> None:
    errors = "".join(f"2024-07-01 12:00:01 ERROR {word * 20} failed\n" for word in ("alpha", "beta", "gamma", "delta"))
    log = reading.of_text(f"2024-07-01 12:00:00 INFO fine\n2024-07-01 12:00:00 ERROR No space left\n{errors}")
    found = cuts.cut(log, 400, "en")

    assert "ERROR No space left" in found.text
    assert found.kinds > 0
    assert f"[{found.lines} lines left out" in found.text
    assert len(found.text) < 500


def test_colours_nuls_and_carriage_returns_are_taken_off() -> None:
    content = b"\x1b[31m2024-07-01 12:00:00 ERROR\x1b[0m No sp\x00ace left\r\n\x00\x00\x00\n#033[1mplain#033[0m\n"
    log = reading.of_bytes([content])

    assert log.root is not None
    assert log.root.message == "No space left"
    assert (log.lines, log.unreadable) == (3, 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_are_told_apart(encoding: str) -> None:
    text = "2024-07-01 12:00:00 错误: 磁盘空间不足\n2024-07-01 12:00:01 信息: 正常\n"
    content = text.encode(encoding)

    root = reading.of_bytes([content[:7], content[7:]]).root

    assert root is not None
    assert root.message == "磁盘空间不足"


def test_mixed_encodings_are_read_line_by_line() -> None:
    content = "一 错误\n".encode() + "二 错误\n".encode("gb18030")

    assert [line.text for line in lines.of_bytes([content])] == ["一 错误", "二 错误"]


def test_an_error_in_the_midst_of_an_endless_line_is_found() -> None:
    log = reading.of_bytes([b"2024-07-01 12:00:00 " + b"x" * 900_000, b" ERROR No space left ", b"y" * 900_000])

    assert log.lines == 1
    assert log.errors == 1


@pytest.mark.slow
def test_a_line_of_twenty_megabytes_is_one_line_of_which_little_is_kept() -> None:
    log = reading.of_bytes(b"2024-07-01 12:00:00 ERROR No space left " if not n else b"x" * 65_536 for n in range(306))

    assert (log.lines, log.errors, log.unreadable) == (1, 1, 0)
    assert log.root is not None
    assert log.root.message.startswith("No space left")
    assert sum(map(len, log.root.texts)) <= events.MOST_CHARS + lines.LONGEST


def test_of_a_log_of_nothing_but_errors_only_the_first_kinds_are_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    made, told = [], chains.told
    monkeypatch.setattr(chains, "told", lambda event: made.append(event.number) or told(event))
    words = ("".join(letters) for letters in itertools.product("abcdefghijklmnop", repeat=4))
    count = 6_000
    text = "".join(f"2024-07-01 12:00:00 ERROR cannot load {word}\n" for word in itertools.islice(words, count))
    log = reading.of_text(text)

    assert log.errors == log.occurrences == count
    assert len(made) <= 4_000
    assert len(log.kinds) <= tally.MOST_KINDS


def test_nuls_colours_and_two_encodings_in_one_log_do_not_hide_its_root() -> None:
    content = (
        b"\x1b[32m2024-07-01 12:00:00 INFO\x1b[0m fine\x00\x00\n"
        + "2024-07-01 12:00:01 错误: 磁盘空间不足\n".encode("gb18030")
        + bytes(range(1, 9)) * 30
        + b"\n"
        + "2024-07-01 12:00:02 警告: 重试\n".encode()
    )
    log = reading.of_bytes([content])

    assert (log.lines, log.unreadable) == (4, 1)
    assert log.root is not None
    assert (log.root.number, log.root.message) == (2, "磁盘空间不足")


def test_binary_content_is_counted_and_not_read() -> None:
    content = bytes(range(256)) * 400
    log = reading.of_bytes([content])

    assert log.lines == content.count(b"\n") + 1
    assert log.unreadable > 0.9 * log.lines
    assert re.search(r"\d+ lines hold no text", summaries.summary(log, "en"))


def test_an_empty_log_has_no_root() -> None:
    assert reading.of_text("").root is None
    assert summaries.summary(reading.of_text("\n\n"), "en") == "2 lines read, no errors"


def test_messages_that_differ_in_their_code_alone_are_distinct() -> None:
    codes = ("ORA-01555", "ORA-01652", "ret=-4012,", "ret=-4013,", "error 1205", "error 1213", "SQL0204N", "SQL0289N")
    log = reading.of_text("\n".join(f"2024-05-01 10:00:0{at} ERROR {code} it failed" for at, code in enumerate(codes)))

    assert log.errors == len(codes)
