"""The keeper hands over what came too late for its stream; one entry that cannot be read keeps no other back."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from adapters.wecom.receiving.handing import Handing, Keeper
from adapters.wecom.streams.outbox import Outbox
from bot.backends.sqlite import SqliteLeases, SqliteStore
from tests.fakes.polling import until

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


TEXT = "内部文字"


@dataclass
class ScriptedHanding:
    """Cannot read the stream `broken`, and has nothing left to do for any other."""

    stepped: list[str] = field(default_factory=list)

    def step(self, stream: str) -> float | None:
        self.stepped.append(stream)
        if stream == "broken":
            raise KeyError(TEXT)
        return None


def test_an_entry_that_cannot_be_read_keeps_no_other_back(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    handing = ScriptedHanding()
    with closing(SqliteStore(tmp_path / "q.db")) as store, closing(SqliteLeases(tmp_path / "q.db")) as leases:
        outbox = Outbox(store)
        outbox.append("broken")
        outbox.append("whole")
        keeper = Keeper(cast("Handing", handing), store, leases)
        keeper.start()
        until(lambda: "whole" in handing.stepped, "the entry behind the broken one")
        outbox.append("later")
        until(lambda: "later" in handing.stepped, "an entry that came later")
        keeper.close()

    assert handing.stepped == ["broken", "whole", "later"]
    assert "'broken' cannot be handed over: KeyError" in caplog.text
    assert TEXT not in caplog.text
