"""Responses that are kept: in the journal of the process that gave each of them, as everything else of it is.

- `keep(...)` writes what was asked and answered, once it is whole and before the client has it.
- `kept(...)` is a response by its id; `conversation_until(...)` the messages that one goes on from, link by link.
- `store: false` is not written, so it cannot be gone on from. What is written goes when its process is compacted, as
  the settings say (`[journal]`); `delete(...)` takes the process's texts out of the journal at once.
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
PROGRAM = "response"  # in `ps`: what gives responses
MAX_LINKS = 1000  # responses that one conversation goes on from


async def keep(kernel: Kernel, asked: ResponseRequest, turn: Turn, answer: dict[str, Any]) -> None:
    """Raises LLMasOSError when the journal takes no more."""
    if asked.keeps:
        messages = [*asked.given(), _said(turn)]
        record = Record(turn.handle.pid, KIND, {"messages": messages, "response": answer})
        await anyio.to_thread.run_sync(kernel.journal.append, [record])


async def kept(kernel: Kernel, response_id: str) -> dict[str, Any]:
    """The response as it was given. Raises Refused."""
    answer: dict[str, Any] = (await _found(kernel, response_id)).body["response"]
    return answer


async def delete(kernel: Kernel, response_id: str) -> None:
    """Leave nothing of it, nor of what its process was told. What went on from it has a text of its own.

    Raises Refused when it is not kept.
    """
    record = await _found(kernel, response_id)
    await anyio.to_thread.run_sync(kernel.journal.erase, record.pid)


async def _found(kernel: Kernel, response_id: str) -> Record:
    record = await anyio.to_thread.run_sync(_find, kernel, response_id)
    if record is None:
        why = await anyio.to_thread.run_sync(_why_not, kernel, response_id)
        raise Refused(404, why or f"no response {response_id!r} is kept here", code="response_not_found")
    return record


async def conversation_until(kernel: Kernel, response_id: str) -> list[dict[str, Any]]:
    """Everything that was said up to a response and in it, without instructions: those are each request's own.

    Raises Refused.
    """
    return await anyio.to_thread.run_sync(_until, kernel, response_id)


def _until(kernel: Kernel, response_id: str) -> list[dict[str, Any]]:
    parts: list[list[dict[str, Any]]] = []
    link: str | None = response_id
    while link is not None:
        record = _find(kernel, link) if len(parts) < MAX_LINKS else None
        if record is None:
            gone = _why_not(kernel, link) if len(parts) < MAX_LINKS else None
            what = f"no response {link!r} is kept here" if len(parts) < MAX_LINKS else "it goes on from too many"
            name = "previous_response_id"
            status = 400 if gone is None else 404
            raise Refused(status, f"{name}: {gone or what}", param=name, code="previous_response_not_found")
        parts.append(record.body["messages"])
        link = record.body["response"]["previous_response_id"]
    return [message for part in reversed(parts) for message in part]


def _find(kernel: Kernel, response_id: str) -> Record | None:
    """Blocks."""
    pid = _pid(response_id)
    records = kernel.journal.read(pid, [KIND]) if pid is not None else []
    return records[-1] if records else None


def _why_not(kernel: Kernel, response_id: str) -> str | None:
    """What became of one that was there; None when nobody knows of any. Blocks."""
    pid = _pid(response_id)
    records = kernel.journal.read(pid, ["spawn", "compacted"]) if pid is not None else []
    if len(records) < 2 or records[0].body["app"] != PROGRAM:
        return None
    if any("erased" in record.body for record in records):
        return f"response {response_id!r} was deleted"
    return f"response {response_id!r} is not kept any more: journal.keep_days or journal.keep_mb is past"


def _pid(response_id: str) -> int | None:
    """The process that gave it."""
    word, _, number = response_id.partition("_")
    known = word == "resp" and number.isdecimal() and number.isascii() and len(number) < 16
    return int(number) if known else None


def _said(turn: Turn) -> dict[str, Any]:
    """The answer as a message of the chat."""
    calls = calls_of(turn)
    said = {"role": "assistant", "content": text_of(turn.said, turn.tools) or ("" if not calls else None)}
    return {**said, "tool_calls": calls} if calls else said
