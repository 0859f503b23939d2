"""The command line starts light: help needs none of the libraries that work needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

SERVER = ("starlette", "uvicorn", "sse_starlette", "prometheus_client")
HEAVY = ("lancedb", "pyarrow", "numpy", "scipy", "httpx", "pydantic", "rich", "torch", "matplotlib", "markitdown")


def loaded_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint('\\n'.join(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_help_loads_no_heavy_library() -> None:
    loaded = loaded_after("from workers.cli.main import quorum\nquorum.main(['--help'], standalone_mode=False)")

    assert not loaded & {*HEAVY, *SERVER}
    assert "workers.cli.main" in loaded


def test_nothing_counts_before_a_server_was_told_where_to_count() -> None:
    assert not loaded_after("from workers import logs, monitoring, receiving") & set(SERVER)


def test_opening_the_wiring_loads_no_engine() -> None:
    assert not loaded_after("import bot.wiring") & {"lancedb", "httpx", "torch", "scipy", "matplotlib", *SERVER}


@pytest.mark.slow
def test_a_worker_loads_before_it_forks_what_its_children_need_and_nothing_that_starts_threads() -> None:
    settings = "load(index='elasticsearch://host/name', voters=[{'model': 'openai+http://host/v1#name'}])"
    loaded = loaded_after(f"from bot import wiring\nfrom bot.settings import load\nwiring.preload({settings})")

    assert {"elasticsearch", "httpx", "tenacity"} <= loaded
    assert not loaded & {"lancedb", "torch"}
