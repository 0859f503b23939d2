"""What WeCom's commands say back."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from adapters.wecom.gathering.history import History
from adapters.wecom.layout.pages import BOT_MARKDOWN
from adapters.wecom.replying.sayings import Sayings
from bot.backends.sqlite import SqliteStore
from bot.conversation.answers import AnswerBook
from bot.types import Address, Question

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("room", "is_told"), [("group", True), ("single", False)])
def test_the_status_of_a_group_names_the_id_that_a_reader_needs(tmp_path: Path, room: str, *, is_told: bool) -> None:
    address = Address("wecom", "bot:wrOPS00001", "zhangsan")
    errand = Question("c-1", "status", address, "zh", 1.0, task="say", details={"chattype": room})
    with closing(SqliteStore(tmp_path / "q.db")) as store:
        book = AnswerBook(store, 60.0)
        said = "".join(Sayings(book, History(store, book), lambda: 7).word(errand, BOT_MARKDOWN))

    assert "当前等待回答的问题数：7" in said
    assert ("`wrOPS00001`" in said) is is_told
