"""`/api/trainings`: the training runs of this machine and the curves of their loss."""

from __future__ import annotations

from typing import Any

import anyio
from fastapi import APIRouter

from llmasos.apps.daemon.body import StrictRoute
from llmasos.apps.daemon.state import Here
from llmasos.apps.training.runs import runs

routes = APIRouter(prefix="/api", tags=["native"], route_class=StrictRoute)


@routes.get("/trainings")
async def trainings(daemon: Here) -> list[dict[str, Any]]:
    """What `llmasos train` works on or has made, the newest first: how far each is, and its loss by tokens."""
    return await anyio.to_thread.run_sync(runs, daemon.kernel.config.home)
