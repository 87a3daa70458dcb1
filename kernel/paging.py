"""A task's pager at work: blocking calls in a thread; every move counted, journaled and published.

- `read(window)` brings the context up to the messages: pages in, prompts, pages out above the watermark.
- `shortened(role, text, window)` is a message as the window can take it.
- `pager.py` decides; here is only what the kernel owes to those outside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from llmasos.kernel.events import Paged
from llmasos.kernel.journal import Record
from llmasos.memory.page_table import Page
from llmasos.memory.pager import Moves, Pager

if TYPE_CHECKING:
    from llmasos.kernel.task import Task


class Paging:
    def __init__(self, task: Task, pager: Pager) -> None:
        self.pager = pager
        self._task = task

    async def read(self, window_tokens: int) -> None:
        """Raises StoreUnavailable: what cannot be archived does not leave."""
        pager = self.pager
        if pager.begin_turn():
            await self._moved(await anyio.to_thread.run_sync(pager.fetch, window_tokens))
        pager.transcript.prompt()
        if pager.is_crowded(window_tokens):
            moves = await anyio.to_thread.run_sync(pager.evict, window_tokens)
            await self._moved(moves)
            if moves:
                pager.transcript.prompt()

    async def shortened(self, role: str, text: str, window_tokens: int) -> str:
        """The text, or what stands in for it when it is too long. Raises StoreUnavailable."""
        if not self.pager.is_long(text, window_tokens):
            return text
        folded = await anyio.to_thread.run_sync(self.pager.fold, role, text, window_tokens)
        await self._moved(Moves(paged_out=[self.pager.table.archived[-1]]), folded=True)
        return folded

    async def _moved(self, moves: Moves, folded: bool = False) -> None:
        if not moves:
            return
        task = self._task
        task.process.accounting.page_faults += len(moves.paged_in)
        counts = task.kernel.page_counts[task.process.model]
        counts["page_faults"] += len(moves.paged_in)
        counts["page_outs"] += len(moves.paged_out)
        body = {
            "in": [_fact(page, False) for page in moves.paged_in],
            "out": [_fact(page, folded) for page in moves.paged_out],
        }
        await anyio.to_thread.run_sync(task.kernel.journal.append, [Record(task.pid, "page", body)])
        out, back = (sum(page.num_tokens for page in pages) for pages in (moves.paged_out, moves.paged_in))
        task.publish(Paged(task.pid, len(moves.paged_in), back, len(moves.paged_out), out))


def _fact(page: Page, folded: bool) -> dict[str, object]:
    """`folded` pages hold a text that the journal has nowhere else."""
    return {"page": page.page_id, "turn": page.turn, "folded": folded, "messages": list(page.messages)}
