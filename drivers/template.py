"""A model's chat template: messages and tools to the text the model was trained to read.

- `ChatTemplate.of(driver)` or `ChatTemplate(source, bos=..., eos=...)`: compiled once, kept for the life of the model.
- `render(messages, tools)` takes OpenAI's shapes; `parser()` reads the model's calls back (`tool_calls.py`).
- `family` says how the model writes calls, `supports_tools` whether its template shows it the tools.
- A template that shows no tools, or writes calls as no family we know, is given them as text (family `json`).
- It does not know the tokenizer. Templates are foreign code: `jinja_sandbox.py` says what they may not do.

What a template can do is found by rendering a small conversation through it when it is loaded, not by its name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from llmasos.drivers.driver import Driver
from llmasos.drivers.jinja_sandbox import Sandbox
from llmasos.drivers.tool_calls import FAMILIES, Family, Parser, ToolCall
from llmasos.errors import TemplateError

Message: TypeAlias = Mapping[str, Any]

# For models that come with no template: plain words, which a base model continues well enough.
PLAIN = """\
{%- for message in messages -%}
{{- message.role | capitalize + ': ' + message.content + '\\n\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- 'Assistant:' -}}{%- endif -%}
"""

INSTRUCTIONS = """\
You can use these tools:
{tools}

To use a tool, answer with one JSON object and nothing else:
{{"name": "the tool's name", "arguments": {{"the argument's name": "its value"}}}}
You will then be told the result. When no tool is needed, answer in plain text."""

_SAID = "probe said this"
_PROBE_NAME, _PROBE_ARGUMENTS = "probe_tool", {"probe_key": "probe value"}
_PROBE_USER = {"role": "user", "content": "probe question"}
_PROBE_TOOL = {
    "type": "function",
    "function": {
        "name": _PROBE_NAME,
        "description": "A probe.",
        "parameters": {"type": "object", "properties": {"probe_key": {"type": "string", "description": "A key."}}},
    },
}
_PROBE_CALL = {
    "role": "assistant",
    "content": "",
    "tool_calls": [{"type": "function", "function": {"name": _PROBE_NAME, "arguments": _PROBE_ARGUMENTS}}],
}


class ChatTemplate:
    """One model's template. Raises TemplateError when it cannot be compiled, or cannot say "hi"."""

    def __init__(
        self, source: str, *, bos: str = "", eos: str = "", now: Callable[[], datetime] = datetime.now
    ) -> None:
        self.source = source
        self.takes_near = "message.near" in source  # it shows the model which tools are near to a request
        self._sandbox = Sandbox(now)
        self._template = self._sandbox.compile_source(source)
        self._tokens = {"bos_token": bos, "eos_token": eos}
        greeting = self._run([_PROBE_USER], None, True)
        self.writes_bos = bool(bos) and greeting.startswith(bos)
        self.supports_system = self._shows_system()
        self.family, self.supports_tools = self._find_family()

    @classmethod
    def of(cls, driver: Driver) -> ChatTemplate:
        """A loaded model's own template, else a plain one."""
        tokenizer = driver.tokenizer
        bos = tokenizer.token_bytes(driver.bos_token).decode(errors="replace") if driver.bos_token is not None else ""
        eos = tokenizer.token_bytes(tokenizer.eos_token).decode(errors="replace") if tokenizer.eos_token >= 0 else ""
        return cls(driver.chat_template or PLAIN, bos=bos, eos=eos)

    def render(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]] | None = None,
        add_generation_prompt: bool = True,
    ) -> str:
        """The text of a conversation. Raises TemplateError."""
        if self.supports_tools:
            shown = _numbered(messages)
        else:
            shown, tools = _as_text(messages, tools), None
        return self._run(shown if self.supports_system else _without_system(shown), tools, add_generation_prompt)

    def parser(self) -> Parser:
        """For one message that the model generates."""
        return Parser(self.family)

    def _run(
        self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]] | None, add_generation_prompt: bool
    ) -> str:
        variables = {
            "messages": list(messages),
            "tools": list(tools) if tools else None,
            "documents": None,
            "add_generation_prompt": add_generation_prompt,
            **self._tokens,
        }
        input_chars = sum(len(str(message)) for message in messages) + sum(len(str(tool)) for tool in tools or ())
        return self._sandbox.render(self._template, variables, input_chars)

    def _shows_system(self) -> bool:
        text = self._try([{"role": "system", "content": _SAID}, _PROBE_USER], None)
        return text is not None and _SAID in text

    def _find_family(self) -> tuple[str, bool]:
        """How the template writes a call, told by which family's parser reads it back."""
        without = self._try([_PROBE_USER], [_PROBE_TOOL])
        called = self._try(_numbered([_PROBE_USER, _PROBE_CALL]), [_PROBE_TOOL])
        said = self._try([_PROBE_USER, {"role": "assistant", "content": _SAID}], [_PROBE_TOOL])
        if without is None or called is None or said is None or _PROBE_NAME not in without:
            return "json", False
        # What stands before the message is the same for both; behind a call only an end marker may stand.
        text = called[_common(called, said[: said.find(_SAID)]) :]
        name = next((name for name, family in FAMILIES.items() if _reads(family, text)), None)
        return (name, True) if name else ("json", False)

    def _try(self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]] | None) -> str | None:
        try:
            return self._run(messages, tools, False)
        except TemplateError:
            return None


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _reads(family: Family, text: str) -> bool:
    parser = Parser(family)
    pieces = [piece for piece in parser.feed(text) + parser.finish() if isinstance(piece, ToolCall)]
    found = [(piece.name, piece.arguments) for piece in pieces]
    return found == [(_PROBE_NAME, _PROBE_ARGUMENTS)] and f'"{family.arguments_key}"' in text


def _numbered(messages: Sequence[Message]) -> list[Message]:
    """Every call and its result with the id and name that some templates insist on (Mistral: nine characters)."""
    out: list[Message] = []
    pending: list[tuple[str, str]] = []
    count = 0
    for message in messages:
        if calls := message.get("tool_calls"):
            ids = [str(call.get("id") or f"call{count + i:05d}") for i, call in enumerate(calls)]
            count += len(calls)
            pending = [(i, _function(call)["name"]) for i, call in zip(ids, calls, strict=True)]
            calls = [
                {"type": "function", "id": i, "function": dict(_function(call))}
                for i, call in zip(ids, calls, strict=True)
            ]
            out.append({"content": "", **message, "tool_calls": calls})
        elif message["role"] == "tool" and pending:
            call_id, name = pending.pop(0)
            out.append({"tool_call_id": call_id, "name": name, **message})
        else:
            out.append(message)
    return out


def _function(call: Mapping[str, Any]) -> Mapping[str, Any]:
    function: Mapping[str, Any] = call.get("function", call)
    return function


def _as_text(messages: Sequence[Message], tools: Sequence[Mapping[str, Any]] | None) -> list[Message]:
    """The same conversation in system, user and assistant messages alone."""
    out = [_spoken(message) for message in messages]
    if tools:
        text = INSTRUCTIONS.format(tools="\n".join(json.dumps(_function(tool), ensure_ascii=False) for tool in tools))
        system = out.pop(0)["content"] + "\n\n" if out and out[0]["role"] == "system" else ""
        out.insert(0, {"role": "system", "content": system + text})
    return _merged(out)


def _spoken(message: Message) -> dict[str, Any]:
    content = message.get("content") or ""
    if message["role"] == "tool":
        name = message.get("name")
        return {"role": "user", "content": f"Result of {name}:\n{content}" if name else f"Result:\n{content}"}
    calls = [
        FAMILIES["json"].write(_function(call)["name"], _arguments(_function(call)))
        for call in message.get("tool_calls") or ()
    ]
    return {"role": message["role"], "content": "\n".join([content] * bool(content) + calls)}


def _arguments(function: Mapping[str, Any]) -> Mapping[str, Any]:
    arguments = function.get("arguments") or {}
    return json.loads(arguments) if isinstance(arguments, str) else arguments


def _merged(messages: Sequence[dict[str, Any]]) -> list[Message]:
    """Neighbours of one role as one message: many templates insist that user and assistant alternate."""
    out: list[dict[str, Any]] = []
    for message in messages:
        if out and out[-1]["role"] == message["role"]:
            out[-1] = {**message, "content": out[-1]["content"] + "\n\n" + message["content"]}
        else:
            out.append(message)
    return list(out)


def _without_system(messages: Sequence[Message]) -> list[Message]:
    """For templates that refuse or drop a system message: it goes before what the user says first."""
    if not messages or messages[0]["role"] != "system":
        return list(messages)
    system, rest = messages[0]["content"], list(messages[1:])
    first = rest.pop(0) if rest and rest[0]["role"] == "user" else {"role": "user", "content": ""}
    return [{**first, "content": f"{system}\n\n{first['content']}".rstrip()}, *rest]
