"""Calls to a model's device that are no step: embeddings, say. Made in its thread, between two steps.

- `await asides.run(driver.embed, texts)` for whoever wants one; `make` and `end` are the engine's.
- Who is cancelled while it waits takes its call back; one that was begun ends first.
- Every call holds up everybody's next token: ask for little at a time.
"""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar, TypeVarTuple

import anyio

from llmasos.errors import DriverClosed
from llmasos.kernel.device import DeviceThread

T = TypeVar("T")
Args = TypeVarTuple("Args")


class _Aside:
    def __init__(self, call: Callable[[], Any]) -> None:
        self.call = call
        self.done = anyio.Event()
        self.result: Any = None
        self.error: Exception | None = None


class Asides:
    """`wake` has the engine look at them."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._waiting: deque[_Aside] = deque()
        self._ended: DriverClosed | None = None

    async def run(self, function: Callable[[*Args], T], *args: *Args) -> T:
        """A call's result. Raises what it raises, DriverClosed when the engine has ended."""
        if self._ended is not None:
            raise self._ended
        aside = _Aside(functools.partial(function, *args))
        self._waiting.append(aside)
        self._wake()
        try:
            await aside.done.wait()
        finally:
            if aside in self._waiting:
                self._waiting.remove(aside)
        if aside.error is not None:
            raise aside.error
        result: T = aside.result
        return result

    async def make(self, device: DeviceThread) -> None:
        """Make those that wait now."""
        for _ in range(len(self._waiting)):
            aside = self._waiting.popleft()
            try:
                aside.result = await device.run(aside.call)
            except Exception as error:
                aside.error = error
            aside.done.set()
            if not self._waiting:  # somebody took theirs back meanwhile
                return

    def end(self, error: DriverClosed) -> None:
        """No more are made: those that wait are told so."""
        self._ended = error
        while self._waiting:
            aside = self._waiting.popleft()
            aside.error = error
            aside.done.set()
