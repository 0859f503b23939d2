"""The default install does the main job: every library that a module imports is declared where it is needed."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OURS = {"bot", "adapters", "workers", "prompts"}
EXTRAS = {
    "adapters/slack/calling/client.py": "slack",
    "adapters/slack/layout/blocks.py": "slack",
    "adapters/slack/layout/packets.py": "slack",
    "adapters/slack/layout/views.py": "slack",
    "adapters/slack/receiving/bolt.py": "slack",
    "adapters/slack/receiving/routes.py": "slack",
    "adapters/slack/receiving/sockets.py": "slack",
    "adapters/wecom/crypto.py": "wecom",
    "adapters/wecom/hearing/parsed.py": "wecom",
    "adapters/wecom/receiving/connection.py": "wecom",
    "bot/backends/elastic/bulk.py": "engines",
    "bot/backends/elastic/connecting.py": "engines",
    "bot/backends/elastic/failures.py": "engines",
    "bot/backends/elastic/state.py": "engines",
    "bot/backends/elastic/versions.py": "engines",
    "bot/backends/redis/__init__.py": "engines",
    "bot/backends/redis/connecting.py": "engines",
    "bot/backends/redis/failures.py": "engines",
    "bot/backends/redis/health.py": "engines",
    "bot/backends/sentence_transformers.py": "models",
    "bot/backends/transformers.py": "models",
    "bot/evaluation/calibration.py": "evaluation",
    "bot/evaluation/plots.py": "evaluation",
    "bot/knowledge/readers/pictures.py": "ocr",
    "workers/broker.py": "engines",
    "workers/celery_app.py": "engines",
    "workers/celery_consumer.py": "engines",
    "workers/celery_dispatch.py": "engines",
    "workers/celery_worker.py": "engines",
    "workers/transport.py": "engines",
}
"""Modules that may need an extra, and say so with the exact command."""


def imported(module: Path) -> Iterator[str]:
    """Yield the top-level packages that a module imports when it runs, anywhere in it."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


def declared(requirements: list[str]) -> set[str]:
    return {canonical(re.split(r"[\[<>=!~ ;]", requirement)[0]) for requirement in requirements}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("package", ["bot", "adapters", "workers"])
def test_a_library_that_is_imported_is_declared(package: str) -> None:
    distributions = metadata.packages_distributions()
    undeclared = []
    for module in sorted((ROOT / package).rglob("*.py")):
        name = module.relative_to(ROOT).as_posix()
        extra = PROJECT["optional-dependencies"].get(EXTRAS.get(name, ""), [])
        allowed = declared([*PROJECT["dependencies"], *extra])
        libraries = set(imported(module)) - OURS - sys.stdlib_module_names
        undeclared += [
            f"{name}: {library}"
            for library in sorted(libraries)
            if not {canonical(found) for found in distributions.get(library, [library])} & allowed
        ]

    assert undeclared == []
