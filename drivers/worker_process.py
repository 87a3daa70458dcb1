"""A driver's process as its parent has it: started, asked one thing at a time, ended, and its end told in words.

- `WorkerProcess(path, how)` starts an interpreter on `worker_main.py`; `load` waits for the model, `ask` for an answer.
- A process that dies or hangs (`liveness.py`) is killed and reaped, and `Died` says what became of it.
- Logits come through memory that both sides map (`map_logits`); all else through the wire.
- It lives no longer than its parent: it reads a pipe that closes with it. It has a session of its own: ^C and ^Z at the
  terminal are not for it.
- It does not know sequences, or whether a dead process is to be replaced.
"""

from __future__ import annotations

import contextlib
import fcntl
import mmap
import os
import signal
import socket
import subprocess
import sys
import tempfile
from array import array
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from llmasos.drivers.liveness import Watch, load_seconds
from llmasos.drivers.wire import TICK_S, Unplugged, Wire

MAIN = "llmasos.drivers.worker_main"
_LAST_GASP_S = 5.0  # for the kernel to take a killed process down
_LAST_WORDS = 300  # characters of what it wrote before it died
_PIPE_BYTES = 65536


class Died(Exception):
    """The process is no more; the text says how it ended. Caught by the proxy."""


class Answer(NamedTuple):
    """What comes back: with an `error` (a class of llmasos.errors, by name) no value."""

    num_free_cells: int
    value: Any
    error: str
    message: str
    body: bytes


class WorkerProcess:
    def __init__(self, path: Path, how: dict[str, Any]) -> None:
        """Started, and nothing loaded. Raises Died when it cannot be started."""
        self._by_clock = bool(how.get("gpu_layers"))
        self._loading = ["load", str(path), how]
        self._load_seconds = load_seconds(path.stat().st_size if path.is_file() else 0)
        self._watch: Watch | None = None
        with contextlib.ExitStack() as ours:
            try:
                self._start(path.name, ours)
            except OSError as error:
                raise Died(f"could not be started: {error.strerror}") from error
            self._files = ours.pop_all()
        self.pid = self._process.pid

    def _start(self, name: str, ours: contextlib.ExitStack) -> None:
        self._logits_file, self._bulk_file = (ours.enter_context(_anonymous_file()) for _ in range(2))
        end, other_end = map(ours.enter_context, socket.socketpair())
        lifeline, self._lifeline = map(ours.enter_context, _pipe())
        self._words, words = map(ours.enter_context, _pipe())
        os.set_blocking(words.fileno(), False)  # when the pipe is full words are dropped, and hold up nobody
        os.set_blocking(self._words.fileno(), False)
        self._wire = Wire(end, self._bulk_file.fileno(), self._check)
        files = [file.fileno() for file in (other_end, self._logits_file, self._bulk_file, lifeline)]
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", MAIN, *map(str, files), name],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=words,
            pass_fds=files,
            start_new_session=True,
            env={**os.environ, "GGML_NO_BACKTRACE": "1"},  # a dying ggml would start a debugger
        )
        for theirs in (other_end, lifeline, words):
            theirs.close()

    def load(self) -> Answer:
        """What `worker_main` answers to `load`. Raises Died."""
        return self.ask(self._loading, seconds=self._load_seconds)

    def ask(self, head: Any, body: bytes = b"", *, seconds: float) -> Answer:
        """One verb, or the numbers of a step, and its answer. Raises Died.

        `seconds` is the processor time it may take at the very most.
        """
        self._watch = Watch(self.pid, seconds, TICK_S, by_clock=self._by_clock)
        try:
            if isinstance(head, array):
                self._wire.send_numbers(head)
            else:
                self._wire.send(head, body)
            answer, body = self._wire.receive()
            if isinstance(answer, array):
                return Answer(answer[0], answer[1:], "", "", b"")
            return Answer._make([*answer, body])
        except (Unplugged, TypeError) as error:  # gone, or so far gone that it answers something else
            raise Died(self._end(str(error))) from None

    def map_logits(self, num_rows: int, vocab_size: int) -> NDArray[np.float32]:
        """Memory for so many rows, (num_rows, vocab_size) float32, which both sides see. They cannot shrink it."""
        size = num_rows * vocab_size * 4
        number = self._logits_file.fileno()
        os.ftruncate(number, size)
        with contextlib.suppress(OSError, AttributeError):  # a reader of memory that was cut off dies of SIGBUS
            fcntl.fcntl(number, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL)
        memory = mmap.mmap(number, size, prot=mmap.PROT_READ)
        return np.frombuffer(memory, dtype=np.float32).reshape(num_rows, vocab_size)

    def interrupt(self) -> None:
        """Have the step under way stop. From any thread."""
        with contextlib.suppress(OSError, ValueError):  # it has ended
            self._lifeline.write(b"i")

    def end(self) -> None:
        """Kill it: nothing in it is worth a goodbye. Idempotent."""
        if self._process.returncode is None:
            self._process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):  # in the hands of a disk that does not answer
                self._process.wait(_LAST_GASP_S)
        self._files.close()

    def _check(self) -> None:
        """A tick of a wait. Raises Died when the process hangs."""
        assert self._watch is not None, "nothing was asked"
        if reason := self._watch.check():
            self.end()
            raise Died(reason)

    def _end(self, error: str) -> str:
        """How it ended, in words."""
        try:
            code = self._process.wait(_LAST_GASP_S)
        except subprocess.TimeoutExpired:  # it closed the wire, or garbled it, and lives
            self.end()
            return f"broke off: {error}"
        words = self._last_words() or ("out of memory?" if code == -signal.SIGKILL else "")
        self.end()
        return told(code) + (f" ({words})" if words else "")

    def _last_words(self) -> str:
        """The last line it wrote."""
        with contextlib.suppress(OSError):
            lines = (self._words.read(_PIPE_BYTES) or b"").decode(errors="replace").split("\n")
            return next((line.strip()[:_LAST_WORDS] for line in reversed(lines) if line.strip()), "")
        return ""


def told(code: int) -> str:
    """How a process ended, in words, by its exit code."""
    if code >= 0:
        return f"ended with code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"


def _anonymous_file() -> BinaryIO:
    """A file in memory without a name."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("llmasos-driver", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING), "r+b", 0)
    return tempfile.TemporaryFile(buffering=0)


def _pipe() -> tuple[BinaryIO, BinaryIO]:
    """Its ends, to read and to write."""
    reading, writing = os.pipe()
    return os.fdopen(reading, "rb", 0), os.fdopen(writing, "wb", 0)
