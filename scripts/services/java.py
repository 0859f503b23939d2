"""The JDK that runs Elasticsearch."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.services.server import ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping

OLDEST = 21
"""Elasticsearch 9 is compiled for Java 21."""

INSTALLED = Path("/usr/lib/jvm")
ADVICE = (
    f"Install a JDK of version {OLDEST} or newer (Debian 13: apt-get install openjdk-21-jdk-headless; elsewhere "
    "Temurin) or set ES_JAVA_HOME to the folder of one, or ELASTICSEARCH_URL to a running Elasticsearch 9"
)


def home(environment: Mapping[str, str], installed: Path = INSTALLED) -> Path:
    """Return the folder of a JDK that is new enough: ES_JAVA_HOME, JAVA_HOME, else the newest under `installed`.

    ServiceError says what was found instead and what to install.
    """
    named = [Path(environment[name]) for name in ("ES_JAVA_HOME", "JAVA_HOME") if environment.get(name)]
    others = sorted(installed.glob("*"), key=version, reverse=True)
    for folder in [*named, *others]:
        if version(folder) >= OLDEST:
            return folder
    found = ", ".join(f"{version(folder)} in {str(folder)!r}" for folder in [*named, *others] if version(folder))
    message = f"Elasticsearch needs Java {OLDEST}; found {found or 'none'}. {ADVICE}"
    raise ServiceError(message)


def version(folder: Path) -> int:
    """Return the major version of the JDK in `folder`, 0 where there is none."""
    try:
        release = (folder / "release").read_text()
    except (FileNotFoundError, NotADirectoryError):
        return 0
    stated = re.search(r'^JAVA_VERSION="(?:1\.)?(\d+)', release, re.MULTILINE)
    return int(stated[1]) if stated and (folder / "bin" / "java").exists() else 0
