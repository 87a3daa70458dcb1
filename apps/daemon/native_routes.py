"""The native routes: processes as the kernel has them, models, and the state of the whole.

- A process that has ended stays here until its parent reaps it; after that its journal still answers.
- `events` is a stream of server-sent events: `Last-Event-ID` resumes it behind the last one seen, also one that an
  earlier daemon has sent (event_log.py).
"""

from __future__ import annotations

import contextlib
import functools
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Header
from starlette.responses import Response

from llmasos import Kernel, Limits, Signal, history
from llmasos.app import AGENT
from llmasos.apps.app_list import known_apps
from llmasos.apps.daemon.body import StrictRoute
from llmasos.apps.daemon.event_log import followed
from llmasos.apps.daemon.native_shapes import ChangeRequest, ForkRequest, InputRequest, SignalRequest, SpawnRequest
from llmasos.apps.daemon.refusals import Refused
from llmasos.apps.daemon.state import Here
from llmasos.apps.daemon.streams import EventStream
from llmasos.apps.processes import live_facts
from llmasos.apps.run import document, granted
from llmasos.debugger import break_at, points
from llmasos.errors import NoSuchProcess, UsageError
from llmasos.events import ProcessHandle, change_limits, close_input, no_process, renice
from llmasos.serving import catalog

routes = APIRouter(prefix="/api", tags=["native"], route_class=StrictRoute)


@routes.post("/processes", status_code=201)
async def spawn(daemon: Here, body: SpawnRequest) -> dict[str, Any]:
    """Start a process; it goes on when the client has gone."""
    await daemon.check_named(body.app, body.model)
    kernel = daemon.kernel
    points(kernel, body.breaks)
    handle = await kernel.spawn(
        await kernel.find_program(body.app, None),
        body.request,
        model=body.model,
        capabilities=capabilities_of(kernel, body.capabilities),
        limits=body.limits.over(kernel.limits) if body.limits is not None else None,
        nice=body.nice,
        workspace=await anyio.to_thread.run_sync(checked_folder, body.workspace),
        interactive=body.interactive,
        attended=body.attended,
    )
    if body.breaks:
        await break_at(kernel, handle.pid, body.breaks)
    return shown(handle)


@routes.get("/processes")
async def list_processes(daemon: Here, zombies: bool = False, past: bool = False) -> list[dict[str, Any]]:
    """Live processes by pid, init first; with `zombies` also those that have ended and were not reaped.

    With `past`, what the journal says of all that have ended.
    """
    if past:
        found = await anyio.to_thread.run_sync(history.processes, daemon.kernel.config.home)
        return [asdict(one) for one in found if one.exit_code is not None]
    return [live_facts(process) for process in daemon.kernel.processes(zombies=zombies)]


@routes.get("/processes/{pid}")
async def show_process(daemon: Here, pid: int) -> dict[str, Any]:
    """One of them; when it has been reaped, what the journal says of it."""
    if pid == daemon.kernel.init.pid:
        return live_facts(daemon.kernel.init)
    try:
        return shown(daemon.kernel.handle(pid))
    except NoSuchProcess:
        past = await anyio.to_thread.run_sync(history.process, daemon.kernel.config.home, pid)
        return asdict(past)


@routes.delete("/processes/{pid}", status_code=202)
async def kill(daemon: Here, pid: int) -> dict[str, Any]:
    """KILL, to it and its tree."""
    return await _sent(daemon.kernel, pid, Signal.KILL)


@routes.patch("/processes/{pid}")
async def change(daemon: Here, pid: int, body: ChangeRequest) -> dict[str, Any]:
    """Another nice, other limits: those that are named, null for none. They hold from the next token on."""
    if body.nice is not None:
        await renice(daemon.kernel, pid, body.nice)
    if body.limits is not None:
        await change_limits(daemon.kernel, pid, body.limits.named())
    return shown(daemon.kernel.handle(pid))


@routes.post("/processes/{pid}/signal", status_code=202)
async def send_signal(daemon: Here, pid: int, body: SignalRequest) -> dict[str, Any]:
    """Answered once the signal has arrived. `recorded` says whether it has done so for a daemon that dies now, too:
    a full disk stops none. With `if_seq` it arrives on record or not at all (409 when there is a later record).
    """
    return await _sent(daemon.kernel, pid, Signal.parse(body.signal), body.reason, body.if_seq)


async def _sent(
    kernel: Kernel, pid: int, signal: Signal, reason: str = "", if_seq: int | None = None
) -> dict[str, Any]:
    arrival = kernel.kill(pid, signal, reason=reason, if_seq=if_seq)
    await arrival.wait()
    return {"pid": pid, "signal": signal.name, "recorded": arrival.recorded}


@routes.post("/processes/{pid}/input", status_code=202)
async def send_input(daemon: Here, pid: int, body: InputRequest) -> dict[str, Any]:
    handle = daemon.kernel.handle(pid)
    if body.text is not None:
        await daemon.kernel.say(pid, body.text)
    elif body.reply is not None:
        handle.reply(body.reply)
    else:
        await close_input(daemon.kernel, pid)
    return {"pid": pid}


@routes.post("/processes/{pid}/fork", status_code=201)
async def fork(daemon: Here, pid: int, body: ForkRequest) -> dict[str, Any]:
    """A child that goes on from a copy of its conversation, at no prefill. It has to be between two turns: else 409."""
    kernel = daemon.kernel
    task = kernel.task(pid)
    process = task.process
    if process.waiting_on != "input" or not task.program.resumable or task.program.coded:
        what = f"process {pid} is not between two turns of a conversation: {process.waiting_on or process.state.value}"
        raise Refused(409, what, code="process_busy")
    handle = await kernel.spawn(
        replace(task.program, body=AGENT.body),  # its own may go on from what was
        body.request,
        parent=process,
        limits=body.limits.over(Limits()) if body.limits is not None else None,
        nice=body.nice,
        interactive=body.interactive,
        attended=body.attended,
        share=task,
    )
    return shown(handle)


NOT_TOLD: dict[int | str, dict[str, Any]] = {
    400: {"description": "Last-Event-ID is the id of no event of this process"},
    404: {"description": "There is no such process"},
    410: {"description": "Its records were compacted"},
}


@routes.get(
    "/processes/{pid}/events", response_model=None, response_class=EventStream, status_code=200, responses=NOT_TOLD
)
async def follow(
    daemon: Here, pid: int, hold: bool = False, last_event_id: Annotated[str | None, Header()] = None
) -> Response:
    """What happens to it, as server-sent events, from the first (or behind Last-Event-ID) to its exit.

    With `hold` it waits for this client to read, and is killed when it goes: what `llmasos run` does without --detach.
    One that has ended, also long ago, is told from the journal.
    """
    try:
        live = daemon.kernel.handle(pid)
    except NoSuchProcess:
        live = None
    events = await followed(daemon, pid, live, last_event_id)
    if live is None or not hold:
        return EventStream(events)
    return EventStream(events, functools.partial(_let_go, live), live.hold)


@routes.get("/processes/{pid}/context")
async def context(daemon: Here, pid: int) -> list[dict[str, Any]]:
    """The segments of its context: what is resident, swapped, archived."""
    return daemon.kernel.memory_map(pid)


@routes.get("/processes/{pid}/journal")
async def journal(daemon: Here, pid: int) -> list[dict[str, Any]]:
    """Everything it was told, said and did, in order; also long after its end."""
    records = await anyio.to_thread.run_sync(daemon.kernel.journal.read, pid)
    if not records:
        raise no_process(pid)
    return [asdict(record) for record in records]


@routes.get("/models")
async def models(daemon: Here) -> list[dict[str, Any]]:
    """The model files of this machine, and which of them are loaded."""
    kernel = daemon.kernel
    entries = await anyio.to_thread.run_sync(catalog(kernel.config.home).list)
    return [{**asdict(entry), "path": str(entry.path), "loaded": entry.name in kernel.models} for entry in entries]


@routes.get("/apps")
async def apps(daemon: Here) -> list[dict[str, Any]]:
    """The apps that a process may be spawned from; capabilities null: an agent's default ones."""
    return await anyio.to_thread.run_sync(known_apps, daemon.kernel.config.home)


@routes.get("/system")
async def system(daemon: Here) -> dict[str, Any]:
    """Who runs here, since when, and what the models' memory has done."""
    return {**daemon.facts(), "memory": daemon.kernel.memory_rates()}


async def _let_go(handle: ProcessHandle) -> None:
    with contextlib.suppress(NoSuchProcess):  # it has ended, or is suspended with its kernel
        handle.kill(Signal.KILL)


def shown(handle: ProcessHandle) -> dict[str, Any]:
    """What `ps --json` and `run --json` say of it, together."""
    said = document(handle)
    said.pop("status")
    usage = {**live_facts(handle.process)["usage"], **said.pop("usage")}
    return {**live_facts(handle.process), **said, "usage": usage}


def capabilities_of(kernel: Kernel, words: list[str] | None) -> frozenset[str] | None:
    """None is an agent's default; an empty list is none at all."""
    return frozenset() if words == [] else granted(kernel, tuple(words or ()))


def checked_folder(path: str | None) -> Path | None:
    """Blocks. Raises UsageError."""
    if path is None:
        return None
    if not Path(path).is_absolute() or not Path(path).is_dir():
        raise UsageError(f"workspace {path!r} is not the absolute path of a folder")
    return Path(path).resolve()
