"""Every language model keeps the port's promises; the ones over a socket also survive a server that misbehaves."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest

from bot.answering import prompting
from bot.backends.offline import OfflineModel
from bot.backends.openai import OpenAIModel
from bot.errors import (
    ConfigurationError,
    MissingExtraError,
    ModelRejectedError,
    ModelReplyError,
    ModelUnavailableError,
    QuorumError,
)
from tests.fakes import made
from tests.fakes.answering import ScriptedModel, completion, passage
from tests.fakes.model_server import ModelServer, Reply, as_json, chat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.ports import Model

SECRET = "sk-very-secret"
PROMPT = prompting.build(
    "answer", made.question("How long is undo kept?"), [passage("Undo is kept for 3 hours.")], 0.7, 200
)
HTML = Reply(200, b"<html>Welcome to nginx</html>", {"Content-Type": "text/html"})


@pytest.fixture(params=["offline", "scripted", "openai"])
def model(request: pytest.FixtureRequest) -> Iterator[Model]:
    with ModelServer(chat(completion("3 hours"))) as server:
        yield {
            "offline": OfflineModel(),
            "scripted": ScriptedModel(completion("3 hours")),
            "openai": OpenAIModel(server.url, "tiny"),
        }[request.param]


@pytest.mark.parametrize("count", [1, 2, 9])
def test_exactly_as_many_completions_come_as_were_asked_for(model: Model, count: int) -> None:
    assert len(model.sample(PROMPT, count)) == count


def test_a_completion_is_a_ballot(model: Model) -> None:
    (found,) = model.sample(PROMPT, 1)

    assert set(json.loads(found.text)) == {"answerable", "key", "answer", "citations"}


def test_a_model_has_a_name(model: Model) -> None:
    assert model.name


def test_the_request_is_the_protocols() -> None:
    with ModelServer(chat("a", "b", tokens=10)) as server:
        found = OpenAIModel(server.url, "tiny", SECRET).sample(PROMPT, 2)
        (request,) = server.requests

    assert [each.text for each in found] == ["a", "b"]
    assert [each.completion_tokens for each in found] == [5, 5]
    assert request.path == "/v1/chat/completions"
    assert request.headers["Authorization"] == f"Bearer {SECRET}"
    assert (request.body["model"], request.body["n"], request.body["stream"]) == ("tiny", 2, False)
    assert (request.body["temperature"], request.body["max_tokens"]) == (0.7, 200)
    assert [message["role"] for message in request.body["messages"]] == ["system", "user"]
    assert request.body["response_format"]["json_schema"]["schema"]["required"][0] == "answerable"


def test_a_server_that_ignores_n_is_asked_for_the_rest() -> None:
    with ModelServer(chat("one")) as server:
        found = OpenAIModel(server.url, "tiny").sample(PROMPT, 3)

    assert len(found) == 3
    assert [request.body["n"] for request in server.requests] == [3, 2, 1]


def test_extra_choices_are_cut() -> None:
    with ModelServer(chat("a", "b", "c")) as server:
        assert [each.text for each in OpenAIModel(server.url, "tiny").sample(PROMPT, 2)] == ["a", "b"]


def test_empty_choice_lists_end_after_the_allowed_attempts() -> None:
    with ModelServer(chat()) as server:
        with pytest.raises(ModelReplyError, match="empty choice list 3 times"):
            OpenAIModel(server.url, "tiny", attempts=3).sample(PROMPT, 2)

        assert len(server.requests) == 3


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_busy_server_is_asked_again(status: int) -> None:
    pauses: list[float] = []
    with ModelServer(Reply(status), chat("late")) as server:
        (found,) = OpenAIModel(server.url, "tiny", sleep=pauses.append).sample(PROMPT, 1)

    assert found.text == "late"
    assert pauses == [0.5]


def test_retry_after_is_obeyed() -> None:
    pauses: list[float] = []
    with ModelServer(Reply(429, headers={"Retry-After": "7"}), chat("late")) as server:
        OpenAIModel(server.url, "tiny", sleep=pauses.append).sample(PROMPT, 1)

    assert pauses == [7.0]


def test_a_long_retry_after_is_left_to_the_handler() -> None:
    with (
        ModelServer(Reply(429, headers={"Retry-After": "3600"})) as server,
        pytest.raises(ModelUnavailableError, match="3600 s"),
    ):
        OpenAIModel(server.url, "tiny").sample(PROMPT, 1)


def test_a_server_that_stays_busy_is_unavailable() -> None:
    with ModelServer(Reply(503)) as server:
        with pytest.raises(ModelUnavailableError, match=r"503.*Tried 2 times"):
            OpenAIModel(server.url, "tiny", attempts=2, sleep=lambda _: None).sample(PROMPT, 1)

        assert len(server.requests) == 2


def test_a_server_that_is_down_is_unavailable() -> None:
    with ModelServer(chat("x")) as server:
        gone = server.url

    with pytest.raises(ModelUnavailableError, match="cannot be reached"):
        OpenAIModel(gone, "tiny", attempts=2, sleep=lambda _: None).sample(PROMPT, 1)


def test_a_slow_server_is_unavailable_and_not_asked_again() -> None:
    with ModelServer(Reply(hold=True)) as server:
        with pytest.raises(ModelUnavailableError, match=r"within 0\.2 s"):
            OpenAIModel(server.url, "tiny", timeout_s=0.2).sample(PROMPT, 1)

        assert len(server.requests) == 1


def test_a_reply_that_breaks_off_is_asked_for_again() -> None:
    with ModelServer(Reply(body=b'{"choi', cut=True), chat("whole")) as server:
        (found,) = OpenAIModel(server.url, "tiny", sleep=lambda _: None).sample(PROMPT, 1)

    assert found.text == "whole"


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (HTML, "no JSON .text/html"),
        (Reply(body=b'{"choices": [{"mess'), "cut JSON"),
        (as_json([]), "a JSON list"),
        (as_json({}), "no list of choices"),
        (as_json({"choices": [{"text": "old protocol"}]}), "no message with text"),
    ],
)
def test_a_reply_against_the_protocol_is_named(reply: Reply, said: str) -> None:
    with ModelServer(reply) as server, pytest.raises(ModelReplyError, match=said):
        OpenAIModel(server.url, "tiny").sample(PROMPT, 1)


@pytest.mark.parametrize(
    ("reply", "advice"),
    [
        (HTML, "OpenAI-compatible /v1"),
        (as_json([]), "OpenAI-compatible /v1"),
        (as_json({}), "OpenAI-compatible /v1 with chat, the model's name, and the server's log"),
        (chat(), "OpenAI-compatible /v1 with chat, the model's name, and the server's log"),
        (as_json({"choices": [{"text": "old protocol"}]}), "OpenAI-compatible /v1 with chat"),
        (Reply(429), "wait and ask again"),
        (Reply(500), "Look into the server's log"),
        (Reply(502), "Look into the server's log"),
        (Reply(503, headers={"Retry-After": "3600"}), "Ask again after that time"),
        (Reply(400), "Look into the server's log"),
        (Reply(413), "a longer context"),
        (Reply(body=b'{"choi', cut=True), "broke off .* Look into the server's log"),
        (Reply(hold=True), "raise QUORUM_MODELS__TIMEOUT_S"),
    ],
    ids=["html", "list", "null", "empty", "old", "429", "500", "502", "later", "400", "413", "torn", "slow"],
)
def test_every_error_says_what_to_do(reply: Reply, advice: str) -> None:
    with ModelServer(reply) as server, pytest.raises(QuorumError, match=advice):
        OpenAIModel(server.url, "tiny", timeout_s=0.5, attempts=2, sleep=lambda _: None).sample(PROMPT, 1)


@pytest.mark.parametrize(
    ("location", "said"),
    [
        (
            "https://me:hunter2@gpu:8443/api/v1/chat/completions?token=hunter2",
            "redirects to https://gpu:8443/api/v1[.]",
        ),
        ("https://gpu/login/hunter2?next=hunter2#hunter2", "redirects to https://gpu[.]"),
        ("/hunter2", r"redirects to http://127\.0\.0\.1:\d+[.]"),
        ("https:/hunter2", "what is no address"),
        ("https:////hunter2]", "what is no address"),
        ("", "what is no address"),
    ],
)
def test_a_redirect_names_the_address_to_set_and_no_secret(location: str, said: str) -> None:
    with ModelServer(Reply(308, headers={"Location": location})) as server:
        with pytest.raises(ModelRejectedError, match=said) as caught:
            OpenAIModel(server.url, "tiny").sample(PROMPT, 1)

        assert len(server.requests) == 1
    assert "hunter2" not in str(caught.value)
    assert "too long" not in str(caught.value)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
def test_a_refused_request_is_not_repeated(status: int) -> None:
    with ModelServer(Reply(status)) as server:
        with pytest.raises(ModelRejectedError, match=f"HTTP {status}"):
            OpenAIModel(server.url, "tiny").sample(PROMPT, 1)

        assert len(server.requests) == 1


def test_a_server_without_guided_decoding_is_asked_without_the_schema_from_then_on() -> None:
    refused = as_json({"error": {"message": "Unexpected fields: response_format"}}, 400)
    with ModelServer(refused, chat("plain")) as server:
        model = OpenAIModel(server.url, "tiny")
        model.sample(PROMPT, 1)
        model.sample(PROMPT, 1)

    assert ["response_format" in request.body for request in server.requests] == [True, False, False]


def test_errors_and_logs_hold_neither_the_prompt_nor_the_key(caplog: pytest.LogCaptureFixture) -> None:
    echo = as_json({"error": {"message": f"bad: {PROMPT.messages[1][1]} {SECRET}", "type": "BadRequestError"}}, 400)
    caplog.set_level(logging.DEBUG, "bot")

    with ModelServer(echo) as server, pytest.raises(ModelRejectedError) as caught:
        OpenAIModel(server.url, "tiny", SECRET).sample(PROMPT, 1)

    said = str(caught.value) + caplog.text
    assert "BadRequestError" in said
    assert "undo" not in said
    assert SECRET not in said


def test_a_proxy_of_the_environment_is_not_used_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    with ModelServer(chat("direct")) as server:
        assert OpenAIModel(server.url, "tiny").sample(PROMPT, 1)[0].text == "direct"


@pytest.mark.slow
def test_a_missing_library_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from bot.backends.transformers import TransformersModel

    monkeypatch.setitem(sys.modules, "transformers", None)

    with pytest.raises(MissingExtraError, match=r"quorum-kb\[models\]"):
        TransformersModel("any").sample(PROMPT, 1)


@pytest.mark.slow
def test_a_model_that_is_nowhere_is_a_wrong_setting(tmp_path: object) -> None:
    pytest.importorskip("transformers")
    from bot.backends.transformers import TransformersModel

    with pytest.raises(ConfigurationError, match="cannot be loaded"):
        TransformersModel(f"{tmp_path}/nowhere").sample(PROMPT, 1)
