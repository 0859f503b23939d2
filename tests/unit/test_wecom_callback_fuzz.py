"""Whatever is posted to the AI bot's callback gets a reply: 200 or 4xx, never 500."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from adapters.background import Background
from adapters.limits import Backlog, Limits
from adapters.wecom.receiving.bot_assembly import BotOutside, open_callback
from adapters.wecom.receiving.handing import Ways
from bot.backends.sqlite import SqliteLeases, SqliteLedger, SqliteStore
from bot.settings import Wecom
from tests.fakes.wecom.corp import Corp
from tests.fakes.wecom.sealing import sealed

if TYPE_CHECKING:
    from collections.abc import Iterator

CORP = Corp()
NAMES = st.sampled_from(
    [
        "msgid",
        "msgtype",
        "chatid",
        "chattype",
        "from",
        "userid",
        "corpid",
        "text",
        "content",
        "mixed",
        "msg_item",
        "image",
        "url",
        "file",
        "voice",
        "stream",
        "id",
        "event",
        "eventtype",
        "template_card_event",
        "event_key",
        "task_id",
        "feedback_event",
        "type",
        "quote",
        "response_url",
        "create_time",
    ]
)
WORDS = st.sampled_from(
    [
        "text",
        "mixed",
        "voice",
        "image",
        "file",
        "stream",
        "event",
        "group",
        "single",
        "zhangsan",
        "enter_chat",
        "template_card_event",
        "feedback_event",
        "disconnected_event",
        "quorum_escalate:a",
        "quorum_feedback:a:1",
        "/停止",
        "转人工",
        "help",
        "1",
        "2",
        "3",
    ]
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=20,
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    file = tmp_path_factory.mktemp("fuzz") / "q.db"
    with ExitStack() as stack:
        ledger, store, leases = (
            stack.enter_context(closing(kind(file))) for kind in (SqliteLedger, SqliteStore, SqliteLeases)
        )
        quick = stack.enter_context(closing(Background("test", 1)))
        limits = Limits(store, Backlog(lambda: 0, 10, quick), 1_000)
        outside = BotOutside(ledger.open, ledger, store, leases, limits)
        settings = Wecom(bot_token=CORP.bot_token, bot_aes_key=CORP.bot_aes_key)
        callback = open_callback(settings, outside, Ways(lambda _, __: None))
        yield stack.enter_context(TestClient(Starlette(routes=callback.routes())))


FIELDS = st.dictionaries(NAMES, PLAIN, max_size=8)
LIKELY = {"from": {"userid": "zhangsan"}, "msgtype": "text"}


@given(plain=FIELDS.map(json.dumps) | FIELDS.map(lambda found: json.dumps(LIKELY | found)) | st.text(max_size=40))
def test_what_is_signed_gets_200_or_400(client: TestClient, plain: str) -> None:
    query, body = sealed(CORP.bot_seal, plain, int(time.time()))

    assert client.post("/wecom/aibot", params=query, content=body).status_code in {200, 400}


@given(body=st.binary(max_size=60), query=st.dictionaries(st.text(max_size=14), st.text(max_size=20), max_size=4))
def test_what_is_not_signed_gets_400_or_403(client: TestClient, body: bytes, query: dict[str, str]) -> None:
    assert client.post("/wecom/aibot", params=query, content=body).status_code in {400, 403}
    assert client.get("/wecom/aibot", params=query).status_code in {400, 403}
