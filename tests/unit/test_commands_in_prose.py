"""A command that destroys is found without backticks too, and one of the sources may not be cut short."""

from __future__ import annotations

import pytest

from bot.diagnosis.commands import Vetted, vet

SAID = "The data file is missing [1].\n\n"
PAGE = "# ORA-01157\nThe data file is missing. Run `alter database datafile 5 offline`.\n"


def vetted(answer: str, page: str = PAGE) -> Vetted:
    return vet(f"{SAID}{answer}", [page], "what now?", "en")


@pytest.mark.parametrize(
    "answer",
    [
        "SQL> DROP DATABASE prod;",
        "$ rm -rf /",
        "    DROP DATABASE prod;\n    rm -rf /",
        "> ```\n> DROP DATABASE prod;\n> ```",
        "<pre>DROP USER scott CASCADE;</pre>",
        "1. TRUNCATE TABLE orders;\n2. SHUTDOWN ABORT",
        "### DROP DATABASE prod",
    ],
)
def test_a_line_that_is_such_a_command_and_no_sources_is_taken_out(answer: str) -> None:
    found = vetted(answer)

    assert found.removed > 0
    assert found.text.strip() == SAID.strip()


@pytest.mark.parametrize(
    "answer",
    ["Run DROP DATABASE prod; to fix it.", "执行 DROP TABLESPACE users INCLUDING CONTENTS 即可。", "Do not rm -rf it."],
)
def test_one_in_the_middle_of_a_sentence_is_marked(answer: str) -> None:
    assert vetted(answer).marked == 1


def test_one_that_the_source_has_stays_and_is_marked() -> None:
    found = vetted("SQL> DROP DATABASE prod;", "Run this:\n\n    DROP DATABASE prod;\n")

    assert (found.removed, found.marked) == (0, 1)
    assert "DROP DATABASE prod;" in found.text


@pytest.mark.parametrize(
    "answer", ["Drop the table if it is old.", "Kill the session first.", "Shutdown the listener; then start it again."]
)
def test_a_sentence_that_begins_like_one_is_no_command(answer: str) -> None:
    found = vetted(answer)

    assert (found.removed, found.marked, found.text) == (0, 0, f"{SAID}{answer}")


@pytest.mark.parametrize(
    ("page", "answer"),
    [
        ("`rm -rf /data/*.log`", "`rm -rf /data/`"),
        ("`rm -rf *.log`", "`rm -rf *`"),
        ("`rm -rf ./cache`", "`rm -rf .`"),
        ("`DELETE FROM audit_log PARTITION (p1) WHERE a < 5`", "`DELETE FROM audit_log`"),
        ("`DELETE FROM t USING u WHERE t.a = u.a`", "`DELETE FROM t`"),
    ],
)
def test_a_sources_command_is_not_cut_to_one_that_destroys_more(page: str, answer: str) -> None:
    found = vetted(f"Run {answer} now.", f"Run {page} now.")

    assert (found.removed, answer in found.text) == (1, False)
