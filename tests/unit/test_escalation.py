"""A packet tells a human everything and gives nothing away; a question is handed over once."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.backends.sqlite import SqliteStore
from bot.conversation.escalation import KEPT_S, TEXT, Handovers, packet
from bot.errors import PostponedError
from bot.types import Address, Answer, Attachment, Citation, Cluster, Question, Step, Vote

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.types import Outcome

ADDRESS = Address("slack", "C1", "U1", "1.1", "1.1")
VOTE = Vote(
    (Cluster("add a group, password=hunter2", 3, 3.0, (0, 1, 2)), Cluster("", 2, 2.0, (3, 4), refusal=True)),
    (),
    None,
    6,
    1,
    0.6,
)


def question(text: str = "ORA-00257 with password=hunter2 on 10.1.2.3?", **fields: object) -> Question:
    return Question("q-1", text, ADDRESS, "en", 0.0, **fields)  # type: ignore[arg-type]


def answer(outcome: Outcome = "answered", *reasons: str, vote: Vote | None = VOTE) -> Answer:
    cited = (Citation(1, "dba/redo.md", "dba/redo.md#0", "Redo logs", "page 3", "https://wiki.example/redo", "Add."),)
    closest = ("Archiving",) if outcome == "refused" else ()
    trace = (Step("check", 0.1, {"outcome": outcome, "reasons": list(reasons)}),)
    sources = cited if outcome.startswith("answered") else ()
    return Answer("q-1", "q-1", outcome, "Add [1].", "en", sources, vote, closest=closest, trace=trace)


def test_a_packet_holds_the_question_the_passages_and_the_vote() -> None:
    made = packet(question(), answer(), link="https://x.slack.com/archives/C1/p11")

    assert (made.id, made.asker, made.link) == ("q-1", "U1", "https://x.slack.com/archives/C1/p11")
    assert "ORA-00257" in made.text
    assert "ORA-00257" in made.searched
    assert [(each.title, each.place, each.url) for each in made.passages] == [
        ("Redo logs", "page 3", "https://wiki.example/redo")
    ]
    assert made.tally == "3 of 5 samples agree, 1 more could not be used"
    assert [count for count, _ in made.groups] == [3, 2]


def test_no_secret_of_the_question_or_of_a_draft_is_in_a_packet() -> None:
    file = Attachment("F1", "password=hunter2.log", "text/plain", 1)
    made = packet(question(attachments=(file,)), answer())

    assert "hunter2" not in str([made.text, made.files, made.groups])
    assert "hunter2" not in repr(made)


def test_a_question_that_was_edited_goes_by_the_id_of_its_first_version() -> None:
    assert packet(question(replaces="q-0"), None).id == "q-0"


def test_collections_are_named_where_the_question_is_limited_to_some() -> None:
    assert "dba, hr" in packet(question(collections=frozenset({"hr", "dba"})), None).searched
    assert "every collection" in packet(question(), None).searched


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (None, "no answer yet"),
        (answer(), "a person asked"),
        (answer("answered_with_warning", "grey"), "with a warning"),
        (answer("refused", "missing_codes", vote=None), "error code"),
        (answer("refused", "samples_refuse"), "Most samples"),
        (answer("refused", vote=None), "well enough"),
        (answer("failed", vote=None), "went wrong"),
    ],
)
def test_a_packet_says_why_it_came_to_a_human(found: Answer | None, words: str) -> None:
    assert words in packet(question(), found).reason


def test_a_refusal_without_a_vote_names_the_closest_documents() -> None:
    made = packet(question(), answer("refused", "no_evidence", vote=None))

    assert [each.title for each in made.passages] == ["Archiving"]
    assert made.tally.startswith("0 of 0 samples")


def test_a_chinese_question_makes_a_chinese_packet() -> None:
    asked = Question("q-1", "归档日志满了，密码是Abc12345", ADDRESS, "zh", 0.0)
    made = packet(asked, None)

    assert "Abc12345" not in made.text
    assert made.reason == "尚无回答，用户要求转人工。"


def test_a_long_question_is_cut_and_says_so() -> None:
    made = packet(question("x " * TEXT), None)

    assert len(made.text) < TEXT + 100
    assert "left out" in made.text


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "state.db")) as found:
        yield found


def test_only_the_first_begins_and_a_human_s_reply_finds_the_question(store: SqliteStore) -> None:
    handovers = Handovers(store)

    assert handovers.begin("q-1", "human-q-1") is None
    again = handovers.begin("q-1", "human-q-1")
    assert again is not None
    assert again.message == ""
    handovers.end("q-1", "human-q-1", "slack", "C9:2.2")
    done = handovers.begin("q-1", "human-q-1-e2")
    assert done is not None
    assert (done.by, done.message) == ("human-q-1", "C9:2.2")
    assert handovers.question_of("slack", "C9:2.2") == "q-1"
    assert handovers.question_of("slack", "C9:3.3") is None


def test_another_errand_waits_while_the_first_may_be_about_to_post(store: SqliteStore) -> None:
    handovers = Handovers(store)
    handovers.begin("q-1", "human-q-1")

    with pytest.raises(PostponedError):
        handovers.begin("q-1", "human-q-1-e2")


def test_another_errand_takes_over_from_one_that_died_long_ago(store: SqliteStore) -> None:
    store.put("handover:q-1", json.dumps({"by": "human-q-1", "at": 1.0, "message": ""}).encode(), KEPT_S)

    found = Handovers(store).begin("q-1", "human-q-1-e2")

    assert found is not None
    assert found.by == "human-q-1"


def test_of_a_long_log_the_packet_shows_the_root_and_masks_it() -> None:
    lines = [f"2024-05-01 10:00:{at % 60:02} INFO request {at} is done" for at in range(2_000)]
    lines[1_000] = "2024-05-01 10:00:00 ERROR ORA-01157: cannot identify data file 7, password=hunter2"
    made = packet(question("\n".join(lines)), None)

    assert "ORA-01157: cannot identify data file 7" in made.text
    assert "hunter2" not in made.text
    assert "left out" in made.text
