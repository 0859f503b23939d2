"""Secrets as the clients of databases show and take them are masked, and what stands beside them stays."""

from __future__ import annotations

import pytest

from bot.diagnosis.masking import masked
from bot.settings import Masking


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("password => 'hunter2x'", "password => '<password-1>'"),
        ("CREATE LOGIN x WITH PASSWORD = N'abc def gh'", "CREATE LOGIN x WITH PASSWORD = N'<password-1>'"),
        ("db2 connect to s user u using Passw0rd", "db2 connect to s user u using <password-1>"),
        ("gsql -d p -U omm -W Gauss@123", "gsql -d p -U omm -W <password-1>"),
        ("disql SYSDBA/SYSDBA001", "disql SYSDBA/<password-1>"),
        ("dexp SYSDBA/SYSDBA001 file=x", "dexp SYSDBA/<password-1> file=x"),
        ("127.0.0.1:6379> auth hunter2x", "127.0.0.1:6379> auth <password-1>"),
        ("127.0.0.1:6379[2]> AUTH default hunter2x", "127.0.0.1:6379[2]> AUTH default <password-1>"),
        ("> HELLO 3 AUTH default x2y", "> HELLO 3 AUTH default <password-1>"),
        ("127.0.0.1:6379> CONFIG SET requirepass hunter2", "127.0.0.1:6379> CONFIG SET requirepass <password-1>"),
        ("ACL SETUSER a on >p1pp0pass ~*", "ACL SETUSER a on ><password-1> ~*"),
        ("账号密码：root 123456", "账号密码：<password-1> <password-2>"),
        ("账号/密码: root / Abc@1234", "账号/密码: <password-1> / <password-2>"),
        ("mysql -h192.168.1.10 -P3306", "mysql -h<ip-1> -P3306"),
        ("oracle 192.168.1.10 连不上", "oracle <ip-1> 连不上"),
        ("\x1b[31mpassword\x1b[0m=\x1b[1mhunter2x\x1b[0m", "password=<password-1>"),
        ("pass\x00word=hunter2x", "password=<password-1>"),
        ("\x1b[33m10.0.0.1\x1b[0m refused", "<ip-1> refused"),
    ],
)
def test_a_secret_is_masked_as_a_client_shows_it(written: str, shown: str) -> None:
    assert masked(written, Masking()) == shown
    assert masked(shown, Masking()) == shown


@pytest.mark.parametrize(
    "written",
    [
        "db2 create tablespace x managed by database using (file '/x' 1000)",
        "Oracle 10.2.0.4 was upgraded to 10.2.0.5",
        "gs_om -t status --detail",
        "127.0.0.1:6379> config get maxmemory",
    ],
)
def test_what_is_no_secret_stays(written: str) -> None:
    assert masked(written, Masking()) == written
