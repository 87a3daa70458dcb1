"""What a process may ask about its own window: keep a part of the conversation in it, or a named text.

- `pin` and `unpin` choose by what is said, as `recall` does; `note` writes a block that is always in the window.
- Not among the capabilities of an agent unless it is given `context`: a small model has enough to choose from.
"""

from __future__ import annotations

from llmasos.errors import StoreUnavailable, SyscallError
from llmasos.kernel.syscall import Caller, syscall
from llmasos.memory.page_table import Page
from llmasos.memory.pager import Pager

MAX_NOTE = 2000  # characters of one block
MAX_NOTES = 8
_SHOWN = 80


class Context:
    @syscall(effect="write", capability="context", family="context", idempotent=True, blocking=True)
    def pin(self, caller: Caller, query: str) -> str:
        """Keep the part of this conversation that is about something always in view."""
        try:
            return f"pinned: {_said(_pager(caller).pin(query))}"
        except StoreUnavailable as error:
            raise SyscallError(f"the archive is unavailable: {error}", "EIO") from error

    @syscall(effect="write", capability="context", family="context", idempotent=True)
    def unpin(self, caller: Caller, query: str) -> str:
        """Let a pinned part of this conversation be archived again."""
        return f"unpinned: {_said(_pager(caller).unpin(query))}"

    @syscall(effect="write", capability="context", family="context", idempotent=True, roles={"text": "payload"})
    def note(self, caller: Caller, name: str, text: str) -> str:
        """Keep a named text always in view; an empty text removes it."""
        pager = _pager(caller)
        if len(text) > MAX_NOTE:
            raise SyscallError(f"the text has {len(text)} characters, {MAX_NOTE} at most", "EFBIG")
        if not name.isidentifier():
            raise SyscallError(f"{name!r} is no name: letters, digits and _ please", "EINVAL")
        if text and name not in pager.blocks and len(pager.blocks) == MAX_NOTES:
            raise SyscallError(f"there are {MAX_NOTES} notes already: {', '.join(pager.blocks)}", "ENOSPC")
        pager.set_block(name, " ".join(text.split()))
        return f"noted {name}" if text else f"removed {name}"


def _pager(caller: Caller) -> Pager:
    paging = caller.kernel.task(caller.process.pid).paging
    if paging is None:
        raise SyscallError("this context is not paged: set memory.paging = true", "ENOTSUP")
    return paging.pager


def _said(page: Page | None) -> str:
    if page is None:
        raise SyscallError("nothing in this conversation is about that", "ENOENT")
    text = " ".join(page.text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
