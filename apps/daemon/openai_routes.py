"""The OpenAI-compatible routes: /v1/models, chat/completions, responses, completions, embeddings.

Every generation is a process of the kernel (`turn.py`), killed when its client goes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from llmasos.apps.daemon import replies
from llmasos.apps.daemon.body import StrictRoute
from llmasos.apps.daemon.embeddings import embedding_list
from llmasos.apps.daemon.refusals import Refused
from llmasos.apps.daemon.replies import ChatChunks, Chunks, TextChunks
from llmasos.apps.daemon.responses import ResponseChunks, ResponseRequest, response
from llmasos.apps.daemon.shapes import ChatRequest, CompletionRequest, EmbeddingRequest
from llmasos.apps.daemon.state import Daemon, Here
from llmasos.apps.daemon.streams import DONE, EventStream, event, unless_gone
from llmasos.apps.daemon.turn import Turn, check_bias

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
    await turn.start(daemon.kernel)
    if body.stream:
        return await _streamed(request, turn, TextChunks(turn, model, counts_usage=body.counts_usage))
    return await _whole(request, turn, lambda: replies.completion(turn, model))


@routes.post("/responses", response_model=None)
async def create_response(daemon: Here, request: Request, body: ResponseRequest) -> Response:
    """The newer API's words for a chat: text in, text out. Nothing is stored to be gone on from."""
    model = await daemon.model(body.model)
    turn = Turn.chat(body.as_chat(), daemon.kernel.sampling)
    await turn.start(daemon.kernel)
    if body.stream:
        return await _streamed(request, turn, ResponseChunks(body, turn, model))
    return await _whole(request, turn, lambda: response(body, turn, model))


@routes.post("/embeddings")
async def embeddings(daemon: Here, body: EmbeddingRequest) -> dict[str, Any]:
    """Vectors of texts: from a loaded model, or from the sentence model where it was pulled."""
    return await embedding_list(daemon, body)


def _described(daemon: Daemon, name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": int(daemon.started), "owned_by": "llmasos"}


async def _whole(request: Request, turn: Turn, reply: Callable[[], dict[str, Any]]) -> Response:
    try:
        await unless_gone(request, turn.ended)
        return JSONResponse(reply())
    finally:
        await turn.finish()


async def _streamed(request: Request, turn: Turn, chunks: Chunks) -> Response:
    """The response begins with the first of the answer: until then it may still be an error of its own."""
    try:
        await unless_gone(request, turn.begun)
        if not turn.handle.process.alive:
            turn.result()
    except BaseException:
        await turn.finish()
        raise
    return EventStream(_events(turn, chunks), turn.finish)


async def _events(turn: Turn, chunks: Chunks) -> AsyncIterator[str]:
    for chunk in chunks.first():
        yield _event(chunk)
    async for piece in turn.pieces():
        yield _event(chunks.text(piece))
    try:
        for chunk in chunks.last():
            yield _event(chunk)
    except Refused as refused:  # too late for a status
        yield _event(chunks.failed(refused))
        return
    if chunks.ends_with_done:
        yield DONE


def _event(chunk: dict[str, Any]) -> str:
    """The newer API's events have names, which are their types."""
    return event(chunk, name=chunk.get("type", ""))
