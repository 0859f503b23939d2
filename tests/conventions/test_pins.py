"""Dependencies are pinned by name, version and hash, and no file says where anything was downloaded from."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PINS = (ROOT / "constraints.txt").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HEAVY = {"torch", "transformers", "sentence-transformers", "elasticsearch", "redis", "celery", "slack-bolt", "wechatpy"}


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~ ;]", requirement)[0].lower() for requirement in requirements}


def test_every_dependency_is_pinned_with_a_hash() -> None:
    pinned = {block.split("==")[0].strip().lower() for block in re.findall(r"^\S+==.*", PINS, re.MULTILINE)}
    wanted = names(PROJECT["dependencies"]).union(*map(names, PROJECT["optional-dependencies"].values()))
    blocks = re.split(r"\n(?=\S)", PINS.strip())

    assert wanted <= pinned
    assert [block.split("\n")[0] for block in blocks if block[0] != "#" and "--hash=sha256:" not in block] == []


def test_the_default_install_is_light() -> None:
    assert not names(PROJECT["dependencies"]) & HEAVY


def test_the_pins_hold_no_address() -> None:
    assert not re.search(r"https?://|--index-url|--find-links|file:", PINS)


def test_no_tracked_file_names_a_registry_host_or_this_machine() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)  # noqa: S607 - git is looked up like in any shell
    if listed.returncode != 0:
        pytest.skip("this is no git checkout")
    pattern = re.compile(
        rb"files\.pythonhosted|pypi\.org|registry\.npmjs|repo1?\.maven|deb\.debian\.org|/work/main|/root/"
    )
    own = Path(__file__).relative_to(ROOT).as_posix()
    found = [
        name
        for name in listed.stdout.decode().split("\0")
        if name and name != own and (ROOT / name).is_file() and pattern.search((ROOT / name).read_bytes())
    ]

    assert found == []
