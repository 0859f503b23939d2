"""A paste of several errors gets one answer each, the root first; an unknown code is said to be unknown."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.answering import several
from bot.diagnosis import codes
from bot.text import language
from bot.types import Origin
from tests.fakes import errors, made
from tests.fakes.answering import ScriptedModel, completion

STAMP = "2024-05-01 10:{:02}:{:02} ERROR "
LOG = "".join(
    STAMP.format(0, at) + line + "\n"
    for at, line in enumerate(
        (
            "ORA-01000: maximum open cursors exceeded",
            "ORA-28001: the password has expired",
            "ORA-99998: something that nobody wrote a page about",
            "ORA-28001: the password has expired",
        )
    )
)


def test_each_error_is_answered_under_its_name_and_sources_are_numbered_through() -> None:
    answer = errors.bot().answer(made.question(LOG))

    titles = re.findall(r"^## (.*)$", answer.text, re.MULTILINE)
    assert titles == ["1. ORA-01000 (likely root, line 1)", "2. ORA-28001 (line 2, 2 times)", "3. ORA-99998 (line 3)"]
    assert answer.outcome == "answered"
    assert [(c.number, c.document) for c in answer.citations] == [
        (1, "oracle/ORA-01000.md"),
        (2, "oracle/ORA-28001.md"),
    ]
    assert set(re.findall(r"\[(\d)\]", answer.text)) == {"1", "2"}


def test_a_part_without_a_page_says_so_and_names_what_is_similar() -> None:
    answer = errors.bot().answer(made.question(LOG.replace("99998", "01002")))

    assert "ORA-01002: not in the documents.\n\nSimilar, not the same:\n- ORA-01000" in answer.text


def test_what_was_read_is_said() -> None:
    answer = errors.bot().answer(made.question(LOG))

    assert answer.notices[0] == ("4 lines read, 3 distinct errors; 3 looked up, each by itself, the likely root first.")


def test_a_root_without_a_page_leaves_a_warning_over_the_others() -> None:
    log = LOG.replace("ORA-01000:", "ORA-99997:")
    answer = errors.bot().answer(made.question(log))

    assert answer.text.startswith("## 1. ORA-99997 (likely root, line 1)\n\nORA-99997: not in the documents.")
    assert answer.outcome == "answered_with_warning"
    assert any("looks like the root is not in the documents" in notice for notice in answer.notices)


def test_errors_of_which_none_is_known_are_refused() -> None:
    log = re.sub(r"ORA-[02]", "ORA-9", LOG)
    answer = errors.bot().answer(made.question(log))

    assert answer.outcome == "refused"
    assert answer.text.endswith("You can ask a human colleague to take over.")


def test_ten_thousand_lines_are_answered_and_everything_is_counted() -> None:
    quiet = [
        f"2024-05-01 09:{at // 60 % 60:02}:{at % 60:02} INFO request {at} done in {at % 97} ms" for at in range(9_000)
    ]
    many = [STAMP.format(at // 60 % 60, at % 60) + "ORA-01000: maximum open cursors exceeded" for at in range(990)]
    rare = [
        STAMP.format(59, at) + line
        for at, line in enumerate(
            (
                "ORA-01157: cannot identify/lock data file 7 - see DBWR trace file",
                "ORA-00942: table or view does not exist",
                "ORA-28001: the password has expired",
                "ORA-04030: out of process memory when trying to allocate 16 bytes",
                "ORA-00001: unique constraint (APP.PK) violated",
                "ORA-01034: ORACLE not available",
                "ORA-00020: maximum number of processes (300) exceeded",
                "TNS-12537: TNS:connection closed",
                "ORA-19809: limit exceeded for recovery files",
                "ORA-07445: exception encountered: core dump",
            )
        )
    ]
    answer = errors.bot().answer(made.question("\n".join([*quiet, *many, *rare])))
    everything = "\n".join([answer.text, *answer.notices])

    assert answer.outcome == "answered"
    assert answer.notices[0].startswith("10,000 lines read, 11 distinct errors")
    assert len(re.findall(r"^## \d", answer.text, re.MULTILINE)) == several.IN_FULL
    assert "990 times" in everything
    assert all(code in everything for line in rare for code in codes.strict(line)[:1])


def test_with_a_model_each_error_is_asked_for_by_itself_in_the_shape_of_errors() -> None:
    model = ScriptedModel(completion("cursors", "### Fix\n\nClose the cursors [1]."))
    errors.bot(model).answer(made.question(LOG))

    asked = {prompt.question: prompt for prompt, _ in model.asked}
    assert len(asked) == 2
    assert all("### Risk of the fix" in prompt.messages[0][1] for prompt in asked.values())
    assert all(("ORA-28001" in text) != ("ORA-01000" in text) for text in asked)


def test_an_invented_command_is_taken_out_and_told() -> None:
    model = ScriptedModel(
        completion(
            "OPEN_CURSORS",
            "### Fix\n\n一个会话同时打开的游标达到参数 `OPEN_CURSORS` 的上限 [1]。运行 `rm -rf /u01` [1]。",
        )
    )
    answer = errors.bot(model).answer(made.question("ORA-01000 怎么处理", "zh"))

    assert "rm -rf" not in answer.text
    assert "OPEN_CURSORS" in answer.text
    assert answer.outcome == "answered_with_warning"


def _near_misses() -> list[str]:
    """Make codes that no page defines of those that pages define, by one digit."""
    known = {code for entry in errors.index().documents() for code in codes.extract(entry.document.split("/")[-1])}
    numbered = sorted(code for code in known if re.fullmatch(r"[A-Z]+-\d{4,6}|SQL\d{4,5}[NC]", code))
    made_up = []
    for at, code in enumerate(numbered):
        place = max(found.end() for found in re.finditer(r"\d+", code)) - 1 - at % 2
        other = f"{code[:place]}{(int(code[place]) + 1 + at % 8) % 10}{code[place + 1 :]}"
        if other not in known and codes.strict(other) == (other,):
            made_up.append(other)
    return made_up


def test_codes_beside_known_ones_are_refused_with_those_named_as_similar() -> None:
    bot, asked = errors.bot(), _near_misses()
    answers = {code: bot.answer(made.question(f"{code}: the operation failed. How do I fix it?")) for code in asked}
    refused = [code for code, answer in answers.items() if answer.outcome == "refused"]
    similar = [code for code in refused if "Similar, not the same:" in answers[code].text]

    assert len(asked) >= 30
    assert len(refused) >= 0.97 * len(asked)
    assert len(similar) >= 0.97 * len(asked)


@pytest.mark.parametrize(("product", "first"), [("mysql", "mysql/a.md"), ("sqlserver", "sqlserver/b.md")])
def test_pages_of_the_logs_product_come_first_and_no_page_is_left_out(product: str, first: str) -> None:
    index = errors.MemoryIndex()
    for name, body in (("mysql/a.md", "MySQL page about ORA-77777"), ("sqlserver/b.md", "SQL Server page, ORA-77777")):
        index.add(made.indexed(made.chunk(name, body, title="ORA-77777")))
    found = errors.finding(index).retrieve("ORA-77777", origin=Origin(product))

    assert found.passages[0].chunk.document == first
    assert len(found.passages) == 2


def test_without_documents_a_model_is_asked_once_and_its_reply_is_labelled() -> None:
    model = ScriptedModel("Try `DROP TABLE t` [1].", name="qwen")
    asked = replace(made.question("What now? password=hunter2"), task="compare")
    answer = errors.bot(model).answer(asked)

    assert answer.outcome == "unaided"
    assert answer.text == (
        "### Without the documents: what the model says on its own\n\n**qwen**\n\n"
        "Try `DROP TABLE t` \\[1\\]. ⚠️ **destructive**"
    )
    assert (answer.citations, len(model.asked)) == ((), 1)
    assert "there are no sources" in answer.notices[-1]
    assert "hunter2" not in str(model.asked[0][0].messages)


def test_where_nothing_reasons_there_is_nothing_to_compare() -> None:
    answer = errors.bot().answer(replace(made.question("怎么办？", language("怎么办？")), task="compare"))

    assert "没有可对比的内容" in answer.text
    assert not errors.bot().answer(made.question("ORA-01000 怎么处理", "zh")).comparable
