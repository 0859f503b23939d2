"""A language model for the tests of WeCom: it quotes as the offline one does, or everything, and can be held back."""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bot.backends.offline import OfflineModel
from bot.backends.offline.scoring import DEFINES
from bot.types import Prompt
from tests.fakes.answering import passage
from tests.fakes.http_server import HttpServer, Said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.types import Language, Passage

ALL, WAIT = "全文", "慢慢来"
"""A question with the first is answered with all that the passages say; one with the second waits while it is held."""

HELD_S = 120.0
MANUAL = "潮汐手册"
SENTENCES = tuple(
    f"{MANUAL}第{number}条：水尺读数到达 {3000 + number} 厘米时，引航员把驳船拖到 {number} 号泊位，"
    f"通知灯塔看守换上绿灯，并在航海日志里写下编号 {9000 + number}。"
    for number in range(1, 121)
)
"""What the manual says: over 6,000 characters and over the 20,480 bytes of one message of the AI bot."""

_SHOWN = re.compile(r"-----[^\n]*-----\n(.*)\n-----[^\n]*-----\n\n.*?(?:Question:|问题：)\n(.*)\Z", re.DOTALL)
_NUMBERED = re.compile(r"^\[(\d+)\] (.*)\n", re.MULTILINE)
_ENDS = re.compile(r"(?<=。)")


class Scholar(HttpServer):
    """Speaks the OpenAI protocol and answers from the passages of the prompt."""

    def __init__(self) -> None:
        """Wait for nothing."""
        super().__init__()
        self.waiting: set[str] = set()
        """Questions that were held, whether or not they still are."""
        self._free = threading.Event()
        self._free.set()
        self._offline = OfflineModel()

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a Quorum that asks it."""
        return {"QUORUM_VOTERS": json.dumps([{"model": f"openai+{self.url}/v1#scholar"}])}

    @contextmanager
    def held(self) -> Iterator[None]:
        """Leave questions that can wait without a reply until the block ends."""
        self._free.clear()
        try:
            yield
        finally:
            self._free.set()

    def answer(self, method: str, path: str, body: Any) -> Said:  # noqa: ANN401, ARG002 - JSON; there is one path
        """Vote `n` times."""
        found = _SHOWN.search(body["messages"][-1]["content"])
        assert found, "the prompt is worded in another way"
        shown, question = found.groups()
        if WAIT in question:
            self.waiting.add(question)
            self._free.wait(HELD_S)
        count = int(body.get("n", 1))
        texts = [_whole(shown)] * count if ALL in question else self._quoted(shown, question, body, count)
        choices = [{"message": {"role": "assistant", "content": text}, "finish_reason": "stop"} for text in texts]
        return Said(value={"choices": choices, "usage": {"completion_tokens": 1}})

    def _quoted(self, shown: str, question: str, body: Any, count: int) -> list[str]:  # noqa: ANN401 - JSON
        language: Language = "en" if question.isascii() else "zh"
        temperature = float(body.get("temperature", 0.0))
        prompt = Prompt((), question, _passages(shown, question), language, temperature, 800, {})
        return [each.text for each in self._offline.sample(prompt, count)]


def _passages(shown: str, question: str) -> tuple[Passage, ...]:
    """Read the passages, the best first; one that is about a code of the question counts as its definition."""
    _, *parts = _NUMBERED.split(shown)
    found = zip(parts[0::3], parts[1::3], parts[2::3], strict=True)
    return tuple(
        passage(text, title=title, score=1 / int(number), code=DEFINES * (title.partition(":")[0] in question))
        for number, title, text in found
    )


def _whole(shown: str) -> str:
    """Say everything that the passages say, sentence by sentence, each with its number."""
    _, *parts = _NUMBERED.split(shown)
    said = [
        f"{sentence.strip().removesuffix('。')} [{number}]。"
        for number, text in zip(parts[0::3], parts[2::3], strict=True)
        for sentence in _ENDS.split(text)
        if sentence.strip().endswith("。")
    ]
    ballot = {"answerable": True, "key": MANUAL, "answer": "".join(said), "citations": [1]}
    return json.dumps(ballot, ensure_ascii=False)
