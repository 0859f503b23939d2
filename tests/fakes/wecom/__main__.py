"""`python -m tests.fakes.wecom`: start the fake, print its address and the settings of a Quorum that talks to it."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.services.machine import HOST, free_port
from tests.fakes.wecom.fake import LI, FakeWeCom

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[3]
QUORUM = Path(sys.executable).with_name("quorum")
STOP_S = 20.0
LOOK_S = 0.5


def main() -> None:
    """Serve until interrupted."""
    reading = argparse.ArgumentParser(prog="python -m tests.fakes.wecom", description=__doc__)
    reading.add_argument("--port", type=int, default=0, help="the port of the fake; a free one unless given")
    reading.add_argument("--quorum", help="where Quorum listens, as http://host:port; a free port of this machine")
    reading.add_argument("--callback", action="store_true", help="the AI bot by callback; by long connection without")
    reading.add_argument("--serve", action="store_true", help="ingest examples/knowledge and run `quorum serve wecom`")
    chosen = reading.parse_args()
    port = free_port()
    quorum_at = chosen.quorum or f"http://{HOST}:{port}"
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    bot_url = f"{quorum_at}/wecom/aibot" if chosen.callback else None
    with FakeWeCom(f"{quorum_at}/wecom/app", bot_url, port=chosen.port) as wecom:
        settings = wecom.settings | {"QUORUM_HELPDESK__WECOM_USER": LI}
        for name, value in settings.items():
            print(f"export {name}={value}")  # noqa: T201
        print(f"# WeCom's page: {wecom.server.address}/", flush=True)  # noqa: T201
        if chosen.serve:
            with serving(settings | {"QUORUM_HTTP__PORT": str(port)}) as quorum:
                while quorum.poll() is None and not ended.wait(LOOK_S):
                    pass
        else:
            ended.wait()


@contextmanager
def serving(settings: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Quorum with the sample knowledge base and these settings; proxies are kept from it."""
    home = os.environ.get("QUORUM_HOME") or str(ROOT / "var" / "wecom-demo")
    clean = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    environment = clean | settings | {"QUORUM_HOME": home}
    ingested = subprocess.run(
        [QUORUM, "ingest", ROOT / "examples" / "knowledge"], env=environment, cwd=ROOT, check=False
    )
    if ingested.returncode:
        sys.exit(ingested.returncode)
    process = subprocess.Popen([QUORUM, "serve", "wecom"], env=environment, cwd=ROOT)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(STOP_S)


if __name__ == "__main__":
    main()
