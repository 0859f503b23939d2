"""An import that a worker carries out: the same as `quorum ingest`, one at a time for all workers."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import PostponedError

if TYPE_CHECKING:
    from bot.settings import Settings

log = logging.getLogger(__name__)

_LEASE = "ingest"


def run(settings: Settings, paths: list[str], collection: str) -> None:
    """Bring the files into the index. Raises `PostponedError` while another import runs.

    A message that comes twice does no harm: the second import finds everything unchanged.
    """
    from bot import wiring
    from bot.conversation import leasing
    from workers.cli.ingest import ingest

    leases = wiring.open_leases(settings)
    try:
        with leasing.hold(leases, _LEASE, settings.work.lease_s) as held:
            if held is None:
                raise PostponedError(settings.work.lease_s, "another import is running")
            parts = wiring.build(settings, building=True)
            try:
                report = ingest(parts, tuple(Path(path) for path in paths), collection)
            finally:
                parts.close()
    finally:
        leases.close()
    refused = [record for record in report.files if record.status == "refused"]
    for record in refused:
        log.warning("refused %s: %s: %s", record.path, record.reason, record.detail)
    log.info(
        "import into %r: %d files, %d refused, %.1f s", collection, len(report.files), len(refused), report.seconds
    )
