"""What outside was shown of a kernel that was killed, held against what its journal has: by content, not by count.

- `Shown` is one life of the kernel as those outside saw it: texts, results, answers, what it accepted.
- `check_shown` finds all of that in the journal, and nothing gone that was there before.
- `check_effects` holds what calls did to the world against what the journal says of them.
- A text is decoded here from the journal's tokens, not taken from its messages; where it has both they must agree.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llmasos.boot import embedded_nano
from llmasos.drivers import gguf
from llmasos.drivers.llama_tokenizer import Vocabulary
from llmasos.drivers.tool_calls import BadCall, Parser, ToolCall
from llmasos.kernel.journal import Journal, Record
from llmasos.kernel.resume import UNKNOWN
from llmasos.kernel.spelling import Spelling

Records = Mapping[int, Sequence[Record]]  # by pid


@dataclass
class Shown:
    """What outside has seen of one life."""

    whole: bool = False  # a daemon tells whoever follows a process its events of earlier lives, too
    texts: dict[int, str] = field(default_factory=dict)  # by pid: else from the message on in which this life found it
    said: list[tuple[int, str]] = field(default_factory=list)  # accepted inputs
    spawned: set[int] = field(default_factory=set)
    results: list[tuple[int, int, str | None, str | None]] = field(default_factory=list)  # pid, call, result, error
    answers: list[tuple[int, str]] = field(default_factory=list)  # of turns
    ended: dict[int, str | None] = field(default_factory=dict)

    def text(self, pid: int, piece: str) -> None:
        self.texts[pid] = self.texts.get(pid, "") + piece


def journals(home: Path) -> dict[int, list[Record]]:
    """What the journal has, by pid."""
    if not (home / "journal.db").exists():
        return {}
    journal = Journal(home / "journal.db", read_only=True)
    try:
        return {spawn.pid: journal.read(spawn.pid) for spawn, _ in journal.processes()}
    finally:
        journal.close()


def bodies(records: Sequence[Record], kind: str) -> list[dict[str, Any]]:
    """Of its own records, not those of the past that it was made from."""
    return [record.body for record in records if record.kind == kind and not record.body.get("past")]


def num_tokens(found: Records) -> int:
    return sum(len(body["tokens"]) for records in found.values() for body in bodies(records, "tokens"))


def written(records: Sequence[Record]) -> list[str]:
    """The texts of the messages that it made, as whoever follows it reads them; the last one as far as it has come."""
    texts, tokens = [], []
    for record in records:
        if record.body.get("past"):
            continue
        if record.kind == "tokens":
            tokens += record.body["tokens"]
        elif record.kind == "message" and record.body["role"] == "assistant":
            texts.append(_text(tokens, whole=True))
            assert texts[-1] == record.body["content"], f"{texts[-1]!r} is on record as {record.body['content']!r}"
            tokens = []
    return [*texts, _text(tokens, whole=False)]


def _output(records: Sequence[Record]) -> list[str]:
    """What whoever follows it reads, the last one as far as it has come: its messages, or what its code says."""
    if not is_code(records):
        return written(records)
    return [*(body["key"]["text"] for body in bodies(records, "did") if body["what"] == "say"), ""]


def is_code(records: Sequence[Record]) -> bool:
    return bool(records) and bool(records[0].body.get("coded"))


def _text(tokens: Sequence[int], *, whole: bool) -> str:
    parser = Parser("hermes")
    pieces = parser.feed(Spelling(_vocabulary()).text(tokens))
    pieces += parser.finish() if whole else []
    said = [piece for piece in pieces if not isinstance(piece, ToolCall)]
    return "".join(piece.raw if isinstance(piece, BadCall) else piece for piece in said)


@functools.cache
def _vocabulary() -> Vocabulary:
    return Vocabulary(gguf.check(embedded_nano()))


def check_shown(shown: Shown, before: Records, after: Records) -> None:
    """What was seen outside is on record, word for word, and what was on record stays."""
    for pid, records in before.items():
        assert after[pid][: len(records)] == records, f"process {pid} lost records"
    assert shown.spawned <= after.keys(), f"processes {shown.spawned - after.keys()} are not on record"
    for pid, text in shown.texts.items():
        known = 0 if shown.whole or pid not in before else len(_output(before[pid])) - 1  # that were whole
        new = "".join(_output(after[pid])[known:])
        assert new.startswith(text), f"process {pid} showed {text!r}, on record is {new!r}"
    for pid, said in shown.said:
        assert said in [body["text"] for body in bodies(after[pid], "input")], f"process {pid} was told {said!r}"
    for pid, call, result, error in shown.results:
        kept = [(body["result"], body["error"]) for body in bodies(after[pid], "result") if body["seq"] == call]
        assert (result, error) in kept, f"call {call} of process {pid} came to {result or error!r}, on record: {kept}"
    for pid, answer in shown.answers:
        assert answer in written(after[pid]), f"process {pid} answered {answer!r}"
    for pid, last in shown.ended.items():
        answers = [body["answer"] for body in bodies(after[pid], "exit")]
        assert answers == [last], f"process {pid} ended with {last!r}, on record is {answers}"
        wrote = last is None or is_code(after[pid]) or last in written(after[pid])
        assert wrote, f"process {pid} ended with {last!r}, which it never wrote"


def check_effects(found: Records, call: str, argument: str, effects: Sequence[str], *, finished: bool) -> None:
    """What a call that is not idempotent did: never twice; done where its result is on record; and where all have
    ended done once, unless the process was told that nobody knows.

    `effects` are the values of `argument` that came true.
    """
    times = Counter(effects)
    assert all(n == 1 for n in times.values()), f"an effect happened twice: {times}"
    wanted: set[str] = set()
    for pid, records in found.items():
        intents = [body["arguments"][argument] for body in bodies(records, "intent") if body["name"] == call]
        wanted.update(intents)
        for body in bodies(records, "result"):
            if body["name"] == call and body["error"] is None:
                assert body["arguments"][argument] in times, f"process {pid} was told of an effect that there is not"
        told = [body["content"] for body in bodies(records, "message") if body["role"] == "tool"]
        told += [f"error {body['error']}" for body in bodies(records, "result") if is_code(records)]
        if finished and UNKNOWN not in told:
            assert all(intent in times for intent in intents), f"process {pid} meant {intents}, which did not happen"
    assert times.keys() <= wanted, f"effects that nobody meant: {times.keys() - wanted}"


def check_turns(found: Records, *, finished: bool) -> None:
    """Each ended once at most; what it was told it read once, in its order."""
    for pid, records in found.items():
        ends = bodies(records, "exit")
        assert len(ends) == 1 or not (ends or finished), f"process {pid} did not end, or twice"
        if is_code(records):  # it asks its model what it likes
            assert not ends or ends[0]["error"] is None, f"process {pid} ended with {ends[0]['error']}"
            continue
        read = [body["content"] for body in bodies(records, "message") if body["role"] == "user"]
        request = records[0].body["request"]
        said = ([request] if request else []) + [body["text"] for body in bodies(records, "input")]
        assert read == said[: len(read)], f"process {pid} read {read} of {said}"


def counted(found: Records) -> Counter[str]:
    """Records by kind, forks, and the processes that were told of an outcome that nobody knows."""
    kinds = Counter(record.kind for records in found.values() for record in records)
    kinds["fork"] = sum("fork" in (records[0].body.get("origin") or {}) for records in found.values())
    kinds["unknown"] = sum(
        UNKNOWN in [body["content"] for body in bodies(records, "message")]
        or UNKNOWN in [f"error {body['error']}" for body in bodies(records, "result")]
        for records in found.values()
    )
    kinds["code"] = sum(map(is_code, found.values()))
    return kinds
