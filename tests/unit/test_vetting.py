"""An answer's commands stand in its sources or go; those that destroy are marked."""

from __future__ import annotations

import pytest

from bot.answering import vetting
from bot.answering.factcheck import check
from bot.diagnosis import commands
from bot.diagnosis.destructive import destroys
from tests.fakes import made
from tests.fakes.answering import ballot, passage

PAGE = (
    "Check first:\n\n```sql\nSELECT sid,  serial#\n  FROM v$session;\nSHOW PARAMETER undo\n```\n\n"
    "Then `ALTER SYSTEM KILL SESSION '<sid>,<serial>'` and raise `undo_retention`. Old rows: "
    "`DELETE FROM audit_log WHERE created < SYSDATE - 90;` Mount with `asmcmd mount 磁盘组`. Clear `/data/tmp/cache`."
)


def vetted(text: str, question: str = "what now?") -> commands.Vetted:
    return commands.vet(text, [PAGE], question, "en")


@pytest.mark.parametrize(
    "text",
    [
        "Run `SHOW PARAMETER undo` first.",
        "Look at `undo_retention`.",
        "```sql\nSELECT sid, serial# FROM v$session;\n```\n",
        "```sql\nselect sid,serial#\nfrom v$session\n```\n",
        "```sql\nSHOW PARAMETER undo\n```\n",
        "No command at all.",
    ],
)
def test_what_the_source_holds_stays_as_it_is(text: str) -> None:
    found = vetted(text)

    assert (found.text, found.removed, found.marked) == (text, 0, 0)


@pytest.mark.parametrize(
    "text",
    [
        "Run `ALTER SYSTEM SET undo_retention = 9`.",
        "Run `SHOW PARAMETER undo_management`.",
        "Clean up with `DELETE FROM audit_log`.",
        "Clean up with `rm -rf /data`.",
        "Run `SHOW PARAMETER und`.",
        "\n\n```sql\nSELECT sid FROM v$process;\n```\n",
        "Run ```SHOW PARAMETER secrets```.",
        "\n\n\u3000```bash\nrm -rf /var/lib/mysql\n```\n",
        "\n\n\u00a0```bash\nrm -rf /var/lib/mysql",
        "\n\n```bash\rrm -rf /srv\r```\r",
        "\n\n```bash\u2028rm -rf /srv\u2028```",
    ],
)
def test_what_no_source_holds_goes_and_is_counted(text: str) -> None:
    found = vetted(f"Undo was overwritten. {text}")

    assert found.removed == 1
    assert found.text.strip() == "Undo was overwritten."


def test_of_a_fence_only_the_lines_go_that_no_source_holds() -> None:
    found = vetted("```sql\nSHOW PARAMETER undo\nSHOW PARAMETER secrets\n```\n")

    assert found.text == "```sql\nSHOW PARAMETER undo\n```\n"
    assert found.removed == 1


def test_a_placeholder_of_the_page_takes_what_the_question_names() -> None:
    told = "Run `ALTER SYSTEM KILL SESSION '12,345'`."

    assert vetted(told, "session '12,345' hangs: 12 345").removed == 0
    assert vetted(told, "a session hangs").removed == 1
    assert vetted("Run `asmcmd mount DATA1`.", "磁盘组 DATA1 没有挂载").removed == 0
    assert vetted("Run `asmcmd mount DATA1;reboot`.", "DATA1;reboot").removed == 1


@pytest.mark.parametrize(
    ("told", "held"),
    [
        ("Kill it with `kill -9 4711` [1].", True),
        ("Kill it [1].\n\n```sh\nkill -9 4711\n```", True),
        ("Kill it with `kill -9 4712` [1].", False),
        ("Kill process 4711 [1].", False),
        ("Kill the process, `4711` by default [1].", False),
    ],
)
def test_a_command_for_what_the_question_names_is_kept_by_every_check(told: str, held: bool) -> None:  # noqa: FBT001
    page = passage("Kill it with `kill -9 <pid>` if it hangs. Kill the process.", title="Hung")
    asked = made.question("process 4711 hangs")
    checked = vetting.vet(check(ballot("kill", told, (1,)), [page], asked.text), [page], asked)

    assert ("471" in checked.text) == held


def test_a_word_of_the_question_may_stand_in_backticks() -> None:
    assert vetted("Table `ORDERS_2024` is locked.", "orders_2024 hangs").removed == 0


def test_a_command_that_destroys_is_marked_in_a_sentence_and_before_a_fence() -> None:
    page = "Run `DROP TABLE t PURGE;` or\n\n```sh\nrm -rf /u01/dump\n```\n"
    found = commands.vet("Run `DROP TABLE t PURGE` [1].\n\n```sh\nrm -rf /u01/dump\n```\n", [page], "q", "en")

    assert found.text == (
        "Run `DROP TABLE t PURGE` [1]. ⚠️ **destructive**\n\n⚠️ **destructive**\n\n```sh\nrm -rf /u01/dump\n```\n"
    )
    assert (found.removed, found.marked) == (0, 2)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text",
    [
        "alter table " * 3_000,
        "`" * 9_001,
        "kafka-" + "a" * 50_000,
        "```\n" * 4_000,
        "[" * 20_000 + ">",
        "db." + "a." * 20_000,
    ],
)
def test_hostile_text_takes_no_time(text: str) -> None:
    destroys(text)
    commands.vet(f"`{text[:2_000]}` {text[:4_000]}", [text], text, "en")


def test_a_passage_that_carried_only_what_is_gone_is_no_source() -> None:
    undo, other = passage(PAGE, title="Undo"), passage("Tea is served at `tea_time`.", title="Tea")
    sample = ballot("undo", "Raise `undo_retention` [1]. Run `DROP TABLE tea` at `tea_time` [2].", (1, 2))
    first = check(sample, [undo, other])
    checked = vetting.vet(first, [undo, other], made.question("what now?"))

    assert set(checked.support) == {1}
    assert "DROP" not in checked.text


def test_headings_with_nothing_under_them_go() -> None:
    text = "## 1\n\n### What happened\n\nIt broke.\n\n### Likely causes\n\n### Fix\n\n"

    assert vetting.tidied(text) == "## 1\n\n### What happened\n\nIt broke."
