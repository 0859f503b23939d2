"""LanceDB is loaded without checks that nobody needs, and leaves pydantic and overrides as they were."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

LOADING = """
import gc
import os
import sys
import pydantic
from pydantic import BaseModel
overriding = __import__("overrides").override if sys.version_info < (3, 12) else None
before = pydantic.validate_call, BaseModel.model_config
from bot.backends.lance import library
library.lancedb()
assert "lancedb" in sys.modules
assert gc.isenabled()
assert os.environ["LANCEDB_LOG"] == "error"
assert (pydantic.validate_call, BaseModel.model_config) == before
assert overriding is None or __import__("overrides").override is overriding

from lance_namespace_urllib3_client.models import ListTablesRequest
assert not ListTablesRequest.__pydantic_complete__
assert ListTablesRequest(id=["a"]).id == ["a"]

class Ours(BaseModel):
    number: int

assert Ours.__pydantic_complete__
assert library.lancedb() is sys.modules["lancedb"]
"""


@pytest.mark.slow
def test_the_library_is_loaded_and_what_checks_it_left_as_it_was() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "LANCEDB_LOG"}
    run = subprocess.run([sys.executable, "-c", LOADING], capture_output=True, text=True, check=False, env=environment)

    assert run.returncode == 0, run.stderr


def test_nothing_of_ours_relies_on_validated_calls() -> None:
    declared = [
        module
        for package in ("bot", "adapters", "workers")
        for module in (ROOT / package).rglob("*.py")
        if "@validate_call" in module.read_text(encoding="utf-8")
    ]

    assert declared == []
