"""`kill -9` at random moments: no acknowledged token is lost, no effect happens twice.

A short form here; `make crash` runs the long one (LLMASOS_CRASH=500) and keeps its output in tests/crash/results.txt.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from llmasos.kernel.journal import Journal

KILLS = int(os.environ.get("LLMASOS_CRASH", "12"))
AGENTS = 30
WORKER = Path(__file__).parent / "worker.py"
LATEST_KILL_S = 3.0  # after it is ready: about as long as the agents take from there to their ends
SLOWEST_START_S = 20.0  # of python, imports and the model, on a busy machine


def run_for(seconds: float | None, home: Path, work: Path) -> bool:
    """Run the worker, killed so many seconds after it is ready; whether it came to its end."""
    command = [sys.executable, str(WORKER), str(home), str(work), str(AGENTS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None and worker.stderr is not None
        began = time.monotonic()
        ready = worker.stdout.readline()
        assert ready == "ready\n", worker.stderr.read()
        assert time.monotonic() - began < SLOWEST_START_S
        try:
            return worker.wait(seconds) == 0
        except subprocess.TimeoutExpired:
            worker.send_signal(signal.SIGKILL)
            return False


def told(home: Path) -> dict[int, list[int]]:
    """By pid, the tokens that the journal has: those that may have been shown."""
    journal = Journal(home / "journal.db", read_only=True)
    try:
        return {
            spawn.pid: [token for record in journal.read(spawn.pid, ["tokens"]) for token in record.body["tokens"]]
            for spawn, _ in journal.processes()
        }
    finally:
        journal.close()


def check_effects(home: Path, work: Path, *, finished: bool) -> None:
    """No line twice; a call whose result is on record had its effect."""
    log = work / "log.txt"
    lines = Counter(log.read_text().splitlines() if log.exists() else [])
    assert all(times == 1 for times in lines.values()), f"an effect happened twice: {lines}"
    journal = Journal(home / "journal.db", read_only=True)
    try:
        for spawn, end in journal.processes():
            assert end is not None or not finished, f"process {spawn.pid} did not end"
            results = [r.body for r in journal.read(spawn.pid, ["result"]) if r.body["name"] == "append_file"]
            assert all(body["arguments"]["content"] in lines for body in results if body["error"] is None)
    finally:
        journal.close()


@pytest.mark.timeout(60 + 10 * KILLS)
def test_killed_at_any_moment_nothing_is_lost_and_nothing_happens_twice(tmp_path: Path) -> None:
    chance = random.Random(4)
    num_done = kills = at_work = 0
    while kills < KILLS:
        home, work = tmp_path / f"home{num_done}", tmp_path / f"work{num_done}"
        work.mkdir(exist_ok=True)
        before = told(home) if (home / "journal.db").exists() else {}
        done = run_for(chance.uniform(0.0, LATEST_KILL_S), home, work)
        after = told(home)
        at_work += not done and sum(map(len, after.values())) > sum(map(len, before.values()))
        for pid, tokens in before.items():
            assert after[pid][: len(tokens)] == tokens, f"process {pid} lost tokens"
        check_effects(home, work, finished=done)
        kills += not done
        num_done += done
    home, work = tmp_path / f"home{num_done}", tmp_path / f"work{num_done}"
    while not run_for(None, home, work):
        pytest.fail("the worker failed")
    check_effects(home, work, finished=True)
    assert at_work >= kills // 3, "most kills hit nothing: they prove nothing"
    print(
        f"{kills} kills, {at_work} of them after new tokens, {num_done + 1} loads of {AGENTS} agents finished:"
        " no token lost, no effect twice"
    )
