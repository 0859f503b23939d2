"""Draw `docs/terminal.svg`: what `quorum ask` really prints on a terminal, run in a pseudo-terminal and recorded."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "terminal.svg"
QUORUM = Path(sys.executable).with_name("quorum")
COLUMNS, ROWS = 100, 60
QUESTIONS = (
    "ORA-01555: snapshot too old, how do I fix it?",
    "VPN 连不上，提示 BG-101，怎么办？",
    "Is there a gym subsidy?",
)


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(drawn(), encoding="utf-8")


def drawn() -> str:
    """Ask the questions in an installation of their own, and draw what is printed as SVG."""
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"QUORUM_HOME": home, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS)}
        subprocess.run(
            [QUORUM, "ingest", ROOT / "examples" / "knowledge"], env=environment, check=True, stdout=sys.stderr
        )
        console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
        for question in QUESTIONS:
            console.print(Text.assemble(("$ ", "bold green"), f"quorum ask '{question}'"))
            console.print(Text.from_ansi(in_terminal([str(QUORUM), "ask", question], environment)))
    picture = console.export_svg(title="quorum")
    # No fonts from elsewhere; and lengths that count a Chinese character once would squeeze it.
    return re.sub(r"@font-face \{.*?\}\s*| textLength=\"[^\"]*\"", "", picture, flags=re.DOTALL)


def in_terminal(command: list[str], environment: dict[str, str]) -> str:
    """Run a command with a terminal as its standard output; return what it wrote there."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    with subprocess.Popen(command, env=environment, stdin=slave, stdout=slave, stderr=slave) as process:
        os.close(slave)
        written = b""
        while chunk := read(master):
            written += chunk
    os.close(master)
    if process.returncode:
        sys.exit(f"{command} ended with {process.returncode}: {written.decode()}")
    return written.decode().replace("\r\n", "\n")


def read(master: int) -> bytes:
    """Read what is there; nothing once the other side is closed (Linux says EIO then)."""
    try:
        return os.read(master, 65_536)
    except OSError:
        return b""


if __name__ == "__main__":
    main()
