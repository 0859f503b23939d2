"""Secrets whose name stands apart from them, which imitate our names, or of which a part was cut off."""

from __future__ import annotations

import pytest

from bot.diagnosis import masking
from bot.settings import Masking

LINE = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"
BEGIN, END = "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"


def masked(text: str) -> str:
    return masking.masked(text, Masking())


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "DB_PASSWORD", "value": "§"}',
        r"{\"name\": \"DB_PASSWORD\", \"value\": \"§\"}",
        "- name: MYSQL_ROOT_PASSWORD\n  value: §",
        '- key: "spring.datasource.password"\n  value: "§"',
        '<property name="connection.password">§</property>',
        '<entry key="password">§</entry>',
        '<add key="password" value="§" />',
        "ｐａｓｓｗｏｒｄ：§",
        "ＰＷＤ＝§",
    ],
)
def test_a_password_is_masked_whose_name_is_written_in_another_way(text: str) -> None:
    assert masked(text.replace("§", "hunter2x")) == text.replace("§", "<password-1>")


def test_a_token_beside_its_name_is_masked() -> None:
    text = 'env:\n  - name: API_TOKEN\n    value: "§"'

    assert masked(text.replace("§", "a8f5f167f44f4964e6c9")) == text.replace("§", "<token-1>")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("password=<password-1>hunter2x", "password=<password-1><password-2>"),
        ("password=<MySecret!>", "password=<password-1>"),
        ("password=<password-1>; host=db1", "password=<password-1>; host=db1"),
        ("password is <password-1>.", "password is <password-1>."),
        ("password=<password>", "password=<password>"),
        ("密码=<password-1>【生产环境】ORA-01017", "密码=<password-1>【生产环境】ORA-01017"),
        ("password is <password-1>which failed", "password is <password-1>which failed"),
    ],
)
def test_what_imitates_a_name_of_ours_is_none(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "12:30:45@host:1 up",
        "密码：已过期",
        "密码：不能为空。",
        "signature=ORA-00600",
        '"name": "password", "value": "required"',
        '<param name="password">The password of the user</param>',
        "upgraded from 10.2.0.4 to 10.2.0.5",
        "版本从 10.2.0.4 升级到 10.2.0.5",
        "- name: password_policy\n  value: 2",
        '<property name="password.min.length">8</property>',
        "ORA-28759: failure to open file: expected -----END RSA PRIVATE KEY----- at line 5",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    "key",
    [
        f"{BEGIN}\n{LINE}\n{LINE}",
        f"{LINE}\n{LINE}\nab3=\n{END}",
        "\n".join(f"2024-01-01 10:00:0{at} | {line}" for at, line in enumerate((BEGIN, LINE, LINE))),
        "\n".join(f"2024-01-01 10:00:0{at} | {line}" for at, line in enumerate((BEGIN, LINE, "ab3=", END))),
    ],
)
def test_a_private_key_is_masked_though_a_part_was_cut_off_or_something_stands_before_it(key: str) -> None:
    found = masked(f"before\n{key}\nand so on")

    assert LINE[:20] not in found
    assert found.startswith("before\n")
    assert found.endswith("\nand so on")
    assert found.count("\n") == key.count("\n") + 2


@pytest.mark.parametrize(
    "text",
    [
        f"foo bar\n{END}\nbaz",
        f"Invalid PEM: {BEGIN}\nCaused by: java.security.InvalidAlgorithmParameterException\nORA-28759: failure",
        f"no key: {BEGIN}\nORA-01555 snapshotTooOldRollbackSegmentNumber",
        f"ERROR load {BEGIN}\nERROR load {BEGIN}\nnext",
    ],
)
def test_what_stands_beside_the_marks_of_a_key_stays(text: str) -> None:
    shown = masked(text)

    assert shown.count("\n") == text.count("\n")
    assert all(word in shown for word in text.replace(BEGIN, "").replace(END, "").split())


@pytest.mark.parametrize(
    "text", [f"{BEGIN}\n{LINE}\n{LINE}\nabc=\n{END} {END}\nnext", f"{LINE}\nab=\n{END} of {END}\nx"]
)
def test_marks_of_keys_in_a_row_leave_every_line(text: str) -> None:
    assert masked(text).count("\n") == text.count("\n")
    assert LINE not in masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "client_secret: PROD-2024!Tiger#9",
        "api_key=ABCD-123456-xyzw-9999",
        "password=<abc1",
        "oracle 12 and 10.1.2.3",
    ],
)
def test_what_only_begins_like_a_word_or_a_version_is_masked(text: str) -> None:
    assert masked(text).endswith("-1>")


@pytest.mark.parametrize("text", ["Oracle 192.168.1.1 or 10.1.1.1", "version 192.168.1.1 to 10.1.1.1"])
def test_masking_an_address_beside_another_twice_changes_nothing(text: str) -> None:
    assert masked(masked(text)) == masked(text)
