"""Opens backends: scheme to factory, the only module that names concrete classes."""

from __future__ import annotations

import importlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, TypeVar
from urllib.parse import unquote, urlsplit

from bot.addresses import without_secrets
from bot.errors import ConfigurationError

T = TypeVar("T")

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.ports import DeadLetters, Embedder, Index, Leases, Ledger, Model, Reranker, Store
    from bot.settings import Settings

LINE_DIMENSIONS = 1024
"""Dimensions of the hashed vectors of single lines (findings.md, "Messages without a code")."""


def open_embedder(settings: Settings) -> Embedder:
    """Open the embedder of `settings.embedder`."""
    return _choose("QUORUM_EMBEDDER", settings.embedder, _EMBEDDERS)(settings.embedder, settings)


def open_model(url: str, settings: Settings) -> Model:
    """Open the language model, or the quoting answerer, of one voter."""
    return _choose("QUORUM_VOTERS model", url, _MODELS)(url, settings)


def open_reranker(settings: Settings) -> Reranker | None:
    """Open the reranker, or None when the setting is empty."""
    if not settings.reranker:
        return None
    return _choose("QUORUM_RERANKER", settings.reranker, _RERANKERS)(settings.reranker, settings)


def open_store(settings: Settings) -> Store:
    """Open the store of `settings.store`."""
    return _choose("QUORUM_STORE", settings.store_url, _STORES)(settings.store_url, settings)


def open_ledger(settings: Settings) -> Ledger:
    """Open the ledger, which lives where the store lives."""
    return _choose("QUORUM_STORE", settings.store_url, _LEDGERS)(settings.store_url, settings)


def open_leases(settings: Settings) -> Leases:
    """Open the leases, which live where the store lives."""
    return _choose("QUORUM_STORE", settings.store_url, _LEASES)(settings.store_url, settings)


def open_dead_letters(settings: Settings) -> DeadLetters:
    """Open the dead letters, which live where the store lives."""
    return _choose("QUORUM_STORE", settings.store_url, _DEAD_LETTERS)(settings.store_url, settings)


def open_index(settings: Settings, embedder: Embedder, *, building: bool = False) -> Index:
    """Open or create the index of `settings.index`.

    With `building`, an index that is `Versioned` takes another embedder than the published version's, too.
    """
    return _choose("QUORUM_INDEX", settings.index_url, _INDEXES)(settings.index_url, embedder, building)


def preload(settings: Settings) -> None:
    """Import what the backends will need, so that processes forked afterwards share it and start sooner.

    Only libraries that start no thread when they are imported; one that is missing is named when it is used.
    """
    voters = (voter.model for voter in settings.voters)
    urls = (settings.index_url, settings.store_url, settings.embedder, settings.reranker, *voters)
    for url in urls:
        for library in _LIBRARIES.get(url.partition(":")[0], ()):
            with suppress(ImportError):
                importlib.import_module(library)


def _choose(setting: str, url: str, factories: Mapping[str, T]) -> T:
    scheme = url.partition(":")[0]
    if scheme not in factories:
        message = (
            f"{setting}={without_secrets(url)!r}: unknown scheme {scheme!r}. Known: {', '.join(sorted(factories))}"
        )
        raise ConfigurationError(message)
    return factories[scheme]


def _path(url: str) -> Path:
    path = unquote(urlsplit(url).path)
    if not path:
        message = f"{url!r} names no path. Write it with three slashes, e.g. lance:///var/lib/quorum/index"
        raise ConfigurationError(message)
    return Path(path)


def hashing(dimensions: int) -> Embedder:
    """Open the embedder that needs no model."""
    from bot.backends.hashing import HashingEmbedder

    return HashingEmbedder(dimensions)


def _hashing_embedder(url: str, settings: Settings) -> Embedder:  # noqa: ARG001 - every factory takes the settings
    size = url.partition("://")[2] or "2048"
    if not size.isdecimal() or int(size) not in range(64, 65_537):
        message = f"QUORUM_EMBEDDER={url!r}: write hashing:// or hashing://DIMENSIONS with 64 to 65536"
        raise ConfigurationError(message)
    return hashing(int(size))


def _sentence_transformers(url: str, settings: Settings) -> Embedder:  # noqa: ARG001 - every factory takes the settings
    from bot.backends.sentence_transformers import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(_model_name(url))


def _openai_embedder(url: str, settings: Settings) -> Embedder:
    from bot.backends.openai import OpenAIEmbedder, split

    return OpenAIEmbedder(*split(url), **_calls(settings))


def _offline_model(url: str, settings: Settings) -> Model:  # noqa: ARG001 - every factory takes both
    from bot.backends.offline import OfflineModel

    return OfflineModel()


def _openai_model(url: str, settings: Settings) -> Model:
    from bot.backends.openai import OpenAIModel, split

    return OpenAIModel(*split(url), **_calls(settings))


def _transformers_model(url: str, settings: Settings) -> Model:  # noqa: ARG001 - every factory takes the settings
    from bot.backends.transformers import TransformersModel

    return TransformersModel(_model_name(url))


def _sentence_reranker(url: str, settings: Settings) -> Reranker:  # noqa: ARG001 - every factory takes the settings
    from bot.backends.sentence_transformers import SentenceTransformerReranker

    return SentenceTransformerReranker(_model_name(url))


def _openai_reranker(url: str, settings: Settings) -> Reranker:
    from bot.backends.openai import OpenAIReranker, split

    return OpenAIReranker(*split(url), **_calls(settings))


def _sqlite_store(url: str, settings: Settings) -> Store:  # noqa: ARG001 - every factory takes the settings
    from bot.backends.sqlite import SqliteStore

    return SqliteStore(_path(url))


def _sqlite_ledger(url: str, settings: Settings) -> Ledger:  # noqa: ARG001 - every factory takes the settings
    from bot.backends.sqlite import SqliteLedger

    return SqliteLedger(_path(url))


def _sqlite_leases(url: str, settings: Settings) -> Leases:  # noqa: ARG001 - every factory takes the settings
    from bot.backends.sqlite import SqliteLeases

    return SqliteLeases(_path(url))


def _sqlite_dead_letters(url: str, settings: Settings) -> DeadLetters:  # noqa: ARG001 - every factory takes the settings
    from bot.backends.sqlite import SqliteDeadLetters

    return SqliteDeadLetters(_path(url))


def _redis_store(url: str, settings: Settings) -> Store:  # noqa: ARG001 - every factory takes the settings
    from bot.backends.redis import RedisStore

    return RedisStore(url)


def _redis_ledger(url: str, settings: Settings) -> Ledger:  # noqa: ARG001 - every factory takes the settings
    from bot.backends.redis import RedisLedger

    return RedisLedger(url)


def _redis_leases(url: str, settings: Settings) -> Leases:  # noqa: ARG001 - every factory takes the settings
    from bot.backends.redis import RedisLeases

    return RedisLeases(url)


def _redis_dead_letters(url: str, settings: Settings) -> DeadLetters:  # noqa: ARG001 - every factory takes the settings
    from bot.backends.redis import RedisDeadLetters

    return RedisDeadLetters(url)


def _elastic(url: str, embedder: Embedder, building: bool) -> Index:  # noqa: FBT001 - every factory takes the three
    from bot.backends.elastic import ElasticIndex, Maker, read

    maker = Maker(embedder.name, embedder.dimensions, LINE_DIMENSIONS)
    return ElasticIndex(read(url), maker, building=building)


def _lance(url: str, embedder: Embedder, building: bool) -> Index:  # noqa: ARG001, FBT001 - every factory takes the three
    from bot.backends.lance import LanceIndex

    return LanceIndex(_path(url), embedder.name, embedder.dimensions, LINE_DIMENSIONS)


def _model_name(url: str) -> str:
    name = url.partition(":")[2]
    if not name:
        message = f"{url!r} names no model. Write the name or the folder after the colon."
        raise ConfigurationError(message)
    return name


class _Calls(TypedDict):
    api_key: str
    timeout_s: float
    attempts: int


def _calls(settings: Settings) -> _Calls:
    calls = settings.models
    return {"api_key": calls.api_key, "timeout_s": calls.timeout_s, "attempts": calls.attempts}


_EMBEDDERS = {
    "hashing": _hashing_embedder,
    "openai+http": _openai_embedder,
    "openai+https": _openai_embedder,
    "sentence-transformers": _sentence_transformers,
}
_MODELS = {
    "offline": _offline_model,
    "openai+http": _openai_model,
    "openai+https": _openai_model,
    "transformers": _transformers_model,
}
_RERANKERS = {
    "openai+http": _openai_reranker,
    "openai+https": _openai_reranker,
    "sentence-transformers": _sentence_reranker,
}
_REDIS = ("redis", "rediss", "redis+sentinel")
_STORES = {"sqlite": _sqlite_store, **dict.fromkeys(_REDIS, _redis_store)}
_LEDGERS = {"sqlite": _sqlite_ledger, **dict.fromkeys(_REDIS, _redis_ledger)}
_LEASES = {"sqlite": _sqlite_leases, **dict.fromkeys(_REDIS, _redis_leases)}
_DEAD_LETTERS = {"sqlite": _sqlite_dead_letters, **dict.fromkeys(_REDIS, _redis_dead_letters)}
_INDEXES = {"elasticsearch": _elastic, "elasticsearchs": _elastic, "lance": _lance}
_LIBRARIES = {
    **dict.fromkeys(("elasticsearch", "elasticsearchs"), ("elasticsearch",)),
    **dict.fromkeys(("openai+http", "openai+https"), ("httpx", "tenacity")),
}
"""Scheme to what its backend imports when it is first used."""
