"""Dameng, which numbers its errors below zero, and openGauss with GaussDB, whose own codes are families."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.diagnosis.codes.rules import SIGN, STOP, Family, Rule, after, alone

if TYPE_CHECKING:
    from collections.abc import Mapping

FAMILIES: Mapping[str, Family] = {
    "DM": Family("dameng", 4, least=4, most=5),
    "GAUSS": Family("opengauss", 5, least=4, most=5),
    "GS": Family("opengauss", 5, least=5, most=5),
}

_NUMBER = r"(?P<code>[0-9]{3,5})"
_OWN = r"(?P<code>[236-8][0-9]{3})"
_NO_DB2 = r"(?![^\n]{0,200}(?:sqlcode|driver=|db2))"
_HAN = r"[\u4e00-\u9fff]"

RULES: tuple[Rule, ...] = (
    after("dameng", "DM-{}", "达梦", rf"[^\n]{{0,40}}?(?<![a-z0-9_.])-{_NUMBER}{STOP}"),
    after(
        "dameng",
        "DM-{}",
        "dm",
        rf"{alone('dm')}(?:[78](?![0-9])|sql|exception|\.jdbc|server|数据库|\s*+(?:error|错误|报错)|(?=\s-[0-9]))"
        rf"[^\n]{{0,40}}?(?<![a-z0-9_.])-{_NUMBER}{STOP}",
    ),
    after(
        "dameng",
        "DM-{}",
        "dm",
        rf"{alone('dm')}exception[^\n]{{0,200}}\n\s{{0,20}}(?:错误[码号]|error\s?code){SIGN}-{_NUMBER}{STOP}",
    ),
    after("dameng", "DM-{}", "disql", rf"[^\n]{{0,40}}?(?<![a-z0-9_.])-{_NUMBER}{STOP}"),
    after("dameng", "DM-{}", "[-", rf"(?<![a-z0-9_)\]]\[-){_NUMBER}\]\s*+:"),
    after("dameng", "DM-{}", "[-", rf"(?<={_HAN}\[-){_NUMBER}\]"),
    after("dameng", "DM-{}", "[-", rf"{_NUMBER}\]\s*+{_HAN}"),
    # DBeaver, which writes OceanBase's numbers, of 4,000 and 5,000, and DB2's the same way.
    after("dameng", "DM-{}", "[-", rf"(?:(?<=sql error \[-)|(?<=sql 错误 \[-)){_OWN}\]{_NO_DB2}"),
    after("dameng", "DM-{}", "[code:-", rf"{_NUMBER}\]"),
)
LATE: tuple[Rule, ...] = (after("dameng", "DM-{}", "-", rf"(?<![^\n\s]-){_NUMBER}:\s*+第"),)
"""What a number below zero is when nothing before it says more."""
