"""Bodies as they are read: strict JSON, not too large, not too deep, not too slowly.

- `StrictRoute` is the route class of every router: FastAPI then validates what `read_json` gave.
- `bounded(receive)` is an ASGI `receive` that refuses the byte too many, and the client that never finishes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import anyio
from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.types import Message, Receive

from llmasos.apps.daemon.refusals import Refused
from llmasos.serving import read_json

MAX_BYTES = 8 * 1024 * 1024
MAX_SECONDS = 30.0
QUICK_BYTES = 64 * 1024  # read in the event loop; more is a thread's work


class StrictRequest(Request):
    async def json(self) -> Any:
        """Raises Refused."""
        body = await self.body()
        try:
            return _read(body) if len(body) <= QUICK_BYTES else await anyio.to_thread.run_sync(_read, body)
        except ValueError as error:
            raise Refused(400, f"the body is not JSON that can be read: {error}", code="invalid_json") from None


def _read(body: bytes) -> Any:
    try:
        return read_json(body.decode())
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None


class StrictRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await handler(StrictRequest(request.scope, request.receive))

        return strict


def bounded(receive: Receive) -> Receive:
    """Raises Refused 413 or 408 while a body is read; afterwards it is `receive`."""
    num_bytes = 0
    whole = False

    async def received() -> Message:
        nonlocal num_bytes, whole
        if whole:
            return await receive()
        message = await _in_time(receive, deadline)
        num_bytes += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        if num_bytes > MAX_BYTES:
            raise too_large()
        return message

    deadline = anyio.current_time() + MAX_SECONDS
    return received


async def _in_time(receive: Callable[[], Awaitable[Message]], deadline: float) -> Message:
    try:
        with anyio.fail_after(max(0.0, deadline - anyio.current_time())):
            return await receive()
    except TimeoutError:
        what = f"the body was not complete after {MAX_SECONDS:.0f} seconds"
        raise Refused(408, what, code="request_timeout", headers={"Connection": "close"}) from None


def too_large() -> Refused:
    return Refused(413, f"the body is larger than {MAX_BYTES} bytes", code="body_too_large")
