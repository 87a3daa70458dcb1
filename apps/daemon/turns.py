"""The answers to one request: each is a process of its own, and what their prompts share is computed once.

- `Turns(turns, per_prompt)` are so many answers to each prompt, in order; most requests want one.
- `pieces()` is their text as it comes, with the number of the answer it is of. Of several it comes while `feed` runs.
- They begin together, end together, and wait together for a client that does not read.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import anyio

from llmasos import Kernel
from llmasos.apps.daemon.turn import Turn


class Turns:
    def __init__(self, turns: Sequence[Turn], per_prompt: int = 1) -> None:
        self.all = list(turns)
        self.prompts = self.all[::per_prompt]  # one of those that share each

    async def start(self, kernel: Kernel) -> None:
        """Raises LLMasOSError when there may be no such processes; then there is none."""
        self._sender, self._receiver = anyio.create_memory_object_stream[tuple[int, str]](0)
        try:
            for turn in self.all:
                await turn.start(kernel)
        except BaseException:
            await self.finish()
            raise

    async def begun(self) -> None:
        """Something is seen of the first."""
        await self.all[0].begun()

    def check(self) -> None:
        """Raises Refused when the first has begun with an error, and ended."""
        if not self.all[0].handle.process.alive:
            self.all[0].result()

    async def pieces(self) -> AsyncIterator[tuple[int, str]]:
        """Until all have ended."""
        if len(self.all) == 1:
            async for piece in self.all[0].pieces():
                yield 0, piece
            return
        async for pair in self._receiver:
            yield pair

    async def feed(self) -> None:
        """Let the texts of several come together."""
        async with self._sender, anyio.create_task_group() as group:
            for number, turn in enumerate(self.all):
                group.start_soon(self._feed, number, turn)

    async def _feed(self, number: int, turn: Turn) -> None:
        async for piece in turn.pieces():
            await self._sender.send((number, piece))

    async def ended(self) -> None:
        for turn in self.all:
            await turn.ended()

    def hold(self, held: bool) -> None:
        for turn in self.all:
            turn.handle.hold(held)

    async def finish(self) -> None:
        """End the processes that have not ended, and forget all."""
        self._sender.close()
        self._receiver.close()
        for turn in self.all:
            turn.kill()
        for turn in self.all:
            await turn.finish()
