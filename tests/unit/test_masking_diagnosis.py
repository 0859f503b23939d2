"""What a diagnosis needs outlives the masking: codes, roots, line numbers, versions, the shape of SQL."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.diagnosis import codes
from bot.diagnosis.logs import reading
from bot.diagnosis.masking import masked
from bot.diagnosis.placeholders import PLACEHOLDER
from bot.settings import Masking

HERE = Path(__file__).resolve().parent
TEXTS = [json.loads(line)["text"] for line in (HERE / "code_snippets.jsonl").read_text(encoding="utf-8").splitlines()]
FOLDER = HERE.parent / "data" / "logs"
LOGS = [json.loads(line)["file"] for line in (FOLDER / "roots.jsonl").read_text(encoding="utf-8").splitlines()]
ALL = Masking(addresses="all", hosts=("example.com", "internal", "local"))


@pytest.mark.parametrize("policy", [Masking(), ALL], ids=["default", "all"])
def test_codes_are_the_same_before_and_after(policy: Masking) -> None:
    lost = [
        (text, masked(text, policy))
        for text in TEXTS
        if [code.form for code in codes.find(text)] != [code.form for code in codes.find(masked(text, policy))]
    ]

    assert len(TEXTS) >= 300
    assert lost == []


@pytest.mark.parametrize("name", LOGS)
def test_a_masked_log_has_the_same_root_at_the_same_line(name: str) -> None:
    text = (FOLDER / name).read_bytes().decode("utf-8", "replace")
    before, after = reading.of_text(text), reading.of_text(masked(text, Masking()))
    assert (before.root is None) == (after.root is None)

    assert (after.lines, after.events) == (before.lines, before.events)
    if before.root is not None and after.root is not None:
        assert after.root.number == before.root.number
        assert codes.strict(after.root.message) == codes.strict(before.root.message)
        assert PLACEHOLDER.sub("", after.root.message)[:20] in {
            PLACEHOLDER.sub("", masked(before.root.message, Masking()))[:20],
            before.root.message[:20],
        }


@pytest.mark.parametrize(
    "text",
    [
        "SELECT a.id, b.token FROM users a JOIN tokens b ON a.id = b.user_id WHERE a.password_hash IS NULL LIMIT 10;",
        "INSERT INTO t (id, pwd) VALUES (1, ?), (:id, :pwd) ON DUPLICATE KEY UPDATE pwd = VALUES(pwd);",
        "Oracle Database 19c Release 19.3.0.0.0; MySQL 8.0.36; PostgreSQL 16.2; libssl 1.1.1k; Linux 5.10.0-28",
        'at com.example.Dao.find(Dao.java:213) ~[app-1.2.3.jar:1.2.3]; File "/srv/app.py", line 97, in <module>',
        'self.password = config[\'password\']; key = os.environ["KEY"]; pwd = getpass.getpass("Password: ")',
    ],
)
def test_statements_versions_lines_and_programs_stay(text: str) -> None:
    assert masked(text, Masking()) == text
