"""What `quorum serve` and `quorum work` write to standard error: one line an event, never a text of a person."""

from __future__ import annotations

import logging

OURS = ("bot", "adapters", "workers")


def to_stderr() -> None:
    """Log our own INFO lines, and of the libraries only warnings: httpx would show the secrets in query strings."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(process)d %(message)s", force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
