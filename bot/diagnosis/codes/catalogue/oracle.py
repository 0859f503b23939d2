"""Oracle: the database, its network, its tools, and Clusterware."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.diagnosis.codes.normal import padded
from bot.diagnosis.codes.rules import AMOUNT, LEADING, MINOR, SIGN, STOP, Family, Rule, after, alone

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIVE = (
    "TNS RMAN PLS PLW LRM DRG KUP UDE UDI OGG LPX QSM DGM DIA AMDU KFED KFOD KFNDG ACFS ADVM CLSU CLST "
    "NZE NNC NNO NNF NPL NCR NMP O2F O2I O2U OCI PCB PCC PRO RDE RDJ JZN SQLT VID XQE"
)
_FOUR = "CRS SP2 PRCD PRCR PRCN PRCZ PRVF PRVG PRVH PRKC PRKO PRKF PRIF INS ASMCMD CLSRSC OUI"
_PLAIN = "PROC PROT PRCT PRCS PRCA PRKR PRKP"
_WORDLIKE = "IMP EXP NID LSX DBV EVM LFI LCD DBT"
"""Families whose names are also words or formulas (`exp-1`): only a padded number makes a code of them."""

_CALL_STACK = frozenset({6512})

FAMILIES: Mapping[str, Family] = {
    "ORA": Family("oracle", 5, minor=_CALL_STACK),
    **{name: Family("oracle", 5) for name in _FIVE.split()},
    **{name: Family("oracle", 4, least=3) for name in _FOUR.split()},
    **{name: Family("oracle", 4, least=4) for name in _PLAIN.split()},
    **{name: Family("oracle", 5, least=4) for name in _WORDLIKE.split()},
    "OBE": Family("oceanbase", 5, least=4),
}

_APART = r"(?:[ :_]|[ ]-[ ]?)?"
"""What stands between the family and its number where that is no lone hyphen."""

RULES: tuple[Rule, ...] = (
    # OceanBase in Oracle mode wraps its own number, which says more than the wrapper.
    after(
        "oceanbase",
        "ERROR-{}",
        "code, argument",
        rf"s?:\s*+\[?-(?P<code>[0-9]{{4,5}}){STOP}",
        LEADING,
    ),
    after("oracle", padded("ORA", 5), "ora", rf"{alone('ora')}{_APART}(?P<code>0{{0,2}}6512){STOP}", MINOR),
    after("oracle", padded("ORA", 5), "ora", rf"{alone('ora')}{_APART}(?P<code>[0-9]{{3,6}}+){STOP}(?!\.[0-9])"),
    after(
        "oracle",
        padded("ORA", 5),
        "oracle",
        rf"{alone('oracle')}\s*+(?:error|错误|报错)(?:\s++code|代码|码|号)?{SIGN}(?P<code>[0-9]{{1,5}}+){STOP}(?!\.[0-9]){AMOUNT}",
    ),
    after("oracle", padded("TNS", 5), "tns", rf"{alone('tns')}{_APART}(?P<code>[0-9]{{4,6}}+){STOP}(?!\.[0-9])"),
)
