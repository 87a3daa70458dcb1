"""The application: every route over one kernel, and the OpenAPI document that describes them."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Route

from llmasos import __version__
from llmasos.apps.daemon import (
    approval_routes,
    debug_routes,
    housekeeping,
    metrics,
    mount_routes,
    native_routes,
    openai_routes,
    page_routes,
    schedule_routes,
    training_routes,
    watch_routes,
)
from llmasos.apps.daemon.mcp_document import MCP, describe
from llmasos.apps.daemon.mcp_door import McpDoor, tools
from llmasos.apps.daemon.refusals import on_bug, on_refused
from llmasos.apps.daemon.state import Daemon
from llmasos.errors import LLMasOSError


class Application(FastAPI):
    """Without /docs: that page loads its scripts from elsewhere."""

    def __init__(self, daemon: Daemon) -> None:
        super().__init__(title="llmasos", version=__version__, docs_url=None, redoc_url=None)
        self.state.daemon = daemon

    def openapi(self) -> dict[str, Any]:
        """All routes, also the one that is none of FastAPI's. It keeps the document once it is made."""
        document = super().openapi()
        if MCP not in document["paths"]:
            describe(document, {call.name: call for call in tools(self.state.daemon).calls})
        return document


def application(daemon: Daemon) -> FastAPI:
    app = Application(daemon)
    for routes in (
        openai_routes.routes,
        native_routes.routes,
        watch_routes.routes,
        training_routes.routes,
        schedule_routes.routes,
        approval_routes.routes,
        mount_routes.routes,
        housekeeping.routes,
        debug_routes.routes,
        metrics.routes,
        page_routes.routes,
    ):
        app.include_router(routes)
    app.router.routes.append(Route(MCP, McpDoor(daemon), methods=["POST"]))
    for error in (LLMasOSError, HTTPException, RequestValidationError):
        app.add_exception_handler(error, on_refused)
    app.add_exception_handler(Exception, on_bug)  # it is raised again behind the answer: the gate notes it
    return app
