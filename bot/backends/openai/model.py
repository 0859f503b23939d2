"""Samples completions from an OpenAI-compatible chat server such as vLLM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.backends.openai.http import SchemaRefusedError, Served
from bot.errors import ModelReplyError
from bot.types import Completion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.types import Prompt

_CHECK = "Check that the address is an OpenAI-compatible /v1 with chat, the model's name, and the server's log."


class OpenAIModel(Served):
    """The `Model` port over `POST …/chat/completions`, not streamed.

    The schema travels in `response_format` for guided decoding. A server that rejects that field is asked once more
    without it, and from then on without it: its ballots are then as good as its obedience.
    """

    _guided = True

    @property
    def name(self) -> str:
        """The model's name as the server knows it."""
        return self._model

    def sample(self, prompt: Prompt, n: int) -> list[Completion]:
        """Return exactly `n` completions; extra choices are cut.

        A server that returns fewer is asked again for the rest. After `attempts` replies in a row without any choice,
        raises `ModelReplyError`; see `Server.post` for the other errors.
        """
        found: list[Completion] = []
        empty = 0
        while len(found) < n:
            batch = self._ask(prompt, n - len(found))
            found += batch
            empty = 0 if batch else empty + 1
            if empty == self._attempts:
                message = f"The model {self._model!r} returned an empty choice list {empty} times. {_CHECK}"
                raise ModelReplyError(message)
        return found[:n]

    def _ask(self, prompt: Prompt, n: int) -> list[Completion]:
        body: dict[str, object] = {
            "model": self._model,
            "messages": [{"role": role, "content": content} for role, content in prompt.messages],
            "n": n,
            "temperature": prompt.temperature,
            "max_tokens": prompt.max_tokens,
            "stream": False,
        }
        schema = prompt.schema if self._guided else None
        if schema is None:
            return self._read(self._server.post("/chat/completions", body))
        guided = {"type": "json_schema", "json_schema": {"name": "ballot", "strict": True, "schema": dict(schema)}}
        try:
            return self._read(self._server.post("/chat/completions", {**body, "response_format": guided}))
        except SchemaRefusedError:
            found = self._read(self._server.post("/chat/completions", body))
            self._guided = False
            return found

    def _read(self, reply: Mapping[str, Any]) -> list[Completion]:
        choices = reply.get("choices")
        if not isinstance(choices, list) or not all(isinstance(choice, dict) for choice in choices):
            message = f"The model {self._model!r} sent no list of choices. {_CHECK}"
            raise ModelReplyError(message)
        usage = reply.get("usage")
        total = usage.get("completion_tokens") if isinstance(usage, dict) else None
        each = total // len(choices) if isinstance(total, int) and choices else 0
        return [self._completion(choice, each) for choice in choices]

    def _completion(self, choice: Mapping[str, Any], completion_tokens: int) -> Completion:
        message = choice.get("message")
        content = message.get("content") if isinstance(message, dict) else None
        if not isinstance(message, dict) or not isinstance(content, str | None):
            wrong = f"A choice of the model {self._model!r} holds no message with text. {_CHECK}"
            raise ModelReplyError(wrong)
        return Completion(content or "", str(choice.get("finish_reason") or "stop"), completion_tokens)
