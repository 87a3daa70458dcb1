"""Reading what is typed or piped, so that a ^C is never stuck behind a read.

What was typed before a question stood there can be forgotten; what is piped never is.
"""

from __future__ import annotations

import os
import select
import stat
import sys
import termios

import anyio


class Lines:
    """The lines of a file descriptor. Waiting for one can be cancelled."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        kind = os.fstat(descriptor).st_mode
        self._pollable = stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind) or os.isatty(descriptor)
        self._buffer = b""
        self._ended = False

    def forget(self) -> None:
        """What was typed and not yet read, half a line too."""
        if os.isatty(self._descriptor):
            termios.tcflush(self._descriptor, termios.TCIFLUSH)
            self._buffer = b""

    async def read(self) -> str | None:
        """The next line without its end; None at the end of the input."""
        while b"\n" not in self._buffer and not self._ended:
            if self._pollable:
                await anyio.wait_readable(self._descriptor)
                if not select.select([self._descriptor], [], [], 0)[0]:
                    continue  # forgotten meanwhile: a read would wait, and everything with it
            chunk = os.read(self._descriptor, 65536)
            self._ended = not chunk
            self._buffer += chunk
        if not self._buffer:
            return None
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.decode(errors="replace").rstrip("\r")


def forget_typed() -> None:
    """What was typed ahead answers nothing that is asked from here on."""
    if sys.stdin is not None and not sys.stdin.closed:
        Lines(sys.stdin.fileno()).forget()


async def read_line() -> str | None:
    """One line from the terminal; None at ^D."""
    return await Lines(sys.stdin.fileno()).read()


def piped_text() -> str:
    """All of standard input when it is no terminal, else nothing. Blocks: call it before anything is started."""
    if sys.stdin is None or sys.stdin.closed or sys.stdin.isatty():
        return ""
    return sys.stdin.buffer.read().decode(errors="replace").strip("\n")
