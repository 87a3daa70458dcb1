"""A task's pager at work: blocking calls in a thread; every move counted, journaled and published.

- `read(window)` brings the context up to the messages: pages in, prompts, pages out above the watermark.
- `taken(role, text, window)` is a message as the window can take it; a tool's result with what is archived about it.
- `make_room(window)` pages out in the middle of a message, which then goes on.
- `pin`, `unpin`, `note` and `forget` are the calls' (syscalls/context.py, memory.py); they block, and are on record
  when they return.
- `pager.py` decides; here is only what the kernel owes to those outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import anyio

from llmasos.kernel.events import Paged
from llmasos.kernel.journal import Record
from llmasos.memory.excerpt import EXCERPT
from llmasos.memory.page_in import Found, Relevant
from llmasos.memory.page_table import Page, fingerprint
from llmasos.memory.pager import Moves, Pager
from llmasos.memory.segment import UNTRUSTED, merged, untrusted

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
        if pager.is_crowded(window_tokens) and await self._evicted(window_tokens):
            pager.transcript.prompt()

    async def make_room(self, window_tokens: int) -> bool:
        """In the middle of a message: page out what can be; its tokens so far stand behind what is left."""
        context = self.pager.transcript.context
        said = list(context.segments[-1].tokens)
        if not await self._evicted(window_tokens):
            return False
        first = context.next_id
        self.pager.transcript.prompt()
        await self._task.conversation.flush(first)
        context.extend(said)
        return True

    async def taken(
        self, role: str, text: str, window_tokens: int, more: Mapping[str, Any]
    ) -> tuple[str, dict[str, str]]:
        """The text, or what stands in for it when it is too long; and what else its message has now.

        `more` is what it has already: the call that it is the result of, its sources. Raises StoreUnavailable.
        """
        if self.pager.is_long(text, window_tokens):
            message = {"role": role, "content": text, **{k: more[k] for k in ("name", UNTRUSTED) if k in more}}
            text = await anyio.to_thread.run_sync(self.pager.fold, message, window_tokens)
            await self._moved(Moves(paged_out=[self.pager.table.archived[-1]]), folded=True)
        if role != "tool" or not self.pager.table.archived:
            return text, {}
        excerpt, given = await anyio.to_thread.run_sync(self.pager.supplement, text, window_tokens)
        await self._moved(Moves(paged_in=given))
        if not excerpt:
            return text, {}
        sources = merged(more.get(UNTRUSTED, ""), *(page.untrusted.get(UNTRUSTED, "") for page in given))
        return text + excerpt, {EXCERPT: excerpt, **untrusted(sources)}

    def pin(self, query: str, window_tokens: int) -> Page | None:
        """Raises StoreUnavailable, WindowTooSmall."""
        return self._kept(self.pager.pin(query, window_tokens))

    def unpin(self, query: str) -> Page | None:
        return self._kept(self.pager.unpin(query))

    def note(self, name: str, text: str, window_tokens: int) -> None:
        """Raises WindowTooSmall."""
        self.pager.set_block(name, text, window_tokens)
        self._kept(None, always=True)

    def forget(self, query: str, fact: str = "") -> Page | None:
        """Take the archived page that is about a query out of the archive; with a `fact`, only one that says it.

        Raises StoreUnavailable.
        """
        likely = Relevant().choose(self.pager.find(query))
        page = next((found.page for found in likely if fact in found.page.text), None)
        if page is not None:
            run = [fingerprint(message) for message in page.messages]
            self._task.kernel.journal.append([Record(self._task.pid, "forget", {"messages": run})])
            self.pager.forget(page)
        return page

    def archived(self, query: str, limit: int) -> list[Found]:
        """What the archive has about a query. Blocks. Raises StoreUnavailable."""
        return Relevant().choose(self.pager.find(query))[:limit]

    def _kept(self, page: Page | None, *, always: bool = False) -> Page | None:
        """What is always in the window, on record if it may have changed."""
        if page is not None or always:
            facts = self.pager.always.facts(self.pager.table.pages.values())
            self._task.kernel.journal.append([Record(self._task.pid, "always", facts)])
        return page

    async def _evicted(self, window_tokens: int) -> Moves:
        moves = await anyio.to_thread.run_sync(self.pager.evict, window_tokens)
        await self._moved(moves)
        return moves

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
    return {
        "page": page.page_id,
        "turn": page.turn,
        "folded": folded,
        "tokens": page.num_tokens,
        "messages": list(page.messages),
    }
