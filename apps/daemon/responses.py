"""`/v1/responses`: the newer of OpenAI's APIs, in its items and its events.

- `response(...)` is the whole answer, `ResponseChunks` its events, numbered and named.
- An answer is a message, a function call, or a message and a call behind it.
- What was asked is `response_shapes.py`; what is kept of it `response_store.py`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from llmasos.apps.daemon.refusals import Refused
from llmasos.apps.daemon.replies import calls_of, finish_reason, text_of, token_logprobs
from llmasos.apps.daemon.response_shapes import AllowedFunctions, NamedFunction, ResponseRequest
from llmasos.apps.daemon.turn import Turn
from llmasos.serving import Model

Event = dict[str, Any]


def response(asked: ResponseRequest, turn: Turn, model: Model) -> dict[str, Any]:
    """The whole answer. Raises Refused."""
    full = finish_reason(turn.result(), ()) == "length"
    status = "incomplete" if full else "completed"
    return {
        **_head(asked, turn, model),
        "status": status,
        "completed_at": None if full else int(time.time()),
        "incomplete_details": {"reason": "max_output_tokens"} if full else None,
        "output": _output(asked, turn, model, status),
        "usage": _usage(turn),
    }


class ResponseChunks:
    """The events of one streamed answer: a message opens with its first text, a call comes when it is whole."""

    ends_with_done = False

    def __init__(self, asked: ResponseRequest, turn: Turn, model: Model) -> None:
        self._asked, self._turn, self._model = asked, turn, model
        self._head = _head(asked, turn, model)
        self._number = 0
        self._shown = 0  # characters
        self._told = 0  # tokens whose log-probability was given

    def first(self) -> list[Event]:
        return [self._event(f"response.{kind}", response=self._head) for kind in ("created", "in_progress")]

    def text(self, piece: str) -> list[Event]:
        opening = [] if self._shown else self._opening()
        self._shown += len(piece)
        return [*opening, self._part("response.output_text.delta", delta=piece, logprobs=self._new_logprobs())]

    def last(self) -> Iterator[Event]:
        whole = response(self._asked, self._turn, self._model)
        for index, item in enumerate(whole["output"]):
            yield from self._rest(item) if item["type"] == "message" else self._call(index, item)
            yield self._event("response.output_item.done", output_index=index, item=item)
        yield self._event(f"response.{whole['status']}", response=whole)

    def failed(self, refused: Refused) -> list[Event]:
        error = refused.body["error"]
        code = "server_error" if refused.status_code >= 500 else "invalid_prompt"
        ended = {**self._head, "status": "failed", "error": {"code": code, "message": error["message"]}}
        return [
            self._event("error", code=error["code"], message=error["message"], param=error["param"]),
            self._event("response.failed", response=ended),
        ]

    def _opening(self) -> list[Event]:
        item = {**_message(self._turn, _part("", []), "in_progress"), "content": []}
        added = self._event("response.output_item.added", output_index=0, item=item)
        return [added, self._part("response.content_part.added", part=_part("", []))]

    def _rest(self, item: dict[str, Any]) -> Iterator[Event]:
        (part,) = item["content"]
        if not self._shown and not part["text"]:
            yield from self._opening()
        if rest := part["text"][self._shown :]:
            yield from self.text(rest)
        yield self._part("response.output_text.done", text=part["text"], logprobs=part["logprobs"])
        yield self._part("response.content_part.done", part=part)

    def _call(self, index: int, item: dict[str, Any]) -> Iterator[Event]:
        begun = {**item, "arguments": "", "status": "in_progress"}
        where = {"item_id": item["id"], "output_index": index}
        yield self._event("response.output_item.added", output_index=index, item=begun)
        yield self._event("response.function_call_arguments.delta", **where, delta=item["arguments"])
        done = {"name": item["name"], "arguments": item["arguments"]}
        yield self._event("response.function_call_arguments.done", **where, **done)

    def _new_logprobs(self) -> list[dict[str, Any]]:
        if not self._asked.wants_logprobs:
            return []
        since, self._told = self._told, len(self._turn.said.logprobs)
        return token_logprobs(self._turn.said, self._model, since)

    def _part(self, kind: str, **more: Any) -> Event:
        return self._event(kind, item_id=f"msg_{self._turn.handle.pid}", output_index=0, content_index=0, **more)

    def _event(self, kind: str, **more: Any) -> Event:
        number, self._number = self._number, self._number + 1
        return {"type": kind, "sequence_number": number, **more}


def _head(asked: ResponseRequest, turn: Turn, model: Model) -> dict[str, Any]:
    """A response that is not there yet."""
    choice = asked.tool_choice
    chosen = choice.model_dump() if isinstance(choice, NamedFunction | AllowedFunctions) else choice or "auto"
    return {
        "id": f"resp_{turn.handle.pid}",
        "object": "response",
        "created_at": int(turn.handle.process.started),  # the same in every event
        "completed_at": None,
        "status": "in_progress",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": asked.instructions,
        "max_output_tokens": asked.max_output_tokens,
        "max_tool_calls": asked.max_tool_calls,
        "model": model.name,
        "output": [],
        "parallel_tool_calls": asked.parallel_tool_calls is not False,
        "previous_response_id": asked.previous_response_id,
        "reasoning": {"effort": "none", "summary": None},
        "service_tier": "default",
        "store": asked.keeps,
        "temperature": turn.sampling.temperature,
        "top_p": turn.sampling.top_p,
        "top_logprobs": asked.top_logprobs or 0,
        "text": {"format": asked.format.model_dump(by_alias=True, exclude_none=True), "verbosity": "medium"},
        "tool_choice": chosen,
        "tools": [tool.model_dump() for tool in asked.tools or ()],
        "truncation": "disabled",
        "usage": None,
        "user": asked.user,
        "safety_identifier": asked.safety_identifier,
        "prompt_cache_key": asked.prompt_cache_key,
        "metadata": asked.metadata or {},
    }


def _output(asked: ResponseRequest, turn: Turn, model: Model, status: str) -> list[dict[str, Any]]:
    calls = [
        {"id": f"f{call['id']}", "type": "function_call", "status": "completed", "call_id": call["id"]}
        | call["function"]
        for call in calls_of(turn)
    ]
    text = text_of(turn.said, turn.tools)
    logprobs = token_logprobs(turn.said, model, 0) if asked.wants_logprobs else []
    return [_message(turn, _part(text, logprobs), status), *calls] if text or not calls else calls


def _message(turn: Turn, part: dict[str, Any], status: str) -> dict[str, Any]:
    item_id = f"msg_{turn.handle.pid}"
    return {"id": item_id, "type": "message", "role": "assistant", "status": status, "content": [part]}


def _part(text: str, logprobs: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": logprobs}


def _usage(turn: Turn) -> dict[str, Any]:
    used = turn.handle.process.accounting
    return {
        "input_tokens": used.prompt_tokens,
        "input_tokens_details": {"cached_tokens": used.cached_tokens},
        "output_tokens": used.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": used.prompt_tokens + used.completion_tokens,
    }
