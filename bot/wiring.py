"""Builds the bot from settings; which class serves a URL, `bot/factories.py` says."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.addresses import without_secrets
from bot.factories import (
    LINE_DIMENSIONS,
    hashing,
    open_dead_letters,
    open_embedder,
    open_index,
    open_leases,
    open_ledger,
    open_model,
    open_reranker,
    open_store,
    preload,
)
from bot.ports import Answerer, Embedder, Index, Reranker, Store
from bot.retrieval.judging import StoredJudge
from bot.retrieval.search import Retriever
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.conversation.cache import Recipe
    from bot.pipeline import Bot
    from bot.ports import Leases

__all__ = [
    "Parts",
    "build",
    "build_answerer",
    "build_bot",
    "open_dead_letters",
    "open_embedder",
    "open_index",
    "open_leases",
    "open_ledger",
    "open_model",
    "open_reranker",
    "open_store",
    "preload",
    "reopen",
    "variant",
]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a process works with; `close` releases all of it.

    Where the index is built the bot is made when it is first wanted: who ingests does not wait for what answers.
    """

    settings: Settings
    embedder: Embedder
    line_embedder: Embedder
    index: Index
    store: Store
    judge: StoredJudge
    retriever: Retriever
    reranker: Reranker | None
    make_bot: Callable[[], Answerer]

    @property
    def bot(self) -> Answerer:
        """What answers, the same each time. Raises `ConfigurationError` for a voter that cannot be."""
        return self.make_bot()

    def close(self) -> None:
        """Release files and connections."""
        self.index.close()
        self.store.close()


def build(settings: Settings, *, building: bool = False) -> Parts:
    """Open every backend that the settings name, the index to be built or as it is searched.

    Raises `ConfigurationError` and the backends' own errors.
    """
    from bot.retrieval.search import Retriever

    embedder, line_embedder = open_embedder(settings), hashing(LINE_DIMENSIONS)
    index, store = open_index(settings, embedder, building=building), open_store(settings)
    judge = StoredJudge(store, settings.index_url, settings.retrieval.evidence)
    retriever = Retriever(index, embedder, line_embedder, settings.retrieval, judge)
    reranker = open_reranker(settings)
    make_bot = _once(settings, retriever, reranker)
    if not building:
        make_bot()
    return Parts(settings, embedder, line_embedder, index, store, judge, retriever, reranker, make_bot)


def reopen(parts: Parts) -> Parts:
    """Close the index, which brings it up to date, and open it again as later questions will find it."""
    from bot.retrieval.search import Retriever

    parts.index.close()
    index = open_index(parts.settings, parts.embedder)
    retriever = Retriever(index, parts.embedder, parts.line_embedder, parts.settings.retrieval, parts.judge)
    make_bot = _once(parts.settings, retriever, parts.reranker)
    return replace(parts, index=index, retriever=retriever, make_bot=make_bot)


def variant(parts: Parts, settings: Settings) -> tuple[Retriever, Bot]:
    """Join the opened backends with other retrieval and voting settings, for measurement."""
    from bot.retrieval.search import Retriever

    retriever = Retriever(parts.index, parts.embedder, parts.line_embedder, settings.retrieval, parts.judge)
    return retriever, build_bot(settings, retriever, parts.reranker if settings.reranker else None)


def build_bot(settings: Settings, retriever: Retriever, reranker: Reranker | None = None) -> Bot:
    """Join a retriever with the voters that the settings name. Raises `ConfigurationError` for an unknown prompt."""
    from bot.answering import prompting
    from bot.answering.sampling import BoundVoter
    from bot.pipeline import Bot

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


def _once(settings: Settings, retriever: Retriever, reranker: Reranker | None) -> Callable[[], Bot]:
    return functools.cache(functools.partial(build_bot, settings, retriever, reranker))


def build_answerer(parts: Parts, leases: Leases) -> Answerer:
    """Put the answer cache before the bot, and before both what masks; `parts.bot` has no cache, for whoever measures.

    A waiter's patience leaves it half of Celery's visibility timeout to compute an answer of its own.
    """
    settings = parts.settings
    if not settings.cache.answers_s:
        return parts.bot
    from bot.conversation import cache
    from bot.conversation.flight import Flights
    from bot.diagnosis.masking import MaskingAnswerer

    used = recipe(parts)
    flights = Flights(leases, settings.work.lease_s, settings.work.visibility_timeout_s / 2)
    caching = cache.CachingAnswerer(
        parts.bot,
        lambda question: cache.key(question, parts.index.generation(), replace(used, evidence=parts.judge.version())),
        parts.store,
        flights,
        settings.cache.answers_s,
    )
    return MaskingAnswerer(caching, settings.masking)


def recipe(parts: Parts) -> Recipe:
    """Gather what the answers of these parts depend on beside question and index."""
    from bot import pipeline
    from bot.answering import prompting
    from bot.conversation.cache import Recipe

    settings = parts.settings
    return Recipe(
        code=pipeline.VERSION,
        index=without_secrets(settings.index_url),
        embedder=parts.embedder.name,
        reranker=settings.reranker,
        voters=tuple((voter.model, voter.prompt, voter.temperature, voter.weight) for voter in settings.voters),
        prompts=tuple(prompting.version(voter.prompt) for voter in settings.voters),
        voting=settings.voting.model_dump_json(),
        retrieval=settings.retrieval.model_dump_json(),
        evidence=parts.judge.version(),
        max_tokens=settings.models.max_tokens,
    )
