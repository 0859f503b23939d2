"""Metrics of all processes of a home: each counts into files of its own, and any of them can show the sums.

This is the multi-process mode of prometheus_client. Files of processes that have ended are summed up in one, so that
the totals never fall and the files do not pile up. Process numbers mean something on one host only, so each host has
a folder of its own under `$QUORUM_HOME/metrics`.
"""

from __future__ import annotations

import fcntl
import logging
import os
import platform
import struct
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.core import Metric
    from prometheus_client.registry import Collector

log = logging.getLogger(__name__)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""Prometheus' text exposition format 0.0.4."""

_KINDS = ("counter", "histogram")
_ENDED = "ended"
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_FILE_BYTES = 1 << 16
"""The size at which prometheus_client begins a file; ours never need more, since labels are few-valued."""


def share(home: Path) -> None:
    """Count into files under `home` from now on; has to run before anything imports prometheus_client.

    A process that finds the disk full counts in its memory alone.
    """
    folder = home.resolve() / "metrics" / platform.node()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ[_FOLDER] = str(folder)
    from prometheus_client import mmap_dict, values

    class Reserved(mmap_dict.MmapedDict):
        """A file with room on the disk: writing to a mapped page that has none would end the process by SIGBUS."""

        def __init__(self, filename: str) -> None:
            super().__init__(filename if _reserved(Path(filename)) else _memory())  # type: ignore[no-untyped-call]

    values.MmapedDict = Reserved  # type: ignore[attr-defined,assignment] # the library offers no other way
    with suppress(OSError), _alone(folder):  # where nobody asks for the sums, files would pile up
        _sum_up_the_ended(folder)


def exposition(home: Path, *others: Collector) -> bytes:
    """Write the metrics of all processes, and what `others` collect, in Prometheus' text format."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    registry.register(_Files(home.resolve() / "metrics"))
    for other in others:
        registry.register(other)
    return generate_latest(registry)


class _Files:
    """Collects from the files of every host's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.multiprocess import MultiProcessCollector

        own = self._folder / platform.node()
        own.mkdir(parents=True, exist_ok=True)
        with _alone(own):
            _sum_up_the_ended(own)
            files = [str(file) for file in sorted(self._folder.glob("*/*.db")) if file.stat().st_size]
            yield from MultiProcessCollector.merge(files)


def _reserved(file: Path) -> bool:
    """Take the room that a file of counts needs; False when there is none."""
    try:
        with file.open("ab") as opened:
            os.posix_fallocate(opened.fileno(), 0, max(_FILE_BYTES, os.fstat(opened.fileno()).st_size))
    except OSError as exc:
        log.warning("no room to count: %s (%s)", file, exc.strerror)
        return False
    return True


def _memory() -> str:
    """Name a file that is nowhere but in this process's memory."""
    return f"/proc/self/fd/{os.memfd_create('quorum-metrics')}"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes of this host from summing up meanwhile."""
    with (folder / "lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _sum_up_the_ended(folder: Path) -> None:
    from prometheus_client.mmap_dict import MmapedDict

    for kind in _KINDS:
        ended = [file for file in folder.glob(f"{kind}_*.db") if not _counts_still(file)]
        if not ended:
            continue
        total = folder / f"{kind}_{_ENDED}.db"
        if not _reserved(total):
            return
        sums = MmapedDict(str(total))
        for file in ended:
            for key, value in _values(file):
                sums.write_value(key, sums.read_value(key)[0] + value, 0.0)
            file.unlink()
        sums.close()


def _values(file: Path) -> list[tuple[str, float]]:
    """Read what one process counted; a file that its death left half-written counts for nothing."""
    from prometheus_client.mmap_dict import MmapedDict

    try:
        return [(key, value) for key, value, _, _ in MmapedDict.read_all_values_from_file(str(file))]
    except (struct.error, RuntimeError, UnicodeDecodeError):
        return []


def _counts_still(file: Path) -> bool:
    """Tell whether the process whose number is in the file's name is alive; the sums themselves count as alive."""
    number = file.stem.rpartition("_")[2]
    if not number.isdecimal():
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
