"""Signals on their way: each is journaled, then delivered, in the order they were sent.

- `send` returns at once, as `kill` does in Unix; `run` is the one task that writes and delivers, until cancelled.
- A disk that takes no record stops no signal: a kill switch that needs free space is none. The process's exit record
  is written then, or says why it was not.
- It does not know who may signal whom: `kernel.py` has asked before.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable

import anyio

from llmasos.errors import LLMasOSError
from llmasos.kernel.journal import Journal, Record
from llmasos.kernel.process_table import ProcessTable
from llmasos.kernel.signals import Signal
from llmasos.kernel.task import Task


class Delivery:
    def __init__(self, journal: Journal, processes: ProcessTable) -> None:
        self._journal = journal
        self._processes = processes
        self._sent, self._waiting = anyio.create_memory_object_stream[tuple[Task, Signal, int]](math.inf)

    def send(self, task: Task, signal: Signal, sender: int) -> None:
        """`sender` is a pid, 0 for somebody outside."""
        self._sent.send_nowait((task, signal, sender))

    async def run(self) -> None:
        with self._sent, self._waiting:
            async for task, signal, sender in self._waiting:
                record = Record(task.pid, "signal", {"signal": signal.name, "by": sender})
                with contextlib.suppress(LLMasOSError):
                    await anyio.to_thread.run_sync(self._journal.append, [record])
                self._deliver(task, signal)

    def _deliver(self, task: Task, signal: Signal) -> None:
        if not task.process.alive:
            return
        if signal is Signal.KILL:
            for child in self._processes.descendants(task.pid):
                child.kill(signal)
        _DELIVER[signal](task)


_DELIVER: dict[Signal, Callable[[Task], None]] = {
    Signal.INT: Task.interrupt,
    Signal.TERM: lambda task: task.kill(Signal.TERM),
    Signal.KILL: lambda task: task.kill(Signal.KILL),
    Signal.STOP: Task.stop,
    Signal.CONT: Task.cont,
    Signal.USR1: lambda task: None,
}
