"""The body of an agent that goes on: it settles what was under way, then goes on as `agent` does.

A message goes on token by token, under the same grammar. A call with a result is not made again; one with an intent
and no result is made again only if it is idempotent, else the model is told that nobody knows.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import anyio

from llmasos.errors import QuotaExceeded
from llmasos.kernel.agent import agent, converse, result_message, run_call, steps, turn
from llmasos.kernel.events import CallEnded
from llmasos.kernel.gate import CallRecord
from llmasos.kernel.journal import Record
from llmasos.kernel.remains import Remains, past_records

if TYPE_CHECKING:
    from llmasos.kernel.task import Task

REFUSED = "EDQUOT: "  # begins the error of a call that was refused for a limit
UNKNOWN = "error EINTR: llmasos was restarted during this call; whether it had its effect is not known"


async def resume(task: Task, request: str, *, found: Remains, is_new: bool) -> str:
    """The body of a process that goes on; a new one's journal is given what it goes on from."""
    if not found.messages:
        return await agent(task, request)
    if is_new:
        await anyio.to_thread.run_sync(task.kernel.journal.append, past_records(task.pid, found))
    await task.conversation.restore(found.messages, found.folded, found.always, found.seed)
    if found.is_fork and not found.has_begun:
        return await agent(task, request)
    if found.waits:
        answer = str(found.messages[-1]["content"])
    else:
        answer = await task.interruptible(functools.partial(_rest_of_turn, found=found), request)
    return await converse(task, answer)


async def rest_of_request(task: Task, request: str, found: Remains, *, has_begun: bool) -> str:
    """The answer to what code has asked its model for."""
    if not has_begun:
        return await turn(task, request)
    if found.is_cut:
        return await steps(task, Counter(), found.partial)
    return str(found.messages[-1]["content"]) if found.waits else await _rest_of_turn(task, request, found=found)


async def _rest_of_turn(task: Task, request: str, *, found: Remains) -> str:
    """From where the turn was to its answer."""
    repeats: Counter[str] = Counter()
    if not found.partial:
        for position, call in _pending(found.messages):
            await task.add("tool", **await _outcome(task, call, position, repeats, found))
    return await steps(task, repeats, found.partial)


def _pending(messages: Sequence[dict[str, Any]]) -> list[tuple[int, dict[str, Any]]]:
    """Calls of the last generated message that have no result among the messages, with their places."""
    at = next((i for i in range(len(messages) - 1, -1, -1) if messages[i]["role"] == "assistant"), None)
    calls = messages[at].get("tool_calls", []) if at is not None else []
    num_done = len(messages) - 1 - at if at is not None else 0
    return [(i, call["function"]) for i, call in enumerate(calls) if i >= num_done]


async def _outcome(
    task: Task, call: dict[str, Any], position: int, repeats: Counter[str], found: Remains
) -> dict[str, str]:
    """The result of a call that was, or may have been, made already; one that was interrupted unmade is made now.

    Under its own number: so the next recovery, too, finds the calls of a message in their order.
    """
    number = found.calls[position] if position < len(found.calls) else None
    name, arguments, record = call["name"], call["arguments"], None
    if number is not None:
        result = found.results.get(number)
        record = await settle(task, number, name, arguments, result, number in found.intents)
    if record is None:
        return await run_call(task, name, arguments, repeats, number)
    return result_message(name, record.text, record.untrusted)


async def settle(
    task: Task, number: int, name: str, arguments: Mapping[str, Any], result: dict[str, Any] | None, is_intended: bool
) -> CallRecord | None:
    """What is known of a call that was under way: its result, or that nobody knows. None where it may be made.

    Raises QuotaExceeded where it was refused for a limit of the process; another's limits are not this one's.
    """
    reached = _limit_reached(result)
    if reached is not None and task.is_resumed:
        raise reached
    if result is not None and reached is None and not str(result["error"] or "").startswith("EINTR"):
        made, seconds, source = result["decision"], result.get("seconds", 0.0), result.get("untrusted")
        return CallRecord(number, name, dict(arguments), made, result["result"], result["error"], seconds, source)
    if not is_intended or _is_idempotent(task, name):
        if task.is_resumed:
            task.uncharge_call()
        return None
    unknown = CallRecord(number, name, dict(arguments), "allow", None, UNKNOWN.removeprefix("error "), 0.0)
    if task.is_resumed:  # in another's past nobody was told that it began
        task.note_call(unknown)
        if result is None:
            await _give_up(task, unknown)
    return unknown


def _limit_reached(result: dict[str, Any] | None) -> QuotaExceeded | None:
    """What gate.py refused a call for, if that was a limit."""
    error = str(result["error"] or "") if result is not None and result["decision"] == "deny" else ""
    if not error.startswith(REFUSED):
        return None
    message = error.removeprefix(REFUSED)
    return QuotaExceeded(message, message.removeprefix("limit reached: ").split(" ")[0])


async def _give_up(task: Task, call: CallRecord) -> None:
    """The end of a call of which nobody knows more: on record, and told to who was told that it began."""
    await anyio.to_thread.run_sync(task.kernel.journal.append, [Record(task.pid, "result", call.facts)])
    task.publish(CallEnded(task.pid, call.seq, call.name, call.decision, call.result, call.error, call.seconds))


def _is_idempotent(task: Task, name: str) -> bool:
    registration = next((c.registration for c in task.table if c.name == name), None)
    return registration is not None and (registration.idempotent or registration.effect in ("read", "pure"))
