"""MySQL and what speaks its protocol: MariaDB, OceanBase and TiDB, whose numbers share one space."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.diagnosis.codes.rules import AMOUNT, LEADING, SIGN, STOP, Family, Rule, after, alone

if TYPE_CHECKING:
    from collections.abc import Mapping

FAMILIES: Mapping[str, Family] = {
    "MY": Family("mysql", 6, least=6, most=6, cased=True),
    **{name: Family("mysql", 4, least=4, most=5, form="ERROR") for name in ("MYSQL", "MARIADB")},
    **{name: Family("oceanbase", 4, least=4, most=5, form="ERROR") for name in ("OB", "OCEANBASE")},
    "TIDB": Family("tidb", 4, least=4, most=5, form="ERROR"),
}

PORTS = frozenset({3306, 33060, 2881, 2883, 4000})
"""Where these servers listen: `mysql 3306` asks about the port."""

_NOT_A_PORT = rf"(?!(?:{'|'.join(map(str, sorted(PORTS)))})(?![0-9]))"
_NUMBER = rf"(?P<code>[0-9]{{4,5}}){STOP}"
_NAMED = rf"(?:[-_ ]error[-_ ]?-?|[_ ]-?|-(?=-)){_NOT_A_PORT}{_NUMBER}(?!\.[0-9]){AMOUNT}"
# A process's number stands behind the level in many layouts: `ERROR 12345 --- [main]`, `ERROR 12345 [main]`.
_NO_PROCESS = r"(?!\s++(?:---|\[(?![0-9h][0-9a-z]{4}\])))"
_ERROR_NUMBER = rf"{SIGN}-?(?P<code>[0-9]{{4,5}})(?![0-9]|[-.]?[a-z0-9_]){AMOUNT}"
_WORDS = r"(?:or(?:\s++code|\s++no\b\.?|\s++num(?:ber)?\b|[_ ]?(?:code|no|num|number))|[_ ]?(?:code|no))"
# Navicat writes `1451 - Cannot delete …`; a list or a year may look so, too, so that words of the server must follow.
_OPENINGS = (
    "Access denied for|Can't (?:connect|create|find|open|write|get|drop|reopen|execute)|Cannot (?:add|delete|drop|load)"
    "|Lost connection|Unknown (?:column|database|table|MySQL|character|collation|storage|thread|system)"
    "|Duplicate (?:entry|column|key|foreign)|Table '|Column '|Field '|Key column|Host '|You have an error in your SQL"
    "|Out of (?:range|memory|sort|resources)|Too many (?:connections|keys|columns)|Data too long|Data truncat"
    "|Incorrect (?:string|integer|decimal|date|datetime|table|key|column)|Lock wait timeout|Deadlock found"
    "|Got (?:a|an|error)|Query execution was|No database selected|Invalid (?:use|default|JSON)|MySQL server has gone"
    "|Specified key was|Subquery returns|Row size too|Commands out of sync|Authentication plugin|SSL connection"
    "|Malformed|Illegal mix|Truncated incorrect|Division by|Operand should|FUNCTION |PROCEDURE |Expression #"
)
_NAVICAT = rf"(?<=(?<![^\n])(?P<code>1[0-8][0-9]{{2}}|20[0-6][0-9]|3[0-9]{{3}}) - )(?={_OPENINGS})"
_PARTS = (
    "tikv kv planner executor types schema ddl parser expression privilege server session autoid meta domain "
    "variable table admin json lightning optimizer global pd structure tablecodec tiflash encryption"
)
_PART = "|".join(rf"(?<=\[{part}:)" for part in _PARTS.split())

RULES: tuple[Rule, ...] = (
    after(
        "mysql",
        "ERROR-{}",
        "sqlstate[",
        r"[0-9a-z]{5}\](?:\s*+\[|:[^\n]{0,80}?:\s*+)(?P<code>[0-9]{4})(?![0-9a-z_.])",
        LEADING,
    ),
    after(
        "tidb",
        "ERROR-{}",
        ":",
        r"(?=[0-9]{4,5}\])(?:" + _PART + r")(?P<code>[0-9]{4,5})\]",
    ),
    # Client lines, drivers, replication status, and SQLSTATE as PHP prints it.
    after("mysql", "ERROR-{}", "err", rf"{alone('err')}or\s++(?P<code>[0-9]{{4,5}})\s*+\([0-9a-z]{{5}}\)", LEADING),
    after("mysql", "ERROR-{}", "err", rf"{alone('err')}{_WORDS}{_ERROR_NUMBER}"),
    after("mysql", "ERROR-{}", "err", rf"{alone('err')}or{_ERROR_NUMBER}{_NO_PROCESS}"),
    after("mysql", "ERROR-{}", "err", rf"(?:no|_no)(?:['\"]|\b){SIGN}{_NUMBER}"),
    after("mysql", "ERROR-{}", "err", r"or\)?:?\s*+\(['\"]?(?P<code>[0-9]{4}),"),
    after("mysql", "ERROR-{}", "xception", r":?\s*+\(['\"]?(?P<code>[0-9]{4}),"),
    after("mysql", "ERROR-{}", "warning", r":?\s*+\(['\"]?(?P<code>[0-9]{4}),"),
    after("mysql", "ERROR-{}", " - ", _NAVICAT, cased=True),
    after("mysql", "ERROR-{}", "错误", rf"(?:代码|编号|编码|码|号)?{_ERROR_NUMBER}"),
    after("mysql", "ERROR-{}", "报错", rf"(?:代码|码|号)?{_ERROR_NUMBER}"),
    after("mysql", "ERROR-{}", "故障", rf"码{_ERROR_NUMBER}"),
    after("mysql", "ERROR-{}", "mysql", rf"{alone('mysql')}{_NAMED}"),
    after("mysql", "ERROR-{}", "mariadb", rf"{alone('mariadb')}{_NAMED}"),
    after("oceanbase", "ERROR-{}", "oceanbase", rf"{SIGN}-{_NUMBER}"),
    after("oceanbase", "ERROR-{}", "oceanbase", rf"{alone('oceanbase')}{_NAMED}"),
    after("oceanbase", "ERROR-{}", "ob", rf"{alone('ob')}{_NAMED}"),
    after("oceanbase", "ERROR-{}", "ret", rf"{SIGN}-{_NUMBER}"),
    after("oceanbase", "ERROR-{}", "code", rf"{SIGN}-{_NUMBER}"),
)
LATE: tuple[Rule, ...] = (
    after("other", "ERROR-{}", "-", r"(?<![a-z0-9_.)\]%-]-)(?P<code>[4-9][0-9]{3})(?![a-z0-9_.%-])", strict=False),
)
"""OceanBase's numbers below zero, when nothing before them says more."""
