"""What code asked of the kernel and what it got, as its journal has it: lane by lane, and in the order it was given.

- `PastCode.read(records)`; `Asked` is one thing that was asked, with what came of it, if anything did.
- `past.elsewhere()` is the same for another process that goes on from it, `records(pid)` for the journal of that.
- `error_facts` and `error_of`: an error as a record has it, and back.

Records: `asked` {op, lane, what, key, after[, call]}; `got` {op, value|error|cancelled[, held]}, before the code sees
it; `begun` {op} when its model is asked; `did` {op, lane, what, key, after[, error]} of what it does without waiting.
"""

from __future__ import annotations

import builtins
import hashlib
import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import llmasos.errors
from llmasos.errors import LLMasOSError, ProcessFailed
from llmasos.kernel.journal import LAST_SEQ, Record

PAST = "past"  # marks what a process has from another's journal
LONG = 2000  # characters: of a longer text a record has what tells it from others
_OUTCOME = ("value", "error", "cancelled", "held")


@dataclass(frozen=True, slots=True)
class Got:
    """`place`: in the order in which things were given, -1 for what was not waited for. `held`: untrusted sources."""

    place: int
    value: Any = None
    error: dict[str, Any] | None = None
    cancelled: bool = False
    held: str = ""

    @property
    def body(self) -> dict[str, Any]:
        outcome: dict[str, Any] = {"error": self.error} if self.error else {"value": self.value}
        held = {"held": self.held} if self.held else {}
        return {**({"cancelled": True} if self.cancelled else outcome), **held}


@dataclass(slots=True)
class Asked:
    """One thing. `after`: how many had been given when it was asked for. `call`: its number, of a call.

    `is_new`: under this kernel. `elsewhere`: by another process, which this one goes on from; `has_begun`: whose model
    was asked for it.
    """

    number: int
    lane: int
    what: str
    key: Any
    after: int = 0
    call: int = 0
    at: float = 0.0  # seconds since the epoch
    seq: int = 0
    got: Got | None = None
    is_new: bool = True
    is_recorded: bool = False
    elsewhere: bool = False
    has_begun: bool = False

    @property
    def body(self) -> dict[str, Any]:
        call = {"call": self.call} if self.call else {}
        return {"op": self.number, "lane": self.lane, "what": self.what, "key": self.key, "after": self.after, **call}

    @property
    def words(self) -> str:
        """As a person is told of it."""
        return words(self.what, self.key)


@dataclass(slots=True)
class PastCode:
    """`results` are those of calls by number; `intents` of calls that were made."""

    lanes: dict[int, deque[Asked]] = field(default_factory=dict)
    num_got: int = 0
    last_op: int = 0
    intents: set[int] = field(default_factory=set)
    results: dict[int, dict[str, Any]] = field(default_factory=dict)
    begun: dict[int, int] = field(default_factory=dict)  # the record's number, by op
    requests: list[int] = field(default_factory=list)  # numbers of the records of what its model was asked

    @classmethod
    def read(cls, records: Sequence[Record]) -> PastCode:
        past, known = cls(), dict[int, Asked]()
        for record in records:
            past._take(record, known)
        return past

    def _take(self, record: Record, known: dict[int, Asked]) -> None:
        body = record.body
        match record.kind:
            case "asked":
                self._note(record, known)
            case "did" if body["op"] not in known:
                self._note(record, known).got = Got(-1, error=body.get("error"))
            case "got" if body["op"] in known and known[body["op"]].got is None:
                outcome = {name: body[name] for name in _OUTCOME if name in body}
                known[body["op"]].got = Got(self.num_got, **outcome)
                self.num_got += 1
            case "begun":
                self.begun[body["op"]] = record.seq
            case "intent":
                self.intents.add(body["call"])
            case "result":
                self.results[body["seq"]] = body
            case "message" if body["role"] == "user":
                self.requests.append(record.seq)

    def _note(self, record: Record, known: dict[int, Asked]) -> Asked:
        body = record.body
        names = ("lane", "what", "key", "after", "call")
        asked = Asked(body["op"], **{name: body[name] for name in names if name in body}, at=record.at, seq=record.seq)
        asked.is_new, asked.is_recorded = False, True
        asked.elsewhere, asked.has_begun = PAST in body, bool(body.get("begun"))
        if body.get("intended"):
            self.intents.add(asked.call)
        if body.get("result"):
            self.results[asked.call] = body["result"]
        known[asked.number] = asked
        self.lanes.setdefault(asked.lane, deque()).append(asked)
        self.last_op = max(self.last_op, asked.number)
        return asked

    def has_begun(self, asked: Asked) -> bool:
        """Whether its model was asked, of a request to it: one at a time is."""
        begun = self.begun.get(asked.number)
        if begun is None:
            return asked.has_begun
        end = min((seq for seq in self.begun.values() if seq > begun), default=LAST_SEQ)
        return asked.has_begun or any(begun < seq < end for seq in self.requests)

    @property
    def unfinished(self) -> int:
        """The number of the request to its model that was in its middle; 0 for none."""
        waiting = (a for lane in self.lanes.values() for a in lane if a.what == "think" and a.got is None)
        return next((asked.number for asked in waiting if self.has_begun(asked)), 0)

    def elsewhere(self) -> PastCode:
        """The same, for another process that goes on from it."""

        def other(lane: deque[Asked]) -> deque[Asked]:
            return deque(replace(asked, elsewhere=True, has_begun=self.has_begun(asked)) for asked in lane)

        return replace(self, lanes={number: other(lane) for number, lane in self.lanes.items()})

    def records(self, pid: int) -> list[Record]:
        """What `read` makes it of again, for the journal of a process that goes on from it."""
        every = sorted((asked for lane in self.lanes.values() for asked in lane), key=lambda asked: asked.seq)
        given = [(asked, asked.got) for asked in every if asked.got is not None and asked.got.place >= 0]
        given.sort(key=lambda pair: pair[1].place)
        return [self._asked_record(pid, asked) for asked in every] + [
            Record(pid, "got", {"op": asked.number, "what": asked.what, **got.body, PAST: True}) for asked, got in given
        ]

    def _asked_record(self, pid: int, asked: Asked) -> Record:
        if asked.got is not None and asked.got.place < 0:
            error = {"error": asked.got.error} if asked.got.error else {}
            return Record(pid, "did", {**asked.body, **error, PAST: True}, asked.at)
        facts = {"begun": asked.has_begun, "intended": asked.call in self.intents}
        result = {"result": self.results[asked.call]} if asked.call in self.results else {}
        marks = {name: True for name, is_so in facts.items() if is_so}
        return Record(pid, "asked", {**asked.body, **marks, **result, PAST: True}, asked.at)


def inputs_read(records: Sequence[Record]) -> int:
    """How many of the things that were said to it the code has been given."""
    asked = {r.body["op"] for r in records if r.kind == "asked" and r.body["what"] == "input"}
    given = {r.body["op"] for r in records if r.kind == "got" and r.body.get("value") is not None}
    return len(asked & given)


def plain(key: Any) -> Any:
    """What was asked, as a record has it and another may be compared to."""
    found = json.loads(json.dumps(key, default=repr))
    return {name: _brief(value) for name, value in found.items()} if isinstance(found, dict) else _brief(found)


def _brief(value: Any) -> Any:
    text = value if isinstance(value, str) else json.dumps(value)
    if len(text) <= LONG:
        return value
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return {"begins": text[:80], "characters": len(text), "sha256": digest}


def words(what: str, key: Any) -> str:
    """`call(name="act", arguments={"what": "a"})`."""
    shown = key if isinstance(key, dict) else {"": key} if key is not None else {}
    given = ", ".join(f"{name}={json.dumps(v)}" if name else json.dumps(v) for name, v in shown.items())
    return f"{what}({given})" if len(given) <= 120 else f"{what}({given[:119]}…)"


def error_facts(error: Exception) -> dict[str, Any]:
    """Its class, its message and what it says besides; a class that is neither ours nor Python's is a failure."""
    if isinstance(error, LLMasOSError):
        kind = next(k for k in type(error).__mro__ if getattr(llmasos.errors, k.__name__, None) is k)
        rest = {name: value for name, value in vars(error).items() if _is_fact(value)}
        return {"type": kind.__name__, "message": str(error), **rest}
    if getattr(builtins, type(error).__name__, None) is type(error):
        return {"type": type(error).__name__, "message": str(error.args[0]) if error.args else ""}
    return {"type": "ProcessFailed", "message": f"{type(error).__name__}: {error}"}


def _is_fact(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def error_of(facts: dict[str, Any]) -> Exception:
    """The error that its facts are of."""
    rest = {name: value for name, value in facts.items() if name not in ("type", "message")}
    kind: type[LLMasOSError] | None = getattr(llmasos.errors, facts["type"], None)
    if kind is None:
        try:
            return getattr(builtins, facts["type"])(facts["message"])  # type: ignore[no-any-return]
        except TypeError:  # one that is made of more than a message
            return ProcessFailed(f"{facts['type']}: {facts['message']}")
    error = kind.__new__(kind)
    error.args = (facts["message"],)
    error.__dict__.update(rest)
    return error
