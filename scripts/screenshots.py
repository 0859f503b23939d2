"""Makes the pictures of the documentation: real answers of `quorum serve slack`, on the fake Slack's page, in Chromium.

`python -m scripts.screenshots`, from the project's root; needs `chromium` and a font with Chinese characters.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from scripts.services.machine import HOST, free_port
from tests.fakes.polling import until
from tests.fakes.slack.fake import ALICE, BOB, HELP, FakeSlack

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
QUORUM = Path(sys.executable).with_name("quorum")
SIZE = "460,900"
DRAWN_MS = 4_000
STOP_S = 30.0
WITHIN_S = 120.0
ALERT_LOG = """2026-11-20T03:12:44.120+08:00
ORA-01555 caused by SQL statement below (SQL ID: 7z1m2k9q4r8aa, Query Duration=5412 sec, SCN: 0x000000012a6f8c01):
SELECT /*+ PARALLEL(4) */ account_id, SUM(amount) FROM ledger_entries GROUP BY account_id
ORA-01555: snapshot too old: rollback segment number 12 with name "_SYSSMU12_3458213811$" too small
"""


def main() -> None:
    """Ask two questions and take a picture of each thread."""
    port = free_port()
    with FakeSlack(f"http://{HOST}:{port}/slack/events") as slack, _serving(slack, port):
        asked = slack.mention(HELP, BOB, "出差住宿标准是多少？")
        slack.answer(HELP, asked, WITHIN_S)
        _picture(slack, BOB, asked, "slack-answer-zh.png")
        log = slack.file("alert_ORCL.log", ALERT_LOG.encode(), mode="snippet", filetype="text", mimetype="text/plain")
        asked = slack.mention(HELP, ALICE, "The nightly report failed. How do we fix it?", files=[log])
        slack.answer(HELP, asked, WITHIN_S)
        _picture(slack, ALICE, asked, "slack-log.png")


@contextmanager
def _serving(slack: FakeSlack, port: int) -> Iterator[None]:
    """Run `quorum serve slack` over the sample knowledge base in a folder of its own."""
    with tempfile.TemporaryDirectory() as home:
        settings = slack.settings | {"QUORUM_HOME": home, "QUORUM_HTTP__PORT": str(port)}
        environment = os.environ | settings
        samples = ROOT / "examples" / "knowledge"
        subprocess.run([QUORUM, "ingest", samples], env=environment, cwd=ROOT, check=True, capture_output=True)
        process = subprocess.Popen([QUORUM, "serve", "slack"], env=environment, cwd=ROOT)
        try:
            until(lambda: _answers(port), "quorum serve slack is ready", WITHIN_S)
            yield
        finally:
            process.terminate()
            process.wait(STOP_S)


def _answers(port: int) -> bool:
    import httpx

    try:
        return httpx.get(f"http://{HOST}:{port}/readyz", trust_env=False, timeout=5).is_success
    except httpx.TransportError:
        return False


def _picture(slack: FakeSlack, user: str, thread: str, name: str) -> None:
    """Let Chromium draw a thread as this person sees it."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("chromium is not installed. Install it with: apt-get install chromium fonts-wqy-microhei")
    address = f"{slack.server.address}/?{urlencode({'as': user, 'channel': HELP, 'thread': thread})}"
    IMAGES.mkdir(parents=True, exist_ok=True)
    options = ["--headless=new", "--no-sandbox", "--hide-scrollbars", "--force-device-scale-factor=2"]
    drawing = [f"--window-size={SIZE}", f"--virtual-time-budget={DRAWN_MS}", f"--screenshot={IMAGES / name}"]
    subprocess.run([chromium, *options, *drawing, address], check=True, capture_output=True, timeout=WITHIN_S)


if __name__ == "__main__":
    main()
