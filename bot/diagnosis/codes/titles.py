"""Which codes a chunk explains: those that its titles, its file's name, its question or its first column name."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from bot.diagnosis.codes.reading import ranked

if TYPE_CHECKING:
    from collections.abc import Sequence

_STEM = re.compile(r"(?i)e(?:rr(?:or)?)?[-_ ]?([0-9]{4,5})")
_STATE = re.compile(r"(?=[0-9A-Z]{0,3}[0-9][0-9])[0-9A-Z]{5}")
_NUMBER = re.compile(r"-?([0-9]{4,5})")
_LINK = re.compile(r"\[([^\]]{0,200}+)\]\([^)]{0,500}+\)")
_CATALOGUE = re.compile(r"(?i)error|err[_ -]?code|错误|报错|故障|oceanbase|mysql|mariadb")
_NUMBERED = (
    ("MSSQL", re.compile(r"(?i)sql ?server|mssql"), re.compile(r"([0-9]{2,5})")),
    ("DM", re.compile(r"(?i)dameng|达梦"), re.compile(r"-?([0-9]{3,5})")),
    ("MONGO", re.compile(r"(?i)mongo"), re.compile(r"([0-9]{1,5})")),
)
"""Products whose pages list bare numbers that are not those of MySQL's protocol."""
_POSTGRES = re.compile(r"(?i)postgres|sqlstate|\bpg\b")


def defined(
    title: str, headings: Sequence[str], source: str, question: str | None, first_column: str | None
) -> tuple[str, ...]:
    """Return the codes that a chunk explains: those in its titles, its file's name, its question or first column.

    `first_column` holds the cells of a table's first column, one a line. A bare number counts only where the titles
    or the path speak of errors, and five digits as SQLSTATE only where they speak of PostgreSQL.
    """
    titles = "\n".join((title, *headings))
    stem = PurePosixPath(source).stem
    context = f"{titles}\n{source}"
    texts = (title, *headings, question or "", stem, *_cells(first_column))
    found = [one.form for text in texts for one in ranked(text)]
    found += _bare_file(stem, context)
    found += [code for cell in _cells(first_column) for code in _bare(cell, context)]
    return tuple(dict.fromkeys(found))


def _cells(first_column: str | None) -> list[str]:
    return [_LINK.sub(r"\1", cell).strip(" *`|") for cell in (first_column or "").splitlines()]


def _bare_file(stem: str, context: str) -> list[str]:
    if match := _STEM.fullmatch(stem):
        return [f"ERROR-{match.group(1)}"]
    return _bare(stem, context)


def _bare(cell: str, context: str) -> list[str]:
    if _STATE.fullmatch(cell) and _POSTGRES.search(context):
        return [f"SQLSTATE-{cell}"]
    if not _CATALOGUE.search(context):
        return []
    for prefix, named, number in _NUMBERED:
        if named.search(context):
            return [f"{prefix}-{match.group(1)}"] if (match := number.fullmatch(cell)) else []
    if match := _NUMBER.fullmatch(cell):
        return [f"ERROR-{match.group(1)}"]
    return []
