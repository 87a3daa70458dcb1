"""The device's thread: every driver call of a model is made in this one OS thread, one at a time.

- `async with DeviceThread() as device: await device.run(driver.step, rows)`.
- The same thread each time, because native libraries keep a pool of worker threads for each caller.
- A call that was begun is waited for, even by a cancelled task: native code cannot be left half way.
- It does not know drivers or engines.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar, TypeVarTuple

import anyio
import anyio.from_thread
from anyio.lowlevel import EventLoopToken, current_token

T = TypeVar("T")
Args = TypeVarTuple("Args")


class _Call:
    """One call on its way there and back."""

    __slots__ = ("args", "done", "error", "function", "result", "token")

    def __init__(self, function: Callable[..., Any], args: tuple[Any, ...], token: EventLoopToken) -> None:
        self.function = function
        self.args = args
        self.token = token
        self.done = anyio.Event()
        self.result: Any = None
        self.error: BaseException | None = None

    def make(self) -> None:
        try:
            self.result = self.function(*self.args)
        except BaseException as error:
            self.error = error
        with contextlib.suppress(RuntimeError):  # the event loop has gone, and with it whoever waited
            anyio.from_thread.run_sync(self.done.set, token=self.token)


class DeviceThread:
    """An async context manager; leaving it ends the thread."""

    def __init__(self, name: str = "device") -> None:
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    async def __aenter__(self) -> DeviceThread:
        self._thread.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._calls.put(None)
        self._thread.join()  # at once: `run` has waited for the last call

    async def run(self, function: Callable[[*Args], T], *args: *Args) -> T:
        """Make a call in the device's thread. What it raises is raised here; cancellation waits for it to end."""
        call = _Call(function, args, current_token())
        self._calls.put(call)
        with anyio.CancelScope(shield=True):
            await call.done.wait()
        if call.error is not None:
            raise call.error
        result: T = call.result
        return result

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            call.make()
