"""`/v1/responses`: the newer of OpenAI's APIs, as far as text goes in and comes out.

- `ResponseRequest.as_chat()` is the same request in the words of a chat; a turn answers it.
- `response(...)` is the whole answer, `ResponseChunks` its events, numbered and named.
- Nothing is stored: `store` is false, and `previous_response_id` is refused like all that is not here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from llmasos.apps.daemon.refusals import Refused
from llmasos.apps.daemon.replies import finish_reason, text_of
from llmasos.apps.daemon.shapes import NAME, ChatRequest, Shape, Text, branch
from llmasos.apps.daemon.turn import Turn
from llmasos.serving import Model


class InputText(Shape):
    """`output_text` is what an answer of ours is called when it comes back."""

    type: Literal["input_text", "output_text"]
    text: str
    annotations: Annotated[list[Any], Field(max_length=0)] | None = None
    logprobs: Annotated[list[Any], Field(max_length=0)] | None = None


class InputMessage(Shape):
    """`id` and `status` are those of an answer of ours that comes back: they say nothing more."""

    role: Literal["user", "assistant", "system", "developer"]
    content: Annotated[
        Annotated[str, Tag("~text")] | Annotated[list[InputText], Tag("~object")],
        Discriminator(branch),
    ]
    type: Literal["message"] = "message"
    id: str | None = None
    status: Literal["completed", "incomplete", "in_progress"] | None = None

    @property
    def plain(self) -> dict[str, str]:
        content = self.content if isinstance(self.content, str) else "".join(part.text for part in self.content)
        return {"role": self.role, "content": content}


class Format(Shape):
    type: Literal["text", "json_object", "json_schema"] = "text"
    name: Annotated[str, Field(pattern=NAME)] | None = None
    schema_: Annotated[dict[str, Any] | None, Field(alias="schema")] = None
    description: str | None = None
    strict: bool | None = None

    @model_validator(mode="after")
    def _has_its_schema(self) -> Self:
        if (self.type == "json_schema") != (self.schema_ is not None):
            raise ValueError("schema goes with the type json_schema, and only with it")
        return self

    @property
    def for_chat(self) -> dict[str, Any]:
        if self.type != "json_schema":
            return {"type": self.type}
        return {"type": self.type, "json_schema": {"name": self.name or "answer", "schema": self.schema_ or {}}}


class TextShape(Shape):
    format: Format = Format()


class ResponseRequest(Shape):
    model: Text
    input: Annotated[
        Annotated[Text, Tag("~text")] | Annotated[list[InputMessage], Field(min_length=1), Tag("~object")],
        Discriminator(branch),
    ]
    instructions: str | None = None
    max_output_tokens: Annotated[int, Field(ge=1)] | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    text: TextShape | None = None
    stream: bool | None = False
    store: Literal[False] | None = None
    truncation: Literal["disabled"] | None = None

    def as_chat(self) -> ChatRequest:
        given = [{"role": "user", "content": self.input}] if isinstance(self.input, str) else []
        given += [message.plain for message in self.input if isinstance(message, InputMessage)]
        first = [{"role": "system", "content": self.instructions}] if self.instructions else []
        return ChatRequest.model_validate(
            {
                "model": self.model,
                "messages": first + given,
                "max_tokens": self.max_output_tokens,
                "temperature": self.temperature,
                "top_p": self.top_p,
                "response_format": self.text.format.for_chat if self.text is not None else None,
            }
        )


def response(asked: ResponseRequest, turn: Turn, model: Model) -> dict[str, Any]:
    """The whole answer. Raises Refused."""
    said = turn.result()
    full = finish_reason(said, ()) == "length"
    return {
        **_head(asked, turn, model),
        "status": "incomplete" if full else "completed",
        "incomplete_details": {"reason": "max_output_tokens"} if full else None,
        "output": [_item(turn, text_of(said, ()), "incomplete" if full else "completed")],
        "usage": _usage(turn),
    }


class ResponseChunks:
    """The events of one streamed answer: it has one message with one part."""

    ends_with_done = False

    def __init__(self, asked: ResponseRequest, turn: Turn, model: Model) -> None:
        self._asked, self._turn, self._model = asked, turn, model
        self._head = _head(asked, turn, model)
        self._number = 0
        self._shown = 0  # characters

    def first(self) -> list[dict[str, Any]]:
        item = {**_item(self._turn, "", "in_progress"), "content": []}
        return [
            self._event("response.created", response=self._head),
            self._event("response.in_progress", response=self._head),
            self._event("response.output_item.added", output_index=0, item=item),
            self._part("response.content_part.added", part=_part("")),
        ]

    def text(self, piece: str) -> dict[str, Any]:
        self._shown += len(piece)
        return self._part("response.output_text.delta", delta=piece, logprobs=[])

    def last(self) -> Iterator[dict[str, Any]]:
        whole = response(self._asked, self._turn, self._model)
        (item,) = whole["output"]
        text = item["content"][0]["text"]
        if rest := text[self._shown :]:
            yield self.text(rest)
        yield self._part("response.output_text.done", text=text, logprobs=[])
        yield self._part("response.content_part.done", part=_part(text))
        yield self._event("response.output_item.done", output_index=0, item=item)
        yield self._event(f"response.{whole['status']}", response=whole)

    def failed(self, refused: Refused) -> dict[str, Any]:
        error = refused.body["error"]
        return self._event("error", code=error["code"], message=error["message"], param=error["param"])

    def _part(self, kind: str, **more: Any) -> dict[str, Any]:
        return self._event(kind, item_id=_item_id(self._turn), output_index=0, content_index=0, **more)

    def _event(self, kind: str, **more: Any) -> dict[str, Any]:
        number, self._number = self._number, self._number + 1
        return {"type": kind, "sequence_number": number, **more}


def _head(asked: ResponseRequest, turn: Turn, model: Model) -> dict[str, Any]:
    """A response that is not there yet."""
    sampling = turn.sampling
    return {
        "id": f"resp_{turn.handle.pid}",
        "object": "response",
        "created_at": int(time.time()),
        "status": "in_progress",
        "error": None,
        "incomplete_details": None,
        "instructions": asked.instructions,
        "max_output_tokens": asked.max_output_tokens,
        "model": model.name,
        "output": [],
        "parallel_tool_calls": False,
        "previous_response_id": None,
        "store": False,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "text": {"format": (asked.text or TextShape()).format.model_dump(by_alias=True, exclude_none=True)},
        "tool_choice": "none",
        "tools": [],
        "truncation": "disabled",
        "usage": None,
        "metadata": {},
    }


def _item_id(turn: Turn) -> str:
    return f"msg_{turn.handle.pid}"


def _item(turn: Turn, text: str, status: str) -> dict[str, Any]:
    return {"id": _item_id(turn), "type": "message", "role": "assistant", "status": status, "content": [_part(text)]}


def _part(text: str) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _usage(turn: Turn) -> dict[str, Any]:
    used = turn.handle.process.accounting
    return {
        "input_tokens": used.prompt_tokens,
        "input_tokens_details": {"cached_tokens": used.cached_tokens},
        "output_tokens": used.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": used.prompt_tokens + used.completion_tokens,
    }
