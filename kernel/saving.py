"""Saves KV of processes that wait, so that a restart brings them back without prefill: a loop beside the kernel.

- `await Saving(kernel, saved, after_s).run()` until cancelled: who has waited or been stopped for `after_s` seconds is
  saved, if it has KV that its file lacks: once, until it has said or been told something. Files of the ended go.
- `await leave()` saves whom the kernel suspended, for at most `LEAVE_SECONDS`: a daemon is gone within five.
- KV leaves the device between two steps; the file is written while the next ones run.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import anyio

from llmasos.errors import DriverError
from llmasos.kernel.process import Process, State
from llmasos.memory.saved import SavedKV

if TYPE_CHECKING:
    from llmasos.kernel.kernel import Kernel

LEAVE_SECONDS = 1.5
LOOKS = 4  # in the time after which one is saved
_log = logging.getLogger(__name__)


class Saving:
    """`after_s`: seconds of waiting; infinite saves at the end only."""

    def __init__(
        self, kernel: Kernel, saved: SavedKV, after_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._kernel, self._saved, self._after_s, self._clock = kernel, saved, after_s, clock
        self._still: dict[int, tuple[int, float]] = {}  # by pid: tokens of its context, and since when it stands still

    async def run(self) -> None:
        while not math.isinf(self._after_s):
            await anyio.sleep(self._after_s / LOOKS)
            await self.look()

    async def look(self) -> None:
        """Save whoever has waited long enough by now."""
        live = {process.pid: process for process in self._kernel.processes()}
        await anyio.to_thread.run_sync(self._saved.retain, live)
        self._still = {pid: since for pid, since in self._still.items() if pid in live}
        for process in live.values():
            if self._stands_still(process):
                self._still[process.pid] = (len(process.context.tokens), math.inf)  # not again, whatever comes of it
                await self._save(process)

    async def leave(self) -> None:
        """Save those that were suspended; what takes too long is computed again."""
        with anyio.move_on_after(LEAVE_SECONDS):
            for process in self._kernel.suspended:
                await self._save(process)

    def _stands_still(self, process: Process) -> bool:
        waits = process.state in (State.WAITING, State.STOPPED)
        length, since = self._still.get(process.pid, (-1, 0.0))
        if not waits or length != len(process.context.tokens):
            self._still[process.pid] = (len(process.context.tokens) if waits else -1, self._clock())
            return False
        return self._clock() - since >= self._after_s

    def _fits(self, num_bytes: int) -> bool:
        """Known before it is copied, which holds up a step."""
        return num_bytes < self._saved.disk_bytes

    async def _save(self, process: Process) -> None:
        """One that cannot be is computed again after a restart, and nobody ends for that."""
        model = self._kernel.models.get(process.model)
        if model is None or not self._fits(len(process.context.tokens) * model.driver.info.kv_bytes_per_token):
            return
        residency = model.engine.residency
        try:
            kv = await model.engine.asides.run(residency.unsaved, process.pid)
        except DriverError as error:
            _log.warning("KV of process %d is not saved: %s", process.pid, error)
            return
        if kv is not None:
            await anyio.to_thread.run_sync(residency.swap.save, process.pid, *kv, abandon_on_cancel=True)
