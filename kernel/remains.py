"""What a journal has of a process that did not end: enough to go on from there.

- `remains(records)` reads one process's journal: its messages, the tokens of the message it was in, its pending calls.
- `past_records(pid, found)` are records for the journal of one that goes on from there: `remains` gives it back.
- It starts nothing: recovery.py does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from llmasos.kernel.consent import Grant, grants_in
from llmasos.kernel.conversation import SHOWN
from llmasos.kernel.gate import CallRecord
from llmasos.kernel.journal import Record
from llmasos.kernel.past_code import PAST, PastCode, inputs_read
from llmasos.kernel.process_record import CODED
from llmasos.kernel.signals import Signal
from llmasos.memory.page_table import without_run
from llmasos.memory.segment import UNTRUSTED, merged, untrusted

CUT_OFF = "EINTR: interrupted"  # begins the error of a call that had not come back (gate.py)
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
    ended_calls: dict[int, dict[str, Any]] = field(default_factory=dict)  # all results of its own, by number
    last_call: int = 0
    inputs: list[str] = field(default_factory=list)  # said to it and not read yet
    held: str = ""  # untrusted sources of what was said to it, read or not
    input_closed: bool = False  # and nothing will be said after them
    seed: int | None = None  # of the message under way
    num_tokens: int = 0
    below: Counter[str] = field(default_factory=Counter)  # what its children used that have ended, and theirs
    interrupted: bool = False  # its last turn was: nobody waits for the rest
    is_cut: bool = False  # its last message is no whole answer
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
    def used(self) -> Counter[str]:
        """By itself, as limits count it."""
        return Counter(tokens=self.num_tokens, syscalls=self.last_call)

    @property
    def has_past(self) -> bool:
        """Whether there is anything to go on from."""
        return bool(self.messages or (self.code is not None and self.code.lanes))

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
        if self.is_cut:
            return False
        return last is not None and last["role"] == "assistant" and not last.get("tool_calls") and not self.partial


def remains(records: Sequence[Record]) -> Remains:
    """One process's journal, from its spawn record on."""
    found = Remains(records[0].pid, records[0].body, records[0].at)
    origin = found.spawn.get("origin") or {}
    found.stopped, found.stopped_on = STANDS in origin, origin.get(STANDS, "")
    reader = _Reader(found)
    for record in records[1:]:
        reader.take_words(record.kind, record.body)
        reader.take_call(record.kind, record.body)
        reader.take_change(record.kind, record.body)
    found.grants = grants_in(records)
    found.code = PastCode.read(records) if found.is_code else None
    found.inputs = found.inputs[inputs_read(records) if found.is_code else reader.num_told :]
    return found


@dataclass(slots=True)
class _Reader:
    """Fills `found` record by record. `by_code` are the numbers of the calls that are not its model's."""

    found: Remains
    num_read: int = 0  # messages of what it was told itself
    by_code: set[int] = field(default_factory=set)
    goes_on: bool = False  # from a past that holds its request

    @property
    def num_told(self) -> int:
        """How many of its inputs are messages."""
        first = 1 if self.found.spawn["request"] and not self.goes_on else 0
        return max(0, self.num_read - first)

    def take_words(self, kind: str, body: dict[str, Any]) -> None:
        """What was said to it and by it, and what of that its window holds."""
        found = self.found
        match kind:
            case "message":
                self._take_message(body)
            case "text":
                found.partial = []
            case "sampling":
                found.seed = body["seed"]
            case "interrupted":
                found.interrupted = True
            case "tokens":
                found.interrupted = found.interrupted and found.is_code
                found.partial += body["tokens"]
                found.num_tokens += 0 if body.get(PAST) else len(body["tokens"])  # of another process's making
            case "input":
                found.inputs.append(body["text"])
                found.held = merged(found.held, body.get(UNTRUSTED, ""))
            case "page":
                found.folded += [p["messages"][0] for p in body["out"] if p.get("folded")]
            case "always":
                found.always = body
            case "forget":
                found.messages = without_run(found.messages, body["messages"])
                found.folded = without_run(found.folded, body["messages"])

    def _take_message(self, body: dict[str, Any]) -> None:
        found, own = self.found, not body.get(PAST)
        found.messages.append({key: value for key, value in body.items() if key not in (PAST, SHOWN)})
        found.partial, found.seed, found.is_cut = [], None, SHOWN in body
        found.interrupted = found.interrupted and found.is_code
        self.goes_on = self.goes_on or not (own or found.is_fork)
        found.has_begun = found.has_begun or own
        self.num_read += own and body["role"] == "user"
        if body["role"] == "assistant":
            found.calls, found.intents, found.results = [], set(), {}

    def take_call(self, kind: str, body: dict[str, Any]) -> None:
        """Its calls, its code's among them."""
        match kind:
            case "asked":
                self.by_code.add(body.get("call", 0))
                self._count(body.get("call", 0))
            case "intent":
                self._count(body["call"])
                self.found.intents.add(body["call"])
            case "result":
                self._count(body["seq"])
                self.found.results[body["seq"]] = self.found.ended_calls[body["seq"]] = body

    def _count(self, call: int) -> None:
        self.found.calls += [call] if call not in self.found.calls and call not in self.by_code else []
        self.found.last_call = max(self.found.last_call, call)

    def take_change(self, kind: str, body: dict[str, Any]) -> None:
        """What somebody else did to it."""
        match kind:
            case "input_closed":
                self.found.input_closed = True
            case "nice" | "limit":
                self.found.spawn = _changed(self.found.spawn, body)
            case "signal":
                _signalled(self.found, Signal[body["signal"]], body.get("reason", ""))
            case "break":
                self.found.breaks = body["points"]


def calls_made(results: Iterable[dict[str, Any]]) -> list[CallRecord]:
    """Each call once, by number, as it ended last; not those that were cut off, which nobody was given."""
    last = {body["seq"]: body for body in results}
    calls = (_call(last[number]) for number in sorted(last))
    return [call for call in calls if not (call.error or "").startswith(CUT_OFF)]


def _call(result: dict[str, Any]) -> CallRecord:
    given, seconds, source = result.get("arguments", {}), result.get("seconds", 0.0), result.get("untrusted")
    made = (result["name"], given, result["decision"], result["result"], result["error"])
    return CallRecord(result["seq"], *made, seconds, source)


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
    if found.is_cut and found.messages[-1]["role"] == "assistant":
        records[-1].body[SHOWN] = len(records[-1].body["content"] or "")
    pages = [{"page": None, "turn": 0, "folded": True, "messages": [message]} for message in found.folded]
    records += [Record(pid, "interrupted", {PAST: True})] if found.interrupted else []
    records += [Record(pid, "page", {"in": [], "out": pages, PAST: True})] if pages else []
    records += [Record(pid, "always", found.always)] if found.always else []
    records += [Record(pid, "input", {"text": text, **untrusted(found.held)}) for text in found.inputs]
    records += [Record(pid, "input_closed", {})] if found.input_closed else []
    records += [Record(pid, "break", {"points": found.breaks})] if found.breaks else []
    partial = {"segment": 0, "tokens": found.partial, PAST: True}
    records += [Record(pid, "sampling", {"seed": found.seed})] if found.seed is not None else []
    records += [Record(pid, "tokens", partial)] if found.partial else []
    return records + (found.code.records(pid) if found.code is not None else [])
