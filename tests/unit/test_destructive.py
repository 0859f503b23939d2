"""Commands that destroy are known by any of the ways in which they are written."""

from __future__ import annotations

import pytest

from bot.diagnosis.destructive import destroys


@pytest.mark.parametrize(
    "command",
    [
        "/usr/bin/rm -rf /data",
        "bin/kafka-topics.sh --bootstrap-server x --delete --topic t",
        "$ORACLE_HOME/bin/srvctl stop database -d x",
        "sudo -u oracle lsnrctl stop",
        "./redis-cli flushall",
        "DROP PLUGGABLE DATABASE p INCLUDING DATAFILES",
        "DROP TEMPORARY TABLE t",
        "DROP PACKAGE p",
        "ALTER TABLESPACE x OFFLINE",
        "select pid, pg_terminate_backend(pid) from pg_stat_activity",
        "UPDATE t x SET a = 1",
        "UPDATE ONLY t SET a = 1",
        "DELETE FROM t -- no where needed",
        "curl --request DELETE http://search.example/logs",
        "db.getCollection('x').drop()",
    ],
)
def test_a_command_that_destroys_is_known(command: str) -> None:
    assert destroys(command)


@pytest.mark.parametrize(
    "command",
    [
        "UPDATE t SET a = 1 WHERE b = 2",
        "UPDATE t x SET a = 1 WHERE x.b = 2",
        "DELETE FROM t /* old ones */ WHERE a < 5",
        "/usr/bin/systemctl status mysqld",
        "ls -l /var/log/mysql",
        "rman target /",
        "select dropped from tables",
    ],
)
def test_a_command_that_only_looks_or_says_what_it_changes_is_none(command: str) -> None:
    assert not destroys(command)
