"""Standard input, output and error as a command may find them: closed, or on a full disk.

- `open_missing()` puts /dev/null where one is closed, so that no file of ours gets its number.
- `watch_output()`: what standard output does not take is raised as OutputFailed, whoever wrote it, and names it.
- `forget_output()` sends what is left to /dev/null: the interpreter's last flush must not fail either.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Any

from llmasos.errors import LLMasOSError


class OutputFailed(LLMasOSError):
    """The disk behind standard output is full, or fails. A reader that went away is a BrokenPipeError."""


class _Output(io.FileIO):
    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputFailed(f"standard output: {error.strerror}") from None


def open_missing() -> None:
    """First thing of all: a file that is opened gets the lowest number that is free."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - a number


def watch_output() -> None:
    """Encoding and buffering stay as they were."""
    was = sys.stdout
    if isinstance(was, io.TextIOWrapper):
        binary = io.BufferedWriter(_Output(was.fileno(), "w", closefd=False))
        how = (was.encoding, was.errors, None, was.line_buffering, was.write_through)
        sys.stdout = io.TextIOWrapper(binary, *how)


def forget_output() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
