"""What the cited passages do not carry is dropped and counted."""

from __future__ import annotations

import pytest

from bot.answering.factcheck import Checked, check
from tests.fakes.answering import ballot, passage

UNDO = passage("UNDO_RETENTION is 10800 seconds on LEDGER. Grow the undo tablespace to match.", title="ORA-01555")
TRAIN = passage("二等座为标准，单程超过 5 小时可乘坐一等座。出差申请须提前三天提交。", title="差旅制度")
CODE = passage("Unlock it:\n\n```sql\nALTER USER ledger_app ACCOUNT UNLOCK;\n```\n", title="ORA-28000")


def checked(answer: str, citations: tuple[int, ...] = (1, 2, 3)) -> Checked:
    return check(ballot("key", answer, citations), [UNDO, TRAIN, CODE])


def test_a_supported_sentence_stays() -> None:
    found = checked("On LEDGER UNDO_RETENTION is 10800 seconds [1].")

    assert (found.text, found.kept, found.dropped) == ("On LEDGER UNDO_RETENTION is 10800 seconds [1].", 1, 0)
    assert found.support == {1: ("On LEDGER UNDO_RETENTION is 10800 seconds.",)}


@pytest.mark.parametrize(
    "sentence",
    [
        "On LEDGER UNDO_RETENTION is 900 seconds [1].",
        "UNDO_TABLESPACE is 10800 seconds on LEDGER [1].",
        "Restart every listener and reboot the storage array tonight [1].",
        "On LEDGER UNDO_RETENTION is 10800 seconds [2].",
        "Grow the undo tablespace with `resize_now` [1].",
        "Grow the undo tablespace to match: https://evil.example/undo [1].",
        "Grow the [undo tablespace](//evil.example) to match [1].",
        "Grow the undo tablespace at www.evil.example.",
        "单程超过 8 小时可乘坐一等座 [2]。",
        "所有员工每年可以领取一台新的手机 [2]。",
    ],
)
def test_an_unsupported_sentence_is_dropped_and_counted(sentence: str) -> None:
    found = checked(f"Grow the undo tablespace to match [1]. {sentence}")

    assert found.text == "Grow the undo tablespace to match [1]."
    assert found.dropped == 1


def test_several_cited_passages_support_a_sentence_together() -> None:
    found = checked("Grow the undo tablespace, then unlock with ALTER USER ledger_app ACCOUNT UNLOCK [1][3].")

    assert found.dropped == 0
    assert set(found.support) == {1, 3}


def test_numbers_in_words_support_digits() -> None:
    assert checked("出差申请须提前 3 天提交 [2]。").dropped == 0


def test_a_translation_needs_only_its_facts_to_occur() -> None:
    assert checked("LEDGER 上的 `UNDO_RETENTION` 是 10800 秒 [1]。").dropped == 0
    assert checked("LEDGER 上的 `UNDO_RETENTION` 是 900 秒 [1]。").dropped == 1


def test_copied_code_stays_and_invented_code_goes() -> None:
    good, bad = "ALTER USER ledger_app ACCOUNT UNLOCK;", "DROP USER ledger_app CASCADE PURGE;"

    assert checked(f"Unlock it [3].\n\n```sql\n{good}\n```").dropped == 0
    assert "DROP" not in checked(f"Unlock it [3].\n\n```sql\n{bad}\n```").text


@pytest.mark.parametrize(
    "fence",
    [
        "\u3000```bash\nrm -rf /data-8899\n```\n",
        "\u00a0```bash\nrm -rf /data-8899",
        "```bash\rrm -rf /data-8899\r```\r",
        "~~~\u2028rm -rf /data-8899\u2028~~~",
        "```\n~~~ 8899 ~~~\n```\n",
    ],
)
def test_invented_code_goes_however_its_fence_is_written(fence: str) -> None:
    found = checked(f"Unlock it [3].\n\n{fence}")

    assert (found.text, found.dropped) == ("Unlock it [3].", 1)


def test_an_uncited_sentence_may_not_bring_figures_of_its_own() -> None:
    found = checked("Here is what helps. It takes 45 minutes. Grow the undo tablespace to match [1].")

    assert found.text == "Here is what helps. Grow the undo tablespace to match [1]."


def test_an_answer_without_markers_gets_those_of_the_passages_that_carry_it() -> None:
    found = checked("Grow the undo tablespace to match.\n\n出差申请须提前三天提交。")

    assert found.text == "Grow the undo tablespace to match. [1]\n\n出差申请须提前三天提交。 [2]"


def test_nothing_is_kept_where_nothing_is_supported() -> None:
    found = checked("Call 999 at once [1].")

    assert (found.text, found.kept, found.dropped) == ("", 0, 1)


def test_a_passage_that_is_cited_for_nothing_is_no_source() -> None:
    found = checked("On LEDGER UNDO_RETENTION is 10800 seconds [1][3].")

    assert (list(found.support), found.dropped) == ([1], 0)


def test_the_address_of_a_document_may_be_shown() -> None:
    linked = passage("Grow the undo tablespace to match.", url="https://wiki.example/undo")
    sample = ballot("key", "Grow the undo tablespace, see https://wiki.example/undo. [1]")

    assert check(sample, [linked]).dropped == 0
