"""The routes of schedules, and how the daemon starts what is due.

- `POST /api/schedules` keeps one before it answers; `GET` lists what may still be due; `DELETE` takes one away.
- `start(kernel, spec, origin)` is a run: an ordinary process, whose spawn record names its schedule.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any, Literal

import anyio
from fastapi import APIRouter
from pydantic import Field

from llmasos import Kernel, Limits
from llmasos.apps.daemon.body import StrictRoute
from llmasos.apps.daemon.native_shapes import LimitsShape
from llmasos.apps.daemon.refusals import Refused
from llmasos.apps.daemon.shape import Shape, Text
from llmasos.apps.daemon.state import Here
from llmasos.apps.run import granted
from llmasos.errors import NoSuchSchedule, UsageError
from llmasos.events import ProcessHandle
from llmasos.schedules import facts, local_zone, zone

routes = APIRouter(prefix="/api", tags=["native"], route_class=StrictRoute)


class ScheduleRequest(Shape):
    """`kind` at: `when` is a time; every: an interval or a cron expression. `zone`: the daemon's, if not named."""

    kind: Literal["at", "every"]
    when: Text
    request: Text
    app: Text = "agent"
    zone: Text | None = None
    missed: Literal["run", "skip"] = "run"
    model: Text | None = None
    capabilities: list[Text] | None = None
    limits: LimitsShape | None = None
    nice: Annotated[int, Field(ge=-20, le=19)] = 0
    workspace: Text | None = None


@routes.post("/schedules", status_code=201)
async def add(daemon: Here, body: ScheduleRequest) -> dict[str, Any]:
    """Start a process later, or again and again."""
    await daemon.check_named(body.app, body.model)
    kernel = daemon.kernel
    granted(kernel, tuple(body.capabilities or ()))
    folder = body.workspace or str(kernel.workspace)
    await anyio.to_thread.run_sync(_check_folder, folder)
    limits = body.limits.over(kernel.limits) if body.limits is not None else None
    spec = {
        **body.model_dump(),
        "zone": zone(body.zone).key if body.zone else local_zone(),
        "limits": LimitsShape.of(limits) if limits is not None else None,
        "workspace": folder,
    }
    now = time.time()
    made = await anyio.to_thread.run_sync(daemon.timetable.add, spec, now)
    daemon.timer.stir()
    return facts(made, now)


@routes.get("/schedules")
async def list_schedules(daemon: Here) -> list[dict[str, Any]]:
    """What may still be due, by id."""
    return [facts(schedule, time.time()) for schedule in daemon.timetable.all()]


@routes.delete("/schedules/{schedule_id}")
async def remove(daemon: Here, schedule_id: int) -> dict[str, Any]:
    """What it has started goes on."""
    try:
        await anyio.to_thread.run_sync(daemon.timetable.remove, schedule_id)
    except NoSuchSchedule as error:
        raise Refused(404, str(error), code="schedule_not_found") from None
    return {"id": schedule_id}


async def start(kernel: Kernel, spec: dict[str, Any], origin: dict[str, Any]) -> ProcessHandle:
    """Raises UsageError, QuotaExceeded, AppNotFound, AppDamaged."""
    await anyio.to_thread.run_sync(_check_folder, spec["workspace"])
    return await kernel.spawn(
        await kernel.find_program(spec["app"], None),
        spec["request"],
        model=spec["model"],
        capabilities=frozenset(spec["capabilities"]) if spec["capabilities"] is not None else None,
        limits=Limits(**spec["limits"]) if spec["limits"] is not None else None,
        nice=spec["nice"],
        workspace=Path(spec["workspace"]),
        origin=origin,
    )


def _check_folder(path: str) -> None:
    """Blocks. Raises UsageError."""
    if not Path(path).is_absolute() or not Path(path).is_dir():
        raise UsageError(f"workspace {path!r} is not the absolute path of a folder")
