"""An error that has a name and no number is answered where a page names it or says what it says, and refused else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.diagnosis import codes
from tests.fakes import errors, made


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("BUSYGROUP Consumer Group name already exists", "REDIS-BUSYGROUP"),
        (
            "org.apache.kafka.common.errors.InvalidReplicationFactorException: Replication factor: 3 larger than 1.",
            "InvalidReplicationFactorException",
        ),
        ("index_closed_exception: closed. How do I open it?", "index_closed_exception"),
    ],
)
def test_a_name_that_no_page_has_is_refused_by_name(question: str, name: str) -> None:
    answer = errors.bot().answer(made.question(question))

    assert codes.read(question).names == (name,)
    assert answer.outcome == "refused"
    assert name in answer.text


def test_a_name_that_a_page_has_is_answered_though_another_beside_it_is_unknown() -> None:
    chain = "Caused by: org.apache.kafka.common.errors.UnstableOffsetCommitException: x\n"
    answer = errors.bot().answer(made.question(f"{chain}(error) NOAUTH Authentication required."))

    assert "redis/NOAUTH.md" in {each.document for each in answer.citations}


def test_a_page_with_the_message_answers_for_a_name_that_it_does_not_give() -> None:
    index = errors.MemoryIndex()
    said = "The consumer group with this name already exists on the stream."
    page = made.chunk("group.md", f"# ERROR 9001\n\n{said}", title="ERROR 9001")
    index.add(made.indexed(replace(page, lines=(said,))))
    found = errors.finding(index).retrieve(f"BUSYGROUP {said}")

    assert found.missing_codes == ()


@pytest.mark.parametrize(
    ("page", "question"),
    [
        (
            "Redis READONLY error after a failover\n\nThe client still writes to a replica.",
            "READONLY You can't write against a read only replica.",
        ),
        (
            "How do I close a Kafka consumer cleanly\n\nCall wakeup from another thread, then close.",
            "How do I close a Kafka consumer cleanly without a WakeupException?",
        ),
    ],
)
def test_a_name_that_is_said_in_passing_or_in_other_ways_on_a_page_refuses_nothing(page: str, question: str) -> None:
    index = errors.MemoryIndex()
    index.add(made.indexed(made.chunk("page.md", page, title=page.splitlines()[0])))

    found = errors.finding(index).retrieve(question)

    assert found.answerable or not found.missing_codes


@pytest.mark.parametrize("text", ["-4012 oceanbase", "errno: 28", "HTTP 502", "ORA-01555: snapshot too old", "hello"])
def test_a_number_is_no_name(text: str) -> None:
    assert codes.read(text).names == ()
