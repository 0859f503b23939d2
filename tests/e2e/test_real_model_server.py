"""A real OpenAI-compatible server, `transformers serve` with a tiny self-made model, and the same model in process."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.answering import prompting, sampling
from bot.answering.sampling import BoundVoter
from bot.backends.openai import OpenAIModel
from bot.backends.transformers import TransformersModel
from bot.errors import ModelRejectedError
from bot.settings import Voting
from tests.conftest import missing
from tests.fakes import made, tiny_model
from tests.fakes.answering import passage

if TYPE_CHECKING:
    from collections.abc import Iterator


START_S = 180
PROMPT = prompting.build(
    "answer", made.question("How long is undo kept?"), [passage("Undo is kept for 3 hours.")], 0.7, 16
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not all(util.find_spec(name) for name in ("torch", "transformers", "uvicorn", "fastapi")):
        missing("the extra `models` (torch, transformers) or `dev` (transformers[serving])")
    made = tmp_path_factory.mktemp("tiny-model")
    tiny_model.create(made)
    return made


@pytest.fixture(scope="module")
def server(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log.txt"
    program = Path(sys.executable).parent / "transformers"
    command = [str(program), "serve", str(folder), "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env={**os.environ, "HF_HUB_OFFLINE": "1"})
        try:
            _wait(process, f"http://127.0.0.1:{port}/health", log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Poll until the server is healthy; show its log when it is not."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(url, trust_env=False).is_success:
                return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.2)
    pytest.fail(f"transformers serve did not start:\n{log.read_text(errors='replace')[-2000:]}")


def test_a_server_that_ignores_n_still_gives_exactly_n(server: str, folder: Path) -> None:
    found = OpenAIModel(server, str(folder), timeout_s=120).sample(PROMPT, 3)

    assert len(found) == 3
    assert any(completion.text for completion in found)


def test_random_ballots_are_spoilt_and_the_vote_has_no_winner(server: str, folder: Path) -> None:
    voter = BoundVoter("tiny", OpenAIModel(server, str(folder), timeout_s=120), "answer", 0.7, 1.0)

    vote = sampling.collect([voter], made.question("How long?"), PROMPT.passages, Voting(policy="fixed:3"), 16)

    assert (vote.used, vote.spoilt, vote.winner) == (3, 3, None)


def test_the_model_in_process_gives_exactly_n(folder: Path) -> None:
    found = TransformersModel(str(folder)).sample(PROMPT, 3)

    assert len(found) == 3
    assert all(0 < completion.completion_tokens <= 16 for completion in found)


def test_a_prompt_longer_than_the_model_reads_is_rejected(folder: Path) -> None:
    long = prompting.build("answer", made.question("word " * 2_000, "en"), PROMPT.passages, 0.7, 16)

    with pytest.raises(ModelRejectedError, match="4096"):
        TransformersModel(str(folder)).sample(long, 1)


def test_temperature_zero_is_greedy(folder: Path) -> None:
    greedy = prompting.build("answer", made.question("How long?"), PROMPT.passages, 0.0, 8)

    assert len({completion.text for completion in TransformersModel(str(folder)).sample(greedy, 3)}) == 1
