"""How soon what was killed is ready again, and which of its starts may be judged by that: those that were left alone.

- `clock = Clock()`, then the start, then `clock.ready(pid)`: what it took, and what others took of the machine.
- `judge(starts)` says both. With LLMASOS_READY_S every calm start has to keep to it, and half of them have to be calm:
  a machine that others use tells nothing, and that is a failure, not a pass.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

READY_S = float(os.environ.get("LLMASOS_READY_S", "0"))  # 0: starts are measured and not judged
OTHERS = 0.1  # of the machine's time that others may take during a start that is judged


@dataclass(frozen=True, slots=True)
class Start:
    ready_s: float
    others: float  # share of the machine's processor time that was not its own until it was ready

    @property
    def calm(self) -> bool:
        return self.others <= OTHERS


class Clock:
    def __init__(self) -> None:
        self._busy, self._own, self._began = _busy_seconds(), _own_seconds(os.getpid()), time.monotonic()

    def ready(self, pid: int) -> Start:
        """Of a process that was started meanwhile, with all it started. Who waits for it is not `others` either."""
        seconds = time.monotonic() - self._began
        own = sum(map(_own_seconds, _tree(pid))) + _own_seconds(os.getpid()) - self._own
        return Start(seconds, (_busy_seconds() - self._busy - own) / (seconds * (os.cpu_count() or 1)))


def judge(starts: Sequence[Start]) -> None:
    """Say how soon they were ready, and hold them to the promise where nobody else took the machine."""
    calm = [start.ready_s for start in starts if start.calm]
    for what, seconds in (
        ("all", [start.ready_s for start in starts]),
        (f"others took at most {OTHERS:.0%}", calm),
    ):
        if len(seconds) > 1:
            p95 = statistics.quantiles(seconds, n=20, method="inclusive")[-1]
            print(f"ready after a kill ({what}, {len(seconds)}): p95 {p95:.2f} s, at most {max(seconds):.2f} s")
    if not calm:
        print(
            f"NO START WAS CALM: others took more than {OTHERS:.0%} of the machine in all {len(starts)}, none is judged"
        )
    if READY_S:
        what = f"{len(calm)} of {len(starts)} starts were calm: a machine that others use says nothing of {READY_S:g} s"
        assert 2 * len(calm) >= len(starts) > 0, what
        assert max(calm) <= READY_S, f"ready after {max(calm):.2f} s, not {READY_S:g}"


def _busy_seconds() -> float:
    """Processor seconds that all of the machine has spent; 0 where nobody says."""
    try:
        ticks = [int(n) for n in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    except OSError:
        return 0.0
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")


def _own_seconds(pid: int) -> float:
    """Its own and those of its children that have ended."""
    return sum(map(int, _stat(pid)[11:15])) / os.sysconf("SC_CLK_TCK")


def _tree(pid: int) -> list[int]:
    """It and its descendants."""
    parents = {int(folder.name): _stat(int(folder.name)) for folder in Path("/proc").glob("[0-9]*")}
    found = [pid]
    for one in found:  # which grows
        found += [child for child, stat in parents.items() if stat and int(stat[1]) == one]
    return found


def _stat(pid: int) -> list[str]:
    """What /proc says of it, from its state on; nothing of one that has gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
