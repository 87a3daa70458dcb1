"""The daemon's log: a line each, on standard error or in a file that is rotated.

- `with open_log(path, section) as write:` gives what writes a line; a full disk stops nothing.
- Above `log_mb` the file becomes FILE.1, that one FILE.2, and so on up to `log_files`. With `log_mb` 0 somebody else
  rotates (logrotate): a file that was moved away is opened anew at the next line.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler, WatchedFileHandler
from pathlib import Path

from llmasos.config import DaemonSection
from llmasos.errors import LLMasOSError

Write = Callable[[str], None]
MB = 1 << 20


class _Private(logging.FileHandler):
    """For its owner alone: paths and requests are nobody else's."""

    def _open(self) -> TextIOWrapper:
        how = {"encoding": "utf-8", "errors": "backslashreplace", "opener": _opener}
        file = open(self.baseFilename, self.mode, **how)  # type: ignore[call-overload]  # noqa: SIM115, PTH123
        assert isinstance(file, TextIOWrapper)
        return file

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """A full disk: the line is lost, the daemon is not."""


class _Rotated(_Private, RotatingFileHandler):
    pass


class _Watched(_Private, WatchedFileHandler):
    pass


@contextlib.contextmanager
def open_log(path: Path | None, section: DaemonSection) -> Iterator[Write]:
    """Raises LLMasOSError when the file cannot be written."""
    if path is None:
        yield to_stderr
        return
    try:
        handler = _handler(path, section)
    except OSError as error:
        raise LLMasOSError(f"--log-file {path}: {error.strerror}") from None
    handler.setFormatter(logging.Formatter("%(message)s"))

    def write(line: str) -> None:
        stamp = time.strftime("%Y-%m-%d %H:%M:%S")
        handler.handle(logging.LogRecord("llmasos", logging.INFO, "", 0, f"{stamp} {line}", None, None))

    try:
        yield write
    finally:
        with contextlib.suppress(OSError):
            handler.close()


def _handler(path: Path, section: DaemonSection) -> logging.Handler:
    if section.log_mb == 0:
        return _Watched(path)
    return _Rotated(path, maxBytes=int(section.log_mb * MB), backupCount=section.log_files)


def _opener(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, 0o600)


class Lines(logging.Handler):
    """What libraries log, one line each; a traceback is reduced to its error."""

    def __init__(self, write: Write) -> None:
        super().__init__(logging.WARNING)
        self._write = write

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        reason = f": {type(error).__name__}: {error}" if error is not None else ""
        self._write(" ".join(f"{record.name}: {record.getMessage()}{reason}".split()))


def log_in_lines(write: Write) -> None:
    """Warnings and worse of every library."""
    root = logging.getLogger()
    root.handlers[:] = [Lines(write)]
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.WARNING)


def to_stderr(line: str) -> None:
    """A line of the daemon's log; a log that nobody takes stops nothing."""
    with contextlib.suppress(OSError, ValueError):
        print(time.strftime("%H:%M:%S"), line, file=sys.stderr, flush=True)
