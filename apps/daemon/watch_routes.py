"""`/api/watch`: the whole machine, a moment after the other, for who looks at it all the time (the web page).

Each event has what one would else ask four routes for: the facts of `/api/system`, the live processes, the calls that
wait for approval, and the scheduler's steps since the event before. It ends with the daemon.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from dataclasses import asdict
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Query
from starlette.responses import Response

from llmasos.apps.daemon.body import StrictRoute
from llmasos.apps.daemon.state import Daemon, Here
from llmasos.apps.daemon.streams import EventStream, event
from llmasos.apps.processes import live_facts

BACKLOG_S = 30.0  # of the timeline, in the first event

routes = APIRouter(prefix="/api", tags=["native"], route_class=StrictRoute)


@routes.get("/watch", response_model=None, response_class=EventStream, status_code=200)
async def watch(daemon: Here, seconds: Annotated[float, Query(ge=0.1, le=60)] = 1.0) -> Response:
    """Server-sent events, one now and one every so many seconds: system, processes, approvals, steps of the scheduler.

    The steps of the first event are those of the last 30 s; of a step, `shares` are pid, tokens of its prompt that were
    computed, and tokens that it got.
    """
    return EventStream(_moments(daemon, seconds))


async def _moments(daemon: Daemon, seconds: float) -> AsyncGenerator[str, None]:
    seen = time.monotonic() - BACKLOG_S
    while not daemon.ending.is_set():
        steps = daemon.kernel.timeline(seen)
        seen = max((step["ended"] for step in steps), default=seen)
        yield event(_moment(daemon, steps), name="moment")
        with anyio.move_on_after(seconds):
            await daemon.ending.wait()


def _moment(daemon: Daemon, steps: list[dict[str, Any]]) -> dict[str, Any]:
    """The steps' moments become seconds since the epoch, as all others are."""
    kernel, now = daemon.kernel, time.time()
    behind = now - time.monotonic()
    processes = kernel.processes(zombies=True)
    return {
        "at": now,
        "system": {**daemon.facts(), "memory": kernel.memory_rates()},
        "processes": [{**live_facts(process), "exit_code": process.exit_code} for process in processes],
        "approvals": [asdict(question) for question in kernel.consent.pending()],
        "steps": [{**s, "began": s["began"] + behind, "ended": s["ended"] + behind} for s in steps],
    }
