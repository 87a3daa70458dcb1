"""What a journal has of a process that did not end: enough to go on from there.

- `remains(records)` reads one process's journal: its messages, the tokens of the message it was in, its pending calls.
- `past_records(pid, found)` are records for the journal of one that goes on from there: `remains` gives it back.
- It starts nothing: recovery.py does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from llmasos.kernel.consent import Grant, grants_in
from llmasos.kernel.conversation import SHOWN
from llmasos.kernel.journal import Record
from llmasos.kernel.past_code import PAST, PastCode, inputs_read
from llmasos.kernel.process_record import CODED
from llmasos.kernel.signals import Signal
from llmasos.memory.page_table import without_run

STANDS = "stands"  # marks, in the origin of a spawn record, one that was born stopped, and on what


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
    code: PastCode | None = None  # what its code asked and got, where its body is that
    killed_by: Signal | None = None  # it was told to end, and had not yet

    @property
    def is_code(self) -> bool:
        """Its body is code in Python, and only what that asks of its model is a conversation."""
        return bool(self.spawn.get(CODED))

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
    by_code: set[int] = set()  # numbers of the calls that are not its model's
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
            case "asked":
                by_code.add(body.get("call", 0))
                found.last_call = max(found.last_call, body.get("call", 0))
            case "intent":
                found.calls += [body["call"]] if body["call"] not in (*found.calls, *by_code) else []
                found.intents.add(body["call"])
                found.last_call = max(found.last_call, body["call"])
            case "result":
                found.results[body["seq"]] = body
                found.calls += [body["seq"]] if body["seq"] not in (*found.calls, *by_code) else []
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
    found.code = PastCode.read(records) if found.is_code else None
    first = 1 if found.spawn["request"] and not goes_on else 0
    found.inputs = found.inputs[inputs_read(records) if found.is_code else max(0, num_read - first) :]
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
        case Signal.INT if found.is_code:  # all of it is one turn
            found.interrupted = True


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
    records += [Record(pid, "tokens", partial)] if found.partial else []
    return records + (found.code.records(pid) if found.code is not None else [])
