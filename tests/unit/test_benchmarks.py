"""The benchmarks' readers, writers and comparisons on tiny made data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bot.text import tokens
from tests.benchmarks import corpus, finding, page, sets
from tests.benchmarks.rows import Bench, Missing, Row, at_least, at_most
from tests.benchmarks.run import BENCHMARKS, KEPT, ON_DEMAND, PAGE

if TYPE_CHECKING:
    from pathlib import Path

PAGE_1205 = "| Code | SQLSTATE |\n| 1205 | HY000 |\n"
PAGE_1370 = "| Code | SQLSTATE |\n| 1370 | 42000 |\n"
CLIENT = """ERROR 1205 (HY000): Lock wait timeout exceeded
ERROR 1205 (HY000): Lock wait timeout exceeded
ERROR 1370 (42000) at line 3: execute command denied
ERROR 2002 (HY000): Can't connect
ERROR 30001 (45000): Hello
ERROR 42000: a state, not a code
"""


@pytest.fixture
def mariadb(tmp_path: Path) -> Path:
    folder = tmp_path / "mariadb-error-codes"
    codes = folder / "server" / "error-codes"
    codes.mkdir(parents=True)
    (codes / "e1205.md").write_text(PAGE_1205)
    (codes / "e1370.md").write_text(PAGE_1370)
    (codes / "README.md").write_text("ERROR 1370 (42000): not counted here")
    (folder / "server" / "client.md").write_text(CLIENT)
    return folder


def test_client_error_lines_are_distinct_and_come_in_three_forms(mariadb: Path) -> None:
    lines = sets.read_error_lines(mariadb)

    assert [case.question for case in lines.full] == [
        "ERROR 1205 (HY000): Lock wait timeout exceeded",
        "ERROR 1370 (42000) at line 3: execute command denied",
    ]
    assert [case.question for case in lines.message] == ["Lock wait timeout exceeded", "execute command denied"]
    assert [(case.question, case.document) for case in lines.code] == [("1205", "e1205.md"), ("1370", "e1370.md")]


def test_codes_without_a_page_are_told_from_sql_states(mariadb: Path) -> None:
    lines = sets.read_error_lines(mariadb)

    assert [case.id for case in lines.absent] == ["2002", "30001"]
    assert lines.absent[0].question == "ERROR 2002 (HY000): Can't connect"


def test_only_pages_of_one_code_are_copied(mariadb: Path, tmp_path: Path) -> None:
    target = sets.copy_error_pages(mariadb, tmp_path / "pages")

    assert sorted(path.name for path in target.iterdir()) == ["e1205.md", "e1370.md"]


def test_cmrc_paragraphs_become_files_and_questions_point_at_them(tmp_path: Path) -> None:
    folder = tmp_path / "squad-style-data"
    folder.mkdir()
    qa = {"id": "D_0_Q_0", "question": "谁?", "answers": [{"text": "他"}, {"text": "她"}]}
    data = {"data": [{"paragraphs": [{"id": "D_0", "context": "正文", "qas": [qa]}]}]}
    (folder / "cmrc2018_dev.json").write_text(json.dumps(data), encoding="utf-8")

    texts, cases = sets.read_cmrc(tmp_path)
    written = sets.write_texts(texts, tmp_path / "out")

    assert (written / "D_0.txt").read_text(encoding="utf-8") == "正文"
    assert cases == [sets.Case("D_0_Q_0", "谁?", "D_0.txt", ("他", "她"))]


def test_question_and_answer_rows_carry_their_position_as_id(tmp_path: Path) -> None:
    file = sets.write_rows([("how", "intent")], tmp_path / "new" / "rows.jsonl")

    assert json.loads(file.read_text()) == {"id": "0", "question": "how", "answer": "intent"}


def test_the_right_document_is_taken_away_from_half_of_the_questions() -> None:
    cases = [sets.Case(str(n), "?", f"d{n % 4}") for n in range(20)]

    lines = sets.without_answer(cases, ["d0", "d1", "d2", "d3"])

    unanswerable = [line for line in lines if not line["answerable"]]
    assert len(unanswerable) == 10
    assert all(f"d{int(str(line['id'])) % 4}" not in json.dumps(line["documents"]) for line in unanswerable)
    assert all("documents" not in line for line in lines if line["answerable"])
    assert sets.without_answer(cases, ["d0"]) == sets.without_answer(cases, ["d0"])


def test_a_document_found_twice_takes_two_places() -> None:
    cases = [sets.Case("1", "?", "b"), sets.Case("2", "?", "b")]

    assert finding.hits(cases, [["b"], ["a"] * 5 + ["b"]]) == (0.5, 0.5)


def test_a_hybrid_more_than_a_point_below_its_better_leg_misses_the_bar() -> None:
    rows = finding.never_worse("set", {"words": (0.9, 0.95), "meaning": (0.5, 0.6), "all": (0.889, 0.945)})

    assert [row.met for row in rows] == [False, True]


def test_bars_are_met_on_the_edge() -> None:
    assert at_least("x", 0.5, 0.5).met is True
    assert at_least("x", 0.5, 0.4999).met is False
    assert at_most("x", 2, 2.0, "s") == Row("x", "≤ 2 s", "2 s", "", met=True)
    assert at_most("x", 2, 2.001).met is False


def test_a_missing_data_set_is_named(tmp_path: Path) -> None:
    bench = Bench(tmp_path, tmp_path, quick=True, say=print)

    with pytest.raises(Missing, match="nowhere"):
        bench.source("nowhere")


def test_kept_figures_of_other_benchmarks_stay_on_the_page(tmp_path: Path) -> None:
    page.keep("a", [Row("speed|x", "≥ 1", "2", met=True)], 1.0, tmp_path, quick=False)
    page.keep("b", [Row("other", "≥ 1", "0", met=False)], 1.0, tmp_path, quick=True)
    page.keep("a", [Row("speed|x", "≥ 1", "3", met=True)], 1.0, tmp_path, quick=False)

    text = page.render(page.read(tmp_path, ["a", "b", "c"]), ["c"])

    assert "| speed\\|x | ≥ 1 | 3 |  | yes |" in text
    assert "| other | ≥ 1 | 0 (quick run) |  | **no** |" in text
    assert "1 of 2 bars met" in text
    assert "Not measured: c." in text


def test_the_page_names_no_folder_of_this_machine(tmp_path: Path) -> None:
    page.keep("a", [Row("x", "≥ 1", "2")], 1.0, tmp_path, quick=False)

    text = page.render(page.read(tmp_path, ["a"]), [])

    assert str(tmp_path) not in text


def test_every_benchmark_names_a_function_of_a_module() -> None:
    import importlib

    for target in (BENCHMARKS | ON_DEMAND).values():
        module, _, function = target.partition(":")

        assert callable(getattr(importlib.import_module(f"tests.benchmarks.{module}"), function))


def test_the_made_corpus_is_the_same_again_and_its_questions_find_their_cluster() -> None:
    made, again = corpus.make(500), corpus.make(500)
    asked = next(corpus.questions(made, 1))

    nearest = float(np.max(made.vectors @ asked.vector))

    assert made.text(7) == again.text(7)
    assert nearest > 0.7
    assert set(asked.tokens) <= set(tokens(" ".join(made.vocabulary)))
    assert made.chunk(100).chunk.defines == ("APP-000100",)


def test_the_page_shows_the_figures_that_are_kept() -> None:
    names = [*BENCHMARKS, *ON_DEMAND]
    kept = page.read(KEPT, names)
    measured = {run.name for run in kept}

    assert PAGE.read_text(encoding="utf-8") == page.render(kept, [name for name in names if name not in measured])
