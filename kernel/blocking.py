"""Calls that block, each in a thread of its own, apart from the threads that the kernel itself needs.

- `await blocking.run(function)` is what it returns. Cancelled, the thread is left behind: Python cannot end one.
- What has not begun when it is cancelled never begins. What has begun goes on until it ends by itself.
- Past so many threads no other call begins: EAGAIN. So calls that hang cost so many threads and no more, and neither
  the journal nor another process waits for them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

import anyio

from llmasos.errors import SyscallError

T = TypeVar("T")
MAX_AT_ONCE = 32  # that somebody waits for
MAX_THREADS = 64  # with those that were left behind


class Blocking:
    def __init__(self, max_at_once: int = MAX_AT_ONCE, max_threads: int = MAX_THREADS) -> None:
        self._limiter = anyio.CapacityLimiter(max_at_once)
        self._max_threads = max_threads
        self._lock = threading.Lock()
        self.num_threads = 0  # at work, waited for or not

    async def run(self, function: Callable[[], T]) -> T:
        """Raises SyscallError EAGAIN, and what the function raises."""
        given_up = threading.Event()

        def followed() -> T | None:
            if given_up.is_set():
                return None
            self._begin()
            try:
                return function()
            finally:
                self._end()

        try:
            result = await anyio.to_thread.run_sync(followed, abandon_on_cancel=True, limiter=self._limiter)
        finally:
            given_up.set()
        return result  # type: ignore[return-value]  # it was not given up

    def _begin(self) -> None:
        with self._lock:
            if self.num_threads >= self._max_threads:
                raise SyscallError(f"{self.num_threads} calls are at work that do not come back", "EAGAIN")
            self.num_threads += 1

    def _end(self) -> None:
        with self._lock:
            self.num_threads -= 1
