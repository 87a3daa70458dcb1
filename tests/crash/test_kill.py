"""`kill -9` of the daemon at random moments: nothing acknowledged is lost, nothing happens twice, and it is back soon.

A short form here; `make crash` runs the long one (LLMASOS_CRASH=500) and keeps its output in tests/crash/results.txt.
The load (worker.py) has generation, calls with effects, forks, paging, stops and saved KV. What it says on its standard
output, as it happens, is what anybody outside has seen of it; its lines in a file are what its calls did there.
"""

from __future__ import annotations

import json
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pytest

from llmasos.kernel.journal import Journal, Record

KILLS = int(os.environ.get("LLMASOS_CRASH", "12"))
WORKER = Path(__file__).parent / "worker.py"
LATEST_KILL_S = 3.0  # after it is ready
SLOWEST_START_S = 20.0  # on a machine with anything else to do
SEED = int(os.environ.get("LLMASOS_CRASH_SEED", "4"))
READY_S = float(os.environ.get("LLMASOS_READY_S", "0"))  # 0: starts are measured and not judged
OTHERS = 0.1  # of the machine's time that others may take during a start that is judged


@dataclass
class Life:
    """One run of the worker, from its start to its end, and what it said."""

    ready_s: float = 0.0
    others: float = 0.0  # share of the machine's processor time that was not ours until it was ready
    done: bool = False
    tokens: dict[int, int] = field(default_factory=dict)  # by pid: so many were seen
    said: list[tuple[int, str]] = field(default_factory=list)  # accepted inputs
    spawned: set[int] = field(default_factory=set)
    ended: dict[int, str | None] = field(default_factory=dict)
    restored: int = 0  # processes whose KV came from a file

    def note(self, line: str) -> None:
        what, pid, *facts = json.loads(line)
        match what:
            case "tokens":
                self.tokens[pid] = max(self.tokens.get(pid, 0), facts[0])
            case "said":
                self.said.append((pid, facts[0]))
            case "spawned":
                self.spawned.add(pid)
            case "ended":
                self.ended[pid] = facts[0]
            case "restored":
                self.restored = max(self.restored, facts[0])


def live(seconds: float | None, home: Path, work: Path) -> Life:
    """Run the worker, killed so many seconds after it is ready, or to its end."""
    life = Life()
    began, busy = time.monotonic(), _busy_seconds()
    command = [sys.executable, str(WORKER), str(home), str(work)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None and worker.stderr is not None
        ready = worker.stdout.readline()
        life.ready_s = time.monotonic() - began
        assert ready.startswith('["ready"'), ready + worker.stderr.read()
        own = _own_seconds(worker.pid) + _own_seconds(json.loads(ready)[1])
        life.others = (_busy_seconds() - busy - own) / (life.ready_s * (os.cpu_count() or 1))
        assert life.ready_s < SLOWEST_START_S
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


def _busy_seconds() -> float:
    """Processor seconds that all of the machine has spent; 0 where nobody says."""
    try:
        ticks = [int(n) for n in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    except OSError:
        return 0.0
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")


def _own_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def journals(home: Path) -> dict[int, list[Record]]:
    """What the journal has, by pid."""
    if not (home / "journal.db").exists():
        return {}
    journal = Journal(home / "journal.db", read_only=True)
    try:
        return {spawn.pid: journal.read(spawn.pid) for spawn, _ in journal.processes()}
    finally:
        journal.close()


def tokens(records: list[Record]) -> list[int]:
    return [t for r in records if r.kind == "tokens" and not r.body.get("past") for t in r.body["tokens"]]


def num_tokens(found: dict[int, list[Record]]) -> int:
    return sum(len(tokens(records)) for records in found.values())


def bodies(records: list[Record], kind: str) -> list[dict[str, Any]]:
    return [record.body for record in records if record.kind == kind]


def check_acknowledged(life: Life, before: dict[int, list[Record]], after: dict[int, list[Record]]) -> None:
    """What was seen outside is on record, and what was on record stays."""
    for pid, records in before.items():
        assert after[pid][: len(records)] == records, f"process {pid} lost records"
    for pid, seen in life.tokens.items():
        new = len(tokens(after[pid])) - len(tokens(before.get(pid, [])))
        assert new >= seen, f"{seen} tokens of process {pid} were seen, {new} are on record"
    assert life.spawned <= after.keys()
    for pid, text in life.said:
        assert text in [body["text"] for body in bodies(after[pid], "input")], f"process {pid} was told {text!r}"
    for pid, answer in life.ended.items():
        assert [body["answer"] for body in bodies(after[pid], "exit")] == [answer]


def check_effects(found: dict[int, list[Record]], work: Path, *, finished: bool) -> None:
    """No line twice; a call whose result is on record had its effect; what was said was read once, in its order."""
    log = work / "log.txt"
    lines = Counter(log.read_text().splitlines() if log.exists() else [])
    assert all(times == 1 for times in lines.values()), f"an effect happened twice: {lines}"
    for pid, records in found.items():
        ends = bodies(records, "exit")
        assert len(ends) == 1 or not (ends or finished), f"process {pid} did not end, or twice"
        results = [body for body in bodies(records, "result") if body["name"] == "append_file"]
        assert all(body["arguments"]["content"] in lines for body in results if body["error"] is None)
        own = [body for body in bodies(records, "message") if body["role"] == "user" and not body.get("past")]
        read = [body["content"] for body in own]
        request = records[0].body["request"]
        said = ([request] if request else []) + [body["text"] for body in bodies(records, "input")]
        assert read == said[: len(read)], f"process {pid} read {read} of {said}"


@pytest.mark.timeout(60 + 10 * KILLS)
def test_killed_at_any_moment_nothing_is_lost_and_nothing_happens_twice(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    lives: list[Life] = []
    at_work = loads = 0
    counted: Counter[str] = Counter()
    while (kills := sum(not life.done for life in lives)) < KILLS or not lives[-1].done:
        home, work = tmp_path / f"home{loads}", tmp_path / f"work{loads}"
        work.mkdir(exist_ok=True)
        before = journals(home)
        life = live(chance.uniform(0.0, LATEST_KILL_S) if kills < KILLS else None, home, work)
        lives.append(life)
        after = journals(home)
        at_work += not life.done and sum(map(len, map(tokens, after.values()))) > sum(
            map(len, map(tokens, before.values()))
        )
        check_acknowledged(life, before, after)
        check_effects(after, work, finished=life.done)
        if life.done:
            loads += 1
            counted.update(record.kind for records in after.values() for record in records)
            counted["fork"] += sum("fork" in (records[0].body.get("origin") or {}) for records in after.values())
    assert at_work >= kills // 3, "most kills hit nothing: they prove nothing"
    assert counted["fork"] and counted["page"] and counted["signal"], (
        f"the load is not what it is said to be: {counted}"
    )
    restored = sum(life.restored for life in lives)
    print(
        f"{kills} kills, {at_work} of them after new tokens; {loads} loads finished, with {counted['spawn']} agents,"
        f" {counted['result']} calls, {counted['fork']} forks, {counted['page']} moves of pages, {counted['signal']}"
        f" signals, {restored} contexts from saved KV: nothing acknowledged lost, no effect twice"
    )
    judge(lives)


def judge(lives: list[Life]) -> None:
    """Say how soon the next kernel was ready, and hold it to its promise where nobody else took the machine."""
    again = [life for i, life in enumerate(lives) if i and not lives[i - 1].done]
    calm = [life.ready_s for life in again if life.others <= OTHERS]
    for what, seconds in (("all", [life.ready_s for life in again]), (f"others took at most {OTHERS:.0%}", calm)):
        if len(seconds) > 1:
            p95 = statistics.quantiles(seconds, n=20, method="inclusive")[-1]
            print(f"ready after a kill ({what}, {len(seconds)}): p95 {p95:.2f} s, at most {max(seconds):.2f} s")
    if READY_S:
        assert not calm or max(calm) <= READY_S, f"ready after {max(calm):.2f} s, not {READY_S}"
