"""A process as those outside hold it: its events, its answer, its signals."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from llmasos.kernel.events import Event
from llmasos.kernel.gate import CallRecord
from llmasos.kernel.process import Process
from llmasos.kernel.signals import Signal
from llmasos.kernel.task import Task, raise_for_exit

if TYPE_CHECKING:
    from llmasos.kernel.kernel import Kernel


class ProcessHandle:
    """What `spawn` gives. It stays good after the process has ended."""

    def __init__(self, task: Task) -> None:
        self.task = self._task = task

    @property
    def pid(self) -> int:
        return self._task.pid

    @property
    def process(self) -> Process:
        return self._task.process

    @property
    def calls(self) -> list[CallRecord]:
        return list(self._task.calls)

    @property
    def syscalls(self) -> list[dict[str, Any]]:
        """The calls made, as interface.md's JSON shows them."""
        return [call.facts for call in self._task.calls]

    def events(self, start: int = 0) -> AsyncIterator[Event]:
        """Everything that happened to it, from its start (or event number `start`) to its exit."""
        return self._task.stream.follow(start)

    async def wait(self) -> str:
        """Its answer. Raises what ended it otherwise: ProcessError's tree, or the error of the body."""
        await self._task.ended.wait()
        return raise_for_exit(self.process)

    async def ended(self) -> None:
        """Until it has ended, however."""
        await self._task.ended.wait()

    def kill(self, signal: Signal = Signal.TERM) -> None:
        """Send a signal. Raises NoSuchProcess when it has ended."""
        self._kernel.kill(self.pid, signal)

    def say(self, text: str) -> None:
        """The user's next turn, to an interactive process."""
        self._task.say(text)

    def close_input(self) -> None:
        """No more turns: the process ends after what it has been told."""
        self._task.close_input()

    def reply(self, text: str | None) -> None:
        """Answer what it asked; None says that nobody will."""
        self._task.reply(text)

    def hold(self, held: bool) -> None:
        """Let it generate no more, because whoever reads what it says does not keep up; or let it go on."""
        self._task.hold(held)

    def usage(self) -> dict[str, float | int]:
        """Tokens and seconds used, as interface.md's JSON shows them."""
        used = self.process.accounting
        return {
            "prompt_tokens": used.prompt_tokens,
            "cached_tokens": used.cached_tokens,
            "completion_tokens": used.completion_tokens,
            "forced_tokens": used.forced_tokens,
            "page_faults": used.page_faults,
            "seconds": round(self.process.seconds, 4),
        }

    @property
    def _kernel(self) -> Kernel:
        return self._task.kernel
