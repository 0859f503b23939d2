"""What speaks for a page beside its words: that it names the product and version of a log, and what stood around."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.text import normalise, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.types import Chunk, Origin

PRODUCT, VERSION, NEAR = 0.25, 0.05, 0.1
"""What each adds at most to a fused score or a fit, which lie in [0, 1]; together less than what decides."""

_NAMES = {
    "dameng": ("dameng", "达梦", "dm8", "dm7"),
    "gaussdb": ("gaussdb", "opengauss"),
    "postgresql": ("postgresql", "postgres"),
    "sqlserver": ("sql server", "sqlserver", "mssql"),
    "mariadb": ("mariadb", "mysql"),
    "linux": ("linux", "errno"),
}
"""How pages call a product; others go by their own names."""

_WORDS = 40
"""So many different tokens of the lines around are looked for."""


def of(origin: Origin, chunks: Mapping[str, Chunk]) -> dict[str, float]:
    """Return for each chunk what is added to its scores; nothing is taken from any, so that none is left out."""
    texts = {id_: normalise(f"{chunk.source}\n{chunk.searchable}") for id_, chunk in chunks.items()}
    near = frozenset(tokens(origin.near)[:_WORDS])
    return {id_: _leaning(origin, near, text) for id_, text in texts.items()}


def _leaning(origin: Origin, near: frozenset[str], text: str) -> float:
    found = PRODUCT * _names(origin.product, text) + VERSION * _is_version(origin.version, text)
    return found + (NEAR * sum(token in text for token in near) / len(near) if near else 0.0)


def _names(product: str, text: str) -> bool:
    return bool(product) and any(name in text for name in _NAMES.get(product, (product,)))


def _is_version(version: str, text: str) -> bool:
    """Tell whether a text names a version, or the release that it belongs to: `19.3` or `19c` for 19.3.0."""
    match = re.match(r"(\d+)(?:\.(\d+))?", version)
    if match is None:
        return False
    release = rf"{match[1]}(?:\.{match[2]}|[cgi]\b)" if match[2] else rf"{match[1]}[cgi]?\b"
    return re.search(rf"(?<![\d.]){release}(?!\d)", text) is not None
