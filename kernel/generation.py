"""One generation: a process's assistant segment in the making, from its prompt to its finish reason.

- For its consumer an async context manager that iterates over lists of emissions, all that came since the last look.
- For `engine.py` a row that may be composed (`scheduler.Candidate`): what it lacks, and what a step did to it.
- It does not know batches, policies or the journal.

Life of a sampled token: `settle` decides in the device's thread what is kept and feeds on from it, the engine journals
that, and `absorb` puts it into the context and the outbox in the event loop. Between steps the demand's tokens are the
context's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import anyio

from llmasos.drivers.choice import Choice, Floats
from llmasos.drivers.driver import Sample, Sampler
from llmasos.drivers.sampling import TokenSampler
from llmasos.errors import DriverBroken
from llmasos.kernel.process import Process
from llmasos.memory.demand import Demand
from llmasos.memory.segment import Segment

if TYPE_CHECKING:
    from llmasos.kernel.engine import Engine

T = TypeVar("T")


class Emission(NamedTuple):
    """A token as its generation's consumer gets it. A forced one has no log-probability."""

    token: int
    forced: bool = False
    logprob: float | None = None
    top_logprobs: tuple[tuple[int, float], ...] = ()


class Fence(Sampler):
    """A sampler whose failure is its own generation's, not the whole batch's."""

    def __init__(self, sampler: Sampler) -> None:
        self.sampler = sampler
        self.error: Exception | None = None

    def sample(self, logits: Floats) -> Sample:
        return self._tried(lambda: self.sampler.sample(logits), Sample(0))

    def choice(self, vocab_size: int) -> Choice | None:
        return self._tried(lambda: self.sampler.choice(vocab_size), None)

    def chose(self, token: int) -> Sample:
        return self._tried(lambda: self.sampler.chose(token), Sample(0))

    def _tried(self, call: Callable[[], T], instead: T) -> T:
        try:
            return call()
        except DriverBroken:
            raise
        except Exception as error:
            self.error = error
            return instead


def fenced(sampler: Sampler, vocab_size: int) -> Sampler:
    """Greedy ones stay as they are: drivers sample them together, and they cannot fail alone."""
    alone = isinstance(sampler, TokenSampler) and sampler.is_greedy and sampler.fits(vocab_size)
    return sampler if alone or isinstance(sampler, Fence) else Fence(sampler)


class Generation:
    def __init__(
        self, engine: Engine, process: Process, sampler: Sampler, max_tokens: int | None, stop_tokens: Collection[int]
    ) -> None:
        # Fixed.
        self.engine = engine
        self.process = process
        self.pid = process.pid
        self.tree: Hashable = process.budget.tree
        self.max_tokens = max_tokens
        self.stop_tokens = stop_tokens
        self.segment: Segment = process.context.segments[-1]
        # What it came to. Reasons: stop, grammar, length, step, limit, interrupted, error; "" while it goes on.
        self.finish_reason = ""
        self.error: Exception | None = None
        self.num_tokens = 0  # sampled and forced
        # Changed by the engine.
        self.step_tokens: int | None = None  # its consumer wants to look again after so many (slices.py)
        self.closed = False  # its consumer has left
        self.interrupted = False
        self.settled = False  # the step under way has put a token on the way to the journal
        self.reserved = 0  # tokens charged for rows that have not been sampled
        self.kept: list[Emission] = []  # of the step under way
        self.last_reason = ""  # why that step was the last one
        self.served = False  # the step under way fed it
        self.prefilled = 0  # tokens of that which were prefill
        self.demand = Demand(process.pid, list(process.context.tokens), fenced(sampler, engine.driver.info.vocab_size))
        self._prefill_end = len(process.context.tokens)  # what is fed before this position is prefill
        self._started = False
        self._outbox: list[Emission] = []
        self._news: anyio.Event | None = None

    @property
    def nice(self) -> int:
        return self.process.nice

    @property
    def num_pending(self) -> int:
        demand, residency = self.demand, self.engine.residency
        if demand.fresh:
            return len(demand.tokens) - residency.num_usable(self.pid, demand.tokens)
        return len(demand.tokens) - residency.num_resident(self.pid)

    @property
    def unseen(self) -> list[Emission]:
        """What is in the context already and was not iterated over."""
        return list(self._outbox)

    # -- for its consumer ---------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Generation:
        self.engine.add(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with anyio.CancelScope(shield=True):
            await self.engine.remove(self)

    def __aiter__(self) -> Generation:
        return self

    async def __anext__(self) -> list[Emission]:
        """Everything that came since the last time, waiting for it if nothing did.

        Raises, after all that was generated has been delivered: QuotaExceeded, WindowTooSmall, DriverError,
        or what the sampler raised.
        """
        while not self._outbox:
            if self.error is not None:
                raise self.error
            if self.finish_reason:
                raise StopAsyncIteration
            self._news = anyio.Event()
            await self._news.wait()
        emissions, self._outbox = self._outbox, []
        return emissions

    # -- for the engine -----------------------------------------------------------------------------------------------

    @property
    def failure(self) -> Exception | None:
        """What went wrong with its row alone."""
        if self.demand.error is not None:
            return self.demand.error
        sampler = self.demand.sampler
        return sampler.error if isinstance(sampler, Fence) else None

    @property
    def goes_on(self) -> bool:
        """The driver step before was not its last, as far as it can tell itself, nor its first token: that is shown."""
        ended = self.closed or self.interrupted or bool(self.last_reason) or self.num_tokens == len(self.kept)
        return self.demand.sample is not None and not ended and self.failure is None

    def settle(self, sample: Sample, window_tokens: int) -> int:
        """Keep a sample, charge its forced tokens, and decide whether the generation ends with it; tokens kept."""
        new = [Emission(sample.token, False, sample.logprob, sample.top_logprobs)]
        whole = True
        if sample.forced and sample.token not in self.stop_tokens:
            forced = self._affordable(sample.forced, window_tokens)
            new += [Emission(token, True) for token in forced]
            whole = len(forced) == len(sample.forced)
        self.reserved -= 1
        self.kept += new
        self.num_tokens += len(new)
        self.demand.tokens += [emission.token for emission in new]
        self.last_reason = self._reason(whole and sample.grammar_done)
        return len(new)

    def unsettle(self) -> None:
        """The journal refused what was kept: nothing was."""
        self.process.budget.refund("tokens", len(self.kept))
        self.num_tokens -= len(self.kept)
        del self.demand.tokens[len(self.demand.tokens) - len(self.kept) :]
        self.kept, self.last_reason = [], ""

    def count_fed(self) -> tuple[int, int]:
        """Account for what its row fed: tokens it found cached when it came new, tokens that were prefill."""
        demand, accounting = self.demand, self.process.accounting
        cached = 0 if self._started else demand.start
        self._started = self.served = True
        end = demand.start + demand.fed
        prefill = max(min(end, self._prefill_end) - demand.start, 0)
        self._prefill_end = max(self._prefill_end, end)  # fed again after an eviction, it is prefill
        accounting.cached_tokens += cached
        accounting.prefill_tokens += prefill
        self.prefilled += prefill
        return cached, prefill

    def absorb(self) -> None:
        """What was kept becomes part of the context, and news for the consumer; what was not sampled is given back."""
        self.served, self.prefilled = False, 0
        if self.reserved:
            self.process.budget.refund("tokens", self.reserved)
            self.reserved = 0
        if not self.kept:
            return
        accounting = self.process.accounting
        num_forced = sum(emission.forced for emission in self.kept)
        self.process.context.extend([emission.token for emission in self.kept])
        accounting.decode_tokens += len(self.kept) - num_forced
        accounting.forced_tokens += num_forced
        self._outbox += self.kept
        self.kept = []
        self.tell()

    def tell(self) -> None:
        """Wake the consumer if it waits."""
        if self._news is not None:
            self._news.set()
            self._news = None

    def _affordable(self, forced: tuple[int, ...], window_tokens: int) -> tuple[int, ...]:
        """As many forced tokens as window, `max_tokens` and budget leave; none behind a stop token."""
        room = window_tokens - len(self.demand.tokens) - 1
        if self.max_tokens is not None:
            room = min(room, self.max_tokens - self.num_tokens - 1)
        stop = next((i for i, token in enumerate(forced) if token in self.stop_tokens), len(forced))
        wanted = min(room, stop + 1, len(forced))
        return forced[: self.process.budget.charge_up_to("tokens", wanted)]

    def _reason(self, grammar_done: bool) -> str:
        if self.kept[-1].token in self.stop_tokens:
            return "stop"
        if grammar_done:
            return "grammar"
        if self.max_tokens is not None and self.num_tokens >= self.max_tokens:
            return "length"
        if self.step_tokens is not None and self.num_tokens >= self.step_tokens:
            return "step"
        return ""
