"""Debian's packages, unpacked without root: apt checks their signatures, and nothing of the system changes."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from scripts.services.server import PROGRAMS, ServiceError


def unpack(package: str, into: Path, advice: str) -> None:
    """Unpack a package, and those that it needs and the system lacks, into a new folder.

    Raises ServiceError, which ends with `advice`, where this is no Debian or a package cannot be downloaded.
    """
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        message = f"{package} is not here, and this is no Debian: {advice}"
        raise ServiceError(message)
    with tempfile.TemporaryDirectory(dir=PROGRAMS) as folder:
        try:
            for file in _download(package, Path(folder)):
                _run(["dpkg-deb", "-x", str(file), "root"], Path(folder))
        except ServiceError as exc:
            message = f"{exc}\nElse: {advice}"
            raise ServiceError(message) from exc
        shutil.move(Path(folder) / "root", into)


def _download(package: str, folder: Path) -> list[Path]:
    plan = ["apt-get", "install", "--simulate", "--no-install-recommends", package]
    try:
        planned = _run(plan, folder)
        _run(["apt-get", "download", *_names(planned)], folder)
    except ServiceError:
        if os.geteuid() != 0:
            raise
        _run(["apt-get", "update"], folder)  # package lists are absent or outdated
        _run(["apt-get", "download", *_names(_run(plan, folder))], folder)
    return sorted(folder.glob("*.deb"))


def _names(plan: str) -> list[str]:
    return [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]


def _run(command: list[str], folder: Path) -> str:
    environment = os.environ | {"LC_ALL": "C"}
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        message = f"`{' '.join(command)}` failed: {run.stderr.strip()}"
        raise ServiceError(message)
    return run.stdout
