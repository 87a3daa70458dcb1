"""What code does without waiting: its words, and what it tells and sends to its children, each on record and then done.

- `put(asked, write, check)` queues one; what `check` refuses is on record as refused, and not done.
- `await write()` puts all of it on record and does it, in order. Who asks for anything else does that first.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import anyio

from llmasos.errors import LLMasOSError, NoSuchProcess, ProcessError
from llmasos.kernel.journal import Record
from llmasos.kernel.past_code import Asked, error_facts

if TYPE_CHECKING:
    from llmasos.kernel.task import Task

_log = logging.getLogger(__name__)
Write = Callable[[Record], Awaitable[None]]


class Outbox:
    """One process's. `fail` ends its code, and gives the error to raise."""

    def __init__(self, task: Task, fail: Callable[[LLMasOSError], LLMasOSError]) -> None:
        self._task, self._fail = task, fail
        self._queue: deque[tuple[Asked, Write]] = deque()

    def __bool__(self) -> bool:
        return bool(self._queue)

    def put(self, asked: Asked, write: Write, check: Callable[[], None]) -> None:
        """Raises what `check` raises."""
        try:
            check()
        except LLMasOSError as error:
            self._queue.append((asked, self._refusing(error)))
            raise
        self._queue.append((asked, write))

    def count(self, what: str, pid: int) -> int:
        """How many of those to a process wait to be done."""
        return sum(asked.what == what and asked.key["pid"] == pid for asked, _ in self._queue)

    def clear(self) -> None:
        self._queue.clear()

    async def write(self) -> None:
        """One caller at a time. Raises StorageError, which ends the code."""
        with anyio.CancelScope(shield=True):
            while self._queue:
                asked, write = self._queue[0]
                await self._write(Record(self._task.pid, "did", asked.body), write)
                if self._queue:  # else it was suspended meanwhile
                    self._queue.popleft()

    async def _write(self, record: Record, write: Write) -> None:
        try:
            await write(record)
        except ProcessError as error:
            if not isinstance(error, NoSuchProcess):  # one that has ended since is no news in Unix either
                _log.warning("process %d: %s", self._task.pid, error)
            await self._append(record)
        except LLMasOSError as error:
            raise self._fail(error) from None

    def _refusing(self, error: LLMasOSError) -> Write:
        async def write(record: Record) -> None:
            await self._append(Record(record.pid, record.kind, {**record.body, "error": error_facts(error)}))

        return write

    async def _append(self, record: Record) -> None:
        await anyio.to_thread.run_sync(self._task.kernel.journal.append, [record])
