"""`make demo`: ingest the sample knowledge base, then ask four questions in view of whoever watches."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QUORUM = Path(sys.executable).with_name("quorum")

QUESTIONS = {
    "A DBA pastes an Oracle error log": """2026-11-20T02:14:07 ERROR nightly job RECON_SETTLE failed
ORA-01555: snapshot too old: rollback segment number 11 with name "_SYSSMU11$" too small
ORA-06512: at "LEDGER_RPT.PKG_RECON", line 412""",
    "A colleague asks the helpdesk in Chinese": "VPN 连不上，提示 BG-101，怎么办？",
    "An English question whose answer stands on a page of a PDF": (
        "How much can a gift be worth before it must be entered in the gift register?"
    ),
    "A question that the documents cannot answer": "How large is the gym subsidy at Lanstone?",
}

NEXT = """
How to go on
  Talk to it        QUORUM_HOME={home} .venv/bin/quorum chat
  Your own folder   .venv/bin/quorum ingest ~/documents   then   .venv/bin/quorum ask 'your question'
  A real model      export QUORUM_VOTERS='[{{"model": "openai+http://gpu-host:8000/v1#Qwen/Qwen2.5-14B-Instruct"}}]'
                    (any OpenAI-compatible server: vLLM, llama.cpp, Ollama). Without one, the answers above are
                    sentences quoted from the documents: nothing reasons about them.
  What is set       .venv/bin/quorum doctor
"""


def main() -> int:
    """Run the demonstration; return the exit status."""
    home = Path(os.environ.get("QUORUM_HOME") or ROOT / "var" / "demo")
    environment = os.environ | {"QUORUM_HOME": str(home)}
    heading("Bringing the sample knowledge base in: examples/knowledge")
    run(["ingest", str(ROOT / "examples" / "knowledge")], environment)
    for title, question in QUESTIONS.items():
        heading(title)
        run(["ask", question], environment)
    print(NEXT.format(home=os.path.relpath(home)))
    return 0


def heading(text: str) -> None:
    """Set a step apart from what came before."""
    print(f"\n━━ {text} {'━' * max(0, 76 - len(text))}", flush=True)


def run(arguments: list[str], environment: dict[str, str]) -> None:
    """Show a command as a person would type it, and run it."""
    print(f"$ quorum {shlex.join(arguments)}\n", flush=True)
    subprocess.run([QUORUM, *arguments], env=environment, check=True, cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main())
