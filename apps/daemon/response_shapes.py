"""What may be asked of `/v1/responses`: items in, function tools, and how it is said as a chat.

- `ResponseRequest.as_chat(earlier)` is the same request in the words of a chat; `earlier` are the messages of the
  responses it goes on from. `given()` are its own messages alone.
- An answer of ours may come back item by item: its message and its call are one message of the chat.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, ValidationError, field_validator, model_validator

from llmasos.apps.daemon.shape import Noted, Shape, Text, branch
from llmasos.apps.daemon.shapes import NAME, ChatRequest
from llmasos.serving import read_json

Status = Literal["completed", "incomplete", "in_progress"]
Names = Annotated[str, Field(pattern=NAME)]


class InputText(Shape):
    """`output_text` is what an answer of ours is called when it comes back."""

    type: Literal["input_text", "output_text"]
    text: str
    annotations: Annotated[list[Any], Field(max_length=0)] | None = None
    logprobs: list[Any] | None = None  # of an answer; they are not read


Said = Annotated[
    Annotated[str, Tag("~text")] | Annotated[list[InputText], Tag("~object")],
    Discriminator(branch),
]


class InputMessage(Shape):
    """`id` and `status` are those of an answer of ours that comes back: they say nothing more."""

    role: Literal["user", "assistant", "system", "developer"]
    content: Said
    type: Literal["message"] = "message"
    id: str | None = None
    status: Status | None = None


class CallItem(Shape):
    """A call that the model made."""

    type: Literal["function_call"]
    call_id: Text
    name: Names
    arguments: str
    id: str | None = None
    status: Status | None = None

    @field_validator("arguments")
    @classmethod
    def _is_an_object(cls, text: str) -> str:
        if not isinstance(read_json(text or "{}"), dict):
            raise ValueError("not a JSON object")
        return text

    @property
    def for_chat(self) -> dict[str, Any]:
        return {"id": self.call_id, "type": "function", "function": {"name": self.name, "arguments": self.arguments}}


class OutputItem(Shape):
    """What a call came to."""

    type: Literal["function_call_output"]
    call_id: Text
    output: Said
    id: str | None = None
    status: Status | None = None


def _kind(item: Any) -> str:
    if isinstance(item, Shape):
        return f"~{getattr(item, 'type', None)}"
    return f"~{item.get('type') or 'message'}" if isinstance(item, dict) else "~"


Item = Annotated[
    Annotated[InputMessage, Tag("~message")]
    | Annotated[CallItem, Tag("~function_call")]
    | Annotated[OutputItem, Tag("~function_call_output")],
    Discriminator(
        _kind,
        custom_error_type="item",
        custom_error_message="an item is a message, a function_call or a function_call_output",
    ),
]


class Format(Shape):
    type: Literal["text", "json_object", "json_schema"] = "text"
    name: Names | None = None
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
    format: Format | None = None
    verbosity: Literal["medium"] | None = None  # OpenAI's default: as the model speaks


class Reasoning(Shape):
    """There is no thinking apart from the answer."""

    effort: Literal["none"] | None = None
    summary: None = None


class FunctionTool(Shape):
    type: Literal["function"]
    name: Names
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None  # calls always keep to their schema here


class NamedFunction(Shape):
    type: Literal["function"]
    name: str

    @property
    def for_chat(self) -> dict[str, Any]:
        return {"type": "function", "function": {"name": self.name}}


class AllowedFunctions(Shape):
    type: Literal["allowed_tools"]
    mode: Literal["auto", "required"]
    tools: Annotated[list[NamedFunction], Field(min_length=1)]

    @property
    def for_chat(self) -> dict[str, Any]:
        return {"type": self.type, self.type: {"mode": self.mode, "tools": [tool.for_chat for tool in self.tools]}}


def _choice(value: Any) -> str:
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return "~allowed" if kind == "allowed_tools" else branch(value)


class ResponseRequest(Noted):
    model: Text
    input: Annotated[
        Annotated[Text, Tag("~text")] | Annotated[list[Item], Field(min_length=1), Tag("~object")],
        Discriminator(branch),
    ]
    instructions: str | None = None
    previous_response_id: Annotated[str, Field(pattern=r"^resp_\d{1,15}$")] | None = None
    store: bool | None = None  # true where it is left out, as with OpenAI
    max_output_tokens: Annotated[int, Field(ge=1)] | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    text: TextShape | None = None
    tools: list[FunctionTool] | None = None
    tool_choice: (
        Annotated[
            Annotated[Literal["none", "auto", "required"], Tag("~text")]
            | Annotated[NamedFunction, Tag("~object")]
            | Annotated[AllowedFunctions, Tag("~allowed")],
            Discriminator(_choice),
        ]
        | None
    ) = None
    parallel_tool_calls: bool | None = None  # an answer of ours has one call at most, which both values allow
    max_tool_calls: Annotated[int, Field(ge=1)] | None = None  # of tools that run at the server: there are none
    include: list[Literal["reasoning.encrypted_content", "message.output_text.logprobs"]] | None = None
    top_logprobs: Annotated[int, Field(ge=0, le=20)] | None = None
    reasoning: Reasoning | None = None
    background: Literal[False] | None = None
    stream: bool | None = False
    truncation: Literal["disabled"] | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.previous_response_id is None:
            self._check_calls(set())
        try:
            self.as_chat()
        except ValidationError as error:
            raise ValueError(str(error.errors()[0]["msg"]).removeprefix("Value error, ")) from None
        return self

    @property
    def items(self) -> list[InputMessage | CallItem | OutputItem]:
        return [InputMessage(role="user", content=self.input)] if isinstance(self.input, str) else self.input

    @property
    def keeps(self) -> bool:
        return self.store is not False

    @property
    def wants_logprobs(self) -> bool:
        return "message.output_text.logprobs" in (self.include or ())

    @property
    def format(self) -> Format:
        return (self.text.format if self.text is not None else None) or Format()

    def check_calls(self, earlier: Sequence[dict[str, Any]]) -> None:
        """Raises ValueError for a result of no call; `earlier` are the messages before these."""
        self._check_calls({call["id"] for message in earlier for call in message.get("tool_calls") or ()})

    def _check_calls(self, made: set[str]) -> None:
        for i, item in enumerate(self.items):
            if isinstance(item, CallItem):
                made.add(item.call_id)
            elif isinstance(item, OutputItem) and item.call_id not in made:
                raise ValueError(f"input[{i}].call_id: no item before it is a call {item.call_id[:60]!r}")

    def given(self) -> list[dict[str, Any]]:
        """Its own messages, as a chat has them."""
        messages: list[dict[str, Any]] = []
        for item in self.items:
            match item:
                case InputMessage():
                    messages.append({"role": item.role, "content": _plain(item.content)})
                case OutputItem():
                    output = _plain(item.output)
                    messages.append({"role": "tool", "tool_call_id": item.call_id, "content": output})
                case CallItem():
                    if not messages or messages[-1]["role"] != "assistant":
                        messages.append({"role": "assistant", "content": None})
                    messages[-1].setdefault("tool_calls", []).append(item.for_chat)
        return messages

    def as_chat(self, earlier: Sequence[dict[str, Any]] = ()) -> ChatRequest:
        first = [{"role": "system", "content": self.instructions}] if self.instructions else []
        choice = self.tool_choice
        return ChatRequest.model_validate(
            {
                "model": self.model,
                "messages": [*first, *earlier, *self.given()],
                "max_tokens": self.max_output_tokens,
                "temperature": self.temperature,
                "top_p": self.top_p,
                "response_format": self.format.for_chat,
                "tools": [
                    {"type": "function", "function": tool.model_dump(exclude={"type"})} for tool in self.tools or ()
                ],
                "tool_choice": choice.for_chat if isinstance(choice, NamedFunction | AllowedFunctions) else choice,
                "logprobs": self.wants_logprobs,
                "top_logprobs": self.top_logprobs,
            }
        )


def _plain(content: str | list[InputText]) -> str:
    return content if isinstance(content, str) else "".join(part.text for part in content)
