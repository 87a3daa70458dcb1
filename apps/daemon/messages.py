"""A conversation as clients send it: messages of four roles, their contents and calls.

- What an answer of ours holds is taken back as it is, with the fields that we never fill where they are null.
- Parts of a content are texts; an image, a sound or a file is refused by its type.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from llmasos.apps.daemon.shape import Shape, Text, branch


class TextPart(Shape):
    type: Literal["text"]
    text: str


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
    """`name`, which older clients send, is that of the call."""

    role: Literal["tool"]
    content: Content
    tool_call_id: Text
    name: str | None = None


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
