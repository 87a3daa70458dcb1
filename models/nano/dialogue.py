"""What the generator makes and the trainer reads: dialogues in OpenAI's message shape, and the built-in tools.

- `Dialogue(messages, tools, kind)`: every assistant message in it is the truth.
- `BUILTIN_TOOLS`: the 18 syscalls in their fixed order, as nano sees them in every prompt.
- `user`, `call`, `result`, `answer` build one message each.

It does not know how dialogues are made or rendered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Message = dict[str, Any]
Tool = dict[str, Any]


@dataclass(frozen=True)
class Dialogue:
    """One conversation with its tools. `kind` says which part of the mix it came from."""

    messages: tuple[Message, ...]
    tools: tuple[Tool, ...]
    kind: str


def tool(name: str, description: str, required: dict[str, Any], optional: dict[str, Any] | None = None) -> Tool:
    """An OpenAI function tool. A parameter is a JSON type name or a whole schema."""
    properties = {
        key: {"type": kind} if isinstance(kind, str) else kind for key, kind in {**required, **(optional or {})}.items()
    }
    parameters = {"type": "object", "properties": properties, "required": list(required)}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


BUILTIN_TOOLS: tuple[Tool, ...] = (
    tool("read_file", "Read a text file.", {"path": "string"}, {"max_words": "integer"}),
    tool("write_file", "Write text to a file, replacing what it said.", {"path": "string", "content": "string"}),
    tool("append_file", "Add a line of text to the end of a file.", {"path": "string", "content": "string"}),
    tool("list_files", "List the files in a folder.", {}, {"path": "string"}),
    tool("find_files", "Find files by name pattern.", {"pattern": "string"}),
    tool("stat_file", "Size and time of change of a file.", {"path": "string"}),
    tool("remove_file", "Delete a file.", {"path": "string"}),
    tool("calculate", "Compute an arithmetic expression exactly.", {"expression": "string"}),
    tool("clock", "Current date and time.", {}),
    tool("remember", "Remember a fact.", {"text": "string"}),
    tool("recall", "Look up remembered facts.", {"query": "string"}),
    tool("forget", "Forget a remembered fact.", {"query": "string"}),
    tool("spawn", "Start another agent on a request.", {"request": "string"}),
    tool("processes", "List the running processes.", {}),
    tool("kill", "Stop a process.", {"pid": "integer"}),
    tool("wait", "Wait for a process and get its answer.", {"pid": "integer"}),
    tool("ask", "Ask the user a question.", {"question": "string"}),
    tool("tell", "Show the user a message.", {"message": "string"}),
)


def name_of(item: Tool) -> str:
    return str(item["function"]["name"])


def user(text: str) -> Message:
    return {"role": "user", "content": text}


def answer(text: str) -> Message:
    return {"role": "assistant", "content": text}


def result(text: str) -> Message:
    return {"role": "tool", "content": text}


def call(name: str, arguments: dict[str, Any]) -> Message:
    function = {"name": name, "arguments": arguments}
    return {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "function": function}]}
