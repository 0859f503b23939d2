"""What every test shares: a clean environment, the open data sets, and the rule on missing services."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile("quorum", deadline=None)  # how long one example takes says nothing on a shared machine
settings.load_profile("quorum")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings and proxies of the person who runs the tests out of them."""
    for name in list(os.environ):
        if (name.startswith("QUORUM_") and name != "QUORUM_DATA") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def open_data() -> Callable[[str], Path]:
    """Return the folder of one open data set, or skip by its name where the sets are absent."""
    base = Path(os.environ.get("QUORUM_DATA", ROOT.parent / "shared" / "data"))

    def folder(name: str) -> Path:
        if not (base / name).is_dir():
            pytest.skip(f"the open data set {name!r} is not in {str(base)!r}; set QUORUM_DATA to its folder")
        return base / name

    return folder


def missing(what: str) -> None:
    """Skip at home, naming what is missing; fail where CI says that everything must be there."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing, and CI is set")
    pytest.skip(f"{what} is missing")
