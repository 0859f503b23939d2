"""Whatever is posted to either callback gets a reply in time: 200 or 4xx, never 500, never a hang."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from adapters.wecom.assembly import open_replying
from adapters.wecom.receiving.assembly import Outside, open_receiving
from bot.backends.sqlite import SqliteLeases, SqliteLedger, SqliteStore
from bot.settings import Limits, Settings
from tests.fakes.wecom import FakeWeCom
from tests.fakes.wecom.corp import Corp
from tests.fakes.wecom.sealing import sealed
from tests.fakes.wecom_rooms import wecom_settings

if TYPE_CHECKING:
    from collections.abc import Iterator


HUNG_S = 60.0
"""So long no request takes, however busy the machine is; WeCom itself waits for five seconds."""

APP, BOT = "/wecom/app", "/wecom/aibot"
TAKEN, REFUSED = {200, 400, 403}, {400, 403}


def one_of(words: str) -> st.SearchStrategy[str]:
    """Return any of these words."""
    return st.sampled_from(words.split())


NAMES = one_of(
    "msgid msgtype chatid chattype from userid corpid text content mixed msg_item image url file voice stream id event "
    "eventtype template_card_event event_key task_id feedback_event type quote response_url create_time"
)
TAGS = one_of(
    "ToUserName FromUserName CreateTime MsgType MsgId AgentID Content PicUrl MediaId Recognition Format Title Url "
    "Description FileName Event EventKey TaskId CardType ResponseCode SelectedItems SelectedItem QuestionKey OptionIds "
    "OptionId Location_X Label xml"
)
WORDS = one_of(
    "text mixed voice image file link location stream event group single zhangsan LiSi @all enter_chat enter_agent "
    "subscribe click template_card_event feedback_event disconnected_event quorum_escalate:a quorum_sources:a "
    "quorum_feedback:a:1 /停止 /清除 /来源 /status 转人工 help 1 2 3 -1 1e999 9999999999999999999999"
)
ODD = st.sampled_from(["\x00", "\ufffe", "\u202e", "😀" * 40, "[" * 2_000, "{" * 2_000, "&a;", "]]>", "<", "/" * 300])
SAID = WORDS | ODD | st.text(max_size=20)

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | SAID,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=20,
)
FIELDS = st.dictionaries(NAMES, PLAIN, max_size=8)
LIKELY = {"from": {"userid": "zhangsan"}, "msgtype": "text"}
JSON = FIELDS.map(json.dumps) | FIELDS.map(lambda found: json.dumps(LIKELY | found)) | PLAIN.map(json.dumps)

WRITTEN = (
    SAID.map(escape) | SAID.map(lambda said: f"<![CDATA[{said}]]>") | SAID | st.just("<!-- -->") | st.just("<?a?>")
)
ELEMENTS = st.recursive(
    WRITTEN,
    lambda inner: st.lists(st.tuples(TAGS, inner), max_size=5).map(
        lambda found: "".join(f"<{tag}>{said}</{tag}>" for tag, said in found)
    ),
    max_leaves=12,
)
DOCUMENTS = st.sampled_from(["", '<?xml version="1.0"?>', '<!DOCTYPE a [<!ENTITY a "b">]>', "<a>" * 5_000])
QUERIES = st.dictionaries(
    st.sampled_from(["msg_signature", "timestamp", "nonce", "echostr", "a"]), SAID, max_size=5
).map(lambda found: {name: value.encode("utf-8", "replace").decode() for name, value in found.items()})


@dataclass(frozen=True)
class Callbacks:
    """Both callbacks, in this process, and a thread that asks them."""

    corp: Corp
    client: TestClient
    thread: ThreadPoolExecutor

    def post(self, path: str, query: dict[str, str], body: bytes) -> int:
        """Return the status of what is posted; raises TimeoutError where it hangs, and whatever would make it 500."""
        asked = self.thread.submit(self.client.post, path, params=query, content=body)
        return asked.result(HUNG_S).status_code

    def get(self, path: str, query: dict[str, str]) -> int:
        """Return the status of an address that is verified."""
        return self.thread.submit(self.client.get, path, params=query).result(HUNG_S).status_code

    def sealed(self, path: str, plain: str) -> tuple[dict[str, str], bytes]:
        """Return a message as WeCom would post it."""
        if path == BOT:
            return sealed(self.corp.bot_seal, plain, int(time.time()))
        return sealed(self.corp.app_seal, plain, int(time.time()), agent=self.corp.agent)

    def likely(self, inner: str) -> str:
        """Return a message that is meant for our app."""
        to, agent = self.corp.id, self.corp.agent
        return f"<ToUserName>{to}</ToUserName><FromUserName>zhangsan</FromUserName><AgentID>{agent}</AgentID>{inner}"


@pytest.fixture(scope="module")
def callbacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callbacks]:
    home = tmp_path_factory.mktemp("fuzz")
    with ExitStack() as stack:
        wecom = stack.enter_context(FakeWeCom("http://127.0.0.1:9/nobody", "http://127.0.0.1:9/nobody"))
        ledger, store, leases = (
            stack.enter_context(closing(kind(home / "q.db"))) for kind in (SqliteLedger, SqliteStore, SqliteLeases)
        )
        bot = {"bot_token": wecom.corp.bot_token, "bot_aes_key": wecom.corp.bot_aes_key}
        limits = Limits(questions_per_minute=1_000_000, waiting=1_000_000)
        settings = Settings(home=home, limits=limits, wecom=wecom_settings(wecom, **bot))
        replying = open_replying(settings, store, ledger, leases)
        outside = Outside(ledger.open, ledger, store, leases, replying.api, replying.app, lambda: 0)
        receiving = open_receiving(settings, outside)
        stack.callback(receiving.close)
        client = stack.enter_context(TestClient(Starlette(routes=receiving.routes())))
        yield Callbacks(wecom.corp, client, stack.enter_context(ThreadPoolExecutor(1)))


@given(plain=JSON | st.text(max_size=40))
def test_what_is_signed_for_the_bot_is_taken_or_refused(callbacks: Callbacks, plain: str) -> None:
    assert callbacks.post(BOT, *callbacks.sealed(BOT, plain)) in TAKEN


@given(head=DOCUMENTS, inner=ELEMENTS, is_likely=st.booleans())
def test_what_is_signed_for_the_app_is_taken_or_refused(
    callbacks: Callbacks, head: str, inner: str, *, is_likely: bool
) -> None:
    plain = f"{head}<xml>{callbacks.likely(inner) if is_likely else inner}</xml>"

    assert callbacks.post(APP, *callbacks.sealed(APP, plain)) in TAKEN


@given(plain=st.text(max_size=60) | JSON)
def test_what_is_signed_and_no_xml_is_refused(callbacks: Callbacks, plain: str) -> None:
    assert callbacks.post(APP, *callbacks.sealed(APP, plain)) in REFUSED


@given(body=st.binary(max_size=200), query=QUERIES, path=st.sampled_from([APP, BOT]))
def test_what_is_not_signed_is_refused(callbacks: Callbacks, body: bytes, query: dict[str, str], path: str) -> None:
    assert callbacks.post(path, query, body) in REFUSED
    assert callbacks.get(path, query) in REFUSED


@given(plain=PLAIN, inner=ELEMENTS, query=QUERIES, path=st.sampled_from([APP, BOT]))
def test_a_body_that_looks_like_wecoms_and_is_not_signed_is_refused(
    callbacks: Callbacks, plain: object, inner: str, query: dict[str, str], path: str
) -> None:
    body = json.dumps({"encrypt": plain}) if path == BOT else f"<xml><Encrypt>{inner}</Encrypt></xml>"

    assert callbacks.post(path, query, body.encode("utf-8", "replace")) in REFUSED


@given(change=QUERIES, removed=st.integers(1, 400), path=st.sampled_from([APP, BOT]))
def test_a_callback_that_was_cut_on_its_way_is_refused(
    callbacks: Callbacks, change: dict[str, str], removed: int, path: str
) -> None:
    query, body = callbacks.sealed(path, "{}" if path == BOT else "<xml></xml>")

    assert callbacks.post(path, query | change, body[: max(0, len(body) - removed)]) in REFUSED
