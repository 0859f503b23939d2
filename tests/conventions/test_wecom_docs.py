"""Whatever of WeCom's error codes the code knows, docs/wecom.md explains, in Chinese and in English."""

from __future__ import annotations

from pathlib import Path

from adapters.wecom.calling import client, exchange
from adapters.wecom.receiving import pushing
from workers.cli import doctor_wecom

PAGE = Path(__file__).resolve().parents[2] / "docs" / "wecom.md"
PUSHED = {pushing.BUSY, pushing.CONFLICT, pushing.FOREIGN, pushing.EXPIRED, pushing.UNSUBSCRIBED, *pushing.LIMITED}
CALLED = {exchange.BUSY, exchange.UNTRUSTED, *client.ENDED, *exchange.LIMITED}


def test_every_known_error_code_of_wecom_is_explained_in_both_languages() -> None:
    chinese, _, english = PAGE.read_text(encoding="utf-8").partition("\n## English\n")
    codes = {str(each) for each in PUSHED | CALLED} | doctor_wecom.EXPLAINED

    assert [each for each in sorted(codes) if each not in _explained(chinese)] == []
    assert [each for each in sorted(codes) if each not in _explained(english)] == []


def _explained(text: str) -> set[str]:
    """Return the codes in the first column of the tables."""
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| ")]
    return {code.strip(" *") for row in rows for part in row.split(",") for code in part.split("、")}
