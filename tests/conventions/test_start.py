"""The command line starts light: help needs none of the libraries that work needs."""

from __future__ import annotations

import subprocess
import sys

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


def test_opening_the_wiring_loads_no_engine() -> None:
    assert not loaded_after("import bot.wiring") & {"lancedb", "httpx", "torch", "scipy", "matplotlib", *SERVER}
