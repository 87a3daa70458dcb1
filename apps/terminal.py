"""Reading what is typed or piped, so that a ^C is never stuck behind a read."""

from __future__ import annotations

import os
import stat
import sys

import anyio


class Lines:
    """The lines of a file descriptor. Waiting for one can be cancelled."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        kind = os.fstat(descriptor).st_mode
        self._pollable = stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind) or os.isatty(descriptor)
        self._buffer = b""
        self._ended = False

    async def read(self) -> str | None:
        """The next line without its end; None at the end of the input."""
        while b"\n" not in self._buffer and not self._ended:
            if self._pollable:
                await anyio.wait_readable(self._descriptor)
            chunk = os.read(self._descriptor, 65536)
            self._ended = not chunk
            self._buffer += chunk
        if not self._buffer:
            return None
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.decode(errors="replace").rstrip("\r")


async def read_line() -> str | None:
    """One line from the terminal; None at ^D."""
    return await Lines(sys.stdin.fileno()).read()


def piped_text() -> str:
    """All of standard input when it is no terminal, else nothing. Blocks: call it before anything is started."""
    if sys.stdin is None or sys.stdin.closed or sys.stdin.isatty():
        return ""
    return sys.stdin.buffer.read().decode(errors="replace").strip("\n")
