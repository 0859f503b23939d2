"""The quoting answerer picks the block that fits, word for word, and its votes mean something."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering import ballots, prompting
from bot.answering.factcheck import check
from bot.answering.voting import tally
from bot.backends.offline import OfflineModel
from tests.fakes import made
from tests.fakes.answering import passage

if TYPE_CHECKING:
    from bot.types import Language, Passage, Sample

ORACLE = passage(
    "# ORA-01555: snapshot too old\n\nApplies to: LEDGER.\n\n## Cause\n\nThe undo was overwritten.\n\n"
    "## Diagnosis\n\nLook at V$UNDOSTAT for the longest query.\n\n"
    "## Fix\n\n1. Raise the retention:\n\n```sql\nALTER SYSTEM SET undo_retention = 14400;\n```\n\n"
    "2. Grow the undo tablespace.\n\n## Risk\n\nUndo files never shrink.\n",
    title="ORA-01555",
    code=2.0,
)
BADGE = passage("立即打 6900 报失，补卡收费 30 元。", title="常见问题", question="工牌丢了怎么办？", score=0.9)
VPN = passage("安装岚桥客户端，网关填 vpn.example。", title="常见问题 2", question="在家怎么连内网？", score=0.8)
POLICY = passage(
    "5. Hotels\nHotels cost up to CNY 600 a night in large cities.\n6. Trains\n"
    "Second class is the rule on trains, and first class is allowed above 5 hours.",
    title="Travel policy",
)


def samples(question: str, *passages: Passage, language: Language = "en", n: int = 9) -> list[Sample]:
    prompt = prompting.build("answer", made.question(question, language), passages, 0.7, 200)
    return [ballots.parse(each, "offline", 1.0, len(passages)) for each in OfflineModel().sample(prompt, n)]


def answered(question: str, *passages: Passage, language: Language = "en") -> Sample:
    winner = tally(samples(question, *passages, language=language)).winner
    assert winner is not None
    return winner


def test_a_pasted_log_gets_the_fix_with_its_code() -> None:
    answer = answered("2026-05-14 ERROR ORA-01555: snapshot too old\nORA-06512: at line 1", ORACLE, BADGE).answer

    assert "ALTER SYSTEM SET undo_retention = 14400;" in answer
    assert "Grow the undo tablespace. [1]" in answer


def test_a_question_for_the_cause_gets_the_cause() -> None:
    assert "overwritten" in answered("Why does ORA-01555 happen? What is the cause?", ORACLE).answer


def test_a_question_and_answer_row_gives_its_answer() -> None:
    assert (
        answered("工牌丢了，补一张多少钱", BADGE, VPN, language="zh").answer == "立即打 6900 报失，补卡收费 30 元。 [1]"
    )


def test_the_passage_that_fits_wins_over_the_one_in_front() -> None:
    assert answered("在家怎么连公司内网", BADGE, VPN, language="zh").citations == (2,)


def test_a_pdf_page_gives_the_section_that_is_asked_for() -> None:
    answer = answered("Is first class allowed on trains?", POLICY).answer

    assert "first class is allowed above 5 hours" in answer


def test_every_ballot_counts_and_passes_the_check() -> None:
    for sample in samples("How do I raise the undo retention?", ORACLE, POLICY, BADGE):
        assert sample.spoilt is None
        assert check(sample, [ORACLE, POLICY, BADGE]).dropped == 0


def test_a_clear_question_is_agreed_on_and_an_unclear_one_is_split() -> None:
    clear = tally(samples("在家怎么连公司内网", VPN, BADGE, language="zh"))
    vague = tally(samples("tell me things", *(passage(f"Fact {c} about {c}.", title=c) for c in "abcdef")))

    assert clear.agreement > 0.8
    assert vague.winner is None or not vague.winner.answerable or vague.agreement < 0.6


def test_nothing_in_common_is_a_refusal() -> None:
    assert not answered("quokka habitats", BADGE, VPN).answerable


def test_no_passages_are_a_refusal() -> None:
    assert not answered("Why?").answerable


def test_samples_are_reproducible_and_batches_go_on() -> None:
    prompt = prompting.build("answer", made.question("Is first class allowed?"), [POLICY, ORACLE], 0.7, 200)
    model = OfflineModel()

    whole = model.sample(prompt, 9)

    assert model.sample(prompt, 3) + model.sample(replace(prompt, drawn=3), 6) == whole


def test_temperature_zero_always_says_the_same() -> None:
    prompt = prompting.build("answer", made.question("Is first class allowed?"), [POLICY, ORACLE], 0.0, 200)

    assert len(set(OfflineModel().sample(prompt, 9))) == 1


def test_footnotes_of_a_document_do_not_pose_as_sources() -> None:
    sample = answered("How high is the tower?", passage("The tower is 90 metres high[7], as `plan[7]` shows."))

    assert sample.citations == (1,)
    assert sample.answer == r"The tower is 90 metres high\[7\], as `plan[7]` shows. [1]"


@pytest.mark.parametrize("question", ["", "😀😀", "\x00\x07", "AND OR NOT (\"'", "\n\n"])
def test_odd_questions_break_nothing(question: str) -> None:
    assert len(samples(question, ORACLE)) == 9


@given(st.text(max_size=60), st.text(max_size=200))
def test_any_text_gives_a_ballot_that_counts(question: str, text: str) -> None:
    prompt = prompting.build("answer", made.question(question, "en"), [passage(text)], 0.7, 200)

    (found,) = OfflineModel().sample(prompt, 1)

    assert set(json.loads(found.text)) == {"answerable", "key", "answer", "citations"}
    assert ballots.parse(found, "offline", 1.0, 1).spoilt is None
