"""The routes of a debugger: breakpoints, steps, and branches from a process's past.

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
from llmasos.apps.daemon.shapes import Shape, Text
from llmasos.apps.daemon.state import Here
from llmasos.apps.time_travel import past, saying
from llmasos.debugger import back, break_at, stand_at, step
from llmasos.events import ProcessHandle, go_on, remains

routes = APIRouter(prefix="/api", tags=["native"], route_class=StrictRoute)

Number = Annotated[int, Field(ge=1)]


class BreaksRequest(Shape):
    """`syscall:NAME` (or `syscall:*`), `text:PATTERN`; these instead of those it had."""

    breaks: list[Text]


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
        found = remains(records)
        handle = await go_on(kernel, saying(found, body.say) if body.say is not None else found)
    return shown(handle)
