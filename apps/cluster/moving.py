"""`cluster move`: a process stops on one node, and goes on from its journal on another, under another pid.

    source   runs ----- stopped "move to b" -------------------------- KILL
    target                        stopped "move from a:7@31.5f" --------------- CONT, runs

- At no moment do two copies run, and at each one is on record: each step is in a journal before the next is asked for.
- Cut off anywhere, both nodes say what they hold (`cluster ps` shows what a process is stopped on), and the same
  command goes on from there. The target makes no second copy of the same state: `a:7@31.5f` names it, 31 being the last
  record. A stopped copy of an older state, whose process went on at home, is killed.
- What refuses (a model that is not there, a body too large) leaves the process as it was, running again.
- Files stay where they are; so do parents and children, which is why neither moves.

Source for the order of the steps: Powell and Miller 1983, Process migration in DEMOS/MP.
"""

from __future__ import annotations

import contextlib
import zlib
from dataclasses import dataclass
from typing import Any

from llmasos.apps.cluster.nodes import address
from llmasos.apps.time_travel import past, thin
from llmasos.client import Daemon, DaemonUnreachable
from llmasos.errors import LLMasOSError, NoSuchProcess, UsageError
from llmasos.events import Record

TO, FROM, MOVED = "move to ", "move from ", "moved to "
TIMEOUT_S = 60.0  # the target may have to load the model


@dataclass(frozen=True, slots=True)
class End:
    """One end of a move: a node by name."""

    name: str
    daemon: Daemon

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        return self.daemon.request(method, f"/api/processes{path}", body, timeout_s=TIMEOUT_S)

    def signal(self, pid: int, signal: str, reason: str = "") -> None:
        self.ask("POST", f"/{pid}/signal", {"signal": signal, "reason": reason})


@dataclass(frozen=True, slots=True)
class Moved:
    """Where it is now; `stands` if it was stopped before, and is."""

    pid: int
    stands: bool


def move(source: End, pid: int, target: End, workspace: str | None) -> Moved:
    """Raises UsageError, NoSuchProcess, LLMasOSError; the message of one that was cut off says who holds what."""
    if source.name == target.name:
        raise UsageError(f"{source.name}:{pid} is on {target.name} already")
    facts = source.ask("GET", f"/{pid}")
    if facts.get("exit_code") is not None:
        return _finished(source, pid, target)
    reason = f"{TO}{target.name}"
    _check(source, facts, pid, reason)
    ours = facts["status"] != "stopped" or facts["waiting_on"] == reason
    try:
        copy = _copied(source, pid, target, _still(source, pid, reason), workspace)
    except DaemonUnreachable as error:
        raise LLMasOSError(f"{error}; {_stands(source, pid, target)}") from None
    except NoSuchProcess:  # the KILL of an earlier try has only just arrived
        return _finished(source, pid, target)
    except LLMasOSError:
        if ours:
            source.signal(pid, "CONT")
        raise
    _ended(source, pid, target, copy["pid"])
    if ours:
        _let_go_on(target, copy["pid"])
    return Moved(copy["pid"], not ours)


def _check(source: End, facts: dict[str, Any], pid: int, reason: str) -> None:
    """Raises UsageError for one that has to stay."""
    where = f"{source.name}:{pid}"
    if (other := facts["waiting_on"]).startswith(TO) and other != reason:
        raise UsageError(
            f"a {other} was cut off: finish it, or let {where} go on (llmasos cluster kill -CONT {where}) and end the"
            f" copy that stands there (llmasos cluster ps)"
        )
    if facts["ppid"] > 1:
        raise UsageError(f"{where} is a child of {source.name}:{facts['ppid']}, which waits for it there")
    children = [p["pid"] for p in source.ask("GET", "") if p["ppid"] == pid]
    if children:
        raise UsageError(f"{where} has children there: {', '.join(map(str, children))}")


def _still(source: End, pid: int, reason: str) -> list[Record]:
    """Its journal, once nothing of it is under way; its limits, less what it has used of them, at the end."""
    facts = source.ask("POST", f"/{pid}/hold", {"reason": reason})
    records = [Record(**fields) for fields in source.ask("GET", f"/{pid}/journal")]
    whole = past(pid, _whole(records, f"{source.name}:{pid}"), None)
    if not whole[0].body.get("resumable"):
        raise UsageError(f"{source.name}:{pid} is {facts['app']}: what its code was at is in no journal")
    return [*whole, _left(whole, facts)]


def _whole(records: list[Record], where: str) -> list[Record]:
    if any(record.kind == "compacted" for record in records):
        raise UsageError(f"{where} was compacted: its journal is not whole")
    return records


def _left(records: list[Record], facts: dict[str, Any]) -> Record:
    """Its limits less what it has used of them: a move fills nothing up."""
    used = {
        "tokens": facts["usage"]["completion_tokens"],
        "syscalls": facts["usage"]["syscalls"],
        "seconds": facts["seconds"],
    }
    left = {name: max(0, facts["limits"][name] - spent) for name, spent in used.items() if facts["limits"][name]}
    return Record(records[0].pid, "limit", {"limits": left}, records[-1].at, records[-1].seq)


def _copied(source: End, pid: int, target: End, records: list[Record], workspace: str | None) -> dict[str, Any]:
    """The one copy of this state on the target, stopped."""
    prefix = f"{FROM}{source.name}:{pid}@"
    reason = f"{prefix}{records[-1].seq}.{_birth(records[0])}"
    for other in target.ask("GET", ""):
        if other["waiting_on"].startswith(prefix) and other["waiting_on"] != reason:
            with contextlib.suppress(NoSuchProcess):  # it never ran, and what it is a copy of went on
                target.ask("DELETE", f"/{other['pid']}")
    body: dict[str, Any] = {"records": thin(records), "interactive": bool(records[0].body.get("interactive"))}
    body |= {"stopped": reason, **({"workspace": workspace} if workspace is not None else {})}
    made: dict[str, Any] = target.daemon.request("POST", "/api/restore", body, timeout_s=TIMEOUT_S)
    return made


def _birth(spawn: Record) -> str:
    """Tells apart two processes of one pid: a state directory may have been begun anew."""
    return format(zlib.crc32(f"{spawn.at} {spawn.body}".encode()), "08x")


def _ended(source: End, pid: int, target: End, copy: int) -> None:
    """The source's is killed, now that the target holds it."""
    try:
        source.signal(pid, "KILL", f"{MOVED}{target.name}:{copy}")
    except NoSuchProcess:
        held = f"{target.name}:{copy} is its copy, stopped: llmasos cluster kill -CONT or -KILL {target.name}:{copy}"
        raise NoSuchProcess(f"{source.name}:{pid} ended meanwhile; {held}") from None
    except DaemonUnreachable as error:
        held = f"{target.name}:{copy} holds it, stopped, and {source.name}:{pid} may be there still, stopped"
        raise LLMasOSError(f"{error}; {held}: the same command again finishes") from None


def _let_go_on(target: End, copy: int) -> None:
    try:
        target.signal(copy, "CONT")
    except DaemonUnreachable as error:
        held = f"{target.name}:{copy} holds it, stopped, and nobody else"
        raise LLMasOSError(f"{error}; {held}: the same command again lets it go on") from None


def _finished(source: End, pid: int, target: End) -> Moved:
    """What became of one that has ended: if a move ended it, its copy goes on. Raises NoSuchProcess."""
    reasons = [r["body"].get("reason", "") for r in source.ask("GET", f"/{pid}/journal") if r["kind"] == "signal"]
    moves = [reason.removeprefix(MOVED) for reason in reasons if reason.startswith(MOVED)]
    if not moves:
        raise NoSuchProcess(f"process {source.name}:{pid} has already ended")
    name, copy = address(moves[-1])
    if name != target.name:
        raise NoSuchProcess(f"process {source.name}:{pid} was moved to {moves[-1]}")
    stands = target.ask("GET", f"/{copy}").get("waiting_on", "").startswith(f"{FROM}{source.name}:{pid}@")
    if stands:
        _let_go_on(target, copy)
    return Moved(copy, False)


def _stands(source: End, pid: int, target: End) -> str:
    return (
        f"{source.name}:{pid} is stopped and runs nowhere: the same command again finishes the move, and llmasos"
        f" cluster kill -CONT {source.name}:{pid} lets it go on there ({target.name} may have a copy, stopped)"
    )
