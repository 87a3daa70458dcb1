"""What a process may ask about its own window: keep a part of the conversation in it, or a named text.

- `pin` and `unpin` choose by what is said, as `recall` does; `note` writes a block that is always in the window.
- Not among the capabilities of an agent unless it is given `context`: a small model has enough to choose from.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from llmasos.errors import StoreUnavailable, SyscallError, WindowTooSmall
from llmasos.kernel.paging import Paging
from llmasos.kernel.syscall import Caller, Untrusted, syscall
from llmasos.memory.page_table import Page
from llmasos.memory.segment import UNTRUSTED

MAX_NOTE = 2000  # characters of one block
MAX_NOTES = 8
_SHOWN = 80


class Context:
    @syscall(effect="write", capability="context", family="context", idempotent=True, blocking=True)
    def pin(self, caller: Caller, query: str) -> str | Untrusted:
        """Keep the part of this conversation that is about something always in view."""
        paging, window = _paging(caller)
        with _told():
            return _said("pinned", paging.pin(query, window))

    @syscall(effect="write", capability="context", family="context", idempotent=True, blocking=True)
    def unpin(self, caller: Caller, query: str) -> str | Untrusted:
        """Let a pinned part of this conversation be archived again."""
        return _said("unpinned", _paging(caller)[0].unpin(query))

    @syscall(
        effect="write",
        capability="context",
        family="context",
        idempotent=True,
        blocking=True,
        roles={"text": "payload"},
    )
    def note(self, caller: Caller, name: str, text: str) -> str:
        """Keep a named text always in view; an empty text removes it."""
        paging, window = _paging(caller)
        blocks = paging.pager.always.blocks
        if len(text) > MAX_NOTE:
            raise SyscallError(f"the text has {len(text)} characters, {MAX_NOTE} at most", "EFBIG")
        if not name.isidentifier():
            raise SyscallError(f"{name!r} is no name: letters, digits and _ please", "EINVAL")
        if text and name not in blocks and len(blocks) == MAX_NOTES:
            raise SyscallError(f"there are {MAX_NOTES} notes already: {', '.join(blocks)}", "ENOSPC")
        with _told():
            paging.note(name, " ".join(text.split()), window)
        return f"noted {name}" if text else f"removed {name}"


def _paging(caller: Caller) -> tuple[Paging, int]:
    """The caller's, and how many tokens its window has."""
    paging = caller.kernel.task(caller.process.pid).paging
    if paging is None:
        raise SyscallError("this context is not paged: set memory.paging = true", "ENOTSUP")
    return paging, caller.kernel.models[caller.process.model].engine.window_tokens(caller.process)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except StoreUnavailable as error:
        raise SyscallError(f"the archive is unavailable: {error}", "EIO") from error
    except WindowTooSmall as error:
        raise SyscallError(str(error), "ENOSPC") from error


def _said(what: str, page: Page | None) -> str | Untrusted:
    if page is None:
        raise SyscallError("nothing in this conversation is about that", "ENOENT")
    said, sources = " ".join(page.text.split()), page.untrusted.get(UNTRUSTED)
    text = f"{what}: {said if len(said) <= _SHOWN else said[: _SHOWN - 1] + '…'}"
    return Untrusted(text, sources) if sources else text
