"""Commands that destroy are known by any of the ways in which they are written."""

from __future__ import annotations

import pytest

from bot.diagnosis.destructive import destroys


@pytest.mark.parametrize(
    "command",
    [
        "DROP TABLE app.orders PURGE",
        "drop database test;",
        "TRUNCATE TABLE t",
        "ALTER TABLE t DROP PARTITION p2023",
        "ALTER DATABASE OPEN RESETLOGS;",
        "alter system kill session '1,2' immediate",
        "SHUTDOWN ABORT",
        "SQL> shutdown immediate",
        "DELETE FROM t;",
        "UPDATE t SET x = 1",
        "SELECT 1; DELETE FROM t",
        "RMAN> DELETE NOPROMPT ARCHIVELOG ALL;",
        "PURGE BINARY LOGS TO 'binlog.000123';",
        "KILL 4711;",
        "SELECT pg_terminate_backend(4711);",
        "DBCC CHECKDB (app, REPAIR_ALLOW_DATA_LOSS)",
        "rm -rf /u01/archive/*",
        "sudo rm /tmp/x",
        "kill -9 4711",
        "$ pkill -f mysqld",
        "systemctl stop mysqld",
        "crsctl stop crs -f",
        "dd if=/dev/zero of=/dev/sdb",
        "find /arch -mtime +7 -delete",
        "redis-cli -a x FLUSHALL",
        "FLUSHALL",
        "curl -X DELETE localhost:9200/logs-2023",
        "DELETE /logs-2023",
        "db.orders.drop()",
        "kubectl delete pod mysql-0",
        "pg_resetwal -f $PGDATA",
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
        "SELECT * FROM dropped_tables",
        "DELETE FROM t WHERE id = 1;",
        "UPDATE t SET x = 1 WHERE id = 2",
        "SHOW PARAMETER recovery",
        "SELECT name FROM v$datafile",
        "df -h",
        "ls -l /data",
        "systemctl status mysqld",
        "crsctl check crs",
        "kubectl get pods",
        "redis-cli INFO memory",
        "ALTER SYSTEM SET open_cursors = 1000 SCOPE = BOTH;",
        "alarm -v",
        "CREATE INDEX ix ON t (c)",
        "shutdown_timeout",
        "grep -n rm /etc/passwd",
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
