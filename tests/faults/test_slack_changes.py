"""People edit, delete and press twice while all goes wrong: one reply to what is asked now, and one packet."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.fakes import rooms
from tests.fakes.polling import until
from tests.faults.asking import Asked
from tests.faults.keeping import rest
from tests.faults.killing import Kill
from tests.faults.slack_asking import FULL, PEOPLE, Asker, Posted, asked
from tests.faults.slack_tally import count
from tests.faults.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.fakes.slack import FakeSlack, Seen
    from tests.faults.slack_stack import SlackInstallation

QUESTIONS = 50 if FULL else 15
MODEL_S = 0.5
WITHIN_S = 90.0
LOOK_S = 0.2
AGAIN_S = 0.3
HELPDESK = "C0DESK001"
POSTED = f"'chat.postMessage'), {{'channel': '{HELPDESK}'"
"""How the arguments of a call read that posts a packet."""

CODES = {name: code for _, name, code in rooms.rooms()[:-4]}

pytestmark = pytest.mark.timeout(240)


def test_edits_and_deletions_told_in_any_order_leave_one_reply_to_what_is_asked_now(
    slack_installation: SlackInstallation,
) -> None:
    texts = [each for each in rooms.asked(4 * QUESTIONS) if code(each)]
    with slack_installation.running(delay_s=MODEL_S) as stack:
        asker = Asker(stack.slack)
        asker.ask([Asked("", text, f"alone-{n}") for n, text in enumerate(texts[: QUESTIONS // 2])])
        until(lambda: stack.finished() >= 1, "one answer, so that others are on their way", WITHIN_S)
        stack.slack.deliveries.held = []
        asker.ask([Asked("", text, f"alone-late-{n}") for n, text in enumerate(texts[QUESTIONS // 2 : QUESTIONS])])
        wanted = {
            posted: changed(stack.slack, posted, n // 2 % 3, texts[QUESTIONS + n :: QUESTIONS])
            for n, posted in enumerate(asker.all)
        }
        stack.slack.deliveries.release(shuffled=True)
        looked = partial(answered, stack.slack, wanted)
        wait_for(lambda: not (looked().lost or looked().doubled))
        stack.settled()
        stack.report("edited and deleted, told in any order", looked(), deleted=list(wanted.values()).count(""))

        assert looked().whole
        assert not count(stack.slack, asker.lanes).strayed


def test_a_human_is_asked_once_by_two_clicks_also_when_all_dies_between_posting_and_recording(
    slack_installation: SlackInstallation,
) -> None:
    kill = Kill("slack.ask", every=2, text=POSTED)
    with slack_installation.running(kill, QUORUM_HELPDESK__SLACK_CHANNEL=HELPDESK) as stack:
        stack.slack.room(HELPDESK, "helpdesk", members=PEOPLE)
        with stack.asked(asked()) as asker:
            pass
        assert stack.sight(asker).whole
        replies = {id_: found[0] for id_, found in stack.slack.by_question().items()}
        with ThreadPoolExecutor(len(PEOPLE)) as pool:
            list(pool.map(partial(press, stack.slack), [reply for reply in replies.values() for _ in range(2)]))
        looked = partial(handed_over, stack.slack, list(replies))
        wait_for(lambda: not looked().lost)
        stack.settled()
        stack.report("two clicks each, killed between post and record", looked(), killed=stack.reaper.killed())

        assert stack.reaper.killed() == kill.times
        assert looked().whole
        assert count(stack.slack, asker.lanes).tally.doubled == 0


def code(text: str) -> str:
    """Return the code of the room that a text asks about; empty where there is none."""
    return next((code for name, code in CODES.items() if name in text), "")


def changed(slack: FakeSlack, posted: Posted, kind: int, texts: Sequence[str]) -> str:
    """Edit a question twice, delete it, or leave it; return what is asked now."""
    if kind == 0:
        for text in texts[:2]:
            mention = "" if posted.channel.startswith("D") else f"<@{slack.workspace.bot_user}> "
            slack.edit(posted.channel, posted.ts, f"{mention}{text}")
        return texts[1]
    if kind == 1:
        slack.delete(posted.channel, posted.ts)
        return ""
    return posted.text


def answered(slack: FakeSlack, wanted: Mapping[Posted, str]) -> Tally:
    """Count what is answered as it reads now; a deleted question with any reply counts as doubled."""
    shown = slack.by_question()
    replies = {posted: shown.get(posted.id(slack), []) for posted in wanted}
    right = sum(
        any(each.final and code(text) in each.shown for each in replies[posted])
        for posted, text in wanted.items()
        if text
    )
    asked_now = sum(map(bool, wanted.values()))
    doubled = sum(len(replies[posted]) > bool(text) for posted, text in wanted.items())
    return Tally(len(wanted), right, 0, 0, asked_now - right, doubled, 0)


def press(slack: FakeSlack, reply: Seen) -> None:
    """Ask a human, and again as long as Slack shows that this did not work."""
    until(lambda: slack.click(reply, "quorum_escalate").status == 200 or rest(AGAIN_S), "a click is taken", WITHIN_S)


def handed_over(slack: FakeSlack, ids: Sequence[str]) -> Tally:
    """Count the packets that the helpdesk has, and the words to the askers that it has them."""
    packets = [
        str(each.metadata["event_payload"]["question"])
        for each in slack.ever()
        if each.channel == HELPDESK and each.ours and not each.deleted and each.metadata
    ]
    told = slack.by_question()
    numbers = [(packets.count(id_), len(told.get(f"human-{id_}", []))) for id_ in ids]
    lost, doubled = (sum(limit(number) for number in numbers) for limit in (lambda n: min(n) < 1, lambda n: max(n) > 1))
    return Tally(len(ids), len(ids) - lost, 0, 0, lost, doubled, 0)


def wait_for(done: Callable[[], bool]) -> None:
    """Wait until it is so, or time is over."""
    deadline = time.monotonic() + WITHIN_S
    while not done() and time.monotonic() < deadline:
        rest(LOOK_S)
