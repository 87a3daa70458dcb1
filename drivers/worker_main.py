"""The process that a driver runs in: `python -m llmasos.drivers.worker_main SOCKET LOGITS BULK LIFELINE NAME`, from
worker_process.py.

- It loads one llama.cpp model, then answers verbs until the socket or the lifeline closes.
- A sampler's state (random stream, grammar) is the parent's, and outlives this process. What it wants of a row comes
  with the row, and is chosen here; where it must see the logits itself they go to memory that the parent maps.
- An answer is [free cells, value, error's name, its message] and a body; errors leave the driver as its contract says.
- When memory is short the system takes this process before the one that has the agents.
"""

from __future__ import annotations

import contextlib
import dataclasses
import mmap
import os
import signal
import socket
import sys
import threading
from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llmasos.drivers import llama_lanes
from llmasos.drivers.choice import Choice
from llmasos.drivers.driver import Row, Sample, Sampler
from llmasos.drivers.sampling import Sampling, TokenSampler
from llmasos.drivers.step_numbers import BEST, LOGITS, NO_TOKEN, NOTHING, Asked, rows_of
from llmasos.drivers.wire import Numbers, Unplugged, Wire
from llmasos.errors import LLMasOSError

EAGER_S = 0.001  # the next step comes within that while something is generated
SACRIFICE = 500  # of oom_score_adj's 1000
_GREEDY = TokenSampler(Sampling())
_UNCHOSEN = Sample(NO_TOKEN)


class Choosing(Sampler):
    """A sampler whose choice was made ready elsewhere."""

    def __init__(self, choice: Choice) -> None:
        self._choice = choice

    def sample(self, logits: NDArray[np.float32]) -> Sample:
        return Sample(self._choice.token(logits))


class Announcing(Sampler):
    """A sampler that says first that the step has been computed: the parent wakes while its tokens are chosen."""

    def __init__(self, sampler: Sampler, announce: Callable[[], None]) -> None:
        self._sampler = sampler
        self._announce = announce

    def sample(self, logits: NDArray[np.float32]) -> Sample:
        self._announce()
        return self._sampler.sample(logits)


class Showing(Sampler):
    """A sampler that lays the logits where the parent sees them, and chooses nothing."""

    def __init__(self, row: NDArray[np.float32]) -> None:
        self._row = row

    def sample(self, logits: NDArray[np.float32]) -> Sample:
        self._row[:] = logits
        return _UNCHOSEN


class Worker:
    """The verbs, over one driver: each takes what came with it, and the body, and gives a value and a body."""

    def __init__(self, memory: int, announce: Callable[[], None]) -> None:
        """`announce` says that a step's answer comes at once."""
        self._memory = memory
        self._announce = announce
        self._showing: list[Showing] = []
        self.driver: Any = None
        self.verbs: dict[str, Callable[..., tuple[Any, bytes]]] = {
            "load": self.load,
            "map": self.map,
            "undo": self.undo,
            "export": lambda _, sequence_id: (None, self.driver.export_sequence(sequence_id)),
            "import": lambda body, num_tokens: (self.driver.import_sequence(body, num_tokens), b""),
            "embed": lambda _, texts: (None, self.driver.embed(texts).tobytes()),
            "log_probabilities": lambda _, tokens: (None, self.driver.log_probabilities(tokens).tobytes()),
            **{name: self._plain(name) for name in ("open", "close", "fork", "truncate", "length", "check_integrity")},
        }

    @property
    def num_free_cells(self) -> int:
        return self.driver.num_free_cells if self.driver is not None else 0

    def load(self, _: bytes, path: str, how: dict[str, Any]) -> tuple[Any, bytes]:
        """Load the model; its `ModelInfo`."""
        self.driver = llama_lanes.load(Path(path), **how)
        info = dataclasses.asdict(self.driver.info)
        return {**info, "path": str(info["path"])}, b""

    def map(self, _: bytes, num_rows: int) -> tuple[Any, bytes]:
        """The memory for logits is as large as it will be."""
        shape = num_rows, self.driver.info.vocab_size
        rows = np.frombuffer(mmap.mmap(self._memory, shape[0] * shape[1] * 4), dtype=np.float32).reshape(shape)
        self._showing = [Showing(row) for row in rows]
        return None, b""

    def step(self, numbers: Numbers) -> Numbers:
        """The free cells, and each row's token or NO_TOKEN; `numbers` as `rows_of` reads them."""
        showing = iter(self._showing)
        rows = [Row(a.sequence_id, a.tokens, self._sampler(a, showing)) for a in rows_of(numbers)]
        if (first := rows[0].sampler) is not None:
            rows[0].sampler = Announcing(first, self._announce)
        samples = self.driver.step(rows)
        return array("q", [self.num_free_cells, *(s.token if s is not None else NO_TOKEN for s in samples)])

    def _sampler(self, asked: Asked, showing: Iterator[Showing]) -> Sampler | None:
        if asked.want == NOTHING:
            return None
        if asked.want == LOGITS:
            return next(showing)
        return _GREEDY if asked.want == BEST else Choosing(asked.choice)

    def undo(self, _: bytes, ids: Sequence[int], nums: Sequence[int]) -> tuple[Any, bytes]:
        """Take back so many tokens of each sequence: the parent's sampler failed."""
        for sequence_id, num in zip(ids, nums, strict=True):
            self.driver.truncate(sequence_id, self.driver.length(sequence_id) - num)
        return None, b""

    def interrupt(self) -> None:
        if self.driver is not None:
            self.driver.interrupt()

    def _plain(self, name: str) -> Callable[..., tuple[Any, bytes]]:
        return lambda _, *arguments: (getattr(self.driver, name)(*arguments), b"")


def serve(worker: Worker, wire: Wire) -> None:
    """Answer until the parent has gone."""
    while True:
        head, body = wire.receive()
        try:
            if isinstance(head, array):
                wire.send_numbers(worker.step(head))
                continue
            verb, *arguments = head
            value, answer = worker.verbs[verb](body, *arguments)
            error, message = "", ""
        except (LLMasOSError, AssertionError) as raised:
            value, answer, error, message = None, b"", type(raised).__name__, str(raised)
        except Exception as raised:  # a library's: the parent says whose
            value, answer, error, message = None, b"", "DriverBroken", f"{type(raised).__name__}: {raised}"
        wire.send([worker.num_free_cells, value, error, message], answer)


def follow(lifeline: int, worker: Worker) -> None:
    """End with the parent, whatever native code is at; on its way, stop a step when it says so."""
    while os.read(lifeline, 1):
        worker.interrupt()
    os._exit(0)


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):  # for the parent, which may yet finish what it is at
        signal.signal(number, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(SACRIFICE))
    end, memory, bulk, lifeline = map(int, sys.argv[1:5])
    wire = Wire(socket.socket(fileno=end), bulk, eager_s=EAGER_S)
    worker = Worker(memory, wire.send_soon)
    threading.Thread(target=follow, args=(lifeline, worker), daemon=True).start()
    with contextlib.suppress(Unplugged):
        serve(worker, wire)
    os._exit(0)  # the interpreter would wait for threads and free what the system frees at once


if __name__ == "__main__":
    main()
