"""The OpenAI-compatible routes: /v1/models, chat/completions, responses, completions, embeddings.

Every answer is a process of the kernel (`turn.py`), killed when its client goes.
"""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from llmasos.apps.daemon import replies, response_store
from llmasos.apps.daemon.body import StrictRoute
from llmasos.apps.daemon.embeddings import embedding_list
from llmasos.apps.daemon.refusals import Refused, refusal
from llmasos.apps.daemon.replies import ChatChunks, Chunks, TextChunks
from llmasos.apps.daemon.response_shapes import ResponseRequest
from llmasos.apps.daemon.responses import ResponseChunks, response
from llmasos.apps.daemon.shapes import ChatRequest, CompletionRequest, EmbeddingRequest
from llmasos.apps.daemon.state import Daemon, Here
from llmasos.apps.daemon.streams import DONE, EventStream, event, unless_gone
from llmasos.apps.daemon.turn import Turn, check_bias
from llmasos.apps.daemon.turns import Turns
from llmasos.errors import LLMasOSError

routes = APIRouter(prefix="/v1", tags=["openai"], route_class=StrictRoute)


@routes.get("/models")
async def list_models(daemon: Here) -> dict[str, Any]:
    """Every model a request may name."""
    return {"object": "list", "data": [_described(daemon, name) for name in await daemon.models()]}


@routes.get("/models/{name}")
async def show_model(daemon: Here, name: str) -> dict[str, Any]:
    await daemon.check_model(name)
    return _described(daemon, name)


@routes.post("/chat/completions", response_model=None)
async def chat_completions(daemon: Here, request: Request, body: ChatRequest) -> Response:
    """One message of the model, whole or streamed."""
    model = await daemon.model(body.model)
    default, logprobs = daemon.kernel.sampling, bool(body.logprobs)
    turns = Turns([Turn.chat(body, default, number=i) for i in range(body.per_prompt)], body.per_prompt)
    check_bias(turns.all[0].sampling, model)
    await turns.start(daemon.kernel)
    if body.stream:
        how = {"logprobs": logprobs, "counts_usage": body.counts_usage}
        return await _streamed(request, turns, [ChatChunks(turns, i, model, **how) for i in range(len(turns.all))])
    return await _whole(request, turns, lambda: replies.chat(turns, model, logprobs))


@routes.post("/completions", response_model=None)
async def completions(daemon: Here, request: Request, body: CompletionRequest) -> Response:
    """Texts, continued."""
    model = await daemon.model(body.model)
    default, logprobs, num = daemon.kernel.sampling, body.logprobs is not None, body.per_prompt
    turns = Turns([Turn.text(body, p, default, number=i) for p in body.prompts for i in range(num)], num)
    check_bias(turns.all[0].sampling, model)
    await turns.start(daemon.kernel)
    if body.stream:
        how = {"logprobs": logprobs, "counts_usage": body.counts_usage}
        return await _streamed(request, turns, [TextChunks(turns, i, model, **how) for i in range(len(turns.all))])
    return await _whole(request, turns, lambda: replies.completion(turns, model, logprobs))


@routes.post("/responses", response_model=None)
async def create_response(daemon: Here, request: Request, body: ResponseRequest) -> Response:
    """The newer API's words for a chat; it may go on from a response that was kept."""
    model = await daemon.model(body.model)
    earlier = await _earlier(daemon, body)
    turn = Turn.chat(body.as_chat(earlier), daemon.kernel.sampling, name=response_store.PROGRAM)
    keep = functools.partial(response_store.keep, daemon.kernel, body, turn)
    turns = Turns([turn])
    await turns.start(daemon.kernel)
    if body.stream:
        return await _streamed(request, turns, [ResponseChunks(body, turn, model)], keep)
    return await _whole(request, turns, lambda: response(body, turn, model), keep)


@routes.get("/responses/{response_id}")
async def show_response(daemon: Here, response_id: str) -> dict[str, Any]:
    """One that was kept."""
    return await response_store.kept(daemon.kernel, response_id)


@routes.delete("/responses/{response_id}")
async def delete_response(daemon: Here, response_id: str) -> dict[str, Any]:
    """Take one that was kept out of the journal, with all that its process was told."""
    await response_store.delete(daemon.kernel, response_id)
    return {"id": response_id, "object": "response", "deleted": True}


@routes.post("/embeddings")
async def embeddings(daemon: Here, body: EmbeddingRequest) -> dict[str, Any]:
    """Vectors of texts: from a loaded model, or from the sentence model where it was pulled."""
    return await embedding_list(daemon, body)


def _described(daemon: Daemon, name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": int(daemon.started), "owned_by": "llmasos"}


async def _earlier(daemon: Daemon, body: ResponseRequest) -> list[dict[str, Any]]:
    """The messages that a request goes on from. Raises Refused."""
    if body.previous_response_id is None:
        return []
    earlier = await response_store.conversation_until(daemon.kernel, body.previous_response_id)
    try:
        body.check_calls(earlier)
    except ValueError as error:
        raise Refused(400, str(error), param="input", code="invalid_value") from None
    return earlier


Keep = Callable[[dict[str, Any]], Awaitable[None]]


async def _whole(
    request: Request, turns: Turns, reply: Callable[[], dict[str, Any]], keep: Keep | None = None
) -> Response:
    try:
        await unless_gone(request, turns.ended)
        answer = reply()
        if keep is not None:
            await keep(answer)
        return JSONResponse(answer)
    finally:
        await turns.finish()


async def _streamed(request: Request, turns: Turns, chunks: Sequence[Chunks], keep: Keep | None = None) -> Response:
    """The response begins with the first of the answer: until then it may still be an error of its own."""
    try:
        await unless_gone(request, turns.begun)
        turns.check()
    except BaseException:
        await turns.finish()
        raise
    feed = turns.feed if len(chunks) > 1 else None
    return EventStream(_events(turns, chunks, keep), turns.finish, turns.hold, feed)


async def _events(turns: Turns, chunks: Sequence[Chunks], keep: Keep | None) -> AsyncIterator[str]:
    for one in chunks:
        for chunk in one.first():
            yield _event(chunk)
    async for number, piece in turns.pieces():
        for chunk in chunks[number].text(piece):
            yield _event(chunk)
    failed = False
    for one in chunks:
        last, well = await _ending(one, keep)
        failed = failed or not well
        for chunk in last:
            yield _event(chunk)
    if chunks[0].ends_with_done and not failed:
        yield DONE


async def _ending(chunks: Chunks, keep: Keep | None) -> tuple[list[dict[str, Any]], bool]:
    """What comes when the process has ended, and whether it did well; too late for a status, an error is an event."""
    try:
        last = list(chunks.last())
        if keep is not None:
            await keep(last[-1]["response"])
    except Refused as refused:
        return chunks.failed(refused), False
    except LLMasOSError as error:
        return chunks.failed(refusal(error)), False
    return last, True


def _event(chunk: dict[str, Any]) -> str:
    """The newer API's events have names, which are their types."""
    return event(chunk, name=chunk.get("type", ""))
