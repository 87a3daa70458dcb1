"""A generation that may stop on its way: one slice after the other, for a consumer that sees one generation.

- `Slices` is used as `engine.Generation` is; between two slices it asks the task's breaks, and waits while it is held.
- A slice ends behind a sampled token and those that a grammar forced after it: the sampler goes on as if nothing was.
- Each slice is a generation of its own to the engine, so what was there before counts as prompt, cached, once more.
"""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from llmasos.drivers.driver import Sampler
from llmasos.kernel.generation import Emission, Generation, fenced
from llmasos.kernel.spelling import Spelling

if TYPE_CHECKING:
    from llmasos.kernel.engine import Engine
    from llmasos.kernel.task import Task


class Slices:
    """`spelling` has the message so far: its consumer feeds it what it is given."""

    def __init__(
        self, task: Task, engine: Engine, sampler: Sampler, max_tokens: int | None, spelling: Spelling
    ) -> None:
        self._task, self._engine, self._spelling = task, engine, spelling
        self._sampler = fenced(sampler, engine.driver.info.vocab_size)  # one for all slices
        self._left = max_tokens
        self._current = self._slice()
        task.breaks.begin(spelling.raw)

    @property
    def finish_reason(self) -> str:
        return self._current.finish_reason

    @property
    def left(self) -> int | None:
        """Of the most tokens that it may have, if there is a most."""
        return None if self._left is None else self._left - self._current.num_tokens

    @property
    def unseen(self) -> list[Emission]:
        return self._current.unseen

    def cut(self) -> None:
        """There are other breaks: the slice under way may be shorter."""
        tokens = self._task.breaks.slice_tokens
        self._current.step_tokens = None if tokens is None else self._current.num_tokens + tokens

    def look_from_here(self) -> None:
        """There are other breakpoints: what was said before them is no match."""
        self._task.breaks.begin(self._spelling.raw)
        self.cut()

    async def __aenter__(self) -> Slices:
        await self._task.halt(self._task.breaks.overdue())
        self._task.slices = self
        self.cut()
        await self._current.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.slices = None
        if self._current.finish_reason != "step":
            self._task.breaks.ended(self._current.num_tokens)
        await self._current.__aexit__(kind, error, trace)

    def __aiter__(self) -> Slices:
        return self

    async def __anext__(self) -> list[Emission]:
        while True:
            try:
                return await self._current.__anext__()
            except StopAsyncIteration:
                if self._current.finish_reason != "step":
                    raise
            await self._go_on()

    async def _go_on(self) -> None:
        done = self._current
        await done.__aexit__(None, None, None)
        if self._left is not None:
            self._left -= done.num_tokens
        await self._task.halt(self._task.breaks.generated(self._spelling.raw, done.num_tokens))
        self._current = self._slice()
        await self._current.__aenter__()

    def _slice(self) -> Generation:
        generation = self._engine.generate(self._task.process, self._sampler, max_tokens=self._left)
        generation.step_tokens = self._task.breaks.slice_tokens
        return generation
