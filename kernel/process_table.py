"""The process table: who exists, whose child each is, and who may still be waited for.

Invariants (`check_integrity`):
1. Every live process's parent is in the table; orphans belong to init.
2. A pid is never used twice in a state directory.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from llmasos.errors import NoSuchProcess
from llmasos.kernel.capability import ALL
from llmasos.kernel.limits import Budget, Limits
from llmasos.kernel.process import Process, State

if TYPE_CHECKING:
    from llmasos.kernel.remains import Remains
    from llmasos.kernel.task import Task

INIT = 1
MAX_ZOMBIES = 1024  # of init's children: kept for `wait`, the oldest forgotten first


def no_process(pid: int) -> NoSuchProcess:
    """What is said of a pid that no program runs under: `ps` lists init, which is none."""
    if pid == INIT:
        what = f"process {INIT} is init, the parent of all others: it runs no model, has no context and makes no calls"
        return NoSuchProcess(what)
    return NoSuchProcess(f"no process {pid}")


class Awaited(dict[int, "Remains"]):
    """Processes of an earlier kernel, by pid, until their parents' code has their programs."""

    def __init__(self) -> None:
        super().__init__()
        self._gone = anyio.Event()

    def children(self, ppid: int) -> list[Remains]:
        return [found for found in self.values() if found.spawn["ppid"] == ppid]

    def forget(self, pid: int) -> None:
        """It is back, or has its end."""
        self.pop(pid, None)
        gone, self._gone = self._gone, anyio.Event()
        gone.set()

    async def until_gone(self, pid: int) -> None:
        while pid in self:
            await self._gone.wait()


class ProcessTable:
    """Tasks by pid. `last_pid` is the highest pid that was ever given."""

    def __init__(self, last_pid: int, workspace: Path) -> None:
        self._tasks: dict[int, Task] = {}
        self._next_pid = max(last_pid, INIT) + 1
        self.awaited = Awaited()
        unlimited = Budget(Limits(children=None, depth=None))
        self.init = Process(INIT, 0, "init", "", "", workspace, frozenset({ALL}), unlimited)
        self.init.become(State.READY)
        self.init.become(State.WAITING, "children")

    def new_pid(self) -> int:
        pid, self._next_pid = self._next_pid, self._next_pid + 1
        return pid

    def add(self, task: Task) -> None:
        self._tasks[task.pid] = task

    def get(self, pid: int) -> Task:
        """A process's task, live or not yet reaped. Raises NoSuchProcess."""
        task = self._tasks.get(pid)
        if task is None and (found := self.awaited.get(pid)) is not None:
            raise NoSuchProcess(f"process {pid} is not back yet: process {found.spawn['ppid']} has its program")
        if task is None:
            raise no_process(pid)
        return task

    def live(self) -> list[Task]:
        return [task for task in self._tasks.values() if task.process.alive]

    def processes(self, *, zombies: bool) -> list[Process]:
        """By pid, init first."""
        known = [task.process for task in self._tasks.values()]
        return [self.init, *sorted((p for p in known if p.alive or zombies), key=lambda p: p.pid)]

    def ancestry(self, process: Process) -> list[int]:
        """Its pid and those of its ancestors, init's last."""
        return [process.pid, *self._line(process.ppid)]

    def _line(self, pid: int) -> list[int]:
        """A pid and those of its ancestors."""
        pids = [pid]
        while (above := self._parent(pids[-1])) is not None:
            pids.append(above)
        return pids

    def _parent(self, pid: int) -> int | None:
        if pid in self._tasks:
            return self._tasks[pid].process.ppid
        found = self.awaited.get(pid)
        return int(found.spawn["ppid"]) if found is not None else None

    def descendants(self, pid: int) -> list[Task]:
        """Live ones, parents before their children."""
        children = [task for task in self.live() if task.process.ppid == pid]
        return children + [below for child in children for below in self.descendants(child.pid)]

    def awaited_below(self, pid: int) -> list[Remains]:
        """Its descendants that are not back yet."""
        return [found for found in self.awaited.values() if pid in self._line(int(found.spawn["ppid"]))]

    def reap(self, pid: int) -> None:
        self._tasks.pop(pid, None)

    def bury(self, process: Process) -> None:
        """A process has become a zombie: its children go to init, and init forgets the oldest of its own."""
        for task in self._tasks.values():
            if task.process.ppid == process.pid:
                task.process.ppid = INIT
                if not task.interactive:  # nobody is left to tell it anything
                    task.close_input()
        zombies = [t.pid for t in self._tasks.values() if not t.process.alive and t.process.ppid == INIT]
        for pid in zombies[:-MAX_ZOMBIES]:
            self.reap(pid)

    def check_integrity(self) -> None:
        for pid, task in self._tasks.items():
            assert pid == task.pid < self._next_pid
            assert not task.process.alive or task.process.ppid in {INIT, *self._tasks}, f"{pid} has no parent"
            task.process.context.check_integrity()
        assert self.init.budget.used["children"] == len(self.live()), "children and budget differ"
