"""The OpenAI-compatible routes: /v1/models, chat/completions, responses, completions, embeddings.

Every generation is a process of the kernel (`turn.py`), killed when its client goes.
"""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Awaitable, Callable
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
    turn = Turn.chat(body, daemon.kernel.sampling)
    check_bias(turn.sampling, model)
    logprobs = bool(body.logprobs)
    await turn.start(daemon.kernel)
    if body.stream:
        chunks = ChatChunks(turn, model, logprobs=logprobs, counts_usage=body.counts_usage)
        return await _streamed(request, turn, chunks)
    return await _whole(request, turn, lambda: replies.chat(turn, model, logprobs))


@routes.post("/completions", response_model=None)
async def completions(daemon: Here, request: Request, body: CompletionRequest) -> Response:
    """A text, continued."""
    model = await daemon.model(body.model)
    turn = Turn.text(body, daemon.kernel.sampling)
    check_bias(turn.sampling, model)
    logprobs = body.logprobs is not None
    await turn.start(daemon.kernel)
    if body.stream:
        chunks = TextChunks(turn, model, logprobs=logprobs, counts_usage=body.counts_usage)
        return await _streamed(request, turn, chunks)
    return await _whole(request, turn, lambda: replies.completion(turn, model, logprobs))


@routes.post("/responses", response_model=None)
async def create_response(daemon: Here, request: Request, body: ResponseRequest) -> Response:
    """The newer API's words for a chat; it may go on from a response that was kept."""
    model = await daemon.model(body.model)
    earlier = await _earlier(daemon, body)
    turn = Turn.chat(body.as_chat(earlier), daemon.kernel.sampling, name="response")
    keep = functools.partial(response_store.keep, daemon.kernel, body, turn)
    await turn.start(daemon.kernel)
    if body.stream:
        return await _streamed(request, turn, ResponseChunks(body, turn, model), keep)
    return await _whole(request, turn, lambda: response(body, turn, model), keep)


@routes.get("/responses/{response_id}")
async def show_response(daemon: Here, response_id: str) -> dict[str, Any]:
    """One that was kept."""
    return await response_store.kept(daemon.kernel, response_id)


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
    request: Request, turn: Turn, reply: Callable[[], dict[str, Any]], keep: Keep | None = None
) -> Response:
    try:
        await unless_gone(request, turn.ended)
        answer = reply()
        if keep is not None:
            await keep(answer)
        return JSONResponse(answer)
    finally:
        await turn.finish()


async def _streamed(request: Request, turn: Turn, chunks: Chunks, keep: Keep | None = None) -> Response:
    """The response begins with the first of the answer: until then it may still be an error of its own."""
    try:
        await unless_gone(request, turn.begun)
        if not turn.handle.process.alive:
            turn.result()
    except BaseException:
        await turn.finish()
        raise
    return EventStream(_events(turn, chunks, keep), turn.finish, turn.handle.hold)


async def _events(turn: Turn, chunks: Chunks, keep: Keep | None) -> AsyncIterator[str]:
    for chunk in chunks.first():
        yield _event(chunk)
    async for piece in turn.pieces():
        for chunk in chunks.text(piece):
            yield _event(chunk)
    for text in await _ending(chunks, keep):
        yield text


async def _ending(chunks: Chunks, keep: Keep | None) -> list[str]:
    """What comes when the process has ended; too late for a status, an error is one more event."""
    try:
        last = list(chunks.last())
        if keep is not None:
            await keep(last[-1]["response"])
    except Refused as refused:
        return [_event(chunk) for chunk in chunks.failed(refused)]
    except LLMasOSError as error:
        return [_event(chunk) for chunk in chunks.failed(refusal(error))]
    return [*(_event(chunk) for chunk in last), *([DONE] if chunks.ends_with_done else [])]


def _event(chunk: dict[str, Any]) -> str:
    """The newer API's events have names, which are their types."""
    return event(chunk, name=chunk.get("type", ""))
