"""`checkpoint`, `restore` and `branch`: a process as a file, and another life from any point of one.

- A checkpoint is one JSON file with a process's journal; `restore` goes on from it, on any machine with any model.
- `branch PID --at SEQ` goes on from the middle of a journal; `--say TEXT` says something else there.
- `step` lets a stopped process of a daemon go some tokens on, or stands a new one some tokens back.
- The others run in the foreground as `run` does, under a new pid, whose journal has everything from the beginning.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import anyio

from llmasos import Kernel, Limits, history
from llmasos.apps import remote
from llmasos.apps.approvals import elsewhere
from llmasos.apps.live import reach
from llmasos.apps.printable import printable
from llmasos.apps.questions import Unanswered
from llmasos.apps.run import forward_signals, workspace
from llmasos.apps.screen import Screen, follow, terminal_ask
from llmasos.client import find
from llmasos.config import load_config
from llmasos.errors import UsageError
from llmasos.events import Exited, Record, Remains, go_on, remains

FORMAT = 1


def checkpoint(pid: int, file: Path) -> None:
    """Write a process's journal to a file, whole or not at all. Raises NoSuchProcess, Compacted, UsageError."""
    records = past(pid, history.whole(load_config().home, pid), None)
    beside = file.with_name(file.name + ".tmp")
    try:
        beside.write_text(json.dumps({"llmasos_checkpoint": FORMAT, "records": [asdict(r) for r in records]}), "utf-8")
        beside.replace(file)
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None
    print(f"process {pid}: {len(records)} records in {file}")


def restore(file: Path, folder: Path | None) -> int:
    """Go on from a checkpoint; the exit code. Raises UsageError, LLMasOSError."""
    records, place = _records(file), workspace(folder)
    if (daemon := find(load_config().home)) is not None:
        made = daemon.request("POST", "/api/restore", {"records": thin(records), "workspace": str(place)})["pid"]
        return anyio.run(remote.attend_to_end, daemon, made)
    found = _remains(file, records)
    if found.breaks:
        print("llmasos: its breakpoints are left out: nobody could let it go on (llmasos serve)", file=sys.stderr)
    return anyio.run(_run, found, place)


def remains_of(file: Path) -> Remains:
    """What a checkpoint goes on from. Raises UsageError."""
    return _remains(file, _records(file))


def thin(records: list[Record]) -> list[dict[str, Any]]:
    """What it takes to go on: without segments, and without the tokens of messages that are complete."""
    last = max((i for i, record in enumerate(records) if record.kind == "message"), default=0)
    kept = [r for i, r in enumerate(records) if r.kind != "segment" and (r.kind != "tokens" or i > last)]
    return [asdict(record) for record in kept]


def branch(pid: int, at: int | None, say: str | None, folder: Path | None) -> int:
    """Go on from a point of a process's past; the exit code. Raises NoSuchProcess, Compacted, UsageError."""
    home = load_config().home
    if (daemon := find(home)) is not None:
        asked = {"at": at, "say": say, "workspace": str(workspace(folder))}
        made = daemon.request("POST", f"/api/processes/{pid}/branch", asked)["pid"]
        return anyio.run(remote.attend_to_end, daemon, made)
    found = remains(past(pid, history.whole(home, pid), at))
    return anyio.run(_run, found if say is None else saying(found, say), workspace(folder))


def past(pid: int, records: list[Record], at: int | None) -> list[Record]:
    """A process's records up to one. Raises UsageError."""
    if records[0].kind != "spawn":  # process 1, whose schedules are on record
        raise UsageError(f"process {pid} has no conversation to go on from")
    if at is not None and at > records[-1].seq:
        raise UsageError(
            f"process {pid} has records up to {records[-1].seq}, not {at}: llmasos replay {pid} shows them"
        )
    kept = [record for record in records if at is None or record.seq <= at]
    if not kept:
        raise UsageError(f"process {pid} has no record up to {at}: llmasos replay {pid} shows their numbers")
    return kept


def step(pid: int, num_tokens: int, *, backwards: bool, as_json: bool = False) -> str:
    """So many tokens forward, or a new process so many tokens back. Raises NoSuchProcess, UsageError, LLMasOSError."""
    daemon = reach(pid, f"step {pid} {num_tokens}")
    if backwards:
        asked = {"back": num_tokens, "stopped": True}
        facts = daemon.request("POST", f"/api/processes/{pid}/branch", asked)
        made = facts["pid"]
        if as_json:
            return json.dumps(facts, ensure_ascii=False)
        ago = f"{num_tokens} token{'' if num_tokens == 1 else 's'} ago"
        return f"process {made} stands where process {pid} was {ago}, stopped"
    facts = daemon.request("POST", f"/api/processes/{pid}/step", {"tokens": num_tokens}, timeout_s=3600)
    return json.dumps(facts, ensure_ascii=False) if as_json else stepped(facts)


def stepped(facts: dict[str, Any]) -> str:
    """The text, and where it stands unless it is stopped by the step itself."""
    status = "ended" if facts["status"] == "zombie" else facts["status"]
    stands = f"{status} on {facts['stopped_on']}" if facts["stopped_on"] else status
    where = "" if facts["stopped_on"] == "step" else f"\n[{stands}]"
    return f"{printable(facts['text'])}{where}"


def saying(found: Remains, text: str) -> Remains:
    """What remains, with another request behind it: what was under way is left out. Code reads it when it asks."""
    if found.is_code:
        return replace(found, inputs=[*found.inputs, text])
    messages = list(found.messages)
    if messages and messages[-1].get("tool_calls"):
        messages.pop()
    messages.append({"role": "user", "content": text})
    nothing: dict[str, Any] = {"partial": [], "calls": [], "intents": set(), "results": {}, "inputs": []}
    return replace(found, messages=messages, interrupted=False, is_cut=False, **nothing)


async def _run(found: Remains, folder: Path) -> int:
    screen = Screen.for_terminal()
    async with Kernel.boot(workspace=folder) as kernel, anyio.create_task_group() as group:
        handle = await go_on(
            kernel, replace(found, spawn={**found.spawn, "workspace": str(folder), "interactive": False}, breaks=[])
        )
        await group.start(forward_signals, handle)

        async def ask(question: str) -> str | None:
            return await terminal_ask(screen, question)

        events, consent, still = handle.events(), elsewhere(screen), Unanswered()
        try:
            while not isinstance(await follow(events, screen, ask, handle.reply, consent, still), Exited | None):
                pass
            screen.finish()
            await handle.wait()
        finally:
            group.cancel_scope.cancel()
    return 0


def _remains(file: Path, records: list[Record]) -> Remains:
    """Raises UsageError for records that are no process's."""
    try:
        found = remains(records)
        _ = [found.spawn[name] for name in ("request", "model", "nice")]
        _ = Limits(**found.spawn["limits"]), frozenset(found.spawn["capabilities"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(f"{file}: no checkpoint of llmasos: {type(error).__name__}: {error}") from None
    return found


def _records(file: Path) -> list[Record]:
    """A checkpoint's records. Raises UsageError."""
    try:
        document: Any = json.loads(file.read_text("utf-8"))
        if document["llmasos_checkpoint"] != FORMAT:
            raise UsageError(
                f"{file}: a checkpoint of format {document['llmasos_checkpoint']}, this llmasos reads {FORMAT}"
            )
        records = [Record(**fields) for fields in document["records"]]
        if records[0].kind != "spawn":
            raise ValueError("it does not begin with a process")
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, IndexError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: no checkpoint of llmasos: {error}") from None
    return records
