"""The step loop of one loaded model: continuous batching of every process's generation.

- `async with engine.generate(process, sampler) as generation: async for emissions in generation: ...`;
  afterwards `generation.finish_reason` says why it ended. Leaving early takes its row out of the next batch.
- `await engine.run()` is the loop; it sleeps while nobody is runnable. Its synchronous core, for a caller that
  has no event loop: `batch = compose()`, `step(batch)` (blocks; the device's thread), `complete(batch)`.
- A step is a *burst* of driver steps over the same rows: as many as fit in `burst_seconds` while nobody arrives,
  leaves or ends. On a slow model that is one; on a fast one the way to the event loop and back is paid for once.
- `interrupt`, `pause` and `resume` a pid within one token; `release` it when it ends.
- It does not know messages, tools or text; who is next is `scheduler.py`'s, where KV lives `residency.py`'s.

A generation: waiting in the run queue --compose--> in the batch --complete--> waiting | finished.
Paused, it is in neither, until `resume`.

Invariants (`check_integrity`, `tests/kernel/test_engine.py`):
1. `process.context.tokens` is the truth: a token is in it when the journal (`sink`) has it and before anyone sees it.
2. Each row holds one token of its budget before it is fed (`reserved`); no limit is passed by one token.
3. `compose` and `complete` run in the event loop, `step` in the device's thread, never two of them at once.
4. Whoever leaves while a step runs is not in what `complete` delivers, unless the journal has its token by then.
5. What anybody asks of the engine ends a burst within one driver step (`_stirred`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence

import anyio.lowlevel

from llmasos.drivers.driver import Driver, Sampler
from llmasos.errors import DriverBroken, DriverClosed, KernelPanic, LLMasOSError, QuotaExceeded, WindowTooSmall
from llmasos.kernel.aside import Asides
from llmasos.kernel.batch import Batch, TokenRecord
from llmasos.kernel.device import DeviceThread
from llmasos.kernel.generation import Generation
from llmasos.kernel.process import Process, State
from llmasos.kernel.run_queue import Policy
from llmasos.kernel.scheduler import Scheduler
from llmasos.kernel.statistics import Counters, Statistics
from llmasos.kernel.timeline import Share, Timeline
from llmasos.memory.residency import Residency
from llmasos.memory.swap import SwapSpace

BURST_SECONDS = 0.016  # as long as nobody sees: a screen shows a picture every 0.017


def _discard(records: list[TokenRecord]) -> None:
    """The sink of an engine without a journal."""


class Engine:
    """Runs one driver. `sink` is called in the device's thread with a step's tokens before anyone sees them."""

    def __init__(
        self,
        driver: Driver,
        *,
        policy: Policy[Generation],
        step_tokens: int = 512,
        burst_seconds: float = BURST_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        swap: SwapSpace | None = None,
        away: Callable[[int], float] = lambda pid: 0.0,
        sink: Callable[[list[TokenRecord]], None] = _discard,
    ) -> None:
        self.driver = driver
        self.policy = policy
        self.residency = Residency(driver, clock, swap, away)
        self.scheduler = Scheduler(policy, step_tokens=step_tokens, max_rows=driver.info.num_sequences)
        self._window_tokens = min(driver.info.window_tokens, driver.info.num_cells)
        self._burst_seconds, self._clock, self._sink = burst_seconds, clock, sink
        self._live: dict[int, Generation] = {}
        self._paused: set[int] = set()
        self._prefix_tokens: dict[int, int] = {}  # by pid: how much of its context others are likely to share
        self._released: list[tuple[int, int]] = []
        self._batch: Batch | None = None  # the one under way
        self._running: list[Generation] = []  # of the last batch
        self._stirred = False  # somebody came, left or was stopped since the batch was composed
        self._completed = anyio.Event()
        self._work = anyio.Event()
        self.asides = Asides(lambda: self._work.set())
        self.timeline = Timeline()
        self._ended: DriverClosed | None = None
        self._counters = Counters()

    # -- what the kernel asks -----------------------------------------------------------------------------------------

    def generate(
        self,
        process: Process,
        sampler: Sampler,
        *,
        max_tokens: int | None = None,
        stop_tokens: Collection[int] | None = None,
    ) -> Generation:
        """Generate into the last segment of the process's context, whose tokens so far are the prompt.

        `max_tokens` bounds sampled and forced tokens together; `stop_tokens` default to the model's end tokens.
        """
        assert process.context.tokens, "nothing to generate from"
        stop = self.driver.tokenizer.end_tokens if stop_tokens is None else frozenset(stop_tokens)
        return Generation(self, process, sampler, max_tokens, stop)

    def add(self, generation: Generation) -> None:
        assert generation.pid not in self._live, f"process {generation.pid} generates already"
        if self._ended is not None:
            raise self._ended
        self._live[generation.pid] = generation
        self._prefix_tokens[generation.pid] = generation.process.shared_tokens
        generation.process.accounting.prompt_tokens += len(generation.process.context.tokens)
        if generation.max_tokens == 0:
            self._finish(generation, "length")
        elif generation.pid not in self._paused:
            self._enqueue(generation)

    async def remove(self, generation: Generation) -> None:
        """Take a generation out at once; if its token is in the journal already, once that is in the context."""
        generation.closed = self._stirred = True
        if generation in self.policy:  # not another row while the journal has its last token
            self.policy.remove(generation)
        while generation.settled:
            await self._completed.wait()
        if self._live.get(generation.pid) is generation:
            del self._live[generation.pid]
        if not generation.finish_reason:
            self._finish(generation, "interrupted")

    def interrupt(self, pid: int) -> None:
        """End a process's generation, if it has one, within one token."""
        generation = self._live.get(pid)
        if generation is None or generation.finish_reason:
            return
        self._stirred = True
        if self._batch is not None and generation in self._batch.generations:
            generation.interrupted = True
        else:
            self._finish(generation, "interrupted")

    def pause(self, pid: int) -> None:
        """Compose no rows for a process until `resume`."""
        self._paused.add(pid)
        self._stirred = True
        generation = self._live.get(pid)
        if generation is not None and generation in self.policy:
            self.policy.remove(generation)
            generation.process.switch(State.RUNNING, State.READY)

    def resume(self, pid: int) -> None:
        self._paused.discard(pid)
        generation = self._live.get(pid)
        if generation is not None and not generation.finish_reason and generation not in self.policy:
            self._enqueue(generation)

    async def release(self, pid: int) -> None:
        """A process has ended: its generation is taken out now, its KV before the next step."""
        generation = self._live.get(pid)
        if generation is not None:
            await self.remove(generation)
        self._paused.discard(pid)
        self._stirred = True
        self._released.append((pid, self._prefix_tokens.pop(pid, 0)))

    def statistics(self) -> Statistics:
        residency = self.residency
        return Statistics.of(
            self._counters,
            evictions=residency.num_evictions,
            forks=residency.num_forks,
            **residency.swap.statistics(),
            driver_seconds=residency.driver_seconds,
            num_runnable=len(self.policy),
            num_paused=sum(pid in self._live for pid in self._paused),
            num_free_cells=residency.num_free_cells,
        )

    # -- the loop -----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Step while anybody is runnable, sleep while nobody is, until cancelled. What cannot go on is told so."""
        name = self.driver.info.name
        self._ended = None
        try:
            async with DeviceThread() as device:
                while True:
                    await self._run_step(device)
        except Exception as error:
            self._fail_all(DriverBroken(f"the engine of {name} failed: {type(error).__name__}: {error}"))
            raise
        finally:
            self._ended = DriverClosed(f"the engine of {name} has ended")
            self._fail_all(self._ended)
            self.asides.end(self._ended)
            self.residency.swap.close()

    async def _run_step(self, device: DeviceThread) -> None:
        await anyio.lowlevel.checkpoint_if_cancelled()
        self._work = anyio.Event()  # before it looks: what comes while it does wakes it
        await self.asides.make(device)
        batch = self.compose()
        if batch is None:
            await self._work.wait()
            return
        try:
            await device.run(self.step, batch)
        finally:
            self.complete(batch)

    def compose(self) -> Batch | None:
        """The next batch, with one token reserved for each row; None when nobody is runnable."""
        assert self._batch is None, "the last batch is not complete"
        began = self._clock()
        self._stirred = False
        while grants := self.scheduler.compose(self.residency.num_free_cells):
            rows: list[Generation] = []
            for generation, num_tokens in grants:
                if self._reserve(generation, rows):
                    generation.demand.max_tokens = num_tokens
                    rows.append(generation)
            if rows:
                self._batch = Batch(rows, [generation.demand for generation in rows], began)
                self._show_running(rows)
                return self._batch
        return None

    def step(self, batch: Batch) -> None:
        """Run the batch and journal what was sampled. Blocks; errors are kept in the batch for `complete`."""
        try:
            while self._released:
                self.residency.release(*self._released.pop())
            self._burst(batch)
        except LLMasOSError as error:
            batch.error = error
        except (AssertionError, KernelPanic):  # an invariant of ours: nobody may go on
            raise
        except Exception as error:  # a driver's library: its model is in doubt, the others are not
            self.residency.reset()
            batch.error = DriverBroken(f"{self.driver.info.name}: {type(error).__name__}: {error}")
        try:
            self._journal(batch)
        except LLMasOSError as error:
            batch.error = error
            for generation in batch.generations:
                generation.unsettle()

    def complete(self, batch: Batch) -> None:
        """Bring contexts, budgets and consumers up to what the step did."""
        assert self._batch is batch, "it is not the batch under way"
        self._batch = None
        served = [(g, g.prefilled, len(g.kept)) for g in batch.generations if g.served]
        self.policy.charge(served)
        for generation in batch.generations:
            generation.absorb()
            self._conclude(generation)
        if batch.error is not None:
            self._fail_all(batch.error)
        ended = self._clock()
        self._counters.busy_seconds += ended - batch.began
        self.timeline.add(batch.began, ended, [Share(g.pid, prefilled, kept) for g, prefilled, kept in served])
        self._completed.set()
        self._completed = anyio.Event()

    def check_integrity(self) -> None:
        """Between steps only."""
        assert self._batch is None, "a step is under way"
        self.policy.check_integrity()
        self.residency.check_integrity()
        for pid, generation in self._live.items():
            runnable = not generation.finish_reason and pid not in self._paused
            assert (generation in self.policy) == runnable, f"process {pid} is {'not ' * runnable}in the run queue"
            assert not generation.settled and not generation.kept, f"process {pid} was left in a step"
            assert generation.finish_reason or generation.num_pending > 0, f"process {pid} has nothing pending"

    # -- inside -------------------------------------------------------------------------------------------------------

    def _enqueue(self, generation: Generation) -> None:
        self._stirred = True
        self.policy.add(generation)
        self._work.set()

    def _reserve(self, generation: Generation, rows: Sequence[Generation]) -> bool:
        """Take one token of its budget for a row; a generation that may not go on is finished instead.

        Where `rows` hold what it lacks it waits: one that leaves in the middle of the step gives its token back.
        """
        try:
            self._charge(generation)
        except QuotaExceeded as error:
            if not any(generation.process.budget.is_held_by(row.process.budget, error.limit) for row in rows):
                self._finish(generation, "limit", error)
            return False
        except WindowTooSmall as error:
            self._finish(generation, "error", error)
            return False
        return True

    def _charge(self, generation: Generation) -> None:
        """Raises QuotaExceeded and WindowTooSmall, having charged nothing."""
        process = generation.process
        process.budget.check_seconds()
        length, window = len(generation.demand.tokens), self.window_tokens(process)
        if length >= window:
            raise WindowTooSmall(
                f"the context of process {process.pid} has {length} tokens and its window {window}: no room for another"
            )
        process.budget.charge("tokens")
        generation.reserved += 1

    def window_tokens(self, process: Process) -> int:
        """How many tokens the context of a process may have: the model's window, or the process's own limit."""
        limit = process.budget.context_tokens()
        return self._window_tokens if limit is None else min(self._window_tokens, limit)

    def _burst(self, batch: Batch) -> None:
        """Driver steps over the batch's rows while there is time and every row goes on."""
        ends = self._clock() + self._burst_seconds
        while True:
            self.residency.run(batch.demands)
            self._settle(batch)
            if self._clock() >= ends or not self._go_on(batch):
                return

    def _go_on(self, batch: Batch) -> bool:
        """Whether all rows can be fed again at once; then each has another token reserved."""
        if self._stirred or not all(generation.goes_on for generation in batch.generations):
            return False
        pending = [generation.num_pending for generation in batch.generations]
        if sum(pending) > min(self.scheduler.step_tokens, self.residency.num_free_cells):
            return False
        for generation, num_tokens in zip(batch.generations, pending, strict=True):
            generation.demand.max_tokens = num_tokens
            try:
                self._charge(generation)
            except (QuotaExceeded, WindowTooSmall):  # `compose` will meet it again, and say so
                return False
        return True

    def _settle(self, batch: Batch) -> None:
        """Decide what of each sample is kept, and count what the driver step did."""
        counters = self._counters
        counters.steps += 1
        self.scheduler.pace.see(self.residency.driver_seconds, [d.fed for d in batch.demands if d.fed])
        for generation in batch.generations:
            if generation.demand.fed:
                cached, prefill = generation.count_fed()
                counters.rows += 1
                counters.cached_tokens += cached
                counters.prefill_tokens += prefill
            sample = generation.demand.sample
            if sample is None:
                continue
            generation.settled = True  # first this, then the look at `closed`: `remove` does it the other way round
            if generation.closed or generation.failure is not None:
                continue
            num_kept = generation.settle(sample, self.window_tokens(generation.process))
            counters.decode_tokens += 1
            counters.forced_tokens += num_kept - 1

    def _journal(self, batch: Batch) -> None:
        """Write what was kept to the journal before anyone sees it."""
        records = batch.records
        if records:
            self._sink(records)

    def _conclude(self, generation: Generation) -> None:
        """Finish a generation whose last step this was."""
        reason, generation.last_reason = generation.last_reason, ""
        generation.settled = False
        if generation.finish_reason or generation.closed:
            return
        if generation.failure is not None:
            self._finish(generation, "error", generation.failure)
        elif reason:
            self._finish(generation, reason)
        elif generation.interrupted:
            self._finish(generation, "interrupted")

    def _finish(self, generation: Generation, reason: str, error: Exception | None = None) -> None:
        generation.finish_reason, generation.error = reason, error
        if generation in self.policy:
            self.policy.remove(generation)
        generation.process.switch(State.RUNNING, State.READY)
        generation.tell()

    def _fail_all(self, error: LLMasOSError) -> None:
        """Every generation that was not finished gets the error: those in the batch and those that wait."""
        for generation in self._live.values():
            if not generation.finish_reason:
                self._finish(generation, "error", error)

    def _show_running(self, rows: list[Generation]) -> None:
        """States follow the batch: RUNNING in it, READY once preempted."""
        if rows != self._running:
            for generation in self._running:
                if generation not in rows:
                    generation.process.switch(State.RUNNING, State.READY)
            self._running = rows
        for generation in rows:
            generation.process.switch(State.READY, State.RUNNING)
