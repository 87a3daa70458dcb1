"""The routes of consent: what waits for approval, and its answer."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from fastapi import APIRouter

from llmasos.apps.daemon.body import StrictRoute
from llmasos.apps.daemon.shape import Shape
from llmasos.apps.daemon.state import Here

routes = APIRouter(prefix="/api", tags=["native"], route_class=StrictRoute)


class ApprovalRequest(Shape):
    """`scope` is of a yes: this call, this call on the same target, or this call in its process from now on."""

    approve: bool
    scope: Literal["once", "target", "process"] = "once"


@routes.get("/approvals")
async def list_approvals(daemon: Here) -> list[dict[str, Any]]:
    """The calls that wait for a yes or a no, oldest first."""
    return [asdict(question) for question in daemon.kernel.consent.pending()]


@routes.post("/approvals/{question}")
async def answer(daemon: Here, question: str, body: ApprovalRequest) -> dict[str, Any]:
    """On record before this is answered. 404 when nothing waits under that id: it may have been answered already."""
    await daemon.kernel.consent.answer(question, body.approve, scope=body.scope, by="api")
    return {"id": question, "approved": body.approve}
