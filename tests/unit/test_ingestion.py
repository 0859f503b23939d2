"""An import that is carried out for the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.errors import PostponedError
from bot.settings import load
from workers import ingestion

if TYPE_CHECKING:
    from pathlib import Path


def test_an_import_leaves_an_index_that_is_down_alone_for_a_while(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("# Page\n\nWords.\n")
    settings = load(home=tmp_path / "home", index="elasticsearch://127.0.0.1:9/quorum")

    with pytest.raises(PostponedError, match="IndexUnavailableError") as postponed:
        ingestion.run(settings, [str(tmp_path / "page.md")], "default")
    assert postponed.value.delay_s >= 30
