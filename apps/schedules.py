"""`at`, `every` and `schedules`: processes that are started later, by the daemon.

- With a daemon they go through it; without one the schedule is kept in the state directory, and it is said that
  nothing is started before a daemon runs.
- Times are wall times of this machine's zone, or of `--zone`; what is kept is the zone's name.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import anyio

from llmasos import Kernel, Limits
from llmasos.apps.printable import one_line
from llmasos.apps.processes import table
from llmasos.apps.programs import chosen
from llmasos.apps.run import granted, workspace
from llmasos.boot import catalog
from llmasos.client import find
from llmasos.config import load_config
from llmasos.errors import UsageError
from llmasos.schedules import Timetable, at, every, facts, listed, local, local_zone, zone

NO_DAEMON = "llmasos: no daemon runs, and only a daemon starts what is scheduled: llmasos serve"


@dataclass(frozen=True, slots=True)
class Order:
    """What the command line asked for. `kind` is at or every."""

    kind: str
    when: str
    words: list[str]
    model: str | None = None
    capabilities: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    nice: int = 0
    workspace: Path | None = None
    missed: str = "run"
    zone: str | None = None
    json: bool = False


def spec(order: Order, home: Path, base: Limits) -> dict[str, Any]:
    """What a schedule is kept as (kernel/timetable.py). Raises UsageError."""
    choice = chosen(order.words, home)
    if choice.file is not None:
        raise UsageError(f"only installed apps can be scheduled, not those of files: llmasos install {choice.file}")
    if not choice.request:
        raise UsageError(f'{order.kind} needs a request: llmasos {order.kind} "{order.when}" "what time is it?"')
    if order.missed not in ("run", "skip"):
        raise UsageError(f"--missed is run (once, when a daemon runs again) or skip, not {order.missed!r}")
    when, zone_name = " ".join(order.when.split()), zone(order.zone).key if order.zone else local_zone()
    {"at": at, "every": every}[order.kind](when, zone_name, time.time())
    return {
        "kind": order.kind,
        "when": when,
        "zone": zone_name,
        "missed": order.missed,
        "app": choice.app,
        "request": choice.request,
        "model": order.model,
        "capabilities": list(order.capabilities) or None,
        "limits": asdict(Limits.parse(list(order.limits), base)) if order.limits else None,
        "nice": order.nice,
        "workspace": str(workspace(order.workspace)),
    }


def add(order: Order) -> None:
    """Keep a schedule and say when it is due. Raises UsageError, LLMasOSError."""
    config = load_config()
    wanted = spec(order, config.home, config.limits)
    daemon = find(config.home)
    made = daemon.request("POST", "/api/schedules", wanted) if daemon else anyio.run(_add, wanted)
    print(json.dumps(made, ensure_ascii=False) if order.json else said(made), flush=True)
    if daemon is None:
        print(NO_DAEMON, file=sys.stderr)


async def _add(wanted: dict[str, Any]) -> dict[str, Any]:
    async with Kernel.boot() as kernel:
        return await keep(kernel, wanted)


async def keep(kernel: Kernel, wanted: dict[str, Any]) -> dict[str, Any]:
    """In a kernel of our own. Raises UsageError, ModelNotFound."""
    granted(kernel, tuple(wanted["capabilities"] or ()))
    await anyio.to_thread.run_sync(_check_model, kernel, wanted["model"])
    now = time.time()
    return facts(await anyio.to_thread.run_sync(lambda: Timetable(kernel.journal).add(wanted, now)), now)


def _check_model(kernel: Kernel, name: str | None) -> None:
    """Raises ModelNotFound."""
    if name not in (None, kernel.default_model):
        catalog(kernel.config.home).resolve(str(name))


def said(made: dict[str, Any]) -> str:
    return f"schedule {made['id']}, next {moment(made['next'], made['zone'])}"


def show(*, as_json: bool) -> str:
    """Those that may still be due."""
    config = load_config()
    found = listed(config.home)
    if not as_json and found and find(config.home) is None:
        print(NO_DAEMON, file=sys.stderr)
    return json.dumps(found, ensure_ascii=False) if as_json else drawn(found)


def drawn(found: list[dict[str, Any]]) -> str:
    rows = [
        (
            facts["id"],
            f"{facts['kind']} {facts['when']}",
            f"never: {facts['trouble']}" if facts["trouble"] else moment(facts["next"], facts["zone"]),
            moment(facts["last"], facts["zone"]),
            facts["last_pid"] or "",
            facts["num_missed"],
            facts["app"],
            one_line(facts["request"], 50),
        )
        for facts in found
    ]
    return table(("ID", "WHEN", "NEXT", "LAST", "PID", "MISSED", "APP", "REQUEST"), rows)


def remove(schedule_id: int) -> None:
    """Raises NoSuchSchedule, LLMasOSError."""
    if (daemon := find(load_config().home)) is not None:
        daemon.request("DELETE", f"/api/schedules/{schedule_id}")
    else:
        anyio.run(_remove, schedule_id)


async def _remove(schedule_id: int) -> None:
    async with Kernel.boot() as kernel:
        await anyio.to_thread.run_sync(lambda: Timetable(kernel.journal).remove(schedule_id))


def moment(at: float | None, zone_name: str) -> str:
    """A time as its schedule's zone has it."""
    return "" if at is None else local(at, zone_name).strftime("%Y-%m-%d %H:%M:%S %Z")
