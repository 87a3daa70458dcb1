"""What may be asked in OpenAI's words: the requests, field by field.

- A field that is not here is refused by its name; so is a value outside its range. Nothing is ignored silently.
- `Sampled` is what chat and plain completions have in common; `sampling(default)` is how the kernel says it.
- Beyond OpenAI's: `top_k` and `min_p`.
- It does not know processes or models.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from llmasos import Sampling
from llmasos.apps.daemon.messages import Message
from llmasos.apps.daemon.shape import Noted, Shape, Text, branch

NAME = r"^[a-zA-Z0-9_-]{1,64}$"
MAX_STOPS = 16
MAX_ANSWERS = 16  # to one prompt
MAX_CHOICES = 128  # to one request

Penalty = Annotated[float, Field(ge=-2, le=2)]
Bias = Annotated[float, Field(ge=-100, le=100)]


class Function(Shape):
    name: Annotated[str, Field(pattern=NAME)]
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None  # calls always keep to their schema here

    @property
    def shown(self) -> dict[str, Any]:
        """As the model is shown it."""
        nothing = {"type": "object", "properties": {}}
        return {"name": self.name, "description": self.description or "", "parameters": self.parameters or nothing}


class Tool(Shape):
    type: Literal["function"]
    function: Function


class Named(Shape):
    name: str


class NamedChoice(Shape):
    type: Literal["function"]
    function: Named


class Allowed(Shape):
    mode: Literal["auto", "required"]
    tools: Annotated[list[NamedChoice], Field(min_length=1)]


class AllowedChoice(Shape):
    """Some of the tools, for this answer."""

    type: Literal["allowed_tools"]
    allowed_tools: Allowed


def _choice(value: Any) -> str:
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return "~allowed" if kind == "allowed_tools" else branch(value)


Choice = Annotated[
    Annotated[Literal["none", "auto", "required"], Tag("~text")]
    | Annotated[NamedChoice, Tag("~object")]
    | Annotated[AllowedChoice, Tag("~allowed")],
    Discriminator(_choice),
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
    include_usage: bool | None = False
    include_obfuscation: Literal[False] | None = None  # of sizes, on networks that others listen to


class Sampled(Noted):
    """What every generation may be told."""

    model: Text
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: Annotated[int, Field(ge=1, le=MAX_ANSWERS)] | None = 1
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
        return self.stream_options is not None and bool(self.stream_options.include_usage)

    @property
    def per_prompt(self) -> int:
        return self.n or 1

    def sampling(self, default: Sampling, number: int = 0) -> Sampling:
        """The kernel's own, with what was asked for; each of several answers has a seed of its own."""
        names = ("temperature", "top_p", "top_k", "min_p", "presence_penalty", "frequency_penalty")
        given: dict[str, Any] = {name: value for name in names if (value := getattr(self, name)) is not None}
        seed = default.seed if self.seed is None else self.seed
        if seed is not None:
            given["seed"] = (seed + number) % 2**64
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
    modalities: list[Literal["text"]] | None = None
    reasoning_effort: Literal["none"] | None = None  # there is no thinking apart from the answer
    verbosity: Literal["medium"] | None = None  # OpenAI's default: as the model speaks

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.max_tokens is not None and self.max_completion_tokens is not None:
            raise ValueError("max_tokens and max_completion_tokens are the same: give one")
        if self.top_logprobs is not None and not self.logprobs:
            raise ValueError("top_logprobs goes with logprobs: true, and only with it")
        names = [tool.function.name for tool in self.tools or ()]
        if len(set(names)) < len(names):
            raise ValueError("two tools have the same name")
        if self.tool_choice not in (None, "none") and not names:
            raise ValueError("tool_choice goes with tools, and only with them")
        for name in self._chosen or ():
            if name not in names:
                raise ValueError(f"tool_choice names {name!r}, which is none of the tools")
        if self.callable_tools and self.logprobs:
            raise ValueError("logprobs beside tools is not supported")
        return self

    @property
    def limit(self) -> int | None:
        return self.max_completion_tokens or self.max_tokens

    @property
    def _chosen(self) -> list[str] | None:
        """The tools that the choice is limited to; None: all."""
        match self.tool_choice:
            case NamedChoice(function=function):
                return [function.name]
            case AllowedChoice(allowed_tools=allowed):
                return [choice.function.name for choice in allowed.tools]
        return None

    @property
    def callable_tools(self) -> list[dict[str, Any]]:
        """The tools that the model may call, as it is shown them."""
        if self.tool_choice == "none":
            return []
        chosen = self._chosen
        functions = [tool.function for tool in self.tools or ()]
        return [{"type": "function", "function": f.shown} for f in functions if chosen is None or f.name in chosen]

    @property
    def must_call(self) -> bool:
        choice = self.tool_choice
        if isinstance(choice, AllowedChoice):
            return choice.allowed_tools.mode == "required"
        return isinstance(choice, NamedChoice) or choice == "required"

    @property
    def wanted_schema(self) -> dict[str, Any] | None:
        return self.response_format.wanted if self.response_format is not None else None

    def sampling(self, default: Sampling, number: int = 0) -> Sampling:
        chosen = super().sampling(default, number)
        return replace(chosen, num_logprobs=self.top_logprobs or 0) if self.logprobs else chosen


class CompletionRequest(Sampled):
    prompt: Annotated[
        Annotated[Text, Tag("~text")] | Annotated[list[Text], Field(min_length=1), Tag("~object")],
        Discriminator(branch),
    ]
    max_tokens: Annotated[int, Field(ge=1)] | None = 16
    logprobs: Annotated[int, Field(ge=0, le=5)] | None = None
    echo: Literal[False] | None = None
    best_of: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _has_so_many_answers(self) -> Self:
        if self.best_of not in (None, self.per_prompt):
            raise ValueError("best_of other than n is not supported")
        if len(self.prompts) * self.per_prompt > MAX_CHOICES:
            raise ValueError(f"{len(self.prompts)} prompts with n = {self.n} are more than {MAX_CHOICES} answers")
        return self

    @property
    def prompts(self) -> list[str]:
        return [self.prompt] if isinstance(self.prompt, str) else self.prompt

    def sampling(self, default: Sampling, number: int = 0) -> Sampling:
        chosen = super().sampling(default, number)
        return chosen if self.logprobs is None else replace(chosen, num_logprobs=self.logprobs)


class EmbeddingRequest(Noted):
    model: Text
    input: Annotated[
        Annotated[Text, Tag("~text")] | Annotated[list[Text], Field(min_length=1, max_length=2048), Tag("~object")],
        Discriminator(branch),
    ]
    encoding_format: Literal["float", "base64"] | None = "float"

    @property
    def texts(self) -> list[str]:
        return [self.input] if isinstance(self.input, str) else self.input
