"""What a person does with a process that has stopped: other breakpoints, some tokens forward, some tokens back.

- `break_at` sets a process's breakpoints, on record; `step` lets it generate so many tokens and gives their text.
- `back` is a journal as it was so many tokens ago. The journal is append-only and calls have had their effects, so to
  step back is another process from there (`stand_at`), stopped; the one that went on stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import anyio

from llmasos.errors import NoSuchProcess, PermissionDenied, UsageError
from llmasos.kernel.breakpoints import Breakpoint
from llmasos.kernel.events import Answered, Asked, Event, Exited, StateChanged
from llmasos.kernel.handle import ProcessHandle
from llmasos.kernel.journal import Record
from llmasos.kernel.process import State
from llmasos.kernel.process_table import INIT
from llmasos.kernel.recovery import go_on
from llmasos.kernel.remains import remains
from llmasos.kernel.signals import Signal

if TYPE_CHECKING:
    from llmasos.kernel.kernel import Kernel
    from llmasos.kernel.task import Task


@dataclass(frozen=True, slots=True)
class Stepped:
    """What a step came to: text of the tokens, calls and their markers included, and where the process stands now."""

    tokens: int
    text: str
    status: str
    stopped_on: str


def points(kernel: Kernel, texts: Sequence[str], pid: int | None = None) -> list[Breakpoint]:
    """Raises UsageError, NoSuchProcess."""
    table = kernel.table if pid is None else kernel.task(pid).table
    return [Breakpoint.parse(text, [call.name for call in table]) for text in texts]


async def break_at(kernel: Kernel, pid: int, texts: Sequence[str]) -> None:
    """Set a process's breakpoints instead of those it had. Raises UsageError, NoSuchProcess, PermissionDenied."""
    task = _live(kernel, pid)
    task.breaks.set(points(kernel, texts, pid))  # before anything is waited for: a new process has not begun yet
    if task.slices is not None:
        task.slices.look_from_here()
    record = Record(pid, "break", {"points": list(map(str, task.breaks.points))})
    await anyio.to_thread.run_sync(kernel.journal.append, [record])


async def step(kernel: Kernel, pid: int, num_tokens: int) -> Stepped:
    """Let a stopped process generate tokens, until it stops again, its turn is over or it ends.

    A grammar's forced tokens belong to the one before them, so it may be some more. Raises UsageError, NoSuchProcess.
    """
    task = _live(kernel, pid)
    if task.process.state is not State.STOPPED:
        raise UsageError(f"process {pid} is {task.process.state.value}, not stopped: kill -STOP {pid} stops it")
    before = len(await _tokens(kernel, pid))
    step_on(kernel, pid, num_tokens)
    start = task.stream.num_events
    await kernel.kill(pid, Signal.CONT).wait()
    async for event in task.stream.follow(start):
        if _ends_step(event, task):
            break
    task.breaks.steps = None
    tokens = (await _tokens(kernel, pid))[before:]
    model = await kernel.model(task.process.model)
    text = model.driver.tokenizer.decode(tokens, special=True).decode(errors="replace")
    return Stepped(len(tokens), text, task.process.state.value, task.process.waiting_on)


def _ends_step(event: Event, task: Task) -> bool:
    """It has stopped, it has ended, or it has nothing to say until somebody speaks to it, or answers it."""
    match event:
        case Exited() | Asked():
            return True
        case Answered():
            return task.interactive
        case StateChanged(state=state, waiting_on=waiting_on):
            return state == State.STOPPED or waiting_on == "input" or task.asks
    return False


def step_on(kernel: Kernel, pid: int, num_tokens: int) -> None:
    """Stop again so many tokens after the next CONT."""
    task = _live(kernel, pid)
    task.breaks.steps = num_tokens
    if task.slices is not None:
        task.slices.cut()


def back(records: Sequence[Record], num_tokens: int) -> list[Record]:
    """The records up to so many tokens ago. Raises UsageError when there were not so many."""
    left = num_tokens
    for position in range(len(records) - 1, -1, -1):
        record = records[position]
        if record.kind != "tokens":
            continue
        tokens = record.body["tokens"]
        if left <= len(tokens):
            kept = tokens[: len(tokens) - left]
            rest = [replace(record, body={**record.body, "tokens": kept})] if kept else []
            return [*records[:position], *rest]
        left -= len(tokens)
    raise UsageError(f"process {records[0].pid} has generated {num_tokens - left} tokens, not {num_tokens}")


async def stand_at(kernel: Kernel, records: Sequence[Record]) -> ProcessHandle:
    """A new process from another's records, stopped where they end."""
    handle = await go_on(kernel, replace(remains(records), breaks=[]))
    kernel.task(handle.pid).stop()  # before it has begun
    await kernel.kill(handle.pid, Signal.STOP).wait()
    return handle


def _live(kernel: Kernel, pid: int) -> Task:
    if pid == INIT:
        raise PermissionDenied("process 1 generates nothing")
    task = kernel.task(pid)
    if not task.process.alive:
        raise NoSuchProcess(f"process {pid} has already ended")
    return task


async def _tokens(kernel: Kernel, pid: int) -> list[int]:
    """What it has generated itself: not what a branch began with."""
    records = await anyio.to_thread.run_sync(kernel.journal.read, pid, ["tokens"])
    return [token for record in records if not record.body.get("past") for token in record.body["tokens"]]
