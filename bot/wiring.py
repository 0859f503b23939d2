"""Builds the bot from settings: scheme to factory, the only module that names concrete classes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, TypeVar
from urllib.parse import unquote, urlsplit

from bot.errors import ConfigurationError
from bot.pipeline import Bot
from bot.ports import Embedder, Index, Reranker, Store
from bot.retrieval.candidates import Judge
from bot.retrieval.search import Retriever
from bot.settings import Settings

T = TypeVar("T")

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.ports import Ledger, Model

LINE_DIMENSIONS = 1024
"""Dimensions of the hashed vectors of single lines (findings.md, "Messages without a code")."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a process works with; `close` releases all of it."""

    settings: Settings
    embedder: Embedder
    line_embedder: Embedder
    index: Index
    store: Store
    judge: Judge
    retriever: Retriever
    reranker: Reranker | None
    bot: Bot

    def close(self) -> None:
        """Release files and connections."""
        self.index.close()
        self.store.close()


def build(settings: Settings) -> Parts:
    """Open every backend that the settings name. Raises `ConfigurationError` and the backends' own errors."""
    from bot.retrieval import profile
    from bot.retrieval.evidence import EvidenceJudge, Profile
    from bot.retrieval.search import Retriever

    embedder, line_embedder = open_embedder(settings), _hashing(LINE_DIMENSIONS)
    index, store = open_index(settings, embedder), open_store(settings)
    judge = EvidenceJudge(profile.load(store, settings.index_url) or Profile(), settings.retrieval.evidence)
    retriever = Retriever(index, embedder, line_embedder, settings.retrieval, judge)
    reranker = open_reranker(settings)
    bot = build_bot(settings, retriever, reranker)
    return Parts(settings, embedder, line_embedder, index, store, judge, retriever, reranker, bot)


def reopen(parts: Parts) -> Parts:
    """Close the index, which brings it up to date, and open it again as later questions will find it."""
    from bot.retrieval.search import Retriever

    parts.index.close()
    index = open_index(parts.settings, parts.embedder)
    retriever = Retriever(index, parts.embedder, parts.line_embedder, parts.settings.retrieval, parts.judge)
    return replace(parts, index=index, retriever=retriever, bot=build_bot(parts.settings, retriever, parts.reranker))


def variant(parts: Parts, settings: Settings) -> tuple[Retriever, Bot]:
    """Join the opened backends with other retrieval and voting settings, for measurement."""
    from bot.retrieval.search import Retriever

    retriever = Retriever(parts.index, parts.embedder, parts.line_embedder, settings.retrieval, parts.judge)
    return retriever, build_bot(settings, retriever, parts.reranker if settings.reranker else None)


def build_bot(settings: Settings, retriever: Retriever, reranker: Reranker | None = None) -> Bot:
    """Join a retriever with the voters that the settings name. Raises `ConfigurationError` for an unknown prompt."""
    from bot.answering import prompting
    from bot.answering.sampling import BoundVoter

    for voter in settings.voters:
        prompting.check(voter.prompt)
    models = {voter.model: open_model(voter.model, settings) for voter in settings.voters}
    voters = [
        BoundVoter(
            f"{models[voter.model].name}/{voter.prompt}",
            models[voter.model],
            voter.prompt,
            voter.temperature,
            voter.weight,
        )
        for voter in settings.voters
    ]
    return Bot(retriever, voters, settings, reranker)


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


def open_index(settings: Settings, embedder: Embedder) -> Index:
    """Open or create the index of `settings.index`."""
    return _choose("QUORUM_INDEX", settings.index_url, _INDEXES)(settings.index_url, embedder)


def _choose(setting: str, url: str, factories: Mapping[str, T]) -> T:
    scheme = url.partition(":")[0]
    if scheme not in factories:
        message = f"{setting}={url!r}: unknown scheme {scheme!r}. Known: {', '.join(sorted(factories))}"
        raise ConfigurationError(message)
    return factories[scheme]


def _path(url: str) -> Path:
    path = unquote(urlsplit(url).path)
    if not path:
        message = f"{url!r} names no path. Write it with three slashes, e.g. lance:///var/lib/quorum/index"
        raise ConfigurationError(message)
    return Path(path)


def _hashing(dimensions: int) -> Embedder:
    from bot.backends.hashing import HashingEmbedder

    return HashingEmbedder(dimensions)


def _hashing_embedder(url: str, settings: Settings) -> Embedder:  # noqa: ARG001 - every factory takes the settings
    size = url.partition("://")[2] or "2048"
    if not size.isdecimal() or int(size) not in range(64, 65_537):
        message = f"QUORUM_EMBEDDER={url!r}: write hashing:// or hashing://DIMENSIONS with 64 to 65536"
        raise ConfigurationError(message)
    return _hashing(int(size))


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


def _lance(url: str, embedder: Embedder) -> Index:
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
_STORES = {"sqlite": _sqlite_store}
_LEDGERS = {"sqlite": _sqlite_ledger}
_INDEXES = {"lance": _lance}
