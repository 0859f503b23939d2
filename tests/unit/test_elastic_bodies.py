"""The bodies of one search on Elasticsearch, and what is read out of the reply."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.backends.elastic import bodies, layout, ranking
from bot.types import Query, Scope
from tests.fakes.made import LINE_EMBEDDER, chunk, indexed, query

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STATE = "quorum-state"


def test_legs_that_can_find_nothing_are_left_out() -> None:
    zeros = np.zeros(4, np.float32)

    assert list(bodies.searches(query("ORA-01555 here"), STATE)) == ["counts0", "words", "meaning", "codes", "lines"]
    assert list(bodies.searches(Query(vector=zeros, line=zeros), STATE)) == ["counts0"]
    assert list(bodies.searches(query("words", scope=Scope(collections=frozenset())), STATE)) == ["counts0"]


def test_every_leg_carries_the_scope_and_hides_what_is_unfinished() -> None:
    scope = Scope(frozenset({"b", "a"}), frozenset({"x.md"}), frozenset({"secret"}))
    found = bodies.searches(query("ORA-01555 here", scope=scope), STATE)

    filters = [found[leg]["query"]["bool"]["filter"] for leg in ("words", "codes")]
    filters += [found[leg]["knn"]["filter"] for leg in ("meaning", "lines")]
    unfinished = {"terms": {"edition": {"index": STATE, "id": "unfinished", "path": "editions"}}}
    wanted = [
        {"bool": {"must_not": [unfinished]}},
        {"terms": {"collection": ["a", "b"]}},
        {"terms": {"document": ["x.md"]}},
        {"bool": {"must_not": [{"terms": {"collection": ["secret"]}}]}},
    ]
    assert filters == [wanted] * 4


def test_the_filter_stands_inside_the_search_of_the_graph() -> None:
    found = bodies.searches(query("ORA-01555", limit=7), STATE)

    assert (found["meaning"]["knn"]["k"], found["meaning"]["size"]) == (7, 7)
    assert found["lines"]["knn"]["field"] == "lines.vector"
    assert "query" not in found["meaning"]


def test_no_leg_reads_a_stored_field() -> None:
    for leg, body in bodies.searches(query("ORA-01555 here"), STATE).items():
        assert leg == "counts0" or (body["_source"], body["stored_fields"]) == (False, "_none_")


def test_a_repeated_word_weighs_as_often_as_it_is_said() -> None:
    body = bodies.words(("disk", "full", "disk"), [], 5)

    clauses = [clause["term"]["tokens"] for clause in body["query"]["bool"]["should"]]
    assert [(clause["value"], clause["boost"]) for clause in clauses] == [("disk", 2), ("full", 1)]


def test_of_a_long_text_elasticsearch_picks_the_words() -> None:
    words = [f"w{number}" for number in range(9_000)]
    (rarest,) = bodies.words(words, [], 5)["query"]["bool"]["must"]

    assert rarest["more_like_this"]["max_query_terms"] == bodies.MAX_WORDS
    assert " ".join(rarest["more_like_this"]["like"]).split() == words
    assert max(len(text.split()) for text in rarest["more_like_this"]["like"]) <= 5_000


def test_more_words_than_one_search_counts_are_parted() -> None:
    words = tuple(f"w{number}" for number in range(70_000))
    found = bodies.searches(Query(tokens=(*words, "w0"), scope=Scope(collections=frozenset())), STATE)

    sizes = [len(body["aggs"]["holding"]["filters"]["filters"]) for body in found.values()]
    assert sizes == [30_000, 30_000, 10_000]
    replies = [
        {"hits": {"total": {"value": 9}}, "aggregations": {"holding": {"buckets": [{"doc_count": 1}] * size}}}
        for size in sizes
    ]
    assert ranking.counted(replies, (*words, "w0"))[:2] == (dict.fromkeys(words, 1), 9)


def test_more_names_than_one_query_takes_are_split() -> None:
    query = bodies.one_of("document", (f"{number:06d}" for number in range(130_000)))

    sizes = [len(part["terms"]["document"]) for part in query["bool"]["should"]]
    assert (sum(sizes), max(sizes) <= 65_536) == (130_000, True)


def test_codes_rank_by_what_defines_them_and_then_by_their_order() -> None:
    clauses = bodies.codes(("ORA-1", "ORA-2"), [], 5)["query"]["bool"]["must"][0]["dis_max"]["queries"]

    scores = {
        (field, names[0]): clause["constant_score"]["boost"]
        for clause in clauses
        for field, names in clause["constant_score"]["filter"]["terms"].items()
    }
    assert scores == {("defines", "ORA-1"): 4, ("defines", "ORA-2"): 3, ("codes", "ORA-1"): 2, ("codes", "ORA-2"): 1}
    reply = {"hits": {"hits": [{"_score": score, "fields": {"key": ["k"]}} for score in (3.0, 2.0)]}}
    assert [hit.score for hit in ranking.coded(reply, 2)] == [2, 1]


def test_a_log_with_thousands_of_codes_stays_within_the_limit_on_clauses() -> None:
    wanted = [f"ERROR-{number}" for number in range(3_000)]
    body = bodies.codes(wanted, [], 5)

    clauses = body["query"]["bool"]["must"][0]["dis_max"]["queries"]
    named = [name for clause in clauses for name in clause["constant_score"]["filter"]["terms"].get("codes", [])]
    assert len(clauses) <= 1_024
    assert named == wanted


def test_only_what_is_searched_and_the_stored_chunk_are_indexed() -> None:
    added = chunk("a.md", "Unknown event\nmore", title="ERROR 1359:")
    (item,) = indexed(added)
    fields = layout.fields(item, "e1")

    assert set(fields) - {"vector", "lines"} <= set(layout.mappings({}, 64, 128)["properties"])
    assert layout.to_chunk(fields["chunk"]) == added
    assert fields["length"] == len(item.tokens) == len(fields["tokens"].split())
    assert np.frombuffer(_decoded(fields["vector"]), ">f4") == pytest.approx(item.vector)
    assert len(fields["lines"]) == len(item.line_vectors)


def test_a_vector_of_zeros_is_left_out() -> None:
    (item,) = indexed(chunk("a.md", "ERROR 1359", title="ERROR 1359"))
    blank = type(item)(item.chunk, item.tokens, np.zeros(64, np.float32), np.zeros((1, 128), np.float32))

    assert not {"vector", "lines"} & set(layout.fields(blank, "e1"))
    assert LINE_EMBEDDER.dimensions == 128


@pytest.mark.parametrize("name", ["broken \udcff name.md", "nul \x00.md", "日志/第1章.md", "x" * 4_000])
def test_any_name_of_a_document_can_be_kept(name: str) -> None:
    (item,) = indexed(chunk(name, f"text {name}"))
    fields = layout.fields(item, "e1")

    assert layout.to_chunk(fields["chunk"]) == item.chunk
    assert len(layout.identity(item.chunk, "e1").encode()) <= 512
    assert fields["document"].encode("utf-8")


def _decoded(text: str) -> bytes:
    import base64

    return base64.b64decode(text)


Texts = list[list[str]]
WORDS = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=200)


@given(st.lists(WORDS, min_size=2, max_size=12), st.lists(st.sampled_from("abcd"), min_size=1, max_size=6))
def test_the_order_by_words_is_that_of_exact_lengths(texts: Texts, asked: list[str]) -> None:
    held = {word: sum(word in text for text in texts) for word in asked}
    mean = sum(map(len, texts)) / len(texts)

    found = ranking.settled(_reply(texts, asked, held, mean), asked, held, len(texts), mean, 50)

    exact = {
        f"{number:02d}": _bm25(text, asked, held, len(texts), mean, len(text)) for number, text in enumerate(texts)
    }
    wanted = sorted((name for name, score in exact.items() if score), key=lambda name: (-exact[name], name))
    assert {hit.id: hit.score for hit in found} == pytest.approx({name: exact[name] for name in wanted})


def test_scores_that_do_not_fit_the_counts_stay_as_they_are() -> None:
    hits = [{"_score": 9.0, "matched_queries": {"disk": 9.0}, "fields": {"key": ["a"], "length": [3]}}]

    (hit,) = ranking.settled({"hits": {"hits": hits}}, ["disk"], {"disk": 1}, 2, 3.0, 5)

    assert hit.score == 9.0


def _reply(texts: Texts, asked: Sequence[str], held: Mapping[str, int], mean: float) -> dict[str, Any]:
    """Word what Elasticsearch would: a share for each word, for the length that Lucene remembers."""
    hits = []
    for number, text in enumerate(texts):
        lossy = ranking.remembered(len(text))
        shares = {word: _bm25(text, [w for w in asked if w == word], held, len(texts), mean, lossy) for word in held}
        shares = {word: share for word, share in shares.items() if share}
        if shares:
            hit = {"_score": sum(shares.values()), "matched_queries": shares}
            hits.append(hit | {"fields": {"key": [f"{number:02d}"], "length": [len(text)]}})
    return {"hits": {"hits": hits}}


def _bm25(
    text: Sequence[str], asked: Sequence[str], held: Mapping[str, int], total: int, mean: float, length: int
) -> float:
    counts = Counter(text)
    saturation = 1.2 * (0.25 + 0.75 * length / mean)
    return sum(
        2.2 * math.log1p((total - held[word] + 0.5) / (held[word] + 0.5)) * counts[word] / (counts[word] + saturation)
        for word in asked
    )
