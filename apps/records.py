"""A process's journal, looked at: `strace`, `replay` and `diff`. None of them needs a model or a kernel.

- `strace` shows calls alone, as strace(1) does; one that was interrupted is `<unfinished>`.
- `replay` shows the conversation as it went, up to a record's number.
- `diff` compares two conversations line by line; its exit code is diff(1)'s.
"""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from llmasos import history
from llmasos.apps.printable import call_words, one_line, printable
from llmasos.config import load_config
from llmasos.events import Record

Write = Callable[[str], None]
RESULT_CHARS = 200


def strace(pid: int, *, keep_on: bool, write: Write) -> None:
    """Raises NoSuchProcess, Compacted."""
    home = load_config().home
    whole = history.whole(home, pid)
    records = history.follow(home, pid) if keep_on else iter(whole)
    for line in _calls(records):
        write(line)


def _calls(records: Iterator[Record]) -> Iterator[str]:
    under_way: dict[int, Record] = {}
    for record in records:
        body = record.body
        if record.kind == "intent":
            under_way[body["call"]] = record
        elif record.kind == "result":
            under_way.pop(body["seq"], None)
            outcome = f"-1 {body['error']}" if body["error"] is not None else one_line(body["result"], RESULT_CHARS)
            words = call_words(body["name"], body["arguments"])
            yield f"{_clock(record)} {words} = {outcome} <{body['seconds']:.6f}>"
    for record in under_way.values():
        yield f"{_clock(record)} {call_words(record.body['name'], record.body['arguments'])} <unfinished>"


def _clock(record: Record) -> str:
    return time.strftime("%H:%M:%S", time.localtime(record.at))


def replay(pid: int, *, to: int | None, write: Write) -> None:
    """Raises NoSuchProcess, Compacted."""
    records = [r for r in history.whole(load_config().home, pid) if to is None or r.seq <= to]
    for line in conversation(records):
        write(line)


def conversation(records: Iterable[Record]) -> Iterator[str]:
    """What was said, a line (or more) a message, with the number of its record; a message in the making by its size."""
    num_tokens = 0
    for record in records:
        if record.kind == "tokens":
            num_tokens += len(record.body["tokens"])
        elif record.kind == "message":
            num_tokens = 0
            yield from (f"{record.seq:>6} {record.body['role']}: {text}" for text in _said(record.body))
        elif record.kind == "exit":
            num_tokens = 0
            yield f"{record.seq:>6} exit {record.body['exit_code']}" + (
                f": {record.body['error']}" if record.body["error"] else ""
            )
    if num_tokens:
        yield f"       assistant: ({num_tokens} tokens of a message that was not finished)"


def _said(message: dict[str, Any]) -> Iterator[str]:
    if message["content"]:
        yield printable(message["content"])
    for call in message.get("tool_calls") or ():
        yield call_words(call["function"]["name"], call["function"]["arguments"])


def diff(one: int, other: int, *, write: Write) -> int:
    """0 when they are the same, 1 when not. Raises NoSuchProcess, Compacted."""
    home = load_config().home
    before, after = (_unnumbered(history.whole(home, pid)) for pid in (one, other))
    names = (f"process {one}", f"process {other}")
    lines = list(difflib.unified_diff(before, after, *names, lineterm="", n=2))
    for line in lines:
        write(line)
    return int(bool(lines))


def _unnumbered(records: Iterable[Record]) -> list[str]:
    return [line[7:] for text in conversation(records) for line in text.splitlines()]
