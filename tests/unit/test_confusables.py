"""Codes that a recogniser read wrongly are repaired; whatever names no code stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.diagnosis import codes
from bot.diagnosis.confusables import repaired


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("0RA-O1555: snapshot too old", "ORA-01555"),
        ("ORA-0l555: 快照过旧", "ORA-01555"),
        ("ORA-O1S55", "ORA-01555"),
        ("ORA—0155S: snapshot", "ORA-01555"),
        ("ＯＲＡ－Ｏ１５５５", "ORA-01555"),
        ("ORA -01555: snapshot", "ORA-01555"),
        ("ORA一12514: TNS", "ORA-12514"),
        ("TN5-12541: no listener", "TNS-12541"),
        ("RMAN-O6059", "RMAN-06059"),
        ("SQLO911N  The current transaction", "SQL0911N"),
        ("ERROR l045 (28000): Access denied", "ERROR-1045"),
        ("ERR0R 1O45 (28000): Access denied", "ERROR-1045"),
        ("SQLSTATE: 42PO1", "SQLSTATE-42P01"),
        ("SQL 错误 [235O5]: 重复键", "SQLSTATE-23505"),
        ("SQLSTATE: HV00O", "SQLSTATE-HV00O"),
        ("[ERROR] [MY-O12574] [InnoDB] Unable to lock", "MY-012574"),
    ],
)
def test_a_code_that_was_read_wrongly_is_repaired(written: str, form: str) -> None:
    assert form in codes.extract(repaired(written))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n ",
        "ORA-01555: snapshot too old, SCN 0x0000.O5l3 (IO5)",
        "order SO-8812 of l0 items, OK",
        "S3-bucket IO-5 I0l1 O0O0 550l",
        "select * from tO1 where s5 = 'l'",
        "2024-O7-01 12:00:00 INFO fine",
        "重启 5 次后恢复，耗时 1O 秒",
    ],
)
def test_what_makes_no_code_stays(text: str) -> None:
    assert repaired(text) == text


@given(st.text(alphabet="ORAS0155lI|-— 9TNSQ:\n", max_size=80))
def test_no_code_is_lost_and_a_second_repair_changes_nothing(text: str) -> None:
    fixed = repaired(text)

    for before, after in zip(text.split("\n"), fixed.split("\n"), strict=True):
        kept = {each.form for each in codes.find(before) if each.product not in {"other", "http"}}
        assert kept <= {each.form for each in codes.find(after)}
        assert before == after or len({each.form for each in codes.find(after)}) > len(kept)


def test_a_line_of_tokens_without_end_is_looked_at_once() -> None:
    text = "l0O1-5S " * 20_000

    assert repaired(text)[5_000:] == text[5_000:]
