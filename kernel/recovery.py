"""Processes that outlive their kernel: rebuilt from the journal, they go on where they were.

- `go_on(kernel, found)` starts a new process from such remains: of a checkpoint, or of another past. What it was told
  and has not read comes with it, and so do its breakpoints.
- `await recover(kernel)` starts every agent that the journal knows to have lived, under its old pid; an app's has the
  app's calls again, if the app is still the same. A program of Python code cannot be resumed. Who does not come back is
  given an end that says so.
- `remains(records)` reads one process's journal: its messages, the tokens of the message it was in, its pending calls.
- `resume` is the body: it settles what was under way, then goes on as `agent` does.

What was under way: a message goes on token by token, under the same grammar. A call with a result is not made again;
one with an intent and no result is made again only if it is idempotent, else the model is told that nobody knows.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio

from llmasos.errors import LLMasOSError, ProcessFailed, ProcessKilled, QuotaExceeded
from llmasos.kernel.agent import AGENT, agent, converse, result_message, run_call, steps
from llmasos.kernel.breakpoints import Breakpoint
from llmasos.kernel.consent import Grant, grants_in
from llmasos.kernel.conversation import SHOWN
from llmasos.kernel.events import CallEnded
from llmasos.kernel.gate import CallRecord
from llmasos.kernel.handle import ProcessHandle
from llmasos.kernel.journal import Record
from llmasos.kernel.limits import Limits
from llmasos.kernel.program import Program
from llmasos.kernel.signals import Signal
from llmasos.memory.page_table import without_run
from llmasos.memory.segment import UNTRUSTED

if TYPE_CHECKING:
    from llmasos.kernel.kernel import Kernel
    from llmasos.kernel.task import Task

STANDS = "stands"  # marks, in the origin of a spawn record, one that was born stopped, and on what
PAST = "past"  # marks what a process has from another's journal
UNKNOWN = "error EINTR: llmasos was restarted during this call; whether it had its effect is not known"
ENDS = "a daemon's agents go on, code in Python and what ran without a daemon do not"


@dataclass(slots=True)
class Remains:
    """What the journal has of a process that did not end."""

    pid: int
    spawn: dict[str, Any]
    started: float = 0.0  # seconds since the epoch
    messages: list[dict[str, Any]] = field(default_factory=list)
    folded: list[dict[str, Any]] = field(default_factory=list)  # texts that are in the archive alone
    always: dict[str, Any] = field(default_factory=dict)  # what stays in its window: blocks and pins
    partial: list[int] = field(default_factory=list)  # tokens of the message it was in
    calls: list[int] = field(default_factory=list)  # since the last generated message, also those that were refused
    intents: set[int] = field(default_factory=set)  # of those, the ones that were made
    results: dict[int, dict[str, Any]] = field(default_factory=dict)  # by number
    last_call: int = 0
    inputs: list[str] = field(default_factory=list)  # said to it and not read yet
    input_closed: bool = False  # and nothing will be said after them
    seed: int | None = None  # of the message under way
    num_tokens: int = 0
    interrupted: bool = False  # its last turn was: nobody waits for the rest
    has_begun: bool = False  # it has said or been told something itself: its messages are not another's alone
    stopped: bool = False
    stopped_on: str = ""  # the breakpoint
    breaks: list[str] = field(default_factory=list)
    grants: set[Grant] = field(default_factory=set)  # what it was allowed to do
    killed_by: Signal | None = None  # it was told to end, and had not yet

    @property
    def is_fork(self) -> bool:
        """A copy of its parent's conversation, which takes up its own request behind it."""
        return "fork" in (self.spawn.get("origin") or {})

    @property
    def waits(self) -> bool:
        """Whether its last turn was complete, or is not to be gone on with."""
        last = self.messages[-1] if self.messages else None
        if self.interrupted:
            return True
        return last is not None and last["role"] == "assistant" and not last.get("tool_calls") and not self.partial


def remains(records: Sequence[Record]) -> Remains:
    """One process's journal, from its spawn record on."""
    found = Remains(records[0].pid, records[0].body, records[0].at)
    origin = found.spawn.get("origin") or {}
    found.stopped, found.stopped_on = STANDS in origin, origin.get(STANDS, "")
    num_read = 0  # of what it was told itself
    goes_on = False  # from a past that holds its request
    for record in records[1:]:
        body = record.body
        match record.kind:
            case "message":
                found.messages.append({key: value for key, value in body.items() if key not in (PAST, SHOWN)})
                found.partial, found.seed, found.interrupted = [], None, False
                own = not body.get(PAST)
                goes_on = goes_on or not (own or found.is_fork)
                found.has_begun = found.has_begun or own
                num_read += own and body["role"] == "user"
                if body["role"] == "assistant":
                    found.calls, found.intents, found.results = [], set(), {}
            case "text":
                found.partial = []
            case "sampling":
                found.seed = body["seed"]
            case "interrupted":
                found.interrupted = True
            case "tokens":
                found.interrupted = False
                found.partial += body["tokens"]
                found.num_tokens += 0 if body.get(PAST) else len(body["tokens"])  # of another process's making
            case "intent":
                found.calls += [body["call"]] if body["call"] not in found.calls else []
                found.intents.add(body["call"])
                found.last_call = max(found.last_call, body["call"])
            case "result":
                found.results[body["seq"]] = body
                found.calls += [body["seq"]] if body["seq"] not in found.calls else []
                found.last_call = max(found.last_call, body["seq"])
            case "input":
                found.inputs.append(body["text"])
            case "input_closed":
                found.input_closed = True
            case "page":
                found.folded += [p["messages"][0] for p in body["out"] if p.get("folded")]
            case "always":
                found.always = body
            case "forget":
                found.messages = without_run(found.messages, body["messages"])
                found.folded = without_run(found.folded, body["messages"])
            case "nice" | "limit":
                found.spawn = _changed(found.spawn, body)
            case "signal":
                _signalled(found, Signal[body["signal"]], body.get("reason", ""))
            case "break":
                found.breaks = body["points"]
    found.grants = grants_in(records)
    first = 1 if found.spawn["request"] and not goes_on else 0
    found.inputs = found.inputs[max(0, num_read - first) :]
    return found


def _changed(spawn: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """The spawn record as a record of control.py leaves it."""
    limits = {**spawn["limits"], **body.get("limits", {})}  # those that were changed
    return {**spawn, "nice": body.get("nice", spawn["nice"]), "limits": limits}


def _signalled(found: Remains, signal: Signal, reason: str) -> None:
    match signal:
        case Signal.STOP | Signal.CONT:
            found.stopped, found.stopped_on = signal is Signal.STOP, reason
        case Signal.TERM | Signal.KILL:
            found.killed_by = found.killed_by or signal
        case Signal.INT if not found.spawn.get("interactive"):
            found.killed_by = found.killed_by or signal


async def recover(kernel: Kernel) -> list[ProcessHandle]:
    """Start again what lived when the last kernel of this state directory ended. Parents before their children."""
    lost = await anyio.to_thread.run_sync(lambda: [spawn for spawn, end in kernel.journal.processes() if end is None])
    handles = []
    for spawn in lost:
        records = await anyio.to_thread.run_sync(kernel.journal.read, spawn.pid)
        found = remains(records)
        if found.killed_by is not None:
            await _bury(kernel, spawn, ProcessKilled(f"killed by SIG{found.killed_by.name}", found.killed_by))
        elif "past" in (spawn.body.get("origin") or {}) and not found.messages:
            why = "its kernel ended before its past was on record: branch or restore it again"
            await _bury(kernel, spawn, ProcessFailed(why))  # from its request it would do again what is done
        elif spawn.body.get("resumable"):
            try:
                program = await _program(kernel, found)
            except LLMasOSError as error:
                why = f"{spawn.body['app']} did not come back with its kernel: {error}"
                await _bury(kernel, spawn, ProcessFailed(why))
                continue
            try:
                handles.append(await _revive(kernel, found, program))
            except QuotaExceeded as error:  # its parent's limits were lowered since: one that ends, not all
                await _bury(kernel, spawn, error)
        else:
            await _bury(kernel, spawn, ProcessFailed(f"{spawn.body['app']} ended with its kernel: {ENDS}"))
    return handles


async def go_on(kernel: Kernel, found: Remains, stands: str = "") -> ProcessHandle:
    """A new process from what remains of one that lived elsewhere, or in another past (restore, branch).

    With `stands` it is stopped on that before it has begun, under every kernel, until CONT: its birth says so. Then its
    past is on record when this returns, so that whoever it comes from may be ended.

    Raises AppNotFound, AppDamaged where it needs the calls of an app.
    """
    program = await _program(kernel, found, is_new=True)
    handle = await _revive(kernel, found, program, is_new=True, stands=stands)
    if stands and found.messages:
        try:
            await anyio.to_thread.run_sync(kernel.journal.append, past_records(handle.pid, found))
        except LLMasOSError:
            kernel.kill(handle.pid, Signal.KILL)
            raise
    return handle


async def _program(kernel: Kernel, found: Remains, is_new: bool = False) -> Program:
    """What it was, as it was; a new process takes an app as it is now. Raises LLMasOSError."""
    digest = found.spawn.get("digest")
    if not digest:  # calls of a program in Python that nobody finds again: what is said goes on without them
        return AGENT
    return await kernel.find_program(str(found.spawn.get("app")), None if is_new else digest)


async def _revive(
    kernel: Kernel, found: Remains, program: Program, is_new: bool = False, stands: str = ""
) -> ProcessHandle:
    spawn = found.spawn
    interactive = spawn.get("interactive", False)
    body = functools.partial(resume, found=found, is_new=is_new and not stands)
    reads_on = is_new and not interactive and bool(found.inputs)  # what it was told already, and nothing after that
    handle = await kernel.spawn(
        replace(program, body=body, streams=True, resumable=True, held=spawn.get(UNTRUSTED, "")),
        spawn["request"],
        parent=None if is_new else kernel.live(spawn["ppid"]),
        limits=Limits(**spawn["limits"]),
        capabilities=frozenset(spawn["capabilities"]),
        nice=spawn["nice"],
        model=spawn["model"],
        workspace=Path(spawn["workspace"]),
        interactive=interactive or reads_on,
        pid=None if is_new else found.pid,
        origin=_origin(found, is_new, stands),
    )
    task = kernel.task(handle.pid)
    task.go_on_counting(found.last_call)  # a new one, too: its pending calls keep their numbers
    for text in found.inputs:
        task.say(text)
    task.breaks.set([Breakpoint(*point.split(":", 1)) for point in found.breaks])
    if reads_on or found.input_closed:
        task.close_input()
    if stands:
        task.stop(stands)
    if is_new:
        return handle
    task.process.go_on_from(found.started)
    task.is_resumed = True
    task.process.budget.charge_up_to("tokens", found.num_tokens)
    task.process.budget.charge_up_to("syscalls", found.last_call)
    task.grants |= found.grants
    task.was_attended = bool(spawn.get("attended"))
    if found.stopped:
        task.stop(found.stopped_on)  # the journal has the signal
    task.breaks.passes = found.stopped_on.startswith("breakpoint syscall:")
    return handle


def _origin(found: Remains, is_new: bool, stands: str) -> dict[str, Any] | None:
    """What a new process's birth says of where it comes from."""
    past = {"past": found.pid} if is_new and found.messages else {}
    return {**past, **({STANDS: stands} if stands else {})} or None


async def _bury(kernel: Kernel, spawn: Record, failure: LLMasOSError) -> None:
    """The end of a process that does not go on."""
    body: dict[str, Any] = {"exit_code": failure.exit_code, "answer": None, "error": str(failure), "usage": {}}
    await anyio.to_thread.run_sync(kernel.journal.append, [Record(spawn.pid, "exit", body)])


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
    result = found.results.get(number) if number is not None else None
    name, cut = call["name"], result is not None and str(result["error"] or "").startswith("EINTR")
    if result is not None and not cut:
        text = f"error {result['error']}" if result["error"] is not None else result["result"] or ""
        return result_message(name, text, result.get("untrusted"))
    if number not in found.intents or _is_idempotent(task, name):
        return await run_call(task, name, call["arguments"], repeats, number)
    if number is not None and result is None and task.is_resumed:  # in another's past nobody was told that it began
        why = UNKNOWN.removeprefix("error ")
        await _give_up(task, CallRecord(number, name, call["arguments"], "allow", None, why, 0.0))
    return result_message(name, UNKNOWN)


async def _give_up(task: Task, call: CallRecord) -> None:
    """The end of a call of which nobody knows more: on record, and told to who was told that it began."""
    await anyio.to_thread.run_sync(task.kernel.journal.append, [Record(task.pid, "result", call.facts)])
    task.publish(CallEnded(task.pid, call.seq, call.name, call.decision, call.result, call.error, call.seconds))


def past_records(pid: int, found: Remains) -> list[Record]:
    """What remains of a process, for the journal of one that goes on from there: `remains` gives it back."""
    records = [Record(pid, "message", {**message, PAST: True}) for message in found.messages]
    pages = [{"page": None, "turn": 0, "folded": True, "messages": [message]} for message in found.folded]
    records += [Record(pid, "interrupted", {PAST: True})] if found.interrupted else []
    records += [Record(pid, "page", {"in": [], "out": pages, PAST: True})] if pages else []
    records += [Record(pid, "always", found.always)] if found.always else []
    records += [Record(pid, "input", {"text": text}) for text in found.inputs]
    records += [Record(pid, "input_closed", {})] if found.input_closed else []
    records += [Record(pid, "break", {"points": found.breaks})] if found.breaks else []
    partial = {"segment": 0, "tokens": found.partial, PAST: True}
    records += [Record(pid, "sampling", {"seed": found.seed})] if found.seed is not None else []
    return records + ([Record(pid, "tokens", partial)] if found.partial else [])


def _is_idempotent(task: Task, name: str) -> bool:
    registration = next((c.registration for c in task.table if c.name == name), None)
    return registration is not None and (registration.idempotent or registration.effect in ("read", "pure"))
