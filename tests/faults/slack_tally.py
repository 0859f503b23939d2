"""What became of questions in Slack, counted from what stands there and from the calls that put it there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.phrases import say
from tests.fakes.slack import Seen, marks
from tests.fakes.slack.seen import FINAL
from tests.faults.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.fakes.slack import FakeSlack
    from tests.fakes.slack.recording import Request
    from tests.faults.slack_asking import Posted

FAILED = tuple(say("failed", lang, reference="…").partition("…")[0] for lang in ("en", "zh"))
SAYING = {"chat.postMessage", "chat.update"}


@dataclass(frozen=True)
class Sight:
    """A tally, and our messages that stand anywhere but in the thread of a question that was asked."""

    tally: Tally
    strayed: Sequence[Seen]
    twice: Sequence[str]
    """Questions of which more than one message was ever posted, also if one was removed again."""

    @property
    def whole(self) -> bool:
        """Whether nothing is lost, doubled, out of order or in the wrong place."""
        return self.tally.whole and not self.strayed


def count(slack: FakeSlack, lanes: Mapping[str, Sequence[Posted]], *, exempt: Iterable[str] = ()) -> Sight:
    """Count the questions; our messages in the channels `exempt` are somebody else's business."""
    ids = {posted.id(slack): posted for lane in lanes.values() for posted in lane}
    ours = [each for each in slack.ever() if each.ours and each.channel not in set(exempt)]
    shown = {id_: [each for each in ours if each.question == id_ and not each.deleted] for id_ in ids}
    outcomes = [outcome(shown[id_]) for id_ in ids]
    finals = final_calls(slack)
    places = {id_: min((place for place, _ in finals.get(id_, ())), default=-1) for id_ in ids}
    lanes_places = [[places[posted.id(slack)] for posted in lane] for lane in lanes.values()]
    tally = Tally(
        sent=len(ids),
        answered=outcomes.count("answered"),
        refused=outcomes.count("refused"),
        failed=outcomes.count("failed"),
        lost=outcomes.count(""),
        doubled=sum(len(shown[id_]) > 1 or len({text for _, text in finals.get(id_, ())}) > 1 for id_ in ids),
        disordered=sum(lane != sorted(lane) for lane in lanes_places),
    )
    strayed = [each for each in ours if not _in_place(each, ids.get(each.question))]
    twice = [id_ for id_ in ids if sum(each.question == id_ for each in ours) > 1]
    return Sight(tally, strayed, twice)


def outcome(replies: Sequence[Seen]) -> str:
    """Return what the finished reply says; empty where there is none."""
    final = next((each for each in replies if each.final), None)
    if final is None:
        return ""
    if any(name != "quorum_escalate" for name in final.actions):
        return "answered"
    return "failed" if any(words in final.shown for words in FAILED) else "refused"


def finished(slack: FakeSlack) -> set[str]:
    """Return the questions that have a finished reply."""
    return {each.question for each in slack.ever() if each.ours and each.final and not each.deleted}


def final_calls(slack: FakeSlack) -> dict[str, list[tuple[int, str]]]:
    """Return the calls that showed something final and took effect: question to (place in time, text)."""
    names = {(each.channel, each.ts): each.question for each in slack.ever() if each.ours}
    found: dict[str, list[tuple[int, str]]] = {}
    for place, request in enumerate(slack.requests):
        if request.path in SAYING and _took_effect(request) and _is_final(request):
            payload = (request.values.get("metadata") or {}).get("event_payload") or {}
            here = (str(request.values["channel"]), str(request.values.get("ts")))
            name = str(payload.get("question") or names.get(here, ""))
            found.setdefault(name, []).append((place, str(request.values["text"])))
    return found


def _took_effect(request: Request) -> bool:
    """Tell whether a call was done; the tests let connections be reset only after that."""
    return request.status in {0, 200} and not request.error


def _is_final(request: Request) -> bool:
    return any(each.action_id in FINAL for each in marks.buttons(request.values.get("blocks") or ()))


def _in_place(message: Seen, asked: Posted | None) -> bool:
    return (
        asked is not None
        and not message.only_for
        and (message.channel, message.thread_ts) == (asked.channel, asked.root)
    )
