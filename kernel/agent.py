"""The body that is the model itself: generate until it answers, trapping every syscall it makes on the way.

- `agent` is one process: one turn, or a conversation when the process is interactive.
- `turn` is the loop of one request; an app's coroutine may run it too (`os.think`).
- What ends a turn: an answer, an interrupt, a limit, or a call repeated too often (faults.md row 9).
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from llmasos.errors import ProcessFailed, QuotaExceeded
from llmasos.kernel.events import Answered

if TYPE_CHECKING:
    from llmasos.drivers.tool_calls import BadCall, ToolCall
    from llmasos.kernel.task import Task

MAX_STEPS = 32
REPEATS_WARN, REPEATS_STOP = 3, 5
MAX_REPAIRS = 2


async def agent(task: Task, request: str) -> str:
    """Answer the request; go on with what is said next while the process is interactive."""
    answer = await task.interruptible(turn, request) if request or not task.interactive else ""
    while task.interactive and (said := await task.input()) is not None:
        answer = await task.interruptible(turn, said)
    return answer


async def turn(task: Task, request: str) -> str:
    """One request to its answer. Raises QuotaExceeded, ProcessFailed."""
    await task.add("user", request)
    repeats: Counter[str] = Counter()
    repairs = 0
    for _ in range(MAX_STEPS):
        said = await task.complete()
        for bad in said.bad_calls:
            repairs = _repaired(bad, repairs)
            await task.add("tool", f"error EINVAL: {bad.reason}")
        for call in said.calls:
            await task.add("tool", await _run(task, call, repeats), name=call.name)
        if not said.calls and not said.bad_calls:
            task.publish(Answered(task.pid, said.text))
            return said.text
    raise QuotaExceeded(f"limit reached: steps ({MAX_STEPS}) in one turn", "steps")


def _repaired(bad: BadCall, repairs: int) -> int:
    if repairs == MAX_REPAIRS:
        raise ProcessFailed(f"the model's call could not be read after {MAX_REPAIRS} repairs: {bad.reason}")
    return repairs + 1


async def _run(task: Task, call: ToolCall, repeats: Counter[str]) -> str:
    key = call.name + json.dumps(call.arguments, sort_keys=True)
    repeats[key] += 1
    if repeats[key] >= REPEATS_STOP:
        what = f"{call.name} called {REPEATS_STOP} times with the same arguments"
        raise QuotaExceeded(f"limit reached: {what}", "repeats")
    text = await task.readable((await task.trap(call.name, call.arguments)).text)
    warning = f"\n(this call was made {repeats[key]} times)" if repeats[key] >= REPEATS_WARN else ""
    return text + warning
