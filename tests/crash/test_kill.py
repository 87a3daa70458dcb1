"""`kill -9` of a kernel at random moments: nothing acknowledged is lost, nothing happens twice, and it is back soon.

A short form here; `make crash` runs the long one (LLMASOS_CRASH=500) and keeps its output in tests/crash/results.txt.
The load (worker.py) has generation, calls with effects, forks, paging, stops and saved KV. What it says on its standard
output, as it happens, is what anybody outside has seen of it, word for word; its lines in a file are what its calls did
there. It is killed with all that runs in it; test_daemon.py kills `llmasos serve`, with clients in another process.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pytest

from tests.conftest import keep_app
from tests.crash.evidence import Shown, check_effects, check_shown, check_turns, counted, journals, num_tokens
from tests.crash.starts import Clock, Start, judge

KILLS = int(os.environ.get("LLMASOS_CRASH", "12"))
WORKER = Path(__file__).parent / "worker.py"
ERRANDS = WORKER.with_name("errands.py")
LATEST_KILL_S = 3.0  # after it is ready
SLOWEST_START_S = 20.0  # on a machine with anything else to do
SEED = int(os.environ.get("LLMASOS_CRASH_SEED", "4"))


@dataclass
class Life:
    """One run of the worker, from its start to its end, and what it said."""

    start: Start
    done: bool = False
    shown: Shown = field(default_factory=Shown)
    restored: int = 0  # processes whose KV came from a file

    def note(self, line: str) -> None:
        what, pid, *facts = json.loads(line)
        match what:
            case "text":
                self.shown.text(pid, facts[0])
            case "result":
                self.shown.results.append((pid, *facts))
            case "answer":
                self.shown.answers.append((pid, facts[0]))
            case "said":
                self.shown.said.append((pid, facts[0]))
            case "spawned":
                self.shown.spawned.add(pid)
            case "ended":
                self.shown.ended[pid] = facts[0]
            case "restored":
                self.restored = max(self.restored, facts[0])


def live(seconds: float | None, home: Path, work: Path) -> Life:
    """Run the worker, killed so many seconds after it is ready, or to its end."""
    clock = Clock()
    command = [sys.executable, str(WORKER), str(home), str(work)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None and worker.stderr is not None
        ready = worker.stdout.readline()
        assert ready.startswith('["ready"'), ready + worker.stderr.read()
        life = Life(clock.ready(worker.pid))
        assert life.start.ready_s < SLOWEST_START_S
        reader = threading.Thread(target=_read, args=(worker.stdout, life))
        reader.start()
        try:
            life.done = worker.wait(seconds) == 0
            assert life.done, worker.stderr.read()
        except subprocess.TimeoutExpired:
            worker.send_signal(signal.SIGKILL)
        worker.wait()
        reader.join()
    return life


def _read(output: IO[str], life: Life) -> None:
    for line in output:
        if line.endswith("\n"):  # else it was killed in the middle of saying it
            life.note(line)


def appended(work: Path) -> list[str]:
    log = work / "log.txt"
    return log.read_text().splitlines() if log.exists() else []


@pytest.mark.timeout(60 + 10 * KILLS)
def test_killed_at_any_moment_nothing_is_lost_and_nothing_happens_twice(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    lives: list[Life] = []
    at_work = loads = 0
    count: Counter[str] = Counter()
    while (kills := sum(not life.done for life in lives)) < KILLS or not lives[-1].done:
        home, work = tmp_path / f"home{loads}", tmp_path / f"work{loads}"
        work.mkdir(exist_ok=True)
        if not home.exists():
            keep_app(home, ERRANDS.read_text())
        before = journals(home)
        life = live(chance.uniform(0.0, LATEST_KILL_S) if kills < KILLS else None, home, work)
        lives.append(life)
        after = journals(home)
        at_work += not life.done and num_tokens(after) > num_tokens(before)
        check_shown(life.shown, before, after)
        check_effects(after, "append_file", "content", appended(work), finished=life.done)
        check_turns(after, finished=life.done)
        if life.done:
            loads += 1
            count += counted(after)
    assert at_work >= kills // 3, "most kills hit nothing: they prove nothing"
    assert all(count[what] for what in ("fork", "page", "signal", "code")), f"the load is not what it is said: {count}"
    restored = sum(life.restored for life in lives)
    print(
        f"{kills} kills, {at_work} of them after new tokens; {loads} loads finished, with {count['spawn']} agents,"
        f" {count['result']} calls ({count['unknown']} processes told that an outcome is unknown),"
        f" {count['code']} apps' code, {count['fork']} forks, {count['page']} moves of pages, {count['signal']} signals"
        f", {restored} contexts from saved KV: nothing that was shown is lost, no effect twice"
    )
    judge([life.start for i, life in enumerate(lives) if i and not lives[i - 1].done])
