"""Loads LanceDB in half of its own time (docs/decisions/0008-loading-lancedb.md)."""

from __future__ import annotations

import gc
import importlib
import os
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOADING = threading.Lock()
_TOLD = {"LANCE_INCLUDE_VECTOR_CENTROIDS": "false", "LANCEDB_LOG": "error"}
"""Statistics without megabytes of vectors, and no remarks about its own files on a terminal."""


def lancedb() -> Any:  # noqa: ANN401 - LanceDB has no types
    """Return the library, loaded without what only checks itself: its remote client's validators, its overrides."""
    with _LOADING:
        if "lancedb" not in sys.modules:
            for name, value in _TOLD.items():
                os.environ.setdefault(name, value)
            with _unvalidated(), _uncompared(), _uncollected():
                importlib.import_module("lancedb")
        return importlib.import_module("lancedb")


@contextmanager
def _unvalidated() -> Iterator[None]:
    """Let models that are declared meanwhile build their validators when they are first used, and functions none.

    Nothing of ours is declared by `pydantic.validate_call` (a convention), and `defer_build` changes no result.
    """
    import pydantic

    validate_call, config = pydantic.validate_call, pydantic.BaseModel.model_config
    pydantic.validate_call = lambda function: function  # type: ignore[assignment] # for a moment
    pydantic.BaseModel.model_config = pydantic.ConfigDict(defer_build=True)
    try:
        yield
    finally:
        pydantic.validate_call, pydantic.BaseModel.model_config = validate_call, config


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let nobody look for garbage among half a million objects that stay."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _uncompared() -> Iterator[None]:
    """Let LanceDB mark methods that replace others, without comparing the two, as it does from Python 3.12 on."""
    if sys.version_info >= (3, 12):
        yield
        return
    import overrides

    def marked(method: Any) -> Any:  # noqa: ANN401 - any function
        method.__override__ = True
        return method

    comparing = overrides.override
    overrides.override = marked  # type: ignore[assignment] # for a moment
    try:
        yield
    finally:
        overrides.override = comparing
