"""The shell's jobs: processes it started, by a small number, in the foreground or behind the prompt."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import anyio

from llmasos.apps.questions import Unanswered
from llmasos.errors import NoSuchProcess
from llmasos.events import Event, ProcessHandle, State


@dataclass(slots=True, eq=False)
class Job:
    """`events` goes on where the foreground left off, `unanswered` is what it asked till then.

    `conversation` is True for one that takes more turns. `telling` ends what tells its questions behind the prompt,
    which has `heard` so many of its events.
    """

    number: int
    handle: ProcessHandle
    request: str
    events: AsyncIterator[Event]
    conversation: bool = False
    foreground: bool = False
    unanswered: Unanswered = field(default_factory=Unanswered)
    heard: int = 0
    telling: anyio.CancelScope = field(default_factory=anyio.CancelScope)

    @property
    def pid(self) -> int:
        return self.handle.pid

    @property
    def state(self) -> str:
        process = self.handle.process
        if process.state is State.ZOMBIE:
            return "done" if process.exit_code == 0 else f"exit {process.exit_code}"
        return "stopped" if process.state is State.STOPPED else "running"


class Jobs:
    """By number; the newest is the current one."""

    def __init__(self) -> None:
        self._jobs: dict[int, Job] = {}

    def add(self, handle: ProcessHandle, request: str, *, conversation: bool = False) -> Job:
        number = max(self._jobs, default=0) + 1
        job = self._jobs[number] = Job(number, handle, request, handle.events(), conversation)
        return job

    def remove(self, job: Job) -> None:
        self._jobs.pop(job.number, None)

    def __iter__(self) -> Iterator[Job]:
        return iter(list(self._jobs.values()))

    def get(self, word: str | None) -> Job:
        """By `%N` or N, by pid, or the current one. Raises NoSuchProcess."""
        if word is None:
            if not self._jobs:
                raise NoSuchProcess("no jobs")
            return self._jobs[max(self._jobs)]
        digits = word.removeprefix("%")
        number = int(digits) if digits.isdecimal() else -1
        for job in self._jobs.values():
            if job.number == number or (job.pid == number and not word.startswith("%")):
                return job
        raise NoSuchProcess(f"no job {word}")
