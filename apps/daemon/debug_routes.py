"""The routes of a debugger: breakpoints, steps, branches from a process's past, and restored ones.

- `PUT .../breaks` sets them; a process that meets one is STOPPED, says on what, and goes on with CONT.
- `POST .../step` answers when it has stopped again; `POST .../branch` starts another process from a point of its past.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated, Any, Self

import anyio
from fastapi import APIRouter
from pydantic import Field, model_validator

from llmasos import history
from llmasos.apps.daemon.body import StrictRoute
from llmasos.apps.daemon.native_routes import checked_folder, shown
from llmasos.apps.daemon.native_shapes import SpawnRequest
from llmasos.apps.daemon.refusals import Refused
from llmasos.apps.daemon.shape import Shape, Text
from llmasos.apps.daemon.state import Daemon, Here
from llmasos.apps.time_travel import past, saying
from llmasos.debugger import back, break_at, copy_of, hold, stand_at, step
from llmasos.errors import NoSuchProcess, ProcessError
from llmasos.events import ProcessHandle, Record, Remains, go_on, remains

routes = APIRouter(prefix="/api", tags=["native"], route_class=StrictRoute)

CALL_S = 10.0
Number = Annotated[int, Field(ge=1)]


class BreaksRequest(Shape):
    """`syscall:NAME` (or `syscall:*`), `text:PATTERN`; these instead of those it had."""

    breaks: list[Text]


class HoldRequest(Shape):
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class StepRequest(Shape):
    tokens: Number = 1


class BranchRequest(Shape):
    """From record `at` on, else from its end, or `back` so many tokens; it runs, or stands there `stopped`."""

    at: Number | None = None
    back: Number | None = None
    say: Text | None = None
    stopped: bool = False
    workspace: Text | None = None

    @model_validator(mode="after")
    def _is_one_point(self) -> Self:
        if self.at is not None and self.back is not None:
            raise ValueError("give at or back, not both")
        if self.stopped and self.say is not None:
            raise ValueError("say goes on at once: not with stopped")
        return self


class RecordShape(Shape):
    pid: int
    kind: Text
    body: dict[str, Any]
    at: float = 0.0
    seq: int = 0


class RestoreRequest(Shape):
    """A process's records, from its spawn on: what `llmasos checkpoint` writes, or the part of it that is needed.

    `interactive`: it goes on to read what it is told. `stopped`: it stands until CONT, and is shown to be stopped on
    that; asked for again, it is the process that was made of it then, so that one copy comes of it. Of a process that
    has ended, or has been told to, there is none.
    """

    records: Annotated[list[RecordShape], Field(min_length=1)]
    workspace: Text | None = None
    interactive: bool = False
    stopped: Annotated[str, Field(min_length=1, max_length=200)] | None = None


@routes.post("/processes/{pid}/hold")
async def stand_still(daemon: Here, pid: int, body: HoldRequest) -> dict[str, Any]:
    """STOP it, unless it is, and answer once no step and no call of it is under way: its journal is all there is to it.

    A call that goes on for longer than ten seconds is a 409, and the process is stopped. `used` is what its limits
    have been charged with, under this daemon and those before.
    """
    try:
        await hold(daemon.kernel, pid, body.reason, CALL_S)
    except NoSuchProcess:
        raise
    except ProcessError as error:
        raise Refused(409, str(error), code="process_busy") from None
    handle = daemon.kernel.handle(pid)
    return {**shown(handle), "used": dict(handle.process.budget.used)}


@routes.put("/processes/{pid}/breaks")
async def set_breaks(daemon: Here, pid: int, body: BreaksRequest) -> dict[str, Any]:
    await break_at(daemon.kernel, pid, body.breaks)
    return {"pid": pid, "breaks": body.breaks}


@routes.post("/processes/{pid}/step")
async def step_forward(daemon: Here, pid: int, body: StepRequest) -> dict[str, Any]:
    """Answered when it has generated so many tokens, has met a breakpoint, or its turn is over."""
    return {"pid": pid, **asdict(await step(daemon.kernel, pid, body.tokens))}


@routes.post("/processes/{pid}/branch", status_code=201)
async def branch(daemon: Here, pid: int, body: BranchRequest) -> dict[str, Any]:
    """Another process from a point of this one's past, which stays as it is."""
    kernel = daemon.kernel
    folder = await anyio.to_thread.run_sync(checked_folder, body.workspace)
    records = past(pid, await anyio.to_thread.run_sync(history.whole, kernel.config.home, pid), body.at)
    if body.back is not None:
        records = back(records, body.back)
    if folder is not None:
        records[0] = replace(records[0], body={**records[0].body, "workspace": str(folder)})
    if body.stopped:
        handle: ProcessHandle = await stand_at(kernel, records)
    else:
        found = replace(remains(records), breaks=[])  # of the other life
        handle = await go_on(kernel, saying(found, body.say) if body.say is not None else found)
    return shown(handle)


@routes.post("/restore", status_code=201)
async def restore(daemon: Here, body: RestoreRequest) -> dict[str, Any]:
    """A new process that goes on from a checkpoint."""
    folder = await anyio.to_thread.run_sync(checked_folder, body.workspace or str(daemon.kernel.workspace))
    records = [Record(**record.model_dump()) for record in body.records]
    try:
        found = remains(records)
        if body.stopped is not None and (found.killed_by or any(record.kind == "exit" for record in records)):
            raise Refused(409, f"process {found.pid} has ended: there is nothing to go on with", code="process_ended")
        model = await daemon.model(_checked(found.spawn).model or "")
        _check_tokens(found, model.driver.info.vocab_size)
        found.spawn |= {"workspace": str(folder), "interactive": body.interactive}
        handle = await (go_on(daemon.kernel, found) if body.stopped is None else _stand(daemon, found, body.stopped))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = f"these records are no process's: {type(error).__name__}: {error}"
        raise Refused(400, what, param="records", code="invalid_value") from None
    return shown(handle)


async def _stand(daemon: Daemon, found: Remains, reason: str) -> ProcessHandle:
    kernel = daemon.kernel
    async with daemon.standing:
        return await copy_of(kernel, reason) or await go_on(kernel, found, reason)


def _checked(spawn: dict[str, Any]) -> SpawnRequest:
    """What a spawn record asks for, as if it was asked for here. Raises ValueError, KeyError."""
    names = ("request", "model", "capabilities", "limits", "nice")
    return SpawnRequest(interactive=True, **{name: spawn[name] for name in names})


def _check_tokens(found: Remains, vocab_size: int) -> None:
    """A token that the model does not have must not get to its native code. Raises ValueError."""
    for token in found.partial:
        if not isinstance(token, int) or not 0 <= token < vocab_size:
            raise ValueError(f"{token!r} is no token of {found.spawn['model']}")
