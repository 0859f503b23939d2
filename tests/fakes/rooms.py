"""An invented house of rooms with door codes, the questions people ask about them, and a model that answers those."""

from __future__ import annotations

import csv
import json
import random
import re
import threading
from collections import Counter, deque
from typing import TYPE_CHECKING, Any

from tests.fakes.handbook import UNRELATED
from tests.fakes.http_server import HttpServer, Said

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ROOMS = 400
FORBIDDEN = ("Vault", "金库")
"""Rooms of which the model refuses to speak: a question about one cannot be answered."""

POISON = ("Hemlock", "毒芹")
"""Rooms at which a worker dies where a test wants it."""

PATIENCE_S = 120.0
"""Nobody waits longer for a reply of the model."""

_ENGLISH = ("ba", "ko", "lu", "ne", "ri", "so", "ta", "ve", "mi", "do")
_CHINESE = "松竹梅兰菊荷桂枫柳杉桃杏棠樱榆槐桐柏莲蕙"
_ASKED = {
    "en": (
        "What is the door code of the {room} room?",
        "Which door code does the {room} room have?",
        "Door code of the {room} room, please?",
        "I stand before the {room} room. What is the door code?",
        "Can somebody tell me the door code of the {room} room?",
    ),
    "zh": (
        "{room}会议室的门禁码是多少？",
        "请问{room}会议室的门禁码是什么？",
        "我在{room}会议室门口，门禁码是多少？",
        "{room}会议室门禁码？",
        "谁知道{room}会议室的门禁码？",
    ),
}
_ROOM = re.compile(r"the (\w+) room|([\u4e00-\u9fff]{2})会议室")
_SAID = {"en": "The door code of the {room} room is {code}", "zh": "{room}会议室的门禁码是 {code}"}
_QUESTION = re.compile(r"\n(?:Question:|问题：)\n(.*)\Z", re.DOTALL)


def rooms() -> list[tuple[str, str, str]]:
    """List (language, name, code) of every room, English and Chinese in turn; the last ones are special."""
    draw = random.Random(7)  # noqa: S311 - not a secret
    english = [(a + b + c).capitalize() for a in _ENGLISH for b in _ENGLISH for c in _ENGLISH if a != b != c != a]
    chinese = [a + b for a in _CHINESE for b in _CHINESE if a != b]
    draw.shuffle(english)
    draw.shuffle(chinese)
    half = ROOMS // 2 - 2
    names = [*zip(english[:half], chinese[:half], strict=True), FORBIDDEN, POISON]
    codes = draw.sample(range(1000, 9999), ROOMS)
    return [(lang, name, str(codes.pop())) for pair in names for lang, name in zip(("en", "zh"), pair, strict=True)]


def write(folder: Path) -> None:
    """Write the knowledge base: a table of questions and answers."""
    folder.mkdir(parents=True)
    with (folder / "rooms.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("id", "question", "answer"))
        for lang, name, code in rooms():
            rows.writerow((name, _ASKED[lang][0].format(room=name), _SAID[lang].format(room=name, code=code) + "."))


def asked(count: int) -> list[str]:
    """Return so many questions in English and Chinese; of 50, the model refuses 4 and no document answers 6."""
    ordinary = iter(
        wording.format(room=name) for turn in range(5) for lang, name, _ in rooms()[:-4]
        for wording in (_ASKED[lang][turn],)
    )  # fmt: skip
    forbidden = iter(about(FORBIDDEN) * count)
    unrelated = iter(UNRELATED * count)
    special = {3: forbidden, 7: unrelated, 13: unrelated, 18: unrelated, 24: forbidden}
    return [next(special.get(number % 25, ordinary)) for number in range(count)]


def about(pair: tuple[str, str]) -> list[str]:
    """Return every question about a special room and its Chinese sister."""
    wordings = zip(_ASKED["en"], _ASKED["zh"], strict=True)
    return [text.format(room=name) for both in wordings for text, name in zip(both, pair, strict=True)]


def outcomes(texts: Iterable[str]) -> tuple[int, int, int]:
    """Return how many of the questions are to be answered, refused, and told that they failed."""
    kinds = Counter(
        "failed" if any(name in text for name in (*FORBIDDEN, *POISON)) else "refused" if text in UNRELATED else ""
        for text in texts
    )
    return kinds[""], kinds["refused"], kinds["failed"]


class RoomModel(HttpServer):
    """Speaks the OpenAI protocol, needs `delay_s` for a reply, and answers from the passages; `troubles` come first."""

    def __init__(self, delay_s: float = 0.1) -> None:
        super().__init__()
        self.delay_s = delay_s
        self.troubles: deque[Said | float] = deque()
        """Replies that are sent instead of a right one, or extra seconds that one takes."""
        self.asked: Counter[str] = Counter()
        self.gate = threading.Event()
        """While it is not set, no reply comes."""
        self.gate.set()
        self._lock = threading.Lock()

    def answer(self, method: str, path: str, body: Any) -> Said:  # noqa: ANN401, ARG002 - JSON; there is one path
        prompt = body["messages"][-1]["content"]
        found = _QUESTION.search(prompt)
        question = found[1] if found else ""
        with self._lock:
            self.asked[question] += 1
            trouble = self.troubles.popleft() if self.troubles else 0.0
        threading.Event().wait(self.delay_s + (trouble if isinstance(trouble, float) else 0.0))
        self.gate.wait(PATIENCE_S)
        if isinstance(trouble, Said):
            return trouble
        if any(name in question for name in FORBIDDEN):
            return Said(400, {"error": {"type": "content_policy"}})
        content = json.dumps(ballot(question, prompt), ensure_ascii=False)
        choice = {"message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
        return Said(value={"choices": [choice] * body.get("n", 1), "usage": {"completion_tokens": 1}})


def ballot(question: str, prompt: str) -> dict[str, object]:
    """Vote as a good reader of the prompt's passages would."""
    found = _ROOM.search(question)
    name = (found[1] or found[2]) if found else ""
    lang = "en" if name.isascii() else "zh"
    said = re.escape(_SAID[lang].format(room=name, code="@")).replace("@", r"(\d{4})")
    for part in re.split(r"^(?=\[\d+\])", prompt, flags=re.MULTILINE):
        number, answer = re.match(r"\[(\d+)\]", part), re.search(said, part)
        if name and number and answer:
            citing = int(number[1])
            text = f"{answer[0]} [{citing}]."
            return {"answerable": True, "key": answer[1], "answer": text, "citations": [citing]}
    return {"answerable": False, "key": "", "answer": "", "citations": []}
