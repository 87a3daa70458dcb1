"""A record of a data set: where it stands in its file, its fields, and the text of it.

- Kinds: `chat` (OpenAI's `{"messages": [...]}`), `text`, `completion` (`prompt` and `completion`), else `fields`.
- `text_of(record, field)` is what lengths, duplicates and labels are about; `mapped` changes every string in one.
- `with_numbers(line, source)` gives the numbers of a line of JSON the digits of the line it was made from.
- `fault(fields)` says what is wrong with a record that claims to be of a kind, or None.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

Fields = dict[str, Any]

_STRING_OR_NUMBER = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|(-?\d[\d.eE+-]*)')
ROLES = ("system", "developer", "user", "assistant", "tool", "function")


@dataclass(frozen=True, slots=True)
class Record:
    """`number` counts records from 1, bad ones too; `line` is where it begins. `source`: its line as it was read.

    `spelled` of one that was changed: the line that it was changed from, for the digits of its numbers.
    """

    number: int
    line: int
    fields: Fields
    source: str | None = None
    spelled: str | None = None

    def changed(self, fields: Fields) -> Record:
        """The same with other strings in its fields (`mapped`); itself when they are equal."""
        if fields == self.fields:
            return self
        return replace(self, fields=fields, source=None, spelled=self.source or self.spelled)


@dataclass(frozen=True, slots=True)
class Bad:
    """What should be a record and is none. `reason` is one word to count by, `detail` says it."""

    number: int
    line: int
    reason: str
    detail: str


def kind_of(fields: Fields) -> str:
    if isinstance(fields.get("messages"), list):
        return "chat"
    if isinstance(fields.get("text"), str):
        return "text"
    pair = fields.get("prompt"), fields.get("completion")
    return "completion" if all(isinstance(half, str) for half in pair) else "fields"


def fault(fields: Fields) -> str | None:
    """What is wrong with the shape that the names of a record's fields promise."""
    if "messages" in fields:
        return _chat_fault(fields["messages"]) or _tools_fault(fields.get("tools"))
    if "text" in fields:
        names: tuple[str, ...] = ("text",)
    else:
        names = ("prompt", "completion") if {"prompt", "completion"} <= fields.keys() else ()
    return next((f"{name} is no string" for name in names if not isinstance(fields[name], str)), None)


def _chat_fault(messages: Any) -> str | None:
    if not isinstance(messages, list) or not messages:
        return "messages is no list of messages"
    for number, message in enumerate(messages, 1):
        if (wrong := _message_fault(message)) is not None:
            return f"message {number} {wrong}"
    return None


def _message_fault(message: Any) -> str | None:
    if not isinstance(message, dict):
        return "is no object"
    if message.get("role") not in ROLES:
        return f"has the role {str(message.get('role'))[:40]!r}; known: {', '.join(ROLES)}"
    calls, content = message.get("tool_calls"), message.get("content")
    if calls is not None and not (isinstance(calls, list) and all(map(_is_call, calls))):
        return "has calls that are no list of functions with a name and arguments"
    if content is None:
        return None if message.get("tool_calls") or message.get("function_call") else "has no content"
    if isinstance(content, str) or (isinstance(content, list) and all(map(_is_part, content))):
        return None
    return "has a content that is neither a string nor a list of parts"


def _tools_fault(tools: Any) -> str | None:
    good = tools is None or (isinstance(tools, list) and all(_is_named(tool, "function") for tool in tools))
    return None if good else "tools is no list of functions with a name"


def _is_call(call: Any) -> bool:
    return _is_named(call, "function") and isinstance(call["function"].get("arguments"), str | dict)


def _is_named(value: Any, key: str) -> bool:
    """An object with an object under the key, which has a name."""
    inside = value.get(key) if isinstance(value, dict) else None
    return isinstance(inside, dict) and isinstance(inside.get("name"), str)


def _is_part(part: Any) -> bool:
    return isinstance(part, dict) and isinstance(part.get("type"), str)


def text_of(record: Record, field: str | None = None) -> str | None:
    """The text of a record, or of one of its fields; None when it does not have that field."""
    fields = record.fields
    if field is not None:
        return None if fields.get(field) is None else str(fields[field])
    match kind_of(fields):
        case "chat":
            return "\n".join(said for message in fields["messages"] if (said := content_of(message)))
        case "text":
            return str(fields["text"])
        case "completion":
            return f"{fields['prompt']}\n{fields['completion']}"
    return "\n".join(value for value in fields.values() if isinstance(value, str))


def content_of(message: Fields) -> str:
    """What a message says: its content, or the texts of its parts."""
    content = message.get("content")
    if isinstance(content, list):
        return "\n".join(str(part["text"]) for part in content if part.get("type") == "text" and "text" in part)
    return content if isinstance(content, str) else ""


def mapped(value: Any, change: Callable[[str], str]) -> Any:
    """A value of JSON with every string in it changed; what is not a string, and every key, stays."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [mapped(part, change) for part in value]
    if isinstance(value, dict):
        return {key: mapped(part, change) for key, part in value.items()}
    return value


def with_numbers(line: str, source: str) -> str:
    """A line of JSON, its numbers as another line with the same ones has them: 1e2, or more digits than a float."""
    numbers = (match[1] for match in _STRING_OR_NUMBER.finditer(source) if match[1])
    return _STRING_OR_NUMBER.sub(lambda match: next(numbers) if match[1] else match[0], line)
