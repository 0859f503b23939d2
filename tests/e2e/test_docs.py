"""What the docs show is what happens: console examples run, generated pages are fresh, links lead somewhere."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scripts import picture

if TYPE_CHECKING:
    from conftest import Quorum

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def examples(page: Path) -> list[tuple[str, list[str]]]:
    """Return (command, lines that its output must contain) for every `$ quorum …` of the console blocks."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif line.strip():
                found[-1][1].append(line.strip())
    return found


def test_the_quickstart_does_what_it_shows(quorum: Quorum) -> None:
    shown = examples(ROOT / "docs" / "quickstart.md")
    assert shown
    for command, expected in shown:
        program, *arguments = shlex.split(command)
        run = quorum(*arguments)
        plain = " ".join(run.out.split())

        assert program == "quorum"
        assert run.status == 0, (command, run.err)
        assert [line for line in expected if line not in plain] == [], command


def test_the_generated_pages_are_up_to_date() -> None:
    command = [sys.executable, ROOT / "scripts" / "generate_docs.py", "--check"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (run.returncode, run.stderr) == (0, "")


def test_the_picture_of_a_terminal_shows_what_is_printed() -> None:
    assert picture.drawn() == picture.PICTURE.read_text(encoding="utf-8")


@pytest.mark.quick
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []
