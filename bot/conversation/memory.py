"""What was said before a question: as much of it as is worth a model's time, and what it means for searching."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot import text as texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.types import Passage, Question, Turn

TOKENS = 1_200
"""So much of a conversation goes into a prompt, in tokens of `bot.text`; the newest and the first of it."""

TURN_TOKENS = 300

FITTING = 3
"""Passages in which the own words of a question that points back are looked for."""

_POINTS_BACK = re.compile(
    r"(?i)\b(?:it|its|that|this|these|those|they|them|there|then|same|instead|above|else|again|also|too)\b"
    r"|^\W*(?:and|but|so|or|what\s+about|how\s+about|why)\b"
    r"|[它那这该]|上面|上述|刚才|同样|还有|还是|另外|如果|然后|此外|^\W*(?:为什么|怎么办|呢)"
)
_EMPTY_WORDS = """
    a about above again all already also am an and another any anything are as at avoid be been but by can cause causes
    check could detail details did do does doesn doing don done else error example examples explain fail failed failing
    fails fix fixed fixes for from further get give had happen happened happens has have help helped how i if in instead
    is isn issue it its just know like long look may me mean meaning means might more must my next no not now of on one
    or other our please possible prevent problem reason reasons resolve resolved risk risks safe same see should show so
    solution solve solved some something still step steps t take takes tell that the their them then there these they
    thing things this those to too try tried us want was way ways we were what when where which who why will with work
    workaround worked working works would you your
"""
_SAYS_NOTHING = frozenset(_EMPTY_WORDS.split())
_SAYS_NOTHING_ZH = re.compile(
    "为什么|是什么|怎么办|怎么样|怎么|怎样|如何|为何|什么|多久|多长时间|时间|解决|处理|修复|办法|方法|方案|原因|风险|危险|安全|影响|步骤|下一步"
    "|具体|详细|细节|说明|解释|说说|说|讲讲|讲|一下|意思|例子|举例|继续|还是|还有|还|仍然|依然|没有|没用|有用|不行|不|没|失败|错误|报错|问题"
    "|避免|预防|检查|其他|其它|别的|另外|然后|此外|那么|那个|那|这个|这样|这|它们|它|该|上面|上述|刚才|同样|如果|可以|应该|需要|能够|能|会|要"
    "|请问|请|我们|我|您|你|试过|试|过|再|又|也|都|就|和|与|在|对|把|被|给|吗|呢|吧|啊|了|的|得|是|有"
)
_WORD = re.compile(rf"[^\W{texts.CJK}]+")
_HAN = re.compile(rf"[{texts.CJK}]{{2,}}")


def bounded(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Keep the first turn, which says what the thread is about, and as many of the newest as fit `TOKENS`."""
    said = [replace(turn, text=_cut(turn.text)) for turn in turns if turn.text.strip()]
    if not said:
        return ()
    first, *rest = said
    room, kept = TOKENS - _length(first.text), []
    for turn in reversed(rest):
        room -= _length(turn.text)
        if room < 0:
            break
        kept.append(turn)
    return (first, *reversed(kept))


def standalone(question: Question) -> str | None:
    """Return the question together with what it points back at, or None where it points back at nothing.

    It does where it says nothing of its own, and where it has words such as "it", "and", 它 or 那. Without a model that
    rewrites the question, what it points at is the last thing of substance that a person said.
    """
    if not question.text.strip() or (own_words(question.text) and not _POINTS_BACK.search(question.text)):
        return None
    before = (turn.text for turn in reversed(question.context) if not turn.ours)
    meant = next((said for said in before if own_words(said)), None)
    return None if meant is None else f"{meant}\n{question.text}"


def own_words(text: str) -> frozenset[str]:
    """Return the search tokens of what a text says by itself: `how do I fix it?` and 那怎么解决？ have none."""
    folded = texts.normalise(text)
    words = (word for word in _WORD.findall(folded) if word not in _SAYS_NOTHING and word != "_")
    runs = _HAN.findall(_SAYS_NOTHING_ZH.sub(" ", folded))
    return frozenset(token for part in (*words, *runs) for token in texts.tokens(part))


def fits(question: Question, passages: Sequence[Passage]) -> bool:
    """Tell whether what was found for a question with what it points back at has to do with the question itself.

    Half of its own words stand in the best passages; else these were found by what was said before alone.
    """
    own = own_words(question.text)
    there = {token for passage in passages[:FITTING] for token in texts.tokens(passage.chunk.searchable)}
    return len(own & there) * 2 >= len(own)


def _length(text: str) -> int:
    return len(texts.tokens(text))


def _cut(text: str) -> str:
    """Cut a long turn at its end: a log's first lines and an answer's first sentences say what it is about."""
    if _length(text) <= TURN_TOKENS:
        return text
    kept: list[str] = []
    room = TURN_TOKENS
    for line in text.splitlines():
        room -= _length(line)
        if room < 0:
            break
        kept.append(line)
    return "\n".join(kept or [text[: TURN_TOKENS * 2]]) + " …"
