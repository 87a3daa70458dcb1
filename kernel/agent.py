"""The body that is the model itself: generate until it answers, trapping every syscall it makes on the way.

- `agent` is one process: one turn, or a conversation when the process is interactive.
- `turn` is the loop of one request; an app's coroutine may run it too (`os.think`). resume.py enters it at `steps`.
- `AGENT` is the program of a plain request, and `only_agent` finds no other.
- What ends a turn: an answer, an interrupt, a limit, or a call repeated too often (faults.md row 9).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from llmasos.errors import AppNotFound, ProcessFailed, QuotaExceeded
from llmasos.kernel.events import Answered
from llmasos.kernel.program import Program
from llmasos.memory.segment import untrusted

if TYPE_CHECKING:
    from llmasos.drivers.tool_calls import BadCall
    from llmasos.kernel.task import Task

MAX_STEPS = 32
REPEATS_WARN, REPEATS_STOP = 3, 5
MAX_REPAIRS = 2


async def agent(task: Task, request: str) -> str:
    """Answer the request; go on with what is said next while the process is interactive."""
    answer = await task.interruptible(turn, request) if request or not task.interactive else ""
    return await converse(task, answer)


AGENT = Program("agent", agent, resumable=True)


async def only_agent(name: str, digest: str | None = None) -> Program:
    """The programs of a kernel that was handed no others. Raises AppNotFound."""
    if name != AGENT.name:
        raise AppNotFound(f"no app named {name}; there is: {AGENT.name}")
    return AGENT


async def converse(task: Task, answer: str) -> str:
    """Go on with what is said next while the process is interactive; the last answer."""
    while task.interactive and (said := await task.input()) is not None:
        answer = await task.interruptible(turn, said)
    return answer


async def turn(task: Task, request: str) -> str:
    """One request, with the sources of what the process's code holds, to its answer.

    Raises QuotaExceeded, ProcessFailed.
    """
    await task.add("user", request, **untrusted(task.process.held))
    return await steps(task, Counter())


async def steps(task: Task, repeats: Counter[str], partial: Sequence[int] = ()) -> str:
    """Generate and call until the answer. `partial` is the beginning of the first message."""
    repairs = 0
    for _ in range(MAX_STEPS):
        said = await task.complete(partial=partial)
        partial = ()
        for bad in said.bad_calls:
            repairs = _repaired(bad, repairs)
            await task.add("tool", f"error EINVAL: {bad.reason}")
        for call in said.calls:
            await task.add("tool", **await run_call(task, call.name, call.arguments, repeats))
        if not said.calls and not said.bad_calls:
            task.publish(Answered(task.pid, said.text))
            return said.text
    raise QuotaExceeded(f"limit reached: steps ({MAX_STEPS}) in one turn", "steps")


def _repaired(bad: BadCall, repairs: int) -> int:
    if repairs == MAX_REPAIRS:
        raise ProcessFailed(f"the model's call could not be read after {MAX_REPAIRS} repairs: {bad.reason}")
    return repairs + 1


async def run_call(
    task: Task, name: str, arguments: dict[str, Any], repeats: Counter[str], number: int | None = None
) -> dict[str, str]:
    """One call, and its result as the message that the model reads. `number` is what it had before a restart."""
    key = name + json.dumps(arguments, sort_keys=True)
    repeats[key] += 1
    if repeats[key] >= REPEATS_STOP:
        what = f"{name} called {REPEATS_STOP} times with the same arguments"
        raise QuotaExceeded(f"limit reached: {what}", "repeats")
    record = await task.trap(name, arguments, number)
    warning = f"\n(this call was made {repeats[key]} times)" if repeats[key] >= REPEATS_WARN else ""
    return result_message(name, await task.readable(record.text) + warning, record.untrusted)


def result_message(name: str, text: str, sources: str | None = None) -> dict[str, str]:
    """Less its role."""
    return {"content": text, "name": name, **untrusted(sources)}
