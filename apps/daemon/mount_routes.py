"""The routes of mounted MCP servers. What is mounted here, agents that are spawned from now on have.

A mount is a command of this machine's user: over TCP it is refused, whoever has the token.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from llmasos.apps.daemon.body import StrictRoute
from llmasos.apps.daemon.refusals import Refused
from llmasos.apps.daemon.shape import Shape, Text
from llmasos.apps.daemon.state import Here
from llmasos.mounts import Effect, Reach, Wanted

routes = APIRouter(prefix="/api", tags=["native"], route_class=StrictRoute)


class MountRequest(Shape):
    """`reach` sandbox: its `folder` to write, `readable` to read, no network. Without a command it is mounted again.

    `replace` puts it in the place of one of that name with another command or a narrower reach, else that is an error.
    """

    name: Text
    command: list[str] = Field(default_factory=list)
    environment: dict[str, str] | None = None
    folder: str = ""
    reach: Reach = "sandbox"
    readable: list[Text] = Field(default_factory=list)
    effects: dict[str, Effect] | None = None
    replace: bool = False


def _is_local(request: Request) -> None:
    """Raises Refused for who came in by TCP: the address of a Unix socket has no port."""
    server = request.scope.get("server")
    if server is None or server[1] is not None:
        what = "servers are mounted over the Unix socket only: their commands are this machine's user's"
        raise Refused(403, what, code="permission_denied", kind="permission_error")


Local = Annotated[None, Depends(_is_local)]


@routes.post("/mounts", status_code=201)
async def mount(daemon: Here, local: Local, body: MountRequest) -> dict[str, Any]:
    """Start a server once, pin its tools, keep it on record. Answered when all that is done."""
    lists = {"command": tuple(body.command), "readable": tuple(body.readable)}
    return await daemon.kernel.mounts.add(Wanted(**{**body.model_dump(), **lists}))


@routes.get("/mounts")
async def mounts(daemon: Here) -> list[dict[str, Any]]:
    """By name; of their environments the names alone."""
    return daemon.kernel.mounts.facts()


@routes.delete("/mounts/{name}")
async def umount(daemon: Here, local: Local, name: str) -> dict[str, Any]:
    """Calls to it that are under way fail."""
    await daemon.kernel.mounts.remove(name)
    return {"name": name}
