"""A client's messages as the kernel's transcript has them: plain texts, calls read, results named.

- `conversation(messages)` is the system text they begin with, and the rest in order.
- A result must answer a call that was made before it; arguments must be a JSON object. Else it is refused by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llmasos.apps.daemon.messages import AssistantMessage, Call, Content, Message, SystemMessage, ToolMessage
from llmasos.apps.daemon.refusals import Refused
from llmasos.serving import read_json


def conversation(messages: Sequence[Message]) -> tuple[str, list[dict[str, Any]]]:
    """Raises Refused."""
    called: dict[str, str] = {}
    rest = [_message(message, f"messages[{i}]", called) for i, message in enumerate(messages)]
    if isinstance(messages[0], SystemMessage):
        return rest[0]["content"], rest[1:]
    return "", rest


def _message(message: Message, where: str, called: dict[str, str]) -> dict[str, Any]:
    match message:
        case SystemMessage():
            return {"role": "system", "content": plain(message.content)}
        case AssistantMessage():
            return _said(message, where, called)
        case ToolMessage():
            return {"role": "tool", "content": plain(message.content), "name": _called(message, where, called)}
    return {"role": "user", "content": plain(message.content)}


def _called(message: ToolMessage, where: str, called: dict[str, str]) -> str:
    """The name of the call that a result answers."""
    name = called.get(message.tool_call_id)
    if name is None:
        what = f"{where}.tool_call_id: no message before it has a call {message.tool_call_id!r}"
        raise Refused(400, what, param=f"{where}.tool_call_id", code="invalid_value")
    if message.name not in (None, name):
        what = f"{where}.name: the call {message.tool_call_id!r} is of {name!r}, not {message.name[:60]!r}"
        raise Refused(400, what, param=f"{where}.name", code="invalid_value")
    return name


def _said(message: AssistantMessage, where: str, called: dict[str, str]) -> dict[str, Any]:
    calls = [_call(call, f"{where}.tool_calls[{i}]") for i, call in enumerate(message.tool_calls or ())]
    called |= {call.id: call.function.name for call in message.tool_calls or ()}
    said: dict[str, Any] = {"role": "assistant", "content": plain(message.content or "")}
    return {**said, "tool_calls": calls} if calls else said


def _call(call: Call, where: str) -> dict[str, Any]:
    try:
        arguments = read_json(call.function.arguments or "{}")
    except ValueError as error:
        arguments = error
    if not isinstance(arguments, dict):
        why = arguments if isinstance(arguments, ValueError) else "not a JSON object"
        where = f"{where}.function.arguments"
        raise Refused(400, f"{where}: {why}", param=where, code="invalid_value")
    return {"type": "function", "function": {"name": call.function.name, "arguments": arguments}}


def plain(content: Content) -> str:
    return content if isinstance(content, str) else "".join(part.text for part in content)
