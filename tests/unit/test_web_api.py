"""The web API over a real socket: what it takes, what it refuses and how, and what it shows."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.applications import Starlette

from adapters.web import intake
from adapters.web.messenger import WebMessenger
from adapters.web.routes import WebApi
from bot import access
from bot.backends.sqlite import SqliteLedger, SqliteStore
from bot.diagnosis.masking import masked_question
from bot.errors import QueueUnavailableError, StoreUnavailableError
from bot.settings import Masking
from bot.types import Address, Answer, Question, Receipt
from tests.fakes.web_server import served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

ACCESS = {"pay": ("slack:C1",)}


@dataclass
class Desk:
    """Takes questions into a ledger; `before` happens first, and may fail or take its time."""

    ledger: SqliteLedger
    messenger: WebMessenger
    taken: list[Question] = field(default_factory=list)
    before: Callable[[], object] = lambda: None

    def accept(self, question: Question) -> bool:
        self.before()
        fresh = self.ledger.open(question)
        self.taken += [question] * fresh
        return fresh

    def answer(self, identity: str, text: str = "In the post room.") -> None:
        self.messenger.deliver(Receipt("web", identity), Answer(identity, identity, "answered", text, "en"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    ledger, store = SqliteLedger(tmp_path / "q.db"), SqliteStore(tmp_path / "q.db")
    yield Desk(ledger, WebMessenger(store, 60.0))
    ledger.close()
    store.close()


@pytest.fixture
def web(desk: Desk) -> Iterator[httpx.Client]:
    mask = partial(masked_question, policy=Masking())
    api = WebApi(desk.messenger, desk.accept, desk.ledger.find, lambda asked: access.visible(ACCESS, asked), mask)
    with served(Starlette(routes=api.routes())) as url, httpx.Client(base_url=url, trust_env=False) as client:
        yield client


def ask(web: httpx.Client, **fields: object) -> httpx.Response:
    return web.post("/api/questions", json={"text": "Where is my parcel?", **fields})


def events(reply: httpx.Response) -> Iterator[tuple[str, str, Any]]:
    """Yield the name, the id and the data of each event, as they come."""
    event: dict[str, str] = {}
    for line in reply.iter_lines():
        name, _, value = line.partition(": ")
        if line and name:
            event[name] = value
        elif not line and "event" in event:
            yield event["event"], event["id"], json.loads(event["data"])
            event = {}


def test_a_new_question_is_taken_and_the_reply_says_where_its_answer_will_be(web: httpx.Client, desk: Desk) -> None:
    reply = ask(web, id="m1", conversation="c1", user="li")

    assert (reply.status_code, reply.json()) == (202, {"id": "web-m1", "url": "/api/questions/web-m1"})
    assert [(taken.text, taken.language, taken.address) for taken in desk.taken] == [
        ("Where is my parcel?", "en", Address("web", "c1", "li"))
    ]


def test_the_same_message_again_gets_the_same_reply_and_is_taken_once(web: httpx.Client, desk: Desk) -> None:
    first, again = ask(web, id="m1"), ask(web, id="m1")

    assert (again.status_code, again.json()) == (200, first.json())
    assert len(desk.taken) == 1


def test_an_id_of_another_question_is_a_conflict(web: httpx.Client) -> None:
    ask(web, id="m1")
    reply = ask(web, id="m1", text="打印机卡纸了怎么办？")

    assert (reply.status_code, reply.json()) == (409, {"error": "该 id 已用于另一个问题。请为每个问题使用新的 id。"})


def test_questions_without_an_id_are_questions_of_their_own(web: httpx.Client, desk: Desk) -> None:
    replies = [ask(web), ask(web)]

    assert [reply.status_code for reply in replies] == [202, 202]
    assert len({taken.id for taken in desk.taken}) == len({taken.address.lane for taken in desk.taken}) == 2


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no JSON object"),
        (b"[1]", "no JSON object"),
        (b'"text"', "no JSON object"),
        (b"[" * 100_000, "no JSON object"),
        (b'{"text": "caf\xe9"}', "not UTF-8 (byte 13)"),
        (b"{}", "The question is empty"),
        (b'{"text": null}', "The question is empty"),
        (b'{"text": " \\n"}', "The question is empty"),
        (b'{"text": 7}', "The field `text` must be a text"),
        (b'{"text": "Where?", "id": "a b"}', "The field `id` must be"),
        (b'{"text": "Where?", "id": ""}', "The field `id` must be"),
        (b'{"text": "Where?", "language": "fr"}', "The field `language` must be `zh` or `en`"),
        (b'{"text": "Where?", "language": ["zh"]}', "The field `language` must be `zh` or `en`"),
        (b'{"text": "Where?", "conversation": 1}', "The field `conversation` must be"),
        (b'{"text": "Where?", "user": ""}', "The field `user` must be"),
        (b'{"text": "Where?", "collections": "pay"}', "The field `collections` must be a list"),
        (b'{"text": "Where?", "collections": [1]}', "The field `collections` must be a list"),
        ('{"text": "在哪里？", "user": 1}'.encode(), "字段 `user` 必须是"),
        ('{"text": "在哪里？", "language": "en", "user": 1}'.encode(), "The field `user` must be"),
    ],
)
def test_what_is_no_question_is_refused_with_what_to_do(web: httpx.Client, desk: Desk, body: bytes, said: str) -> None:
    reply = web.post("/api/questions", content=body)

    assert reply.status_code == 400
    assert said in reply.json()["error"]
    assert desk.taken == []


def test_a_refusal_before_the_text_is_read_is_in_the_browsers_language(web: httpx.Client) -> None:
    reply = web.post("/api/questions", content=b"?", headers={"Accept-Language": "zh-CN,zh;q=0.9"})

    assert "请求不是 JSON 对象" in reply.json()["error"]


def test_a_long_question_is_taken_up_to_the_limit_that_the_refusal_states(web: httpx.Client, desk: Desk) -> None:
    fits, long = ask(web, text="日" * intake.MAX_TEXT_CHARACTERS), ask(web, text="日" * 100_001)

    assert (fits.status_code, long.status_code) == (202, 400)
    assert long.json() == {"error": "问题有 100,001 个字符，上限为 100,000。请只发送关键部分。"}
    assert len(desk.taken[0].text) == 100_000


def test_a_body_over_the_limit_is_refused_as_too_large(web: httpx.Client) -> None:
    reply = ask(web, text="a" * intake.MAX_BODY_BYTES)

    assert reply.status_code == 413
    assert "1,000,000 bytes" in reply.json()["error"]


def test_halves_of_characters_do_no_harm(web: httpx.Client, desk: Desk) -> None:
    body = rb'{"text": "Where \ud800?", "user": "\ud800", "conversation": "\ud800", "collections": ["\ud800"]}'
    reply = web.post("/api/questions", content=body)

    assert reply.status_code == 202
    assert desk.taken[0].text == "Where ??"


@pytest.mark.parametrize("error", [StoreUnavailableError("secret-host is down"), QueueUnavailableError("full")])
def test_what_cannot_be_taken_just_now_is_to_be_sent_again(web: httpx.Client, desk: Desk, error: Exception) -> None:
    def fail() -> None:
        raise error

    desk.before = fail
    reply = ask(web, id="m1")
    desk.before = lambda: None

    assert (reply.status_code, reply.headers["Retry-After"]) == (503, "5")
    assert reply.json() == {"error": "Questions cannot be taken just now. Please send it again in 5 seconds."}
    assert ask(web, id="m1").status_code == 202


def test_a_ledger_that_hangs_is_given_up_within_three_seconds(web: httpx.Client, desk: Desk) -> None:
    hung = threading.Event()
    desk.before = hung.wait
    begun = time.monotonic()
    reply = ask(web)
    waited = time.monotonic() - begun
    hung.set()

    assert reply.status_code == 503
    assert waited < 3


def test_the_web_sees_what_is_open_to_all(web: httpx.Client, desk: Desk) -> None:
    ask(web)
    ask(web, collections=["pay", "handbook"])

    assert [(taken.collections, taken.hidden) for taken in desk.taken] == [
        (None, {"pay"}),
        ({"handbook"}, {"pay"}),
    ]


def test_a_question_is_shown_as_far_as_it_is(web: httpx.Client, desk: Desk) -> None:
    ask(web, id="m1")
    accepted = web.get("/api/questions/web-m1").json()
    desk.messenger.acknowledge(desk.taken[0])
    working = web.get("/api/questions/web-m1").json()
    desk.answer("web-m1")
    done = web.get("/api/questions/web-m1").json()

    assert (accepted["state"], accepted["answer"]) == ("accepted", None)
    assert (working["state"], working["progress"]) == ("working", "Searching the documents …")
    assert (done["state"], done["answer"]["outcome"], done["answer"]["text"]) == (
        "done",
        "answered",
        "In the post room.",
    )


def test_a_question_that_nobody_asked_here_is_unknown(web: httpx.Client, desk: Desk) -> None:
    desk.ledger.open(Question("slack-1", "secret", Address("slack", "C1", "U1"), "en", 1.0))
    replies = [web.get(f"/api/questions/{name}{rest}") for name in ("web-0", "slack-1") for rest in ("", "/events")]

    assert [reply.status_code for reply in replies] == [404] * 4
    assert replies[0].json() == {"error": "There is no such question."}


def test_progress_is_told_as_it_comes_and_ends_with_the_answer(web: httpx.Client, desk: Desk) -> None:
    ask(web, id="m1")
    with web.stream("GET", "/api/questions/web-m1/events") as reply:
        coming = events(reply)
        accepted = next(coming)
        receipt = desk.messenger.acknowledge(desk.taken[0])
        working = next(coming)
        desk.messenger.progress(receipt, "正在核对来源……")
        checking = next(coming)
        desk.answer("web-m1")
        rest = list(coming)

    assert reply.headers["content-type"].startswith("text/event-stream")
    assert [(name, data["state"]) for name, _, data in (accepted, working, checking)] == [
        ("progress", "accepted"),
        ("progress", "working"),
        ("progress", "working"),
    ]
    assert checking[2]["progress"] == "正在核对来源……"
    assert [(name, data["text"]) for name, _, data in rest] == [("answer", "In the post room.")]


def test_whoever_connects_again_is_told_what_is_new(web: httpx.Client, desk: Desk) -> None:
    ask(web, id="m1")
    with web.stream("GET", "/api/questions/web-m1/events") as reply:
        _, seen, _ = next(events(reply))
    desk.answer("web-m1")
    address = "/api/questions/web-m1/events"
    with web.stream("GET", address, headers={"Last-Event-ID": seen}) as reply:
        told = list(events(reply))

    assert [name for name, _, _ in told] == ["answer"]
    assert web.get(address, headers={"Last-Event-ID": told[0][1]}).status_code == 204


def test_waiting_askers_take_no_thread_each(web: httpx.Client, desk: Desk) -> None:
    ask(web, id="m1")
    before = threading.active_count()
    streams = [web.stream("GET", "/api/questions/web-m1/events") for _ in range(60)]
    replies = [stream.__enter__() for stream in streams]
    waiting = [events(reply) for reply in replies]
    first = [next(stream)[0] for stream in waiting]
    threads = threading.active_count() - before
    desk.answer("web-m1")
    last = [next(stream)[0] for stream in waiting]
    for stream in streams:
        stream.__exit__(None, None, None)

    assert (set(first), set(last)) == ({"progress"}, {"answer"})
    assert threads <= 10
