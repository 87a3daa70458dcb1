"""The process control block (PCB) and its states.

- A `Process` is what the kernel knows of one agent: identity, state, limits, context, streams, accounting.
- Only `kernel.py` moves states, through `Process.become`; only `engine.py` touches `context` while a generation runs.
- It does not know the model, the syscalls or the scheduler.

States (the function that makes each transition):

    NEW --spawn--> READY <--engine.compose/complete--> RUNNING
    READY|RUNNING --trap, wait, read--> WAITING --its answer--> READY
    any live --STOP--> STOPPED --CONT--> READY
    any live --exit, KILL--> ZOMBIE --wait--> (reaped)

Invariants:
1. A ZOMBIE has an exit status and never leaves that state.
2. Capabilities and limits of a child are never wider than its parent's.
3. `accounting` only grows.
"""

from __future__ import annotations

import enum
import time
from dataclasses import dataclass, field
from pathlib import Path

from llmasos.errors import LLMasOSError
from llmasos.kernel.limits import Budget
from llmasos.memory.segment import Context, merged


class State(enum.StrEnum):
    NEW = "new"
    READY = "ready"
    RUNNING = "running"
    WAITING = "waiting"
    STOPPED = "stopped"
    ZOMBIE = "zombie"


WHOLE = 1 << 40  # tokens: all of a context, however long it gets

_NEXT = {
    State.NEW: {State.READY, State.ZOMBIE},
    State.READY: {State.RUNNING, State.WAITING, State.STOPPED, State.ZOMBIE},
    State.RUNNING: {State.READY, State.WAITING, State.STOPPED, State.ZOMBIE},
    State.WAITING: {State.READY, State.RUNNING, State.STOPPED, State.ZOMBIE},
    State.STOPPED: {State.READY, State.RUNNING, State.WAITING, State.ZOMBIE},
    State.ZOMBIE: set(),
}


@dataclass(slots=True)
class Accounting:
    """What a process has used. Tokens unless the name says otherwise."""

    prefill_tokens: int = 0
    decode_tokens: int = 0
    forced_tokens: int = 0
    cached_tokens: int = 0
    prompt_tokens: int = 0
    page_faults: int = 0
    swaps: int = 0
    syscalls: int = 0

    @property
    def completion_tokens(self) -> int:
        return self.decode_tokens + self.forced_tokens


@dataclass(slots=True, eq=False)
class Process:
    # Fixed at spawn.
    pid: int
    ppid: int
    app: str
    model: str
    request: str
    workspace: Path  # but for kernel.chdir
    capabilities: frozenset[str]
    budget: Budget
    started: float = field(default_factory=time.time)  # seconds since the epoch
    began: float = field(default_factory=time.monotonic)  # the same moment, on the clock that nobody sets
    comes_back: bool = False  # the next one is likely to begin with its whole context: a client's next turn
    # Changed by kernel.py only.
    state: State = State.NEW
    waiting_on: str = ""  # what a WAITING process waits on, or a STOPPED one was stopped by, for ps
    nice: int = 0  # -20 (favoured) to 19
    exit_code: int | None = None
    answer: str | None = None
    failure: LLMasOSError | None = None  # what ended it, when that was not its own answer
    ended: float | None = None  # on that clock
    # Changed by engine.py while a generation runs, by the body between generations.
    context: Context = field(default_factory=Context)
    accounting: Accounting = field(default_factory=Accounting)
    held: str = ""  # untrusted sources of its request, and of what its own code was given

    @property
    def taint(self) -> str:
        """The untrusted sources of all that it may act on; empty when there are none."""
        return merged(self.context.untrusted, self.held)

    def hold(self, sources: str) -> None:
        """Its own code was given what is from untrusted sources."""
        self.held = merged(self.held, sources)

    def become(self, state: State, waiting_on: str = "") -> None:
        if state is not self.state:
            assert state in _NEXT[self.state], f"process {self.pid}: {self.state} -> {state}"
        self.state = state
        self.waiting_on = waiting_on if state in (State.WAITING, State.STOPPED) else ""

    def switch(self, old: State, new: State) -> None:
        """From one state to the other, if it is in the first: the engine never moves it out of one of the kernel's."""
        if self.state is old:
            self.become(new)

    @property
    def error(self) -> str | None:
        return None if self.failure is None else str(self.failure)

    @property
    def alive(self) -> bool:
        return self.state is not State.ZOMBIE

    @property
    def shared_tokens(self) -> int:
        """How much of its context others are likely to begin with, tokens."""
        first = len(self.context.segments[0].tokens)
        return WHOLE if self.comes_back else first

    @property
    def seconds(self) -> float:
        """Wall time since the start, to the end for a zombie."""
        return (self.ended if self.ended is not None else time.monotonic()) - self.began

    def go_on_from(self, started: float) -> None:
        """It began earlier, under another kernel; `started` is in seconds since the epoch."""
        self.began -= max(0.0, self.started - started)
        self.started = started
