"""`ps`, `wait`, `kill` and `logs` from outside: what the state directory's journal says of its processes."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from llmasos import history
from llmasos.apps.printable import call_words, one_line, printable
from llmasos.client import find
from llmasos.config import load_config
from llmasos.errors import LLMasOSError
from llmasos.events import Process, Signal
from llmasos.past_events import said
from llmasos.schedules import missed_words

UNRECORDED = "it has arrived, but is not on record (a full disk?): a daemon that dies now has forgotten it"
RESUMED = "a daemon's agents go on with the next one: llmasos serve"


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns as wide as they need; numbers to the right, the last column open."""
    cells = [[str(value) for value in row] for row in rows]
    widths = [max(len(row[i]) for row in [list(heads), *cells]) for i in range(len(heads))]
    right = [bool(rows) and all(isinstance(row[i], int | float) for row in rows) for i in range(len(heads))]

    def line(row: Sequence[str]) -> str:
        return "  ".join(v.rjust(w) if r else v.ljust(w) for v, w, r in zip(row, widths, right, strict=True)).rstrip()

    return "\n".join(line(row) for row in [list(heads), *cells])


def live_table(processes: Sequence[Process]) -> str:
    """The processes of a running kernel."""
    rows = [
        (
            p.pid,
            p.ppid,
            f"{p.state.value} on {p.waiting_on}" if p.waiting_on else p.state.value,
            p.nice,
            p.accounting.completion_tokens,
            p.accounting.syscalls,
            f"{p.seconds:.1f}s",
            p.app,
            one_line(p.request, 50),
        )
        for p in processes
    ]
    return table(("PID", "PPID", "STATE", "NICE", "TOKENS", "CALLS", "TIME", "APP", "REQUEST"), rows)


def live_facts(process: Process) -> dict[str, Any]:
    """One of them, for `ps --json`."""
    return {
        "pid": process.pid,
        "ppid": process.ppid,
        "app": process.app,
        "model": process.model,
        "status": process.state.value,
        "waiting_on": process.waiting_on,
        "nice": process.nice,
        "limits": asdict(process.budget.limits),
        "request": process.request,
        "started": process.started,
        "seconds": process.seconds,
        "usage": asdict(process.accounting),
    }


def ps(*, everything: bool, as_json: bool) -> str:
    """Processes of the state directory: the running ones, or all; what each is at where a daemon can say it."""
    home = load_config().home
    daemon = find(home)
    live = {facts["pid"]: facts for facts in daemon.request("GET", "/api/processes")} if daemon else {}
    found = [past for past in history.processes(home) if everything or past.status == "running"]
    if as_json:
        documents = [{**asdict(past), **_moment(live.get(past.pid))} for past in found]
        return json.dumps(documents, ensure_ascii=False)
    rows = [
        (
            past.pid,
            past.ppid,
            _status(past, live.get(past.pid)),
            time.strftime("%m-%d %H:%M:%S", time.localtime(past.started)),
            "" if past.seconds is None else f"{past.seconds:.1f}s",
            past.app,
            one_line(past.request, 60),
        )
        for past in found
    ]
    return table(("PID", "PPID", "STATUS", "STARTED", "TIME", "APP", "REQUEST"), rows)


def _status(past: history.Past, live: dict[str, Any] | None) -> str:
    if past.exit_code is not None:
        return f"{past.status} {past.exit_code}"
    return state_words(live) if live is not None else past.status


def state_words(live: dict[str, Any]) -> str:
    """`waiting on input`, `stopped on breakpoint ...`, of a process's live facts."""
    return f"{live['status']} on {live['waiting_on']}" if live["waiting_on"] else str(live["status"])


def _moment(live: dict[str, Any] | None) -> dict[str, Any]:
    """What a daemon knows beside the journal; nulls without one."""
    return {"state": live and live["status"], "waiting_on": live and live["waiting_on"]}


def wait(pid: int) -> tuple[str, int]:
    """A process's answer and exit code, once it has ended. Raises NoSuchProcess, LLMasOSError."""
    past = history.wait(load_config().home, pid)
    if past.exit_code is None:
        raise LLMasOSError(f"process {pid} is lost: its kernel ended before it did; {RESUMED}")
    if past.error is not None:
        print(f"llmasos: {printable(' '.join(past.error.split()))}", file=sys.stderr)
    return past.answer or "", past.exit_code


def kill(pid: int, signal: Signal) -> None:
    """Through the daemon that runs it; elsewhere refuse, saying where it can be reached.

    Raises NoSuchProcess, LLMasOSError.
    """
    from llmasos.apps.live import reach

    daemon = reach(pid, f"kill -{signal.name} {pid}")
    if not daemon.request("POST", f"/api/processes/{pid}/signal", {"signal": signal.name})["recorded"]:
        print(f"llmasos: {UNRECORDED}", file=sys.stderr)


def logs(pid: int, *, keep_on: bool, as_json: bool, write: Callable[[str], None]) -> None:
    """A process's journal as lines. Raises NoSuchProcess."""
    home = load_config().home
    for record in history.follow(home, pid) if keep_on else history.records(home, pid):
        if as_json:
            write(json.dumps(asdict(record), ensure_ascii=False))
        elif (line := record_line(record.kind, record.body)) is not None:
            write(f"{time.strftime('%H:%M:%S', time.localtime(record.at))} {line}")


def record_line(kind: str, body: dict[str, Any]) -> str | None:
    """A record as a person reads it; None for what only a program reads."""
    match kind:
        case "spawn":
            return f"spawn {body['app']} on {body['model']} in {body['workspace']}: {one_line(body['request'], 300)}"
        case "segment" if body["role"] != "assistant" and body["text"]:
            return f"{body['role']} {one_line(body['text'], 300)}"
        case "result":
            outcome = f"error {body['error']}" if body["error"] is not None else body["result"]
            return f"call {call_words(body['name'], body['arguments'])} {body['decision']} → {one_line(outcome, 300)}"
        case "did" if body["what"] == "say" and not body.get("past"):
            return f"says {one_line(said(body), 300)}"
        case "ask":
            return f"asks {body['id']} {call_words(body['name'], body['arguments'])}: {one_line(body['reason'], 300)}"
        case "consent":
            return f"approved ({body['scope']}) {body['name']}" if body["approved"] else f"not approved {body['name']}"
        case "signal":
            return f"signal {body['signal']}" + (f" ({body['reason']})" if body.get("reason") else "")
        case "input_closed":
            return "input closed"
        case "break":
            return "breakpoints " + (" ".join(body["points"]) or "none")
        case "schedule":
            return f"schedule {body['id']}: {body['kind']} {body['when']}: {one_line(body['request'], 300)}"
        case "mount":
            return f"mounted {body['name']} ({body['reach']}): {one_line(' '.join(body['command']), 300)}"
        case "umount":
            return f"unmounted {body['name']}"
        case "unschedule":
            return f"schedule {body['id']} taken away"
        case "missed":
            return f"schedule {body['id']}: {missed_words(body)}"
        case "compacted":
            why = "deleted" if body.get("erased") else "compacted"
            return f"({body['records']} records of {body['bytes']} bytes were here: {why})"
        case "nice":
            return f"nice {body['nice']}"
        case "limit":
            return "limits " + " ".join(f"{k}={'none' if v is None else v}" for k, v in body["limits"].items())
        case "exit":
            return f"exit {body['exit_code']}: {one_line(body['error'] or body['answer'] or '', 300)}"
    return None
