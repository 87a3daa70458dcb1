"""A process's journal, looked at: `strace`, `replay` and `diff`. None of them needs a model or a kernel.

- `strace` shows calls alone, as strace(1) does; one that was interrupted is `<unfinished>`.
- `replay` shows the conversation as it went, up to a record's number, made again from the tokens; `raw` the bytes.
- `diff` compares two conversations line by line; its exit code is diff(1)'s.
"""

from __future__ import annotations

import difflib
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from llmasos import history, replaying
from llmasos.apps.printable import call_words, one_line, printable, visible
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
    """Raises NoSuchProcess, Compacted, and LLMasOSError where tokens say something else than their message."""
    home, records = _up_to(pid, to)
    exits = [record for record in records if record.kind == "exit"]
    unread = 0
    for replayed in replaying.replayed(home, records):
        unread += replayed.num_tokens if replayed.text is None else 0
        for line in _shown(replayed):
            write(line)
    for line in map(_end, exits):
        write(line)
    if unread:
        print(f"llmasos: {unread} tokens could not be compared: their vocabulary is not on record", file=sys.stderr)


def raw(pid: int, *, to: int | None, write: Callable[[bytes], object]) -> None:
    """Raises NoSuchProcess, Compacted, DriverError."""
    for data in replaying.raw(*_up_to(pid, to)):
        write(data)


def _up_to(pid: int, to: int | None) -> tuple[Path, list[Record]]:
    home = load_config().home
    return home, [r for r in history.whole(home, pid) if to is None or r.seq <= to]


def _shown(replayed: replaying.Replayed) -> Iterator[str]:
    """A message, with the number of its record; one in the making as far as it is."""
    if replayed.message is not None:
        yield from _message(replayed.seq, replayed.message)
        return
    what = "tokens of a message that was not finished"
    text = "" if replayed.text is None else f"{visible(replayed.text)} "
    yield f"       assistant: {text}({replayed.num_tokens} {what})"


def conversation(records: Iterable[Record]) -> Iterator[str]:
    """What was said, a line (or more) a message, with the number of its record."""
    for record in records:
        if record.kind == "message":
            yield from _message(record.seq, record.body)
        elif record.kind == "text":
            yield from _message(record.seq, {"role": "assistant", **record.body})
        elif record.kind == "exit":
            yield _end(record)


def _message(seq: int, message: dict[str, Any]) -> Iterator[str]:
    yield from (f"{seq:>6} {message['role']}: {text}" for text in _said(message))


def _end(record: Record) -> str:
    error = record.body["error"]
    return f"{record.seq:>6} exit {record.body['exit_code']}" + (f": {error}" if error else "")


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
