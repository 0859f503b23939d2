"""How a chunk is laid out in Elasticsearch: mapping, the way there and back, and the name of a version."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.types import Chunk, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.types import IndexedChunk, Vector

LAYOUT = 1
"""Grows with every change of the mapping or of what is written into it: a new version is made beside the old."""

SEPARATOR = "\x1f"
K1, B = 1.2, 0.75
_LONGEST_TOKEN = 100
"""The whitespace analyser cuts at 255; nobody types so long a word, so its digest is as good."""

_M, _EF_CONSTRUCTION = 16, 100
_TEXTS = ("id", "document", "collection", "title", "text", "source", "root", "digest", "url", "question")
_LISTS = ("defines", "codes", "lines")
_PLACE = ("headings", "page", "row", "line_start", "line_end")


def version_name(name: str, embedder: str, dimensions: int, line_dimensions: int) -> str:
    """Name the version that these embedders and this layout make, e.g. `quorum-1f00ba11`."""
    made_of = json.dumps([LAYOUT, embedder, dimensions, line_dimensions])
    return f"{name}-{hashlib.blake2b(made_of.encode(), digest_size=4).hexdigest()}"


def settings(replicas: int) -> dict[str, Any]:
    """Return the settings of an index: one shard, so that word statistics are exact, and refreshed by us alone."""
    similarity = {"default": {"type": "BM25", "k1": K1, "b": B}}
    return {
        "index": {
            "number_of_shards": 1,
            "number_of_replicas": replicas,
            "refresh_interval": "-1",
            "similarity": similarity,
        }
    }


def mappings(meta: Mapping[str, Any], dimensions: int, line_dimensions: int) -> dict[str, Any]:
    """Return the mapping; `meta` says what the version was made with.

    Only `chunk`, the whole chunk as JSON text, is given back; vectors and tokens are searched and not stored again.
    """
    keyword = {"type": "keyword"}
    names = ("edition", "collection", "document", "source", "root", "digest", "defines", "codes")
    return {
        "_meta": dict(meta),
        "dynamic": False,
        "_source": {"includes": ["chunk"]},
        "properties": {
            "key": keyword | {"index": False},
            "tokens": {"type": "text", "analyzer": "whitespace", "index_options": "freqs"},
            "length": {"type": "integer", "index": False},
            "chunk": keyword | {"index": False, "doc_values": False},
            "vector": _vector(dimensions),
            "lines": {"type": "nested", "dynamic": False, "properties": {"vector": _vector(line_dimensions)}},
        }
        | dict.fromkeys(names, keyword),
    }


def key(chunk: Chunk, edition: str) -> str:
    """Return what names one edition of a chunk: its id, its collection, and the writing that brought it."""
    return clean(SEPARATOR.join((chunk.id, chunk.collection, edition)))


def identity(chunk: Chunk, edition: str) -> str:
    """Return the id under which Elasticsearch keeps one edition of a chunk."""
    return named(key(chunk, edition))


def named(key: str) -> str:
    """Return the id of a key; Elasticsearch's ids may have 512 bytes at most."""
    return hashlib.blake2b(key.encode(), digest_size=16).hexdigest()


def term(token: str) -> str:
    """Return a token as it is indexed: a very long one is replaced by its digest.

    >>> term("ora-01555"), len(term("a" * 200_000))
    ('ora-01555', 33)
    """
    if len(token) <= _LONGEST_TOKEN:
        return token
    return "#" + hashlib.blake2b(token.encode("utf-8", "replace"), digest_size=16).hexdigest()


def fields(item: IndexedChunk, edition: str) -> dict[str, Any]:
    """Return the document that Elasticsearch indexes for one chunk."""
    chunk = item.chunk
    found: dict[str, Any] = {
        "key": key(chunk, edition),
        "edition": edition,
        "tokens": clean(" ".join(map(term, item.tokens))),
        "length": len(item.tokens),
        "chunk": _stored(chunk),
        "defines": _cleaned(chunk.defines),
        "codes": _cleaned((*chunk.defines, *chunk.codes)),
    }
    found |= {name: clean(getattr(chunk, name)) for name in ("collection", "document", "source", "root", "digest")}
    if np.any(item.vector):
        found["vector"] = packed(item.vector)
    lines = [{"vector": packed(vector)} for vector in item.line_vectors if np.any(vector)]
    return found | ({"lines": lines} if lines else {})


def to_chunk(stored: str) -> Chunk:
    """Read a chunk back from the field `chunk`."""
    values = json.loads(stored)
    place = Place(**(values.pop("place") | {"headings": tuple(values.pop("headings"))}))
    return Chunk(**(values | {name: tuple(values[name]) for name in _LISTS}), place=place)


def packed(vector: Vector) -> str:
    """Write a vector as base64 of big-endian floats: half of what a list of numbers takes."""
    return base64.b64encode(np.asarray(vector, dtype=">f4").tobytes()).decode("ascii")


def clean(text: str) -> str:
    """Replace what no UTF-8 can hold: half of a surrogate pair, from a broken file name or text."""
    return text.encode("utf-8", "replace").decode()


def _vector(dimensions: int) -> dict[str, Any]:
    graph = {"type": "hnsw", "m": _M, "ef_construction": _EF_CONSTRUCTION}
    return {
        "type": "dense_vector",
        "dims": dimensions,
        "index": True,
        "similarity": "cosine",
        "index_options": graph,
    }


def _stored(chunk: Chunk) -> str:
    """Write a chunk as JSON text in ASCII, which keeps every string as it is."""
    place = {name: getattr(chunk.place, name) for name in _PLACE}
    values = {name: getattr(chunk, name) for name in (*_TEXTS, *_LISTS)}
    return json.dumps(values | {"headings": place.pop("headings"), "place": place})


def _cleaned(names: Iterable[str]) -> Sequence[str]:
    return list(dict.fromkeys(map(clean, names)))
