"""Responses that are kept: in the journal of the process that gave each of them, as everything else of it is.

- `keep(...)` writes what was asked and answered, once it is whole and before the client has it.
- `kept(...)` is a response by its id; `conversation_until(...)` the messages that one goes on from, link by link.
- `store: false` is not written, so it cannot be gone on from. There is no delete: a journal only grows.
"""

from __future__ import annotations

from typing import Any

import anyio

from llmasos import Kernel
from llmasos.apps.daemon.refusals import Refused
from llmasos.apps.daemon.replies import calls_of, text_of
from llmasos.apps.daemon.response_shapes import ResponseRequest
from llmasos.apps.daemon.turn import Turn
from llmasos.events import Record

KIND = "response"
MAX_LINKS = 1000  # responses that one conversation goes on from


async def keep(kernel: Kernel, asked: ResponseRequest, turn: Turn, answer: dict[str, Any]) -> None:
    """Raises LLMasOSError when the journal takes no more."""
    if asked.keeps:
        messages = [*asked.given(), _said(turn)]
        record = Record(turn.handle.pid, KIND, {"messages": messages, "response": answer})
        await anyio.to_thread.run_sync(kernel.journal.append, [record])


async def kept(kernel: Kernel, response_id: str) -> dict[str, Any]:
    """The response as it was given. Raises Refused."""
    body = await anyio.to_thread.run_sync(_find, kernel, response_id)
    if body is None:
        raise Refused(404, f"no response {response_id!r} is kept here", code="response_not_found")
    answer: dict[str, Any] = body["response"]
    return answer


async def conversation_until(kernel: Kernel, response_id: str) -> list[dict[str, Any]]:
    """Everything that was said up to a response and in it, without instructions: those are each request's own.

    Raises Refused.
    """
    return await anyio.to_thread.run_sync(_until, kernel, response_id)


def _until(kernel: Kernel, response_id: str) -> list[dict[str, Any]]:
    parts: list[list[dict[str, Any]]] = []
    link: str | None = response_id
    while link is not None:
        body = _find(kernel, link) if len(parts) < MAX_LINKS else None
        if body is None:
            what = f"no response {link!r} is kept here" if len(parts) < MAX_LINKS else "it goes on from too many"
            name = "previous_response_id"
            raise Refused(400, f"{name}: {what}", param=name, code="previous_response_not_found")
        parts.append(body["messages"])
        link = body["response"]["previous_response_id"]
    return [message for part in reversed(parts) for message in part]


def _find(kernel: Kernel, response_id: str) -> dict[str, Any] | None:
    """Blocks."""
    word, _, number = response_id.partition("_")
    if word != "resp" or not (number.isdecimal() and number.isascii() and len(number) < 16):
        return None
    records = kernel.journal.read(int(number), [KIND])
    return records[-1].body if records else None


def _said(turn: Turn) -> dict[str, Any]:
    """The answer as a message of the chat."""
    calls = calls_of(turn)
    said = {"role": "assistant", "content": text_of(turn.said, turn.tools) or ("" if not calls else None)}
    return {**said, "tool_calls": calls} if calls else said
