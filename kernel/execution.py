"""Code in Python that outlives its kernel: it runs again from its beginning, and gets again what it got then.

- `await execution.ask(what, key, do)`: what the code asks of the kernel and waits for. `do(asked)` does it, once: what
  came of it is on record before the code sees it, an error or a cancellation too.
- `execution.put(what, key, write)`: what it does without waiting. `write(record)` puts it on record and does it.
- After a restart each is found in the journal and not done again, until all is given that was: then the code is where
  it was. What was under way goes on: `do` is told by `asked.is_new` that it was begun before.

A task of the code's is a lane: in each, the same has to be asked in the same order, else the code is not what it was
and its process ends, saying so. Between lanes things are given in the order in which they were. Time is not replayed:
who slept sleeps again.

Source: replay of orchestrations in Burckhardt et al. 2021, Durable Functions; here over an event loop as it is.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio

from llmasos.errors import LLMasOSError, NoSuchProcess, ProcessError, ProcessFailed
from llmasos.kernel.journal import Record
from llmasos.kernel.past_code import Asked, PastCode, error_facts, error_of, plain, words
from llmasos.kernel.remains import Remains

if TYPE_CHECKING:
    from llmasos.kernel.task import Task

_log = logging.getLogger(__name__)
PATIENCE_S = 30.0  # for what was given before something that nobody has asked for yet
Do = Callable[[Asked], Awaitable[Any]]
Write = Callable[[Record], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Returning:
    """What code goes on from. `ready`: its children are back, those that somebody else than itself brings."""

    found: Remains
    code: PastCode
    is_new: bool = False  # another process, whose journal lacks that past yet
    ready: anyio.Event = field(default_factory=anyio.Event)


@dataclass(slots=True)
class _Lane:
    """One task of the code's. `past`: what it is to ask again."""

    number: int
    owner: int
    past: deque[Asked]


_lane: ContextVar[_Lane | None] = ContextVar("lane", default=None)


class Execution:
    """One process's, made in the task that runs its code."""

    def __init__(self, task: Task, past: PastCode | None = None) -> None:
        self.past = past or PastCode()
        self.thinking = anyio.Lock()  # one conversation: one thing after the other
        self._task = task
        self._unclaimed = dict(sorted(self.past.lanes.items()))
        self._num_lanes = max(self._unclaimed, default=0) + 1
        self._num_ops = self.past.last_op
        self._place = 0  # of what is to be given next
        self._passed: set[int] = set()
        self._moved = anyio.Event()
        self._writing = anyio.Lock()
        self._queue: deque[tuple[Asked, Write]] = deque()
        self.failure: LLMasOSError | None = (
            None  # from then on there is no more to be had, whatever the code makes of it
        )
        _lane.set(_Lane(0, anyio.get_current_task().id, self._unclaimed.pop(0, deque())))

    @property
    def is_past(self) -> bool:
        """Whether the code is where it was."""
        return self._place >= self.past.num_got

    # -- for what the code may use ------------------------------------------------------------------------------------

    async def ask(
        self,
        what: str,
        key: Any,
        do: Do,
        *,
        acts: bool = False,
        calls: bool = False,
        read: Callable[[Asked], Any] | None = None,
        stored: Callable[[Any], Any] = lambda value: value,
    ) -> Any:
        """What `do` gives, or gave. `acts`: it has an effect, so that it is on record before. `calls`: it is a call.

        `stored` is what the record has of it, of which `read` makes it again. Raises what `do` raises or raised, and
        ProcessFailed where the code asks for something else than it did.
        """
        asked = self._next(what, plain(key))
        if asked.got is not None:
            return await self._given(asked, read)
        known = not asked.is_new  # to the journal
        try:
            await self._caught_up(asked)
            await self._task.checkpoint()
            if asked.is_new and calls:
                asked.call = self._task.next_call()
            if asked.is_new and acts:
                await self._append(Record(self._task.pid, "asked", asked.body))
                known = True
            value = await do(asked)
        except anyio.get_cancelled_exc_class():
            await self._give(asked, known, {"cancelled": True})
            raise
        except Exception as error:
            if error is not self.failure:
                await self._give(asked, known, {"error": error_facts(error)})
            raise
        await self._give(asked, known, {"value": stored(value)})
        return value

    def put(self, what: str, key: Any, write: Write, check: Callable[[], None] = lambda: None) -> None:
        """Raises what `check` raises or raised: then nothing is done."""
        if self._task.suspended:
            return
        asked = self._next(what, plain(key))
        if asked.got is not None:
            self._pass(asked)
            if asked.got.error is not None:
                raise error_of(asked.got.error)
            return
        refused = None
        try:
            check()
        except LLMasOSError as error:
            refused = error
        self._queue.append((asked, write if refused is None else self._refusing(asked, refused)))
        if len(self._queue) == 1:
            self._task.kernel.group.start_soon(self._write_soon)
        if refused is not None:
            raise refused

    # -- its life -----------------------------------------------------------------------------------------------------

    def check_end(self) -> None:
        """The code has come to its end. Raises ProcessFailed where there was more."""
        self._check()
        rest = [asked for lane in self.past.lanes.values() for asked in lane if asked.got is not None]
        if rest and not self.is_past:
            raise self._diverged("ends", min(rest, key=lambda a: a.number))

    async def close(self) -> None:
        """Put on record what is not yet; of one that is only suspended nothing any more."""
        if self._task.suspended:
            self._queue.clear()
        elif self.is_past and self.failure is None:
            async with self._writing:
                await self._write_queue()
        self.failure = self.failure or ProcessFailed(f"process {self._task.pid} has ended")
        self._moved.set()

    def _check(self) -> None:
        if self.failure is not None:
            raise self.failure

    # -- inside: what was ---------------------------------------------------------------------------------------------

    def _next(self, what: str, key: Any) -> Asked:
        """What is asked, as it was asked before if it was. Raises ProcessFailed."""
        self._check()
        lane = self._lane(what, key)
        if not lane.past:
            self._num_ops += 1
            return Asked(self._num_ops, lane.number, what, key)
        asked = lane.past.popleft()
        if (asked.what, asked.key) != (what, key):
            lane.past.appendleft(asked)
            self.failure = self._diverged(f"asks for {words(what, key)}", asked)
            raise self.failure
        return asked

    def _lane(self, what: str, key: Any) -> _Lane:
        """That of this task. One that is not known yet was the first that began with the same."""
        lane, own = _lane.get(), anyio.get_current_task().id
        if lane is not None and lane.owner == own:
            return lane
        begun = (n for n, past in self._unclaimed.items() if (past[0].what, past[0].key) == (what, key))
        number = next(begun, None)
        if number is None:
            number, self._num_lanes = self._num_lanes, self._num_lanes + 1
        lane = _Lane(number, own, self._unclaimed.pop(number, deque()))
        _lane.set(lane)
        return lane

    def _diverged(self, does: str, asked: Asked) -> ProcessFailed:
        return ProcessFailed(
            f"{self._task.program.name} did not come back with its kernel: its code {does} where it had asked for"
            f" {asked.words}; what it does has to follow from its request and from what os gives it"
        )

    async def _given(self, asked: Asked, read: Callable[[Asked], Any] | None) -> Any:
        """What it got then, in its turn."""
        got = asked.got
        assert got is not None
        try:
            while self._place < got.place:
                await self._moved.wait()
                self._check()
            if got.cancelled:
                await anyio.sleep_forever()
        finally:
            self._pass(asked)
        self._task.process.hold(got.held)
        if got.error is not None:
            raise error_of(got.error)
        return got.value if read is None else read(asked)

    def _pass(self, asked: Asked) -> None:
        assert asked.got is not None
        self._passed.add(asked.got.place)
        while self._place in self._passed:
            self._passed.remove(self._place)
            self._place += 1
        moved, self._moved = self._moved, anyio.Event()
        moved.set()

    async def _caught_up(self, asked: Asked) -> None:
        """Until all is given that was. Raises ProcessFailed for a task that was not there, while others are missing."""
        while not self.is_past:
            place, stalled = self._place, True
            with anyio.move_on_after(PATIENCE_S):
                await self._moved.wait()
                stalled = False
            self._check()
            if stalled and place == self._place and self._unclaimed:
                missing = next(iter(self._unclaimed.values()))[0]
                self.failure = self._diverged(f"asks for {asked.words}", missing)
                raise self.failure

    # -- inside: what is new ------------------------------------------------------------------------------------------

    async def _give(self, asked: Asked, known: bool, outcome: dict[str, Any]) -> None:
        """On record, before the code sees it; and it sees it before another of its tasks sees what came later."""
        task = self._task
        if task.suspended or (task.killed_by is not None and "cancelled" in outcome):
            return
        held = {"held": task.process.held} if task.process.held else {}
        fields = {"op": asked.number} if known else asked.body
        with anyio.CancelScope(shield=True):
            if "cancelled" in outcome:
                await task.conversation.flush()
            await self._append(Record(task.pid, "got", {**fields, **outcome, **held}))

    async def _append(self, record: Record) -> None:
        """Behind what was put before. Raises StorageError, and from then on whatever is asked does."""
        async with self._writing:
            await self._write_queue()
            try:
                await anyio.to_thread.run_sync(self._task.kernel.journal.append, [record])
            except LLMasOSError as error:
                self.failure = error
                raise

    def _refusing(self, asked: Asked, error: LLMasOSError) -> Write:
        async def write(record: Record) -> None:
            body = {**asked.body, "error": error_facts(error)}
            await anyio.to_thread.run_sync(self._task.kernel.journal.append, [Record(record.pid, "got", body)])

        return write

    async def _write_soon(self) -> None:
        """What was put, if nobody asks for anything behind it."""
        try:
            while not self.is_past and self.failure is None:
                await self._moved.wait()
            if self.failure is None:
                async with self._writing:
                    await self._write_queue()
        except LLMasOSError as error:
            _log.warning("process %d: what its code did is not on record, and not done: %s", self._task.pid, error)

    async def _write_queue(self) -> None:
        """Raises StorageError."""
        while self._queue:
            asked, write = self._queue.popleft()
            record = Record(self._task.pid, "got", asked.body)
            try:
                await write(record)
            except (NoSuchProcess, ProcessError):  # it has ended since: so does what is sent to a process in Unix
                await anyio.to_thread.run_sync(self._task.kernel.journal.append, [record])
            except LLMasOSError as error:
                self.failure = error
                raise
