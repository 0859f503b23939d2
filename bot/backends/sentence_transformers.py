"""Embedding and reranking models in this process, by the sentence-transformers library (extra `models`)."""

from __future__ import annotations

import importlib
import threading
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from bot.errors import ConfigurationError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

    from bot.types import Matrix

Loaded = TypeVar("Loaded")

SCHEME = "sentence-transformers:"
_MAX_CHARACTERS = 100_000
"""A model reads some 8,000 tokens at most; more only keeps its tokenizer busy."""


class SentenceTransformerEmbedder:
    """Embed with a bi-encoder, questions and passages each with the prompt that the model names for them."""

    def __init__(self, model: str) -> None:
        """Load a model by hub name or folder; a folder and HF_HUB_OFFLINE=1 never touch the network.

        Raises `ConfigurationError` when it cannot be loaded, `MissingExtraError` without the library.
        """
        self._name = f"{SCHEME}{model}"
        library = _library()
        loaded = _load(library.SentenceTransformer, model)
        self._query, self._document = loaded.encode_query, loaded.encode_document
        self._dimensions = int(self._query(["a"], show_progress_bar=False).shape[1])
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The URL: the library and the model."""
        return self._name

    @property
    def dimensions(self) -> int:
        """The length of a vector, as the model makes them."""
        return self._dimensions

    def passages(self, texts: Sequence[str]) -> Matrix:
        """Embed texts to be found; shape (len(texts), dimensions)."""
        return self._embed(self._document, texts)

    def queries(self, texts: Sequence[str]) -> Matrix:
        """Embed texts to search with; shape (len(texts), dimensions)."""
        return self._embed(self._query, texts)

    def _embed(self, encode: Callable[..., object], texts: Sequence[str]) -> Matrix:
        if not texts:
            return np.zeros((0, self._dimensions), dtype=np.float32)
        cut = [text[:_MAX_CHARACTERS] for text in texts]
        with self._lock:  # the tokenizers of transformers cannot be borrowed by two threads
            matrix = encode(cut, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False)
        return np.asarray(matrix, dtype=np.float32)


class SentenceTransformerReranker:
    """Score passages with a cross-encoder that reads question and passage together."""

    def __init__(self, model: str) -> None:
        """Remember the model's hub name or folder; the first `scores` loads it and raises what the embedder raises."""
        self._model = model
        self._predict: Callable[..., object] | None = None
        self._lock = threading.Lock()

    def scores(self, query: str, passages: Sequence[str]) -> Sequence[float]:
        """Return one score a passage, higher is better."""
        if not passages:
            return []
        pairs = [(query[:_MAX_CHARACTERS], passage[:_MAX_CHARACTERS]) for passage in passages]
        with self._lock:
            if self._predict is None:
                self._predict = _load(_library().CrossEncoder, self._model).predict
            scores = self._predict(pairs, show_progress_bar=False, convert_to_numpy=True)
        return [float(score) for score in np.asarray(scores, dtype=np.float32).reshape(len(passages), -1)[:, -1]]


def _library() -> ModuleType:
    try:
        library = importlib.import_module("sentence_transformers")
        logging = importlib.import_module("transformers.utils.logging")
    except ImportError as exc:
        name = "sentence-transformers"
        raise MissingExtraError(name, "models") from exc
    logging.disable_progress_bar()
    return library


def _load(make: Callable[..., Loaded], model: str) -> Loaded:
    try:
        return make(model, local_files_only=Path(model).is_dir())
    except (OSError, ValueError, KeyError, RuntimeError) as exc:
        reason = " ".join(str(exc).split())[:300]
        message = (
            f"The model {model!r} cannot be loaded: {reason} "
            f"Give a name on the Hugging Face hub or a folder that holds the model, as {SCHEME}NAME."
        )
        raise ConfigurationError(message) from exc
