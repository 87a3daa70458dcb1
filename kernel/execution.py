"""Code in Python that outlives its kernel: it runs again from its beginning, and gets again what it got then.

- `await execution.ask(what, key, do)`: what the code asks of the kernel and waits for. `do(asked)` does it, once: what
  came of it is on record before the code sees it, an error or a cancellation too.
- `execution.put(what, key, write)`: what it does without waiting. `write(record)` puts it on record and does it.
- After a restart each is found in the journal and not done again, until all is given that was: then the code is where
  it was. What was under way goes on: `do` is told by `asked.is_new` whether it was begun before.

A task of the code's is a lane: in each, the same has to be asked in the same order, else the code is not what it was
and its process ends, saying so. Each thing is given when all is asked that had been asked by then, and in the order in
which things were given: whatever tasks have in common, they see as they saw it. Time is not replayed: who slept sleeps
again, unless by `os.sleep`.

Source: replay of orchestrations in Burckhardt et al. 2021, Durable Functions; here over an event loop as it is.
"""

from __future__ import annotations

import logging
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel

from llmasos.errors import LLMasOSError, ProcessFailed, UsageError
from llmasos.kernel.journal import Record
from llmasos.kernel.lanes import Lanes
from llmasos.kernel.outbox import Outbox, Write
from llmasos.kernel.past_code import Asked, Got, PastCode, error_facts, error_of, plain, words
from llmasos.kernel.process import State
from llmasos.kernel.remains import Remains

if TYPE_CHECKING:
    from llmasos.kernel.task import Task

_log = logging.getLogger(__name__)
LOOK_S = 0.1  # while the code is on its way: who ends it wakes nobody
TURNS = 32  # of the event loop: for what tasks do with a thing before another is given
AGAIN = "its own code, run again"
PATIENCE_S = 30.0  # then it is said what it is that the code has not asked for again
Do = Callable[[Asked], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Returning:
    """What code goes on from. `ready`: its children are back, those that somebody else than itself brings."""

    found: Remains
    code: PastCode
    is_new: bool = False  # another process, whose journal lacks that past yet
    ready: anyio.Event = field(default_factory=anyio.Event)


# Whose code runs; WITHIN what it asks for, nobody's: calls, and the processes that are started there, have no os.
_running: ContextVar[Execution | str] = ContextVar("running", default="")
WITHIN = "within"


class Execution:
    """One process's, made in the task that runs its code. `scope` is the code's."""

    def __init__(self, task: Task, past: PastCode | None = None) -> None:
        self.past = past or PastCode()
        self.scope = anyio.CancelScope()
        self.failure: LLMasOSError | None = None  # that ends the process, whatever the code makes of it
        self._task = task
        self._lanes = Lanes(self.past.lanes)
        self._num_ops = self.past.last_op
        self._num_given = 0
        self._missing = Counter(asked.after for lane in self.past.lanes.values() for asked in lane)
        self._moments = deque(sorted(self._missing))  # of those that have not been asked for again
        self._num_bringing = 0
        self._unfinished = self.past.unfinished  # the request to its model that goes on, before any other
        self._finished = anyio.Event()
        self._conversation = anyio.Lock()
        self._moved = anyio.Event()
        self._writing = anyio.Lock()
        self._outbox = Outbox(task, self.fail)
        _running.set(self)

    @property
    def is_past(self) -> bool:
        """Whether the code is where it was."""
        return self._num_given >= self.past.num_got

    # -- for what the code may use ------------------------------------------------------------------------------------

    async def ask(
        self,
        what: str,
        key: Any,
        do: Do,
        *,
        calls: bool = False,
        read: Callable[[Asked, Got], Any] = lambda asked, got: got.value,
        stored: Callable[[Any], Any] = lambda value: value,
    ) -> Any:
        """What `do` gives, or gave. `calls`: it is a call, and has a number.

        `stored` is what the record has of it, of which `read` makes it again. Raises what `do` raises or raised, and
        ProcessFailed where the code asks for something else than it did.
        """
        await self._check()
        self._check_whose()
        asked = self._next(what, plain(key))
        if asked.got is not None:
            return await self._again(asked, asked.got, read)
        try:
            if (missed := await self._until(lambda: self.is_past and not self._num_bringing)) is not None:
                raise missed
            await self._task.checkpoint()
            await self._begin(asked, calls)
            value = await _within(do, asked)
        except anyio.get_cancelled_exc_class():
            await self._give(asked, {"cancelled": True})
            raise
        except Exception as error:
            if error is not self.failure:
                await self._give(asked, {"error": error_facts(error)})
            raise
        await self._give(asked, {"value": stored(value)})
        return value

    def put(self, what: str, key: Any, write: Write, check: Callable[[], None] = lambda: None) -> None:
        """Raises what `check` raises or raised: then nothing is done."""
        if self._task.suspended:
            raise anyio.get_cancelled_exc_class()
        if self.failure is not None:
            raise self.failure
        self._check_whose()
        asked = self._next(what, plain(key))
        if asked.got is not None:
            if asked.got.error is not None:
                raise error_of(asked.got.error)
            return
        if not self._outbox:
            self._task.kernel.group.start_soon(self._write_soon)
        self._outbox.put(asked, write, check)

    def num_put(self, what: str, pid: int) -> int:
        """How many of those to a process wait to be done."""
        return self._outbox.count(what, pid)

    @contextmanager
    def bringing(self) -> Iterator[None]:
        """Nothing new is done meanwhile: a child that comes back has its place among the children."""
        self._num_bringing += 1
        try:
            yield
        finally:
            self._num_bringing -= 1
            self._move()

    async def begin_thinking(self, asked: Asked) -> None:
        """On record: what its model is asked next is for that."""
        await self._append(Record(self._task.pid, "begun", {"op": asked.number}))

    @asynccontextmanager
    async def thinking(self, asked: Asked) -> AsyncIterator[None]:
        """One conversation: one thing after the other, and first what was in its middle when its kernel ended."""
        while self._unfinished not in (0, asked.number):
            await self._finished.wait()
        async with self._conversation:
            yield

    # -- its life -----------------------------------------------------------------------------------------------------

    def check_end(self) -> None:
        """At the end of the code. Raises ProcessFailed where there was more."""
        rest = [asked for lane in self.past.lanes.values() for asked in lane if asked.got is not None]
        if rest and not self.is_past:
            raise self._diverged("ends", min(rest, key=lambda asked: asked.number))

    async def close(self) -> None:
        """Put on record what is not yet; of one that is only suspended nothing any more."""
        if self._task.suspended:
            self._outbox.clear()
        elif self.is_past and self.failure is None:
            async with self._writing:
                await self._outbox.write()
        self.failure = self.failure or ProcessFailed(f"process {self._task.pid} has ended")
        self._moved.set()

    def fail(self, error: LLMasOSError) -> LLMasOSError:
        """End the code."""
        self.failure = self.failure or error
        self.scope.cancel()
        return self.failure

    async def _check(self) -> None:
        """Nobody who tries again and again holds up the others, or goes on. Raises what ended it."""
        if self._task.suspended:
            raise anyio.get_cancelled_exc_class()
        if self.failure is not None:
            await anyio.lowlevel.checkpoint()
            raise self.failure

    def _check_whose(self) -> None:
        """Another process's code, run again, would not ask for it again here, nor would a call. Raises UsageError."""
        other, mine = _running.get(), self._task.pid
        if other == WITHIN:
            raise UsageError(f"this os is for the main of process {mine}: a call that is made has to do without it")
        if isinstance(other, Execution) and other is not self:
            its = other._task.pid
            raise UsageError(f"this os is that of process {mine}, and process {its} has its own: its main is given it")

    # -- inside: what was ---------------------------------------------------------------------------------------------

    def _next(self, what: str, key: Any) -> Asked:
        """What is asked, as it was asked before if it was. Raises ProcessFailed."""
        lane = self._lanes.own(what, key)
        if not lane.past:
            self._num_ops += 1
            return Asked(self._num_ops, lane.number, what, key, self._num_given, at=time.time())
        asked = lane.past[0]
        if (asked.what, asked.key) != (what, key):
            raise self.fail(self._diverged(f"asks for {words(what, key)}", asked))
        lane.past.popleft()
        self._missing[asked.after] -= 1
        while self._moments and not self._missing[self._moments[0]]:
            self._moments.popleft()
        self._move()
        return asked

    def _diverged(self, does: str, asked: Asked) -> ProcessFailed:
        return ProcessFailed(
            f"{self._task.program.name} did not come back with its kernel: its code {does} where it had asked for"
            f" {asked.words}; what it does has to follow from its request and from what os gives it"
        )

    async def _again(self, asked: Asked, got: Got, read: Callable[[Asked, Got], Any]) -> Any:
        """What it got then, in its turn; time limits that would have come too late are no reason to miss it."""
        missed = await self._until(lambda: self._is_due(got), TURNS)
        try:
            if got.cancelled:
                await _cancelled(missed)
        finally:
            self._num_given += 1
            self._move()
        self._task.process.hold(got.held)
        if got.error is not None:
            raise error_of(got.error)
        return read(asked, got)

    def _is_due(self, got: Got) -> bool:
        is_asked = not (self._moments and self._moments[0] <= got.place)  # what had been, by then
        return self._num_given == got.place and is_asked and not self._num_bringing

    async def _until(self, is_so: Callable[[], bool], turns: int = 0) -> BaseException | None:
        """And so many turns of the event loop more; a cancellation that came meanwhile, for whoever is to heed it.

        Raises ProcessFailed, or what ends the code.
        """
        missed: BaseException | None = None
        has_waited = is_so() and not turns
        while not (has_waited or self._is_ending):
            try:
                with anyio.CancelScope(shield=True):
                    await self._wait_for(is_so)
                    for _ in range(turns):
                        await anyio.lowlevel.checkpoint()
                has_waited = True
            except anyio.get_cancelled_exc_class() as error:  # it was on its way before there was a shield
                missed = error
        if self._is_ending:
            await self._check()
            await anyio.lowlevel.checkpoint()
        return missed

    async def _wait_for(self, is_so: Callable[[], bool]) -> None:
        """Raises ProcessFailed where it never will be, for a task of the code's has ended that had more to ask."""
        began, is_told = time.monotonic(), False
        while not (is_so() or self._is_ending):
            with anyio.move_on_after(LOOK_S):
                await self._moved.wait()
            if not self._is_ending and (lane := self._lanes.dead()) is not None:
                raise self.fail(self._diverged("has ended a task", lane.past[0]))
            if not is_told and time.monotonic() - began > PATIENCE_S:
                is_told = True
                self._tell_missing()
        if is_told:
            self._task.become(State.READY)

    @property
    def _is_ending(self) -> bool:
        task = self._task
        told = task.suspended or task.killed_by is not None or task.is_interrupted
        return told or self.failure is not None or (task.time is not None and task.time.cancel_called)

    def _tell_missing(self) -> None:
        """Somebody may sleep; or the code may not be what it was. Who looks at it (ps) sees that it waits."""
        self._task.become(State.WAITING, AGAIN)
        rest = [asked for lane in self.past.lanes.values() for asked in lane]
        first = min(rest, key=lambda asked: asked.number, default=None)
        if first is not None:
            why = "process %d: its code is run again, and has not asked for %s since %g s, as it did"
            _log.warning(why, self._task.pid, first.words, PATIENCE_S)

    def _move(self) -> None:
        moved, self._moved = self._moved, anyio.Event()
        moved.set()

    # -- inside: what is new ------------------------------------------------------------------------------------------

    async def _begin(self, asked: Asked, calls: bool) -> None:
        if asked.is_recorded:
            return
        if calls:
            asked.call = self._task.next_call()
        await self._append(Record(self._task.pid, "asked", asked.body))
        asked.is_recorded = True

    async def _give(self, asked: Asked, outcome: dict[str, Any]) -> None:
        """On record, before the code sees it; and it sees it before another of its tasks sees what came later."""
        task = self._task
        if asked.number == self._unfinished:
            self._unfinished = 0
            self._finished.set()
        if task.suspended:
            raise anyio.get_cancelled_exc_class()
        if "cancelled" in outcome and (task.killed_by is not None or self.failure is not None):
            return
        if self.failure is not None:  # it has ended meanwhile
            raise self.failure
        held = {"held": task.process.held} if task.process.held else {}
        records = [] if asked.is_recorded else [Record(task.pid, "asked", asked.body)]
        await self._append(*records, Record(task.pid, "got", {"op": asked.number, **outcome, **held}))
        self._num_given += 1

    async def _append(self, *records: Record) -> None:
        """Behind what was put before, with what its model has said. Raises StorageError, which ends the code."""
        with anyio.CancelScope(shield=True):
            async with self._writing:
                await self._outbox.write()
                try:
                    await self._task.conversation.flush(also=records)
                except LLMasOSError as error:
                    raise self.fail(error) from None

    async def _write_soon(self) -> None:
        """What was put, if nobody asks for anything behind it."""
        while not (self.is_past or self._is_ending):
            with anyio.move_on_after(LOOK_S):
                await self._moved.wait()
        if self.failure is None and not self._task.suspended:
            try:
                async with self._writing:
                    await self._outbox.write()
            except LLMasOSError as error:
                _log.warning("process %d: what its code did is not on record: %s", self._task.pid, error)


async def _within(do: Do, asked: Asked) -> Any:
    whose = _running.set(WITHIN)
    try:
        return await do(asked)
    finally:
        _running.reset(whose)


async def _cancelled(missed: BaseException | None) -> None:
    """Raises what cancels the task, now or later."""
    if missed is not None:
        raise missed
    await anyio.sleep_forever()
