"""What may be asked in OpenAI's words: the requests, field by field.

- A field that is not here is refused by its name; so is a value outside its range. Nothing is ignored silently.
- `Sampled` is what chat and plain completions have in common; `sampling(default)` is how the kernel says it.
- Beyond OpenAI's: `top_k` and `min_p`.
- It does not know processes or models.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from llmasos import Sampling

NAME = r"^[a-zA-Z0-9_-]{1,64}$"
MAX_STOPS = 16

Text = Annotated[str, Field(min_length=1)]
Penalty = Annotated[float, Field(ge=-2, le=2)]
Bias = Annotated[float, Field(ge=-100, le=100)]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class TextPart(Shape):
    type: Literal["text"]
    text: str


def branch(value: Any) -> str:
    """Which kind of content or choice it is: a word or an object; unions name their branches with a `~`."""
    return "~text" if isinstance(value, str) else "~object"


Content = Annotated[
    Annotated[str, Tag("~text")] | Annotated[list[TextPart], Tag("~object")],
    Discriminator(branch),
]


class CalledFunction(Shape):
    name: str
    arguments: str


class Call(Shape):
    id: Text
    type: Literal["function"] = "function"
    function: CalledFunction


class SystemMessage(Shape):
    role: Literal["system", "developer"]
    content: Content


class UserMessage(Shape):
    role: Literal["user"]
    content: Content


class AssistantMessage(Shape):
    """What clients send back of an answer of ours; the fields that we never fill may be null."""

    role: Literal["assistant"]
    content: Content | None = None
    tool_calls: list[Call] | None = None
    refusal: None = None
    audio: None = None
    function_call: None = None
    annotations: Annotated[list[Any], Field(max_length=0)] | None = None


class ToolMessage(Shape):
    role: Literal["tool"]
    content: Content
    tool_call_id: Text


def _role(value: Any) -> str:
    role = value.get("role") if isinstance(value, dict) else getattr(value, "role", None)
    return "~system" if role == "developer" else f"~{role}"


Message = Annotated[
    Annotated[SystemMessage, Tag("~system")]
    | Annotated[UserMessage, Tag("~user")]
    | Annotated[AssistantMessage, Tag("~assistant")]
    | Annotated[ToolMessage, Tag("~tool")],
    Discriminator(
        _role,
        custom_error_type="role",
        custom_error_message="a message's role is system, developer, user, assistant or tool",
    ),
]


class Function(Shape):
    name: Annotated[str, Field(pattern=NAME)]
    description: str = ""
    parameters: dict[str, Any] = Field(default_factory=lambda: {"type": "object", "properties": {}})
    strict: bool | None = None  # calls always keep to their schema here


class Tool(Shape):
    type: Literal["function"]
    function: Function


class Named(Shape):
    name: str


class NamedChoice(Shape):
    type: Literal["function"]
    function: Named


Choice = Annotated[
    Annotated[Literal["none", "auto", "required"], Tag("~text")] | Annotated[NamedChoice, Tag("~object")],
    Discriminator(branch),
]


class JsonSchema(Shape):
    name: Annotated[str, Field(pattern=NAME)]
    schema_: Annotated[dict[str, Any], Field(alias="schema")] = Field(default_factory=dict)
    description: str | None = None
    strict: bool | None = None  # answers always keep to their schema here


class ResponseFormat(Shape):
    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchema | None = None

    @model_validator(mode="after")
    def _has_its_schema(self) -> Self:
        if (self.type == "json_schema") != (self.json_schema is not None):
            raise ValueError("json_schema goes with the type json_schema, and only with it")
        return self

    @property
    def wanted(self) -> dict[str, Any] | None:
        """The schema an answer has to keep to; None: free text."""
        if self.type == "json_object":
            return {"type": "object"}
        return self.json_schema.schema_ if self.json_schema is not None else None


class StreamOptions(Shape):
    include_usage: bool = False


class Sampled(Shape):
    """What every generation may be told."""

    model: Text
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = 1
    store: Literal[False] | None = None  # the journal keeps what was said; there is no store to list it from
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    top_k: Annotated[int, Field(ge=0)] | None = None
    min_p: Annotated[float, Field(ge=0, le=1)] | None = None
    presence_penalty: Penalty | None = None
    frequency_penalty: Penalty | None = None
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None
    stop: (
        Annotated[
            Annotated[Text, Tag("~text")] | Annotated[list[Text], Field(max_length=MAX_STOPS), Tag("~object")],
            Discriminator(branch),
        ]
        | None
    ) = None
    logit_bias: dict[Annotated[str, Field(pattern=r"^\d{1,9}$")], Bias] | None = None

    @model_validator(mode="after")
    def _streams(self) -> Self:
        if self.stream_options is not None and not self.stream:
            raise ValueError("stream_options goes with stream: true, and only with it")
        return self

    @property
    def stops(self) -> list[str]:
        return [self.stop] if isinstance(self.stop, str) else list(self.stop or ())

    @property
    def counts_usage(self) -> bool:
        return self.stream_options is not None and self.stream_options.include_usage

    def sampling(self, default: Sampling) -> Sampling:
        """The kernel's own, with what was asked for."""
        names = ("temperature", "top_p", "top_k", "min_p", "presence_penalty", "frequency_penalty")
        given: dict[str, Any] = {name: value for name in names if (value := getattr(self, name)) is not None}
        if self.seed is not None:
            given["seed"] = self.seed % 2**64
        if self.logit_bias:
            given["logit_bias"] = {int(token): bias for token, bias in self.logit_bias.items()}
        return replace(default, **given)


class ChatRequest(Sampled):
    messages: Annotated[list[Message], Field(min_length=1)]
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    tools: list[Tool] | None = None
    tool_choice: Choice | None = None
    parallel_tool_calls: bool | None = None  # a message of ours has one call at most, which both values allow
    response_format: ResponseFormat | None = None
    logprobs: bool | None = False
    top_logprobs: Annotated[int, Field(ge=0, le=20)] | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.max_tokens is not None and self.max_completion_tokens is not None:
            raise ValueError("max_tokens and max_completion_tokens are the same: give one")
        if self.top_logprobs is not None and not self.logprobs:
            raise ValueError("top_logprobs goes with logprobs: true, and only with it")
        names = [tool.function.name for tool in self.tools or ()]
        if len(set(names)) < len(names):
            raise ValueError("two tools have the same name")
        chosen = self.tool_choice
        if isinstance(chosen, NamedChoice) and chosen.function.name not in names:
            raise ValueError(f"tool_choice names {chosen.function.name!r}, which is none of the tools")
        if chosen is not None and chosen != "none" and not names:
            raise ValueError("tool_choice goes with tools, and only with them")
        if self.callable_tools and self.wanted_schema is not None:
            raise ValueError("response_format beside tools is not supported")
        if self.callable_tools and self.logprobs:
            raise ValueError("logprobs beside tools is not supported")
        return self

    @property
    def limit(self) -> int | None:
        return self.max_completion_tokens or self.max_tokens

    @property
    def callable_tools(self) -> list[dict[str, Any]]:
        """The tools that the model may call, as it is shown them."""
        if self.tool_choice == "none":
            return []
        tools = [tool.model_dump(exclude={"function": {"strict"}}) for tool in self.tools or ()]
        if isinstance(self.tool_choice, NamedChoice):
            return [tool for tool in tools if tool["function"]["name"] == self.tool_choice.function.name]
        return tools

    @property
    def must_call(self) -> bool:
        return isinstance(self.tool_choice, NamedChoice) or self.tool_choice == "required"

    @property
    def wanted_schema(self) -> dict[str, Any] | None:
        return self.response_format.wanted if self.response_format is not None else None

    def sampling(self, default: Sampling) -> Sampling:
        chosen = super().sampling(default)
        return replace(chosen, num_logprobs=self.top_logprobs or 0) if self.logprobs else chosen


class CompletionRequest(Sampled):
    prompt: Text
    max_tokens: Annotated[int, Field(ge=1)] | None = 16


class EmbeddingRequest(Shape):
    model: Text
    input: Annotated[
        Annotated[Text, Tag("~text")] | Annotated[list[Text], Field(min_length=1, max_length=2048), Tag("~object")],
        Discriminator(branch),
    ]
    encoding_format: Literal["float", "base64"] = "float"

    @property
    def texts(self) -> list[str]:
        return [self.input] if isinstance(self.input, str) else self.input
