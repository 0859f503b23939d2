"""What whole Quorums of the tests have in common: documents in a home, and logs at their loudest."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tests.fakes.warm import WARM

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

INGEST_S = 120.0
LOUD = """\"\"\"Let nobody be quieter than DEBUG who is told a level.\"\"\"

import logging

_set = logging.Logger.setLevel
logging.Logger.setLevel = lambda logger, level: _set(logger, logging.DEBUG)
"""


def ingest(documents: Path, home: Path, settings: Mapping[str, str], *collections: str) -> None:
    """Bring the folders of these names into a home as collections."""
    environment = os.environ | {"QUORUM_HOME": str(home), **settings}
    for name in collections:
        status, _, err = WARM.run(["ingest", "--collection", name, str(documents / name)], b"", environment, INGEST_S)
        assert status == 0, err.decode()


def write(file: Path, text: str) -> None:
    """Write a text with the folders above it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def loudly(folder: Path) -> dict[str, str]:
    """Return what lets Python's processes log whatever they and their libraries have to say."""
    write(folder / "loud" / "sitecustomize.py", LOUD)
    return {"PYTHONPATH": os.pathsep.join([str(folder / "loud"), os.environ.get("PYTHONPATH", "")])}
