"""Running golden sets and rendering the report."""

from __future__ import annotations

import json
import re
import sys
from html.parser import HTMLParser
from io import StringIO

import pytest

from bot.evaluation.datasets import Golden
from bot.evaluation.report import ablation_table, is_mistake, render_html
from bot.evaluation.running import Answered, Evaluation, ablate, as_json, evaluate, summary_table
from workers.cli.evaluate import show

GOLDEN = [
    Golden("vpn", "How do I reset the <VPN>?", "en", ("vpn.md",), (("portal",),), kind="helpdesk"),
    Golden("ora", "ORA-01555 怎么处理", "zh", ("ora.pdf",), (("undo",),), kind="[数据库]", page=3),
    Golden("moon", "Who walked on the moon?", "en", answerable=False, kind="none"),
    Golden("mars", "Who will walk on Mars next year and why?", "en", answerable=False, kind="none"),
]

ANSWERS = {
    "vpn": Answered(
        documents=("vpn.md", "x.md"),
        text="Use the **portal** [1].",
        cited=("vpn.md",),
        places=("row 2",),
        evidence=0.9,
        confidence=0.9,
        agreement=1.0,
        samples=3,
    ),
    "ora": Answered(
        documents=("x.md", "ora.pdf"),
        text="扩大 undo [1]",
        cited=("ora.pdf",),
        places=("第 3 页",),
        evidence=0.8,
        confidence=0.7,
        samples=5,
    ),
    "moon": Answered(documents=("x.md",), refused=True, evidence=0.1, confidence=0.2),
    "mars": Answered(
        documents=("x.md",),
        text="The <script>alert(1)</script> crew [1]",
        cited=("x.md",),
        evidence=0.4,
        confidence=0.6,
        samples=3,
    ),
}


class Screen(StringIO):
    """A terminal, as wide as the environment says."""

    def isatty(self) -> bool:
        return True


def cells(stream: StringIO) -> list[list[str]]:
    """Read what was printed back, line by line."""
    lines = re.sub(r"\x1b\[[\d;]*m", "", stream.getvalue()).splitlines()
    return [re.split(" {2,}", line.strip()) for line in lines]


def run() -> Evaluation:
    return evaluate(GOLDEN, lambda golden: ANSWERS[golden.id])


def test_the_figures_of_a_run_are_those_counted_by_hand() -> None:
    total = run().total

    assert (total.questions, total.unanswerable) == (4, 2)
    assert (total.hit_at_1, total.hit_at_5, total.mrr) == (0.5, 1.0, 0.75)
    assert (total.accuracy, total.page_named) == (1.0, 1.0)
    assert total.citation_precision == 2 / 3
    assert (total.refusal_precision, total.refusal_recall, total.evidence_auc) == (1.0, 0.5, 1.0)
    assert total.samples == 11 / 3


def test_a_refused_question_is_not_answered_right() -> None:
    refusing = evaluate(GOLDEN[:1], lambda _: Answered(("vpn.md",), "portal", refused=True))

    assert refusing.total.accuracy == 0


def test_results_are_grouped_by_language_kind_and_length() -> None:
    groups = {(group.by, group.name): group.figures.questions for group in run().groups}

    assert groups[("language", "en")] == 3
    assert groups[("kind", "[数据库]")] == 1
    assert sum(count for (by, _), count in groups.items() if by == "length") == 4


def test_progress_counts_over_all_variants() -> None:
    told: list[int] = []

    runs = ablate(GOLDEN[:2], {"words": lambda g: ANSWERS[g.id], "all": lambda g: ANSWERS[g.id]}, told.append)

    assert list(runs) == ["words", "all"]
    assert told == [1, 2, 3, 4]


def test_the_page_escapes_what_questions_and_answers_hold() -> None:
    page = render_html(run(), {"words": run()})

    assert "<script>" not in page
    assert "How do I reset the &lt;VPN&gt;?" in page
    assert "扩大 undo" in page


def test_the_page_loads_nothing_from_elsewhere() -> None:
    sources: list[str] = []

    class Links(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            sources.extend(
                value or "" for name, value in attrs if name in {"src", "href"} and tag in {"img", "script", "link"}
            )

    Links().feed(render_html(run()))

    assert sources == []


def test_the_page_shows_four_plots_where_the_set_can_fill_them() -> None:
    assert render_html(run()).count("<svg") == 4


def test_a_set_without_unanswerable_questions_has_no_refusal_plots() -> None:
    only = evaluate(GOLDEN[:2], lambda golden: ANSWERS[golden.id])

    assert render_html(only).count("<svg") == 2


def test_the_report_points_at_wrong_answers_and_missed_documents() -> None:
    wrong = [result.golden.id for result in run().results if is_mistake(result)]

    assert wrong == ["ora", "mars"]


def test_tables_are_rectangles_of_text() -> None:
    summary = summary_table(run())
    ablation = ablation_table({"words": run(), "all": run()})

    assert {len(row) for row in summary} == {len(summary[0])}
    assert ablation[0] == ("figure", "words", "all")
    assert ("hit@1", "0.500", "0.500") in ablation
    assert ablation_table({}) == []


def test_the_printed_figures_are_whole_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    stream = StringIO()

    show({"all": run()}, stream)

    assert cells(stream) == [list(row) for row in summary_table(run())]


@pytest.mark.parametrize(("columns", "tables"), [(10, 8), (60, 4), (80, 2), (500, 1)])
def test_the_printed_figures_are_whole_in_a_narrow_terminal(
    columns: int, tables: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm")
    stream = Screen()

    show({"all": run()}, stream)

    rows, found = summary_table(run()), cells(stream)
    parts = [found[start : start + len(rows)] for start in range(0, len(found), len(rows))]
    assert len(parts) == tables
    assert all(row[0] == part[place][0] for part in parts for place, row in enumerate(rows))
    assert [[cell for part in parts for cell in part[place][1:]] for place in range(len(rows))] == [
        list(row[1:]) for row in rows
    ]


def test_a_run_can_be_written_as_json() -> None:
    read = json.loads(json.dumps(as_json(run())))

    assert read["total"]["questions"] == 4
    assert read["questions"][1]["right"] is True


def test_without_matplotlib_the_report_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)

    page = render_html(run())

    assert "<svg" not in page
    assert "quorum-kb[evaluation]" in page
