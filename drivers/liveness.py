"""Whether a process that owes an answer still works on it, or hangs.

- `Watch(pid, work_s)` for one call; `check()` every tick of the wait says in words why it hangs, or nothing.
- *Still*: for `STILL_TICKS` ticks none of its threads used the processor, wanted it or waited for a disk. A deadlock
  and SIGSTOP are found so within two seconds, while a slow step, a busy machine and a cold file are not taken for one.
- *Endless*: it used more processor time than `work_s`, many times what the work can need.
- Ticks are counted, not the clock: what stops us too (suspend, a frozen container) is nobody's hang.
- Where there is no /proc the clock has to do, and for GPUs, whose work leaves the processor still.
"""

from __future__ import annotations

import os
from pathlib import Path

STILL_TICKS = 4
BASE_S = 30.0
SLOWEST_FLOPS = 2e9  # of one core, by far
SLOWEST_LOAD = 50e6  # bytes a second
_CLOCK_PATIENCE = 4  # by the clock a call may take so many times its work: others want the processor too
_JIFFIES = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def step_seconds(num_parameters: int, num_tokens: int) -> float:
    """Processor time that so many tokens of a model need at the very most."""
    return BASE_S + 2.0 * num_parameters * num_tokens / SLOWEST_FLOPS


def load_seconds(num_bytes: int) -> float:
    """Processor time that loading a file needs at the very most."""
    return BASE_S + num_bytes / SLOWEST_LOAD


class Watch:
    """One call to one process. `tick_s` is how often `check` is called; `by_clock`: its work cannot be seen."""

    def __init__(self, pid: int, work_s: float, tick_s: float, *, by_clock: bool = False) -> None:
        self._pid = pid
        self._work_s = work_s
        self._tick_s = tick_s
        self._by_clock = by_clock
        self._ticks = 0
        self._still = 0
        self._first: float | None = None  # processor seconds, at the first look
        self._last = -1.0

    def check(self) -> str:
        """Why it hangs; empty while it does not."""
        self._ticks += 1
        waited = self._ticks * self._tick_s
        seen = None if self._by_clock else look(self._pid)
        if seen is None:
            return f"gave no answer for {waited:.0f} s" if waited > self._work_s * _CLOCK_PATIENCE else ""
        used, wants = seen
        self._first = used if self._first is None else self._first
        self._still = 0 if wants or used > self._last else self._still + 1
        self._last = max(self._last, used)
        if self._still >= STILL_TICKS:
            return f"stood still for {self._still * self._tick_s:.0f} s"
        if used - self._first > self._work_s:
            return f"computed for {used - self._first:.0f} s without an answer"
        return ""


def look(pid: int) -> tuple[float, bool] | None:
    """Processor seconds of all threads, and whether one wants the processor or waits for a disk; None: not known."""
    ticks, wants = 0, False
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return None
    for task in tasks:
        try:
            state, *numbers = (task / "stat").read_text().rpartition(")")[2].split()
        except (OSError, ValueError):  # a thread that has just ended
            continue
        ticks += int(numbers[10]) + int(numbers[11])
        wants = wants or state in "RD"
    return ticks / _JIFFIES, wants
