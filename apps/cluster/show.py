"""`cluster nodes`, `ps`, `kill`, `logs`: looking at what runs where, and telling it something."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import anyio

from llmasos.apps.cluster.nodes import Nodes, address
from llmasos.apps.cluster.survey import Look, survey
from llmasos.apps.printable import one_line
from llmasos.apps.processes import UNRECORDED, record_line, state_words, table
from llmasos.errors import NoSuchProcess
from llmasos.events import Signal

TIMEOUT_S = 30.0


def nodes_shown(nodes: Nodes, *, as_json: bool) -> str:
    """How each node is."""
    looks = anyio.run(survey, nodes)
    if as_json:
        return json.dumps([_facts(look) for look in looks], ensure_ascii=False)
    return table(("NODE", "STATE", "VERSION", "MODEL", "PROCESSES", "LOAD", "MS", "WHERE"), [_row(k) for k in looks])


def _facts(look: Look) -> dict[str, Any]:
    return {
        "node": look.entry.name,
        "url": look.entry.url,
        "state": look.state,
        "error": None if look.error is None else str(look.error),
        "latency_s": None if look.latency_s is None else round(look.latency_s, 4),
        "models": look.models,
        "system": look.system or None,
    }


def _row(look: Look) -> tuple[object, ...]:
    system, where = look.system, look.entry.url or "this machine"
    if look.error is not None:
        return look.entry.name, look.state, "", "", "", "", "", one_line(str(look.error), 120)
    load = f"{system.get('load', '?')}/{system.get('cores', '?')}"
    running = f"{system['processes']} ({system.get('runnable', '?')} run)"
    latency = f"{(look.latency_s or 0.0) * 1000:.0f}"
    return look.entry.name, look.state, system["version"], system.get("model", "?"), running, load, latency, where


def ps(nodes: Nodes, *, everything: bool, as_json: bool) -> str:
    """Every process of every node that answers; who does not is said on stderr."""
    looks = anyio.run(lambda: survey(nodes, past=everything))
    for look in looks:
        if look.error is not None:
            print(f"llmasos: {look.entry.name} is {look.state}: {one_line(str(look.error), 200)}", file=sys.stderr)
    found = [(look.entry.name, process) for look in looks for process in _whole(look.processes)]
    if as_json:
        return json.dumps([{"node": name, **process} for name, process in found], ensure_ascii=False)
    rows = [
        (
            f"{name}:{process['pid']}",
            process["ppid"],
            _status(process),
            time.strftime("%m-%d %H:%M:%S", time.localtime(process["started"])),
            "" if process["seconds"] is None else f"{process['seconds']:.1f}s",
            process["app"],
            process["model"],
            one_line(process["request"], 50),
        )
        for name, process in found
    ]
    return table(("PROCESS", "PPID", "STATUS", "STARTED", "TIME", "APP", "MODEL", "REQUEST"), rows)


def _whole(processes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each once, by pid: one that ended between two questions is in both answers."""
    return [process for _, process in sorted({process["pid"]: process for process in processes}.items())]


def _status(process: dict[str, Any]) -> str:
    if process.get("exit_code") is not None:
        return f"{process['status']} {process['exit_code']}"
    return state_words({"waiting_on": "", **process})


def kill(nodes: Nodes, text: str, signal: Signal) -> None:
    """Raises NoSuchNode, NoSuchProcess, DaemonUnreachable."""
    with _asked(nodes, text, "POST", "signal", {"signal": signal.name}) as answer:
        if not answer.get("recorded", True):
            print(f"llmasos: {UNRECORDED}", file=sys.stderr)


def logs(nodes: Nodes, text: str, *, as_json: bool, write: Callable[[str], None]) -> None:
    """A process's journal as lines. Raises NoSuchNode, NoSuchProcess, DaemonUnreachable."""
    with _asked(nodes, text, "GET", "journal") as records:
        for record in records:
            if as_json:
                write(json.dumps(record, ensure_ascii=False))
            elif (line := record_line(record["kind"], record["body"])) is not None:
                write(f"{time.strftime('%H:%M:%S', time.localtime(record['at']))} {line}")


@contextlib.contextmanager
def _asked(nodes: Nodes, text: str, method: str, what: str, body: Any = None) -> Iterator[Any]:
    """What the node of a process says of it, to be read. Raises NoSuchProcess, which names the node."""
    name, pid = address(text)
    daemon = nodes.reach(nodes.find(name))
    try:
        answer = daemon.request(method, f"/api/processes/{pid}/{what}", body, timeout_s=TIMEOUT_S)
    except NoSuchProcess as error:
        raise NoSuchProcess(f"{name}: {error}") from None
    with daemon.understood():
        yield answer
