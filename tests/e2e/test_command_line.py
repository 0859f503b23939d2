"""The command line keeps the shapes and exit statuses that scripts depend on (design.md, section 10)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Quorum


HIT = {"document", "chunk", "title", "score", "words", "meaning", "code"}
CITATION = {"number", "document", "chunk", "title", "place", "url", "quote"}
ANSWER = {"id", "outcome", "text", "citations", "vote", "confidence", "seconds"}


def jsonl(file: Path, *rows: object) -> Path:
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return file


def test_ingest_reports_every_file_once(quorum: Quorum, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.md").write_text("# VPN\n\nRestart the client.", encoding="utf-8")
    (folder / "sub" / "b.bin").write_bytes(bytes(range(256)) * 40)
    run = quorum("ingest", folder, "--json")

    assert run.status == 1
    assert set(run.data) == {"files", "seconds"}
    assert [(f["path"], f["status"], f["reason"]) for f in run.data["files"]] == [
        ("a.md", "indexed", None),
        ("sub/b.bin", "refused", "unknown-type"),
    ]
    assert {frozenset(f) for f in run.data["files"]} == {
        frozenset({"path", "status", "reason", "detail", "warnings", "chunks"})
    }


def test_a_second_run_touches_only_what_changed_and_forgets_what_is_gone(quorum: Quorum, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name in ("same", "changed", "gone"):
        (folder / f"{name}.md").write_text(f"# {name}\n\nThe {name} page.", encoding="utf-8")
    first = quorum("ingest", folder, "--json")
    (folder / "changed.md").write_text("# changed\n\nAnother text about walruses.", encoding="utf-8")
    (folder / "gone.md").unlink()
    second = quorum("ingest", folder, "--json")
    found = quorum("search", "walruses", "--json")

    assert first.status == second.status == 0
    assert {f["path"]: f["status"] for f in second.data["files"]} == {
        "changed.md": "indexed",
        "gone.md": "removed",
        "same.md": "unchanged",
    }
    assert found.data["hits"][0]["document"] == "changed.md"
    assert "gone.md" not in {hit["document"] for hit in quorum("search", "gone page", "--json").data["hits"]}


def test_search_answers_a_batch_in_input_order(sample: Quorum, tmp_path: Path) -> None:
    batch = jsonl(tmp_path / "q.jsonl", {"id": 7, "question": "ORA-01555"}, {"id": "b", "question": "VPN 密码"})
    run = sample("search", "--batch", batch, "-k", "4")

    assert run.status == 0
    assert [line["id"] for line in run.lines] == ["7", "b"]
    assert {frozenset(line) for line in run.lines} == {frozenset({"id", "hits", "evidence", "answerable"})}
    assert {frozenset(hit) for line in run.lines for hit in line["hits"]} == {frozenset(HIT)}
    assert [len(line["hits"]) for line in run.lines] == [4, 4]


def test_the_page_that_defines_a_code_comes_first(sample: Quorum) -> None:
    run = sample("search", "what does ORA-01555 mean", "--json")

    assert run.data["hits"][0]["document"] == "dba/oracle/ORA-01555.md"
    assert run.data["answerable"] is True


def test_search_reads_standard_input_for_a_dash(sample: Quorum) -> None:
    run = sample("search", "-", "--json", stdin="2026-11-20 ERROR\nORA-01555: snapshot too old\n")

    assert run.data["hits"][0]["document"] == "dba/oracle/ORA-01555.md"


def test_a_helpdesk_question_with_a_word_of_failure_finds_no_error_page(sample: Quorum) -> None:
    run = sample("search", "无法连接VPN怎么办？", "--json")

    assert run.data["hits"][0]["document"].startswith("zh-vpn")


def test_a_code_without_a_page_is_not_answerable(sample: Quorum) -> None:
    run = sample("search", "ORA-29999: something that nobody wrote a page about", "--json")

    assert run.data["answerable"] is False


def test_documents_restrict_a_search(sample: Quorum, tmp_path: Path) -> None:
    only = "dba/oracle/ORA-00600.md"
    batch = jsonl(tmp_path / "q.jsonl", {"id": "1", "question": "ORA-01555 snapshot too old", "documents": [only]})
    run = sample("search", "--batch", batch)

    assert {hit["document"] for hit in run.lines[0]["hits"]} == {only}


def test_a_collection_hides_the_others(quorum: Quorum, tmp_path: Path) -> None:
    for name in ("red", "blue"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / f"{name}.md").write_text(f"# Paint\n\nThe {name} paint dries in an hour.", encoding="utf-8")
        assert quorum("ingest", folder, "--collection", name).status == 0
    one = quorum("search", "paint dries", "--collection", "red", "--json")
    both = quorum("search", "paint dries", "--json")

    assert {hit["document"] for hit in one.data["hits"]} == {"red.md"}
    assert {hit["document"] for hit in both.data["hits"]} == {"red.md", "blue.md"}


def test_ask_prints_the_whole_answer_as_one_object(sample: Quorum) -> None:
    run = sample("ask", "ORA-01555: snapshot too old. How do I fix it?", "--json")

    assert run.status == 0
    assert set(run.data) == ANSWER
    assert set(run.data["vote"]) == {"clusters", "used", "spoilt", "agreement"}
    assert {frozenset(c) for c in run.data["citations"]} == {frozenset(CITATION)}
    assert run.data["citations"][0]["document"] == "dba/oracle/ORA-01555.md"
    assert "[1]" in run.data["text"]


def test_a_refusal_cites_nothing_and_names_the_closest_documents(sample: Quorum) -> None:
    run = sample("ask", "Who won the football world cup in 1998?", "--json")

    assert run.data["outcome"] == "refused"
    assert run.data["citations"] == []
    assert "[" not in run.data["text"]


def test_a_chinese_question_is_answered_in_chinese(sample: Quorum) -> None:
    run = sample("ask", "打印机卡纸了怎么办？")

    assert run.status == 0
    assert "样本" in run.out


def test_vote_replays_recorded_samples(quorum: Quorum, tmp_path: Path) -> None:
    samples = ["x = 4", "so 5", "x = 4", "none", "4.0"]
    batch = jsonl(tmp_path / "v.jsonl", {"id": "q", "samples": samples}, {"id": "s", "samples": ["?"]})
    run = quorum("vote", "--batch", batch, "--policy", "fixed:5", "--extract", r"(\d(?:\.\d)?)$")

    assert run.lines[0]["winner"] in {"4", "4.0"}
    assert run.lines[0]["used"] == 5
    assert [cluster["count"] for cluster in run.lines[0]["clusters"]] == [3, 1]
    assert (run.lines[1]["winner"], run.lines[1]["used"]) == (None, 1)


def test_json_goes_to_standard_output_alone(sample: Quorum) -> None:
    run = sample("ask", "ORA-01555", "--json")

    assert json.loads(run.out)
    assert run.err == ""


def test_evaluate_measures_a_golden_set_and_writes_a_report(sample: Quorum, tmp_path: Path) -> None:
    rows = (
        {"id": "1", "question": "ORA-01555 是什么原因？", "documents": ["dba/oracle/ORA-01555.md"], "answerable": True},
        {"id": "2", "question": "Who painted the Mona Lisa?", "answerable": False},
    )
    report = tmp_path / "report.html"
    run = sample("evaluate", jsonl(tmp_path / "golden.jsonl", *rows), "--report", report, "--json")

    assert run.status == 0, run.err
    assert run.data["total"]["hit_at_1"] == 1.0
    assert run.data["total"]["refusal_recall"] == 1.0
    assert "Mona Lisa" in report.read_text(encoding="utf-8")
    assert "hit@1" in sample("evaluate", tmp_path / "golden.jsonl").out


def test_of_what_is_piped_into_a_conversation_every_line_is_a_question_until_exit(sample: Quorum) -> None:
    run = sample("chat", stdin="ORA-01555?\n\n  \nORA-03113?\nexit\nORA-01653?\n")

    assert (run.status, run.err) == (0, "")
    assert "ORA-01555.md" in run.out
    assert "ORA-03113.md" in run.out
    assert "ORA-01653" not in run.out
