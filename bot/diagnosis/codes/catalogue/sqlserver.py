"""SQL Server: messages of the server, its log and its clients, English and Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.diagnosis.codes.normal import nonzero
from bot.diagnosis.codes.rules import SIGN, STOP, Family, Rule, after, alone

if TYPE_CHECKING:
    from collections.abc import Mapping

FAMILIES: Mapping[str, Family] = {
    "MSSQL": Family("sqlserver", 1, least=2, most=5),
    "SQLSERVER": Family("sqlserver", 1, least=2, most=5, form="MSSQL"),
    "MSG": Family("sqlserver", 1, least=3, most=5, form="MSSQL"),
}

_NUMBER = r"(?P<code>[0-9]{2,6})"
_FORM = nonzero("MSSQL")
_WORD = r"(?:error|错误|錯誤|报错|msg|消息)(?:\s++(?:code|number|no\.?)|代码|号|码|编号)?"

RULES: tuple[Rule, ...] = (
    after("sqlserver", _FORM, "sql", rf"[ \t]?server\)?[,;: ]*+\s*+{_WORD}{SIGN}{_NUMBER}{STOP}(?!\.[0-9])"),
    after("sqlserver", _FORM, "sql", r"[ \t]?server\][^\n]{0,200}?\((?P<code>[0-9]{2,5})\)\s*+\(sql"),
    after("sqlserver", _FORM, "mssql", rf"{alone('mssql')}\s*+(?:{_WORD})?{SIGN}{_NUMBER}{STOP}(?!\.[0-9])"),
    after("sqlserver", _FORM, "msg", rf"{alone('msg')}\s++{_NUMBER},\s*+level\s"),
    after("sqlserver", _FORM, "消息", rf"\s*+{_NUMBER},\s*+级别"),
    after("sqlserver", _FORM, "訊息", rf"\s*+{_NUMBER},\s*+層級"),
    after("sqlserver", _FORM, "err", rf"{alone('err')}or\s*+[:=]?+\s*+{_NUMBER},\s*+severity\b"),
    after(
        "sqlserver",
        _FORM,
        "err",
        rf"{alone('err')}or\s++number\s*+:\s*+(?P<code>[0-9]{{1,5}}),\s*+(?:state|severity)\s*+:",
    ),
    after("sqlserver", _FORM, "错误", rf"\s*+:?+\s*+{_NUMBER},\s*+严重(?:性|级别|程度)"),
)
