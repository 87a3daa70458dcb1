"""Answers that come in pieces, and clients that go away before the last.

- `unless_gone(request, wait)` waits for something, or until the client has gone: then Refused, which nobody reads.
- `EventStream(pieces, ended)` is a stream of server-sent events; `ended` is awaited however it ends.
- `feed` runs beside it, where its pieces come from several places.
- A slow client is waited for: `held` is told when it does not read any more, and when it does again.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import anyio
from fastapi import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from llmasos.apps.daemon.pressure import pressure_of
from llmasos.apps.daemon.refusals import Refused

T = TypeVar("T")
CLIENT_GONE = 499
DONE = "data: [DONE]\n\n"


def event(data: Any, *, event_id: str = "", name: str = "") -> str:
    """One server-sent event."""
    head = (f"id: {event_id}\n" if event_id else "") + (f"event: {name}\n" if name else "")
    return f"{head}data: {json.dumps(data, ensure_ascii=False)}\n\n"


async def unless_gone(request: Request, wait: Callable[[], Awaitable[T]]) -> T:
    """What `wait` gives. Raises Refused when the client goes first."""
    results: list[T] = []
    async with anyio.create_task_group() as group:

        async def waited() -> None:
            results.append(await wait())
            group.cancel_scope.cancel()

        group.start_soon(waited)
        while (await request.receive())["type"] != "http.disconnect":
            pass
        group.cancel_scope.cancel()
    if not results:
        raise Refused(CLIENT_GONE, "the client has gone")
    return results[0]


class EventStream(StreamingResponse):
    media_type = "text/event-stream"

    def __init__(
        self,
        pieces: AsyncIterator[str],
        ended: Callable[[], Awaitable[None]] | None = None,
        held: Callable[[bool], None] = lambda full: None,
        feed: Callable[[], Coroutine[Any, Any, None]] | None = None,
    ) -> None:
        super().__init__(pieces, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self._ended, self._held, self._feed = ended, held, feed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The client's going cancels what is under way, wherever it waits; the bookkeeping is done all the same."""
        try:
            with pressure_of(scope).followed(self._held):
                await self._fed(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                if self._ended is not None:
                    await self._ended()

    async def _fed(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._feed is None:
            await super().__call__(scope, receive, send)
            return
        async with anyio.create_task_group() as group:
            group.start_soon(self._feed)
            await super().__call__(scope, receive, send)
            group.cancel_scope.cancel()
