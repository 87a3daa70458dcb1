"""Signals on their way: each is journaled, then delivered, in the order they were sent.

- `send` returns at once, as `kill` does in Unix; `run` is the one task that writes and delivers, until cancelled.
- KILL is on record for a whole tree at once: a crash in the middle of it leaves nobody behind (recovery.py).
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

_Sent = tuple[Task, Signal, int, str, anyio.Event]


class Delivery:
    def __init__(self, journal: Journal, processes: ProcessTable) -> None:
        self._journal = journal
        self._processes = processes
        self._sent, self._waiting = anyio.create_memory_object_stream[_Sent](math.inf)

    def send(self, task: Task, signal: Signal, sender: int, reason: str = "") -> anyio.Event:
        """`sender` is a pid, 0 for somebody outside. The event is set once it is on record and delivered.

        A `reason` is on record with it, and is what a STOPPED process is shown to be stopped on.
        """
        arrived = anyio.Event()
        self._sent.send_nowait((task, signal, sender, reason, arrived))
        return arrived

    async def run(self) -> None:
        with self._sent, self._waiting:
            async for task, signal, sender, reason, arrived in self._waiting:
                records = [_record(task.pid, signal, sender, reason)]
                if signal is Signal.KILL:
                    records += [
                        _record(child.pid, signal, task.pid, "") for child in self._processes.descendants(task.pid)
                    ]
                with contextlib.suppress(LLMasOSError):
                    await anyio.to_thread.run_sync(self._journal.append, records)
                self._deliver(task, signal, reason)
                arrived.set()

    def _deliver(self, task: Task, signal: Signal, reason: str) -> None:
        if not task.process.alive:
            return
        if signal is Signal.KILL:
            for child in self._processes.descendants(task.pid):
                child.kill(signal)
        _DELIVER[signal](task, reason)


def _record(pid: int, signal: Signal, sender: int, reason: str) -> Record:
    return Record(pid, "signal", {"signal": signal.name, "by": sender, **({"reason": reason} if reason else {})})


_DELIVER: dict[Signal, Callable[[Task, str], None]] = {
    Signal.INT: lambda task, _: task.interrupt(),
    Signal.TERM: lambda task, _: task.kill(Signal.TERM),
    Signal.KILL: lambda task, _: task.kill(Signal.KILL),
    Signal.STOP: Task.stop,
    Signal.CONT: lambda task, _: task.cont(),
    Signal.USR1: lambda task, _: None,
}
