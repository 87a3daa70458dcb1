"""Signals on their way: each is journaled, then delivered, in the order they were sent.

- `send` returns at once, as `kill` does in Unix; `run` is the one task that writes and delivers, until cancelled.
- KILL is on record for a whole tree at once: a crash in the middle of it leaves nobody behind (recovery.py). It
  reaches those of the tree, too, that are not back yet after a restart.
- A disk that takes no record stops no signal: a kill switch that needs free space is none. The process's exit record
  is written then, or says why it was not; `Arrival.recorded` says that the signal is not.
- A signal with `if_seq` is for a process as it was: it arrives on record, or not at all.
- It does not know who may signal whom: `kernel.py` has asked before.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import anyio

from llmasos.errors import LLMasOSError, NoSuchProcess
from llmasos.kernel.journal import Journal, Record
from llmasos.kernel.process_table import ProcessTable
from llmasos.kernel.signals import Signal
from llmasos.kernel.task import Task


@dataclass(slots=True, eq=False)
class Arrival:
    """What became of a signal. `recorded`: a kernel that dies now has not forgotten it."""

    recorded: bool = False
    refused: LLMasOSError | None = None
    done: anyio.Event = field(default_factory=anyio.Event)

    async def wait(self) -> None:
        """Until it is delivered. Of one with `if_seq` raises ProcessChanged, NoSuchProcess, StorageError: it is not."""
        await self.done.wait()
        if self.refused is not None:
            raise self.refused


@dataclass(frozen=True, slots=True)
class _Sent:
    task: Task
    signal: Signal
    sender: int
    reason: str
    if_seq: int | None
    also: Sequence[Record]
    arrival: Arrival


class Delivery:
    def __init__(self, journal: Journal, processes: ProcessTable) -> None:
        self._journal = journal
        self._processes = processes
        self._sent, self._waiting = anyio.create_memory_object_stream[_Sent](math.inf)

    def send(
        self,
        task: Task,
        signal: Signal,
        sender: int,
        reason: str = "",
        if_seq: int | None = None,
        also: Sequence[Record] = (),
    ) -> Arrival:
        """`sender` is a pid, 0 for somebody outside. `also` is on record with it.

        A `reason` is on record with it, and is what a STOPPED process is shown to be stopped on. With `if_seq` it
        arrives only if that is the number of the process's last record.
        """
        arrival = Arrival()
        self._sent.send_nowait(_Sent(task, signal, sender, reason, if_seq, also, arrival))
        return arrival

    async def run(self) -> None:
        with self._sent, self._waiting:
            async for sent in self._waiting:
                if sent.if_seq is None:
                    with contextlib.suppress(LLMasOSError):
                        await anyio.to_thread.run_sync(self._journal.append, self._records(sent))
                        sent.arrival.recorded = True
                    self._deliver(sent)
                else:
                    await self._deliver_if(sent, sent.if_seq)
                sent.arrival.done.set()

    async def _deliver_if(self, sent: _Sent, seq: int) -> None:
        """Nothing is said to the process meanwhile: it would be neither read nor refused."""
        pid = sent.task.pid
        async with sent.task.told:
            try:
                if not sent.task.process.alive:
                    raise NoSuchProcess(f"process {pid} has already ended")
                await anyio.to_thread.run_sync(self._journal.append, self._records(sent), (pid, seq))
                sent.arrival.recorded = True
            except LLMasOSError as error:
                sent.arrival.refused = error
                return
            self._deliver(sent)

    def _records(self, sent: _Sent) -> list[Record]:
        records = [_record(sent.task.pid, sent.signal, sent.sender, sent.reason)]
        if sent.signal is Signal.KILL:
            below = {child.pid for child in self._processes.descendants(sent.task.pid)}
            below |= {found.pid for found in self._processes.awaited_below(sent.task.pid)}
            records += [_record(pid, sent.signal, sent.task.pid, "") for pid in sorted(below)]
        return [*records, *sent.also]

    def _deliver(self, sent: _Sent) -> None:
        if not sent.task.process.alive:
            return
        if sent.signal is Signal.KILL:
            for child in self._processes.descendants(sent.task.pid):
                child.kill(sent.signal)
            for found in self._processes.awaited_below(sent.task.pid):  # recovery.py ends them
                found.killed_by = found.killed_by or sent.signal
        _DELIVER[sent.signal](sent.task, sent.reason)


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
