"""What became of questions in WeCom, counted from what people read in their chats and from nothing else.

A message of the app names its question by a reference, and one of the AI bot's own accord names none: so each answer
is known by the door code in it, and chats have as few questions that nobody can answer as can be told apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.phrases import say
from tests.fakes import rooms
from tests.fakes.handbook import UNRELATED
from tests.fakes.wecom import Seen
from tests.faults.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Container

    from tests.fakes.wecom import FakeWeCom
    from tests.faults.wecom_asking import Asker, Posted

CODES = {name: code for _, name, code in rooms.rooms()[:-4]}
SPEAKING = ("en", "zh")
FAILED = tuple(say("failed", lang, reference="…").partition("…")[0] for lang in SPEAKING)
LATER, LOST = ({say(key, lang) for lang in SPEAKING} for key in ("wecom_later", "wecom_lost"))
REFUSED, FAILURE = "refused", "failed"
_CODE = re.compile(r"(?:room is|门禁码是) (\d{4})")


@dataclass(frozen=True)
class Sight:
    """A tally, and what stands where nobody asked for it.

    `unsure` counts notices that a reply may be lost, `later` those that an answer follows, `again` what people asked
    once more for such a notice.
    """

    tally: Tally
    strayed: Sequence[Seen]
    unsure: int = 0
    later: int = 0
    again: int = 0

    @property
    def whole(self) -> bool:
        """Whether nothing is lost, doubled, out of order or in the wrong place."""
        return not (self.tally.lost or self.tally.doubled or self.tally.disordered or self.strayed)


def wanted(text: str) -> str:
    """Return by what the reply to a question is known: a door code, or that it is refused or failed."""
    if text in UNRELATED:
        return REFUSED
    return next((code for name, code in CODES.items() if name in text), FAILURE)


def said(seen: Seen) -> str:
    """Return what a message says, in the same words as `wanted`; empty where it is no reply."""
    if seen.kind == "template_card" or not seen.finished or not seen.text.strip() or seen.text in LATER | LOST:
        return ""
    if any(words in seen.text for words in FAILED):
        return FAILURE
    found = _CODE.search(seen.text)
    return found[1] if found else REFUSED


@dataclass(frozen=True)
class Read:
    """What stands in all chats since an asker began: (chat of the question, what is said) for each reply of ours."""

    new: Sequence[Seen]
    chats: Mapping[str, str]
    """Where else somebody's replies may stand: chat of the app to that of the question."""

    @classmethod
    def of(cls, wecom: FakeWeCom, asker: Asker) -> Read:
        """Read all chats; what an AI bot with a callback says late may be said by the app, to its asker alone."""
        new = [each for each in wecom.ever()[asker.before :] if each.ours]
        return cls(new, {f"app/{posted.user}": posted.chat for posted in asker.all if posted.to != "app"})

    @property
    def replies(self) -> Counter[tuple[str, str]]:
        """Every reply."""
        return Counter(self.key(each) for each in self.new if said(each))

    def key(self, seen: Seen) -> tuple[str, str]:
        """Return to which chat a message belongs, and what it says."""
        return self.chats.get(seen.chat, seen.chat), said(seen)

    def notices(self, words: Container[str]) -> Counter[str]:
        """Return how many messages say just these words, in each chat."""
        return Counter(each.chat for each in self.new if each.text in words)


def count(wecom: FakeWeCom, asker: Asker) -> Sight:
    """Count the questions of an asker, and what else stands in all chats since it began."""
    read, asked = Read.of(wecom, asker), asker.all
    due = Counter((posted.chat, wanted(posted.text)) for posted in asked)
    replies = read.replies
    answered = due & replies
    outcomes = Counter(what if what in {REFUSED, FAILURE} else "answered" for _, what in answered.elements())
    tally = Tally(
        sent=len(asked),
        answered=outcomes["answered"],
        refused=outcomes[REFUSED],
        failed=outcomes[FAILURE],
        lost=(due - replies).total(),
        doubled=sum(max(0, replies[key] - number) for key, number in due.items()) + cards_too_many(read),
        disordered=sum(_is_disordered(read, lane) for lane in asker.lanes.values() if lane and lane[0].to == "app"),
    )
    strayed = [each for each in read.new if said(each) and read.key(each) not in due]
    unsure, later = (read.notices(words).total() for words in (LOST, LATER))
    return Sight(tally, strayed, unsure, later, asker.again.total())


def cards_too_many(read: Read) -> int:
    """Return how many cards the app showed beyond one for each reply."""
    cards = Counter(each.chat for each in read.new if each.chat.startswith("app/") and each.kind == "template_card")
    return (cards - Counter(each.chat for each in read.new if said(each))).total()


def _is_disordered(read: Read, lane: Sequence[Posted]) -> bool:
    """Tell whether a chat of the app shows its answers in another order; the AI bot's stand under their questions."""
    order = [wanted(posted.text) for posted in lane]
    shown = [said(each) for each in read.new if each.chat == lane[0].chat and said(each)]
    return list(dict.fromkeys(shown)) != [each for each in dict.fromkeys(order) if each in shown]


def unanswered(wecom: FakeWeCom, asker: Asker) -> list[Posted]:
    """Return the questions that nobody sees a reply to, in the order in which they were asked."""
    left, found = Read.of(wecom, asker).replies, []
    for posted in asker.all:
        key = (posted.chat, wanted(posted.text))
        left[key] -= 1
        if left[key] < 0:
            found.append(posted)
    return found
