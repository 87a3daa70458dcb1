"""What code asked of the kernel and what it got, as its journal has it: per lane, and in the order it was given.

- `PastCode.read(records)`; `Asked` is one thing that was asked, with what came of it, if anything did.
- `error_facts` and `error_of`: an error of ours as a record has it, and back.

Records: `asked` {op, lane, what, key[, call]} before what has an effect is done; `got` {op, value|error|cancelled}
before the code sees it. What has no effect until then is a `got` alone, with the fields of both.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import llmasos.errors
from llmasos.errors import LLMasOSError
from llmasos.kernel.journal import Record

PAST = "past"  # marks what a process has from another's journal
LONG = 2000  # characters: of a longer text a record has what tells it from others


@dataclass(frozen=True, slots=True)
class Got:
    """`place`: in the order in which things were given. `held`: the untrusted sources of what the code then had."""

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
    """`call` is its number, of a call. `seq` is 0 for one that no earlier kernel knows.

    `elsewhere`: by another process, which this one goes on from. `has_begun`: whose model was asked for it.
    """

    number: int
    lane: int
    what: str
    key: Any
    call: int = 0
    seq: int = 0
    got: Got | None = None
    elsewhere: bool = False
    has_begun: bool = False

    @property
    def is_new(self) -> bool:
        return self.seq == 0

    @property
    def body(self) -> dict[str, Any]:
        call = {"call": self.call} if self.call else {}
        return {"op": self.number, "lane": self.lane, "what": self.what, "key": self.key, **call}

    @property
    def words(self) -> str:
        """As a person is told of it."""
        return words(self.what, self.key)


@dataclass(slots=True)
class PastCode:
    """`results` are those of calls by number; `intents` of calls that were begun."""

    lanes: dict[int, deque[Asked]] = field(default_factory=dict)
    num_got: int = 0
    last_op: int = 0
    last_call: int = 0
    intents: set[int] = field(default_factory=set)
    results: dict[int, dict[str, Any]] = field(default_factory=dict)
    requests: list[int] = field(default_factory=list)  # numbers of the records of what its model was asked

    @classmethod
    def read(cls, records: Sequence[Record]) -> PastCode:
        past, known = cls(), dict[int, Asked]()
        for record in records:
            body = record.body
            match record.kind:
                case "asked":
                    past._note(known, record)
                case "got":
                    asked = known.get(body["op"]) or past._note(known, record)
                    known_keys = ("value", "error", "cancelled", "held")
                    asked.got = Got(past.num_got, **{key: body[key] for key in known_keys if key in body})
                    past.num_got += 1
                case "intent":
                    past.intents.add(body["call"])
                case "result":
                    past.results[body["seq"]] = body
                case "message" if body["role"] == "user":
                    past.requests.append(record.seq)
        return past

    def _note(self, known: dict[int, Asked], record: Record) -> Asked:
        body = record.body
        asked = Asked(body["op"], body["lane"], body["what"], body["key"], body.get("call", 0), record.seq)
        asked.elsewhere, asked.has_begun = PAST in body, bool(body.get("begun"))
        if body.get("intended"):
            self.intents.add(asked.call)
        if body.get("result"):
            self.results[asked.call] = body["result"]
        known[asked.number] = asked
        self.lanes.setdefault(asked.lane, deque()).append(asked)
        self.last_op = max(self.last_op, asked.number)
        self.last_call = max(self.last_call, asked.call)
        return asked

    def has_begun(self, asked: Asked) -> bool:
        """Whether its model was asked, of a request to it."""
        return asked.has_begun or any(seq > asked.seq for seq in self.requests)

    def elsewhere(self) -> PastCode:
        """The same, for another process that goes on from it."""

        def other(lane: deque[Asked]) -> deque[Asked]:
            return deque(replace(asked, elsewhere=True, has_begun=self.has_begun(asked)) for asked in lane)

        return replace(self, lanes={number: other(lane) for number, lane in self.lanes.items()})

    def records(self, pid: int) -> list[Record]:
        """What `read` makes it of again, for the journal of a process that goes on from it."""
        every = sorted((asked for lane in self.lanes.values() for asked in lane), key=lambda asked: asked.seq)
        given = sorted((a for a in every if a.got is not None), key=lambda a: a.got.place if a.got is not None else 0)
        return [Record(pid, "asked", self._asked_body(asked)) for asked in every] + [
            Record(pid, "got", {**asked.body, **asked.got.body, PAST: True}) for asked in given if asked.got is not None
        ]

    def _asked_body(self, asked: Asked) -> dict[str, Any]:
        facts = {"begun": asked.has_begun, "intended": asked.call in self.intents}
        result = {"result": self.results[asked.call]} if asked.call in self.results else {}
        return {**asked.body, **{name: True for name, is_so in facts.items() if is_so}, **result, PAST: True}


def inputs_read(records: Sequence[Record]) -> int:
    """How many of the things that were said to it the code has been given."""
    return sum(r.kind == "got" and r.body.get("what") == "input" and r.body.get("value") is not None for r in records)


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
    shown = key if isinstance(key, dict) else {"": key} if key is not None else {}
    given = ", ".join(f"{name}={json.dumps(v)}" if name else json.dumps(v) for name, v in shown.items())
    return f"{what}({given})" if len(given) <= 120 else f"{what}({given[:119]}…)"


def error_facts(error: Exception) -> dict[str, Any]:
    """Its class, its message, and what it says besides; what is none of ours is said to have failed."""
    if not isinstance(error, LLMasOSError):
        return {"type": "ProcessFailed", "message": f"{type(error).__name__}: {error}"}
    kind = next(k for k in type(error).__mro__ if getattr(llmasos.errors, k.__name__, None) is k)
    return {"type": kind.__name__, "message": str(error), **{k: v for k, v in vars(error).items() if _is_fact(v)}}


def _is_fact(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def error_of(facts: dict[str, Any]) -> LLMasOSError:
    rest = {name: value for name, value in facts.items() if name not in ("type", "message")}
    kind = getattr(llmasos.errors, facts["type"], LLMasOSError)
    error: LLMasOSError = kind.__new__(kind)
    error.args = (facts["message"],)
    error.__dict__.update(rest)
    return error
