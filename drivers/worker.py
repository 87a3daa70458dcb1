"""The llama.cpp driver in a process of its own: what native code does to itself there happens to no agent.

- `Worker.load(path, ...)` takes what `llama_lanes.load` takes; a file that kills its loader is one line, DriverBroken.
- A step is one way there and back. What a row's sampler wants goes with the row and is chosen there; where it must see
  the logits they come back in shared memory. Samplers are here, and keep their state when the process dies.
- When it dies or hangs, DriverLost: what sequences held is gone. The next call that needs none of it starts another
  process, five times a minute at most (`breaker.py`). `health` and a line in the log say so.
- The tokenizer is the file's vocabulary, opened here, once a process has loaded the whole file and lived.
- It does not know processes or contexts: who has the tokens fills the sequences again (`memory/residency.py`).

Lives: none --load--> up --_lost--> down --_up--> up ... --shutdown--> closed.
A sequence's number tells the life it is of: of one that has gone, closing is nothing and all else DriverLost.
"""

from __future__ import annotations

import logging
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import numpy as np
from numpy.typing import NDArray

from llmasos.drivers import gguf
from llmasos.drivers.breaker import Breaker
from llmasos.drivers.driver import Driver, Health, ModelInfo, Row, Sample
from llmasos.drivers.liveness import step_seconds
from llmasos.drivers.llama_tokenizer import Vocabulary
from llmasos.drivers.step_numbers import BEST, CHOICE, LOGITS, NOTHING, Asked, numbers_of
from llmasos.drivers.wire import Numbers
from llmasos.drivers.worker_process import Answer, Died, WorkerProcess
from llmasos.errors import DriverBroken, DriverClosed, DriverError, DriverLost

LIFE = 1 << 16  # sequence numbers of one life

T = TypeVar("T")
_NO_LOGITS = np.empty((0, 0), dtype=np.float32)
_log = logging.getLogger(__name__)


class Worker(Driver):
    def __init__(self, header: gguf.GGUFHeader, how: dict[str, Any], breaker: Breaker) -> None:
        """For `load`. Raises what it raises."""
        self._path = header.path
        self._how = how
        self._breaker = breaker
        self._name = header.name
        self._life = 0
        self._restarts = 0
        self._last_death = ""
        self._down = False  # dead, and not being started
        self._closed = False
        self._process: WorkerProcess | None = None
        self._num_free_cells = 0
        self._logits = _NO_LOGITS  # of the last step, a row for each that wanted them
        try:
            self._process, self.info = self._started()
        except Died as death:
            raise DriverBroken(f"{self._path}: the driver {death} while it loaded this model") from None
        try:
            self.tokenizer: Vocabulary = Vocabulary(header)
        except BaseException:
            self._process.end()
            raise
        self.bos_token = self.tokenizer.bos_token
        self.add_bos = self.tokenizer.add_bos
        self.chat_template = header.chat_template

    @classmethod
    def load(cls, path: Path, *, breaker: Breaker | None = None, **how: Any) -> Worker:
        """A model in a process of its own. Raises what `llama_lanes.load` raises, and DriverBroken if it dies of it."""
        return cls(gguf.check(path.resolve()), how, breaker or Breaker())

    @property
    def health(self) -> Health:
        process, down = self._process, self._down
        pid = process.pid if process is not None else None
        return Health(pid, self._restarts, self._last_death, self._breaker.reason if down else "")

    @property
    def num_free_cells(self) -> int:
        return self._num_free_cells

    def interrupt(self) -> None:
        """Stop the step under way, if there is one. From any thread."""
        if (process := self._process) is not None:
            process.interrupt()

    def open(self) -> int:
        return self._theirs(self._again(lambda: self._ask("open")[0]))

    def close(self, sequence_id: int) -> None:
        if self._is_lost(sequence_id):
            return
        self._ask("close", self._local(sequence_id))

    def fork(self, sequence_id: int, num_tokens: int) -> int:
        return self._theirs(self._ask("fork", self._local(sequence_id), num_tokens)[0])

    def truncate(self, sequence_id: int, num_tokens: int) -> None:
        self._ask("truncate", self._local(sequence_id), num_tokens)

    def length(self, sequence_id: int) -> int:
        return int(self._ask("length", self._local(sequence_id))[0])

    def export_sequence(self, sequence_id: int) -> bytes:
        return self._ask("export", self._local(sequence_id))[1]

    def import_sequence(self, data: bytes, num_tokens: int) -> int:
        """Never tried twice: it may be what kills the process."""
        return self._theirs(self._ask("import", num_tokens, body=data, num_tokens=num_tokens)[0])

    def step(self, rows: Sequence[Row]) -> list[Sample | None]:
        self._check_open()
        if not rows:
            return []
        asked = [self._asked(row) for row in rows]
        numbers = numbers_of(asked)
        found = self._told(numbers, num_tokens=sum(len(row.tokens) for row in rows)).value
        if not isinstance(found, array) or len(found) != len(rows):
            self._lost("answers something else than it was asked")
        logits = iter(self._logits)
        try:
            return [
                None
                if row.sampler is None
                else row.sampler.sample(next(logits))
                if want == LOGITS
                else row.sampler.chose(token)
                for row, (_, want, *_), token in zip(rows, asked, found, strict=True)
            ]
        except BaseException:
            self._undo([a.sequence_id for a in asked], [len(row.tokens) for row in rows])
            raise

    def _asked(self, row: Row) -> Asked:
        """A row as the process is asked it. Raises DriverLost, and what its sampler raises."""
        number, sampler = self._local(row.sequence_id), row.sampler
        if sampler is None:
            return Asked(number, NOTHING, row.tokens)
        choice = sampler.choice(self.info.vocab_size)
        if choice is None:
            return Asked(number, LOGITS, row.tokens)
        return Asked(number, BEST if choice.is_best else CHOICE, row.tokens, choice)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        num_bytes = sum(map(len, texts))
        body = self._again(lambda: self._ask("embed", list(texts), num_tokens=num_bytes)[1])
        return np.frombuffer(body, dtype=np.float32).reshape(len(texts), self.info.embedding_width).copy()

    def log_probabilities(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        body = self._again(lambda: self._ask("log_probabilities", list(tokens), num_tokens=len(tokens))[1])
        return np.frombuffer(body, dtype=np.float32).copy()

    def shutdown(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._process is not None:
            self._process.end()
            self._process = None
        self._logits = _NO_LOGITS
        self.tokenizer.close()

    def check_integrity(self) -> None:
        self._ask("check_integrity")

    # -- asking -------------------------------------------------------------------------------------------------------

    def _ask(self, verb: str, *arguments: Any, body: bytes = b"", num_tokens: int = 1) -> tuple[Any, bytes]:
        """A verb's value and body. Raises what the driver raised, and DriverLost."""
        answer = self._told([verb, *arguments], body, num_tokens=num_tokens)
        return answer.value, answer.body

    def _told(self, head: list[Any] | Numbers, body: bytes = b"", *, num_tokens: int) -> Answer:
        """Raises what the driver raised, and DriverLost."""
        self._check_open()
        process = self._up()
        seconds = step_seconds(self.info.num_parameters, num_tokens)
        try:
            answer = process.ask(head, body, seconds=seconds)
        except Died as death:
            self._lost(str(death))
        self._num_free_cells = answer.num_free_cells
        _raise_error(answer)
        return answer

    def _again(self, call: Callable[[], T]) -> T:
        """A call that needs nothing of what sequences held, made once more if the process died before or during it."""
        try:
            return call()
        except DriverLost:
            return call()

    def _undo(self, ids: Sequence[int], nums: Sequence[int]) -> None:
        """Take back a step whose sampler failed. Raises DriverBroken where that cannot be."""
        try:
            self._ask("undo", ids, nums)
        except DriverBroken:
            raise
        except DriverError as error:
            raise DriverBroken(f"the step cannot be taken back: {error}") from error

    # -- lives --------------------------------------------------------------------------------------------------------

    def _up(self) -> WorkerProcess:
        """The process, started again if it died. Raises DriverLost if it dies of that, DriverBroken if too often."""
        if self._process is None:
            self._breaker.take(f"model {self._name}: its driver {self._last_death}")
            self._restarts += 1
            self._life += 1
            self._down = False
            try:
                self._process = self._same()
            except Died as death:
                self._lost(str(death))
            except BaseException:
                self._down = True
                raise
        return self._process

    def _same(self) -> WorkerProcess:
        """A new process with the same model. Raises Died, what loading raises, and DriverBroken for another model."""
        process, info = self._started()
        if info != self.info:
            process.end()
            raise DriverBroken(f"model {self._name} is not what it was: {self._path} has changed")
        return process

    def _started(self) -> tuple[WorkerProcess, ModelInfo]:
        """A new process, and the model that it has loaded. Raises Died, and what loading raises."""
        process = WorkerProcess(self._path, self._how)
        try:
            answer = process.load()
            _raise_error(answer)
            info = ModelInfo(**{**answer.value, "path": Path(answer.value["path"])})
            if info.num_sequences:
                self._logits = process.map_logits(info.num_sequences, info.vocab_size)
                process.ask(["map", info.num_sequences], seconds=step_seconds(0, 0))
        except BaseException:
            process.end()
            raise
        self._num_free_cells = answer.num_free_cells
        return process, info

    def _lost(self, death: str) -> NoReturn:
        """The process has gone."""
        self._process, self._down = None, True
        self._num_free_cells = self.info.num_cells
        self._last_death = death
        _log.warning("model %s: its driver %s", self._name, death)
        raise DriverLost(f"model {self._name}: its driver {death}")

    # -- numbers ------------------------------------------------------------------------------------------------------

    def _theirs(self, local: int) -> int:
        return self._life * LIFE + int(local)

    def _local(self, sequence_id: int) -> int:
        """The process's own number of a sequence. Raises DriverLost for one that died with another."""
        if self._is_lost(sequence_id):
            raise DriverLost(f"model {self._name}: its driver {self._last_death}, and sequence {sequence_id} with it")
        return sequence_id - self._life * LIFE

    def _is_lost(self, sequence_id: int) -> bool:
        self._check_open()
        life = self._life if self._process is not None else self._life + 1
        return 0 <= sequence_id < life * LIFE

    def _check_open(self) -> None:
        if self._closed:
            raise DriverClosed(f"model {self._name} was shut down")


def _raise_error(answer: Answer) -> None:
    """What the driver raised, as it would be raised here."""
    if answer.error == "AssertionError":
        raise AssertionError(answer.message)
    if answer.error:
        raise _kinds(DriverError).get(answer.error, DriverBroken)(answer.message)


def _kinds(kind: type[DriverError]) -> dict[str, type[DriverError]]:
    """A class of errors and those below it, by name; StepInterrupted is one."""
    found = {kind.__name__: kind}
    for below in kind.__subclasses__():
        found |= _kinds(below)
    return found
