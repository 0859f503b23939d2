"""An import that a worker carries out: the same as `quorum ingest`, one at a time for all workers."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import PostponedError, QuorumError

if TYPE_CHECKING:
    from bot.knowledge.sync import Report
    from bot.settings import Settings

log = logging.getLogger(__name__)

_LEASE = "ingest"
_PAUSE_S = 30.0
"""An index that is down or full is left alone for so long, since every try reads all files."""


def run(settings: Settings, paths: list[str], collection: str) -> None:
    """Bring the files into the index. Raises `PostponedError` while another import runs or the index is down or full.

    A message that comes twice does no harm: the second import finds everything unchanged.
    """
    from bot import wiring
    from bot.conversation import leasing

    leases = wiring.open_leases(settings)
    try:
        with leasing.hold(leases, _LEASE, settings.work.lease_s) as held:
            if held is None:
                raise PostponedError(settings.work.lease_s, "another import is running")
            report = _import(settings, paths, collection)
    finally:
        leases.close()
    refused = [record for record in report.files if record.status == "refused"]
    for record in refused:
        log.warning("refused %s: %s: %s", record.path, record.reason, record.detail)
    log.info(
        "import into %r: %d files, %d refused, %.1f s", collection, len(report.files), len(refused), report.seconds
    )


def _import(settings: Settings, paths: list[str], collection: str) -> Report:
    from bot import wiring
    from workers.cli.ingest import ingest

    try:
        parts = wiring.build(settings, building=True)
        try:
            return ingest(parts, tuple(Path(path) for path in paths), collection)
        finally:
            parts.close()
    except QuorumError as exc:
        if not exc.retryable:
            raise
        raise PostponedError(_PAUSE_S, f"{type(exc).__name__}: {exc}") from exc
