"""All that is known of codes, by product; where two rules claim one code, the earlier one here has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.diagnosis.codes.catalogue import (
    dameng,
    db2,
    elasticsearch,
    kafka,
    mongodb,
    mysql,
    oracle,
    postgresql,
    redis,
    sqlserver,
    system,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.diagnosis.codes.rules import Family, Name, Rule

RULES: tuple[Rule, ...] = (
    *dameng.RULES,
    *sqlserver.RULES,
    *db2.RULES,
    *oracle.RULES,
    *mongodb.RULES,
    *redis.RULES,
    *system.RULES,
    *postgresql.RULES,
    *mysql.RULES,
    *dameng.LATE,
    *mysql.LATE,
)

FAMILIES: Mapping[str, Family] = {
    **oracle.FAMILIES,
    **mysql.FAMILIES,
    **dameng.FAMILIES,
    **sqlserver.FAMILIES,
    **mongodb.FAMILIES,
    **system.FAMILIES,
}
"""Prefixes in capitals, as they stand before a hyphen and a number."""

CONSTANTS: Mapping[str, Name] = kafka.CONSTANTS
"""Names in capitals with underscores."""


def exception(written: str, package: str) -> Name | None:
    """Return what an exception's class is, named behind a package in lower case and its last dot, or None."""
    return kafka.exception(written, package) or elasticsearch.exception(written, package) or mongodb.exception(written)
