"""Every Index finds what was added, by every leg, inside the scope only, and nothing that was removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.backends.elastic import ElasticIndex, Maker
from bot.backends.lance import LanceIndex
from bot.errors import EmbedderMismatchError
from bot.types import Scope
from tests.fakes.elastic import at
from tests.fakes.made import EMBEDDER, LINE_EMBEDDER, chunk, indexed, query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from bot.ports import Index
    from bot.types import Hit, Hits


@pytest.fixture
def lance(tmp_path: Path) -> Iterator[Callable[..., Index]]:
    opened: list[Index] = []

    def open_index(embedder: str = EMBEDDER.name) -> Index:
        opened.append(LanceIndex(tmp_path / "index", embedder, EMBEDDER.dimensions, LINE_EMBEDDER.dimensions))
        return opened[-1]

    yield open_index
    for index in opened:
        index.close()


@pytest.fixture
def elastic(elasticsearch_url: str, elasticsearch_name: str) -> Iterator[Callable[..., Index]]:
    address = at(elasticsearch_url, elasticsearch_name)
    opened: list[Index] = []

    def open_index(embedder: str = EMBEDDER.name) -> Index:
        opened.append(ElasticIndex(address, Maker(embedder, EMBEDDER.dimensions, LINE_EMBEDDER.dimensions)))
        return opened[-1]

    yield open_index
    for index in opened:
        index.close()


@pytest.fixture(params=["lance", pytest.param("elastic", marks=pytest.mark.slow)])
def open_index(request: pytest.FixtureRequest) -> Callable[..., Index]:
    """Open one more handle on the same stored index."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def index(open_index: Callable[..., Index]) -> Index:
    return open_index()


def texts(hits: Hits, leg: Sequence[Hit]) -> list[str]:
    return [found.text for found in hits.read([hit.id for hit in leg]).values()]


def test_an_index_that_was_never_filled_finds_nothing(index: Index) -> None:
    hits = index.search(query("anything ORA-01555"))

    assert (hits.words, hits.meaning, hits.codes, hits.lines, hits.total) == ((), (), (), (), 0)
    assert (list(index.documents()), index.generation()) == ([], 0)


def test_getting_ready_changes_nothing(index: Index) -> None:
    before = index.generation()
    index.add(())

    assert (index.generation(), list(index.documents())) == (before, [])


def test_added_chunks_are_found_by_words_and_by_meaning(index: Index) -> None:
    index.add(indexed(chunk("a.md", "slow database queries"), chunk("b.md", "travel expenses")))

    hits = index.search(query("database"))

    assert texts(hits, hits.words) == ["slow database queries"]
    assert texts(hits, hits.meaning)[0] == "slow database queries"


def test_a_chunk_is_read_back_as_it_was_added(index: Index) -> None:
    added = chunk("it's.md", "Can't create table\nORA-01555 数据库", title="ERROR 1005 (HY000): x", number=3)
    index.add(indexed(added))

    hits = index.search(query("数据库"))

    assert list(hits.read([hits.words[0].id]).values()) == [added]


def test_chinese_is_found_by_two_characters(index: Index) -> None:
    index.add(indexed(chunk("a.md", "数据库连接失败"), chunk("b.md", "打印机卡纸")))

    hits = index.search(query("连接"))

    assert texts(hits, hits.words) == ["数据库连接失败"]


def test_pages_that_define_a_code_come_before_pages_that_mention_it(index: Index) -> None:
    index.add(indexed(chunk("mention.md", "see ORA-01555"), chunk("page.md", "snapshot", title="ORA-01555")))

    hits = index.search(query("ORA-1555 and ORA-00942"))

    assert [hit.score for hit in hits.codes] == [2, 1]
    assert texts(hits, hits.codes) == ["snapshot", "see ORA-01555"]
    assert hits.known_codes == {"ORA-01555"}


def test_a_page_scores_by_its_best_line(index: Index) -> None:
    pages = (
        chunk("e1.md", "Trigger exists\nUnknown event", title="ERROR 1359:"),
        chunk("e2.md", "Record changed", title="ERROR 1020:"),
    )
    index.add(indexed(*pages))

    hits = index.search(query("Unknown event"))

    assert texts(hits, hits.lines)[0] == pages[0].text
    assert hits.lines[0].score == pytest.approx(1, abs=0.01)


def test_adding_a_document_again_replaces_all_its_chunks(index: Index) -> None:
    index.add(indexed(chunk("a.md", "first half"), chunk("a.md", "second half", number=1), chunk("b.md", "half")))
    index.add(indexed(chunk("a.md", "half of something new")))

    hits = index.search(query("half"))

    assert sorted(texts(hits, hits.words)) == ["half", "half of something new"]
    assert (hits.total, hits.frequencies["half"], hits.frequencies.get("second", 0)) == (2, 2, 0)


def test_a_removed_document_is_not_found(index: Index) -> None:
    index.add(indexed(chunk("a.md", "ORA-01555 here"), chunk("b.md", "and here")))
    index.remove("default", ["a.md", "never'heard.md"])

    hits = index.search(query("ORA-01555 here"))

    assert texts(hits, hits.words) == ["and here"]
    assert (hits.codes, hits.known_codes, hits.total, hits.frequencies["here"]) == ((), frozenset(), 1, 1)


def test_documents_of_one_name_in_two_collections_are_kept_apart(index: Index) -> None:
    index.add(indexed(chunk("a.md", "shared words here"), chunk("a.md", "shared words there", collection="other")))
    index.remove("other", ["a.md"])

    hits = index.search(query("shared"))

    assert texts(hits, hits.words) == ["shared words here"]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(), {"default", "other"}),
        (Scope(collections=frozenset({"other"})), {"other"}),
        (Scope(documents=frozenset({"a.md"})), {"default"}),
        (Scope(frozenset({"other"}), frozenset({"a.md"})), set()),
        (Scope(collections=frozenset()), set()),
        (Scope(documents=frozenset()), set()),
        (Scope(hidden=frozenset({"other"})), {"default"}),
        (Scope(frozenset({"other"}), hidden=frozenset({"other"})), set()),
        (Scope(hidden=frozenset({"none", "o'ther"})), {"default", "other"}),
    ],
)
def test_a_scope_hides_everything_outside_it_in_every_list(index: Index, scope: Scope, expected: set[str]) -> None:
    index.add(indexed(chunk("a.md", "ORA-01555 snapshot", title="ORA-01555")))
    index.add(indexed(chunk("b.md", "ORA-01555 snapshot", title="ORA-01555", collection="other")))

    hits = index.search(query("ORA-01555 snapshot", scope=scope))

    for leg in (hits.words, hits.meaning, hits.codes, hits.lines):
        assert {found.collection for found in hits.read([hit.id for hit in leg]).values()} == expected
    assert hits.known_codes == ({"ORA-01555"} if expected else frozenset())


@pytest.mark.parametrize("scope", [Scope(hidden=frozenset({"private"})), Scope(collections=frozenset({"open"}))])
def test_what_is_nearest_and_hidden_takes_no_place_from_what_is_seen(index: Index, scope: Scope) -> None:
    near = [chunk(f"{n}.md", "The tide table of the harbour", collection="private") for n in range(20)]
    far = [chunk(f"{n}.md", f"The tide turns at hour {n}", collection="open") for n in range(60)]
    index.add(indexed(*near, *far))

    hits = index.search(query("The tide table of the harbour", scope=scope, limit=10))

    assert len(hits.meaning) == len(hits.words) == 10
    assert all("hour" in text for text in texts(hits, hits.meaning))


def test_a_scope_may_name_thousands_of_documents(index: Index) -> None:
    index.add(indexed(chunk("a.md", "one word"), chunk("b.md", "one word")))
    names = frozenset(f"other-{number}.md" for number in range(5_000)) | {"b.md"}

    hits = index.search(query("word", scope=Scope(documents=names)))

    assert [found.document for found in hits.read([hit.id for hit in hits.words]).values()] == ["b.md"]


def test_lists_hold_no_more_than_the_limit_and_ties_break_by_id(index: Index) -> None:
    index.add(indexed(*(chunk(f"{name}.md", "the same words") for name in "dbca")))

    hits = index.search(query("same words", limit=3))

    assert len(hits.words) == len(hits.meaning) == 3
    assert [hit.id for hit in hits.words] == sorted(hit.id for hit in hits.words)


def test_frequencies_count_chunks_and_total_counts_all(index: Index) -> None:
    index.add(indexed(chunk("a.md", "disk disk disk full"), chunk("b.md", "disk")))

    hits = index.search(query("disk full unheard", scope=Scope(collections=frozenset({"none"}))))

    assert (dict(hits.frequencies), hits.total) == ({"disk": 2, "full": 1, "unheard": 0}, 2)


def test_documents_are_listed_with_what_tells_a_change(index: Index) -> None:
    index.add(indexed(chunk("b.md", "x y"), chunk("a.md", "one"), chunk("a.md", "two", number=1)))

    records = index.documents("default")

    assert [(record.document, record.chunks, record.root) for record in records] == [
        ("a.md", 2, "/made"),
        ("b.md", 1, "/made"),
    ]
    assert list(index.documents("other")) == []


def test_the_generation_grows_with_every_change_and_other_handles_see_it(open_index: Callable[..., Index]) -> None:
    writer, reader = open_index(), open_index()
    seen = [reader.generation()]
    writer.add(indexed(chunk("a.md", "text")))
    seen.append(writer.generation())
    writer.remove("default", ["a.md"])
    seen.append(writer.generation())

    assert seen == sorted(set(seen))
    assert reader.generation() == seen[-1]


def test_another_handle_sees_every_change(open_index: Callable[..., Index]) -> None:
    writer, reader = open_index(), open_index()
    writer.add(indexed(chunk("a.md", "before")))
    before = reader.search(query("before")).words
    writer.add(indexed(chunk("a.md", "after")))

    assert len(before) == 1
    assert len(reader.search(query("after")).words) == 1
    assert reader.search(query("before")).words == ()


def test_what_was_added_is_there_after_opening_again(open_index: Callable[..., Index]) -> None:
    first = open_index()
    first.add(indexed(chunk("a.md", "kept words")))
    first.close()

    hits = open_index().search(query("kept"))

    assert (len(hits.words), hits.frequencies["kept"]) == (1, 1)


def test_another_embedder_is_refused_by_name(open_index: Callable[..., Index]) -> None:
    open_index().add(indexed(chunk("a.md", "words")))

    with pytest.raises(EmbedderMismatchError, match=r"hashing://64.*hashing://4096"):
        open_index("hashing://4096")


@pytest.mark.parametrize(
    "asked",
    [
        '"quotes" (AND) OR NOT cat:x^2',
        "🙂🙂",
        "\x00\x01\x02",
        "'); DROP TABLE x",
        "",
        "a" * 200_000,
        "* ? ~ \\ / [ ] { }",
    ],
    ids=["syntax", "emoji", "control", "sql", "empty", "long", "signs"],
)
def test_no_question_breaks_the_search(index: Index, asked: str) -> None:
    index.add(indexed(chunk("a.md", "a cat on a table")))

    hits = index.search(query(asked))

    assert hits.total == 1


def test_a_question_of_many_words_still_finds_by_the_rarest(index: Index) -> None:
    index.add(indexed(*(chunk(f"{number}.md", f"common filler number{number}") for number in range(20))))

    hits = index.search(query(" ".join(["common filler"] * 2_000 + ["number7"] + [f"w{n}" for n in range(20_000)])))

    assert texts(hits, hits.words[:1]) == ["common filler number7"]
