"""What processes of one home count is summed up, and what ended processes counted is not lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
BEGIN = """
import os, sys
from pathlib import Path
from workers import monitoring
home = Path(sys.argv[1])
monitoring.share(home)
from bot import metrics
"""
FULL = """
import errno, os
def full(*_):
    raise OSError(errno.ENOSPC, "No space left on device")
os.posix_fallocate = full
"""
COUNT = BEGIN + "metrics.SAMPLES.inc(3); metrics.STAGE_SECONDS.labels('vote').observe(0.2)\n"
SHOW = BEGIN + "print(monitoring.exposition(home).decode())\n"


def run(code: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code, home], cwd=ROOT, capture_output=True, text=True, check=False)


def shown(home: Path) -> str:
    return run(SHOW, home).stdout


def test_several_processes_count_together(tmp_path: Path) -> None:
    assert [run(COUNT, tmp_path).returncode for _ in range(2)] == [0, 0]
    text = shown(tmp_path)

    assert "quorum_samples_total 6.0" in text
    assert 'quorum_stage_seconds_count{stage="vote"} 2.0' in text


def test_what_a_killed_process_counted_stays_and_its_files_go(tmp_path: Path) -> None:
    killed = run(COUNT + f"os.kill(os.getpid(), {int(signal.SIGKILL)})", tmp_path)
    shown(tmp_path)
    again = shown(tmp_path)
    numbers = {file.stem.rpartition("_")[2] for file in tmp_path.glob("metrics/*/*.db")}

    assert killed.returncode == -signal.SIGKILL
    assert "quorum_samples_total 3.0" in again
    assert "ended" in numbers
    assert len(numbers) <= 2


@pytest.mark.parametrize("damage", [b"", b"\x01", b"\xff" * 64])
def test_a_file_that_a_death_left_half_written_does_no_harm(tmp_path: Path, damage: bytes) -> None:
    run(COUNT, tmp_path)
    folder = next(tmp_path.glob("metrics/*"))
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    (folder / f"counter_{int(ended.stdout)}.db").write_bytes(damage)

    assert "quorum_samples_total 3.0" in shown(tmp_path)


def test_counts_of_other_hosts_are_summed_up_and_their_files_stay(tmp_path: Path) -> None:
    run(COUNT, tmp_path)
    own = next(tmp_path.glob("metrics/*"))
    other = own.rename(own.with_name("elsewhere"))
    run(COUNT, tmp_path)
    before = sorted(other.iterdir())

    assert "quorum_samples_total 6.0" in shown(tmp_path)
    assert sorted(other.iterdir()) == before


def test_a_file_has_its_room_on_the_disk_before_anything_is_counted(tmp_path: Path) -> None:
    run(COUNT, tmp_path)
    files = list(tmp_path.glob("metrics/*/*.db"))

    assert {file.name.partition("_")[0] for file in files} == {"counter", "histogram"}
    assert all(file.stat().st_blocks * 512 >= file.stat().st_size > 0 for file in files)


def test_a_disk_without_room_stops_nobody_from_counting(tmp_path: Path) -> None:
    counted = run(FULL + COUNT, tmp_path)

    assert counted.returncode == 0
    assert "no room to count" in counted.stderr
    assert "quorum_samples_total 3.0" not in shown(tmp_path)


def test_files_of_ended_processes_do_not_pile_up_where_nobody_looks(tmp_path: Path) -> None:
    for _ in range(3):
        run(COUNT, tmp_path)

    assert len(list(tmp_path.glob("metrics/*/counter_*.db"))) == 2
