"""What the journal says of a process at its birth and at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from llmasos.kernel.journal import Record
from llmasos.kernel.process import Process
from llmasos.memory.segment import untrusted

if TYPE_CHECKING:
    from llmasos.kernel.task import Task

SILENT = "silent"  # marks the birth of one whose model speaks to its code alone
CODED = "coded"  # and of one whose body is code in Python
BROUGHT = "brought"  # whose program only its parent's code has


def spawn_record(
    process: Process,
    *,
    interactive: bool,
    resumable: bool,
    attended: bool = False,
    digest: str = "",
    origin: dict[str, Any] | None = None,
    marks: Iterable[str] = (),
) -> dict[str, object]:
    """`resumable`: that its kernel keeps its processes, and that the journal has all of this one.

    `digest`: of the code that its program comes from, where that is an app's.
    """
    return {
        "interactive": interactive,
        "resumable": resumable,
        "ppid": process.ppid,
        "app": process.app,
        "model": process.model,
        "request": process.request,
        "workspace": str(process.workspace),
        "capabilities": sorted(process.capabilities),
        "nice": process.nice,
        "limits": asdict(process.budget.limits),
        **({"digest": digest} if digest else {}),
        **({"origin": origin} if origin is not None else {}),
        **({"attended": True} if attended else {}),
        **dict.fromkeys(marks, True),
        **untrusted(process.held),
    }


def last_records(task: Task) -> list[Record]:
    """Its end, behind what was heard of a message that it did not finish."""
    return [*task.conversation.last_words(), Record(task.pid, "exit", exit_record(task.process, task.earlier))]


def exit_record(process: Process, earlier: Mapping[str, int]) -> dict[str, object]:
    """`earlier`: what it used before its kernel's time, which `usage` is of, as limits count it."""
    return {
        "exit_code": process.exit_code,
        "answer": process.answer,
        "error": process.error,
        "usage": {**asdict(process.accounting), "seconds": process.seconds},
        **({"earlier": dict(earlier)} if earlier else {}),
    }


def used(end: Mapping[str, Any]) -> Counter[str]:
    """What a process used in all, of its exit record, as limits count it."""
    usage = end.get("usage", {})
    tokens = usage.get("decode_tokens", 0) + usage.get("forced_tokens", 0)
    return Counter(tokens=tokens, syscalls=usage.get("syscalls", 0)) + Counter(end.get("earlier", {}))
