"""Error codes: which ones a text carries, of which product, in what order they matter, and which a chunk explains.

`catalogue` says by product what its codes look like, `grammar` how they are found, `normal` what is made of a text
before and of a code after.
"""

from __future__ import annotations

from bot.diagnosis.codes.reading import Carried, extract, find, read, says, strict
from bot.diagnosis.codes.rules import LEADING, MINOR, PLAIN, Code, Product
from bot.diagnosis.codes.severity import Severity
from bot.diagnosis.codes.titles import defined

__all__ = [
    "LEADING",
    "MINOR",
    "PLAIN",
    "Carried",
    "Code",
    "Product",
    "Severity",
    "defined",
    "extract",
    "find",
    "read",
    "says",
    "strict",
]
