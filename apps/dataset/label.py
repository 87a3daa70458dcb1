"""Labelling records with a model: each is a process of a kernel, whose one message a grammar holds to the labels.

- `await label(records, question, config, write)`; what `write` is given comes in the order of the records, many
  are under way at once, and what they have in common of their prompts is computed once (the kernel's residency).
- The kernel is one of its own with a state directory that goes with it: no daemon stands in its way, no journal keeps
  a million processes. Records are never shortened: one that does not fit the model's window gets an error instead.
- It does not know files.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import anyio

from llmasos import Kernel, Sampling
from llmasos.apps.dataset.question import Question, certainty
from llmasos.apps.dataset.record import Record
from llmasos.boot import catalog
from llmasos.config import Config
from llmasos.errors import GrammarError, LLMasOSError, WindowTooSmall
from llmasos.events import Program, Task

AT_ONCE = 16  # records in one batch
AHEAD = 4 * AT_ONCE  # that may be done before one in front of them is
GREEDY = Sampling(temperature=0.0, num_logprobs=1000)


@dataclass(frozen=True, slots=True)
class Label:
    """`label` is None where there is an `error`."""

    label: str | None
    confidence: float | None = None
    logprob: float | None = None
    error: str | None = None

    def fields(self, into: str) -> dict[str, str | float | None]:
        """As fields of its record, by the name that the label goes into."""
        more = {f"{into}_{name}": value for name, value in asdict(self).items() if name != "label"}
        return {into: self.label, **{name: value for name, value in more.items() if value is not None}}


Write = Callable[[Record, Label], None]


async def label(records: Iterator[Record], question: Question, config: Config, write: Write) -> None:
    """Label them all, on the model of the configuration. Raises ModelNotFound, LLMasOSError, what `records` raises."""
    model = config.model.name
    if config.model.driver != "sim":
        model = str(catalog(config.home).resolve(model))
    with tempfile.TemporaryDirectory(prefix="llmasos-") as home:
        unpaged = replace(config, memory=replace(config.memory, paging=False))
        async with Kernel.boot(unpaged, home=Path(home), model=model) as kernel:
            await kernel.model(model)
            try:
                await _Labelling(kernel, question, write).run(records)
            except BaseExceptionGroup as group:  # a driver that is lost is lost to all of them
                raise _first(group) from None


class _Labelling:
    """Records on their way through a kernel."""

    def __init__(self, kernel: Kernel, question: Question, write: Write) -> None:
        self._kernel, self._question, self._write = kernel, question, write
        self._places = anyio.Semaphore(AT_ONCE)
        self._ahead = anyio.Semaphore(AHEAD)
        self._done: dict[int, tuple[Record, Label]] = {}
        self._next = 0  # number of the one that is written next

    async def run(self, records: Iterator[Record]) -> None:
        """Raises what `records` raises, after all in front of that are written."""
        failure: LLMasOSError | None = None
        async with anyio.create_task_group() as group:
            for number in itertools.count():
                try:
                    if (record := await anyio.to_thread.run_sync(next, records, None)) is None:
                        break
                    text = self._question.about(record)
                except LLMasOSError as error:
                    failure = error
                    break
                await self._ahead.acquire()
                await self._places.acquire()
                group.start_soon(self._one, number, record, text)
        if failure is not None:
            raise failure

    async def _one(self, number: int, record: Record, text: str) -> None:
        try:
            found = await self._asked(text)
        finally:
            self._places.release()
        self._done[number] = record, found
        while self._next in self._done:
            self._write(*self._done.pop(self._next))
            self._next += 1
            self._ahead.release()

    async def _asked(self, text: str) -> Label:
        found: list[Label] = []

        async def body(task: Task, request: str) -> str:
            task.tools = []
            await task.add("user", request)
            grammars = (await task.model()).grammars
            said = await task.complete(sampling=GREEDY, grammar=grammars.choice(self._question.labels))
            logprob, confidence = certainty(said, grammars.choice(self._question.labels))
            found.append(Label(said.text, round(confidence, 6), round(logprob, 6)))
            return said.text

        try:
            program = Program("label", body, capabilities=frozenset(), pages=False, streams=False)
            await (await self._kernel.spawn(program, text)).wait()
        except WindowTooSmall as error:
            return Label(None, error=str(error))
        if found[0].label not in self._question.labels:
            raise GrammarError(f"the model said {found[0].label!r}, which is none of the labels")
        return found[0]


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
