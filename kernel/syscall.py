"""Syscalls as the kernel sees them: a typed function and what may be known of it before it runs.

- `@syscall(...)` marks a function or method; the same registration gives the JSON schema, the grammar, the app
  API, the help page and the journal record.
- A handler takes pydantic-typed arguments and returns text (anything else is written as JSON); it raises
  `SyscallError` with an errno-like code when the model should know.
- A text from where anybody may write is returned as `Untrusted(text, source)`: it taints whoever reads it (policy.py).
- A first parameter annotated `Caller` is filled in by the gate and is not part of the schema.
- It does not know any concrete syscall, and runs nothing: `gate.py` does.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_type_hints

from pydantic import ConfigDict, ValidationError, create_model

from llmasos.errors import BadArguments, KernelPanic, UnknownSyscall

if TYPE_CHECKING:
    from llmasos.kernel.kernel import Kernel
    from llmasos.kernel.process import Process

Effect = Literal["pure", "read", "write", "egress", "send", "share", "transfer", "destroy", "admin", "exec", "process"]
Role = Literal["target", "object", "amount", "secret", "payload", "param"]
Handler = TypeVar("Handler", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a call: handed to handlers that ask for it."""

    process: Process
    kernel: Kernel


@dataclass(frozen=True, slots=True)
class Untrusted:
    """What a handler returns when its text comes from `source`, which nobody here vouches for."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Registration:
    """What `@syscall` was told; the rest is read from the signature."""

    family: str
    capability: str
    effect: Effect
    idempotent: bool
    timeout_s: float
    blocking: bool
    roles: Mapping[str, Role] = field(default_factory=dict)


@dataclass(frozen=True)
class Syscall:
    """One registered call. `handler` is bound; `registration` is what the gate decides by."""

    name: str
    handler: Callable[..., Any]
    registration: Registration

    @cached_property
    def description(self) -> str:
        """First paragraph of the docstring, on one line."""
        paragraph = (inspect.getdoc(self.handler) or self.name).split("\n\n")[0]
        return " ".join(paragraph.split())

    @cached_property
    def wants_caller(self) -> bool:
        first = next(iter(inspect.signature(self.handler).parameters), None)
        return first is not None and self._hints.get(first) is Caller

    @cached_property
    def _hints(self) -> dict[str, Any]:
        function = inspect.unwrap(self.handler)
        return get_type_hints(getattr(function, "__func__", function), include_extras=True)

    @cached_property
    def _model(self) -> Any:
        parameters = list(inspect.signature(self.handler).parameters.values())
        fields: dict[str, Any] = {}
        for parameter in parameters[1 if self.wants_caller else 0 :]:
            default = ... if parameter.default is parameter.empty else parameter.default
            fields[parameter.name] = (self._hints.get(parameter.name, str), default)
        return create_model(self.name, __config__=ConfigDict(extra="forbid", strict=True), **fields)

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """JSON schema of the arguments, titles left out, no extra properties."""
        schema: dict[str, Any] = _without_titles(self._model.model_json_schema())
        schema.pop("description", None)
        schema.setdefault("properties", {})
        return schema

    @cached_property
    def tool(self) -> dict[str, Any]:
        """The call in OpenAI's shape, for chat templates and grammars."""
        function = {"name": self.name, "description": self.description, "parameters": self.parameters}
        return {"type": "function", "function": function}

    def validate(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments as the handler takes them. Raises BadArguments that names each wrong one."""
        try:
            checked = self._model.model_validate(arguments)
        except ValidationError as error:
            problems = "; ".join(_problem(dict(e)) for e in error.errors())
            raise BadArguments(f"{self.name}: {problems}") from None
        return {name: getattr(checked, name) for name in type(checked).model_fields if name in checked.model_fields_set}


def _problem(error: dict[str, Any]) -> str:
    where = ".".join(str(part) for part in error["loc"]) or "arguments"
    return f"{where}: {error['msg'].lower()}"


def _without_titles(node: Any) -> Any:
    """A schema without what costs tokens and says nothing: pydantic's titles, and null where leaving out says it.

    A property that is named title stays.
    """
    if isinstance(node, list):
        return [_without_titles(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = _without_null(node)
    return {
        key: {name: _without_titles(p) for name, p in value.items()} if key == "properties" else _without_titles(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
    }


def _without_null(node: dict[str, Any]) -> dict[str, Any]:
    """`X | None = None` as an optional X."""
    choices = [c for c in node.get("anyOf", []) if c != {"type": "null"}]
    if len(choices) != 1 or "default" not in node or node["default"] is not None:
        return node
    return {**{k: v for k, v in node.items() if k not in ("anyOf", "default")}, **choices[0]}


def syscall(
    *,
    effect: Effect,
    capability: str,
    family: str = "app",
    idempotent: bool | None = None,
    timeout_s: float = 30.0,
    blocking: bool = False,
    roles: Mapping[str, Role] | None = None,
) -> Callable[[Handler], Handler]:
    """Mark a function or method as a syscall. `blocking` handlers run in a worker thread.

    `idempotent` is whether running it twice is the same as once; default: effects pure and read are.
    """
    again = effect in ("pure", "read") if idempotent is None else idempotent
    registration = Registration(family, capability, effect, again, timeout_s, blocking, roles or {})

    def mark(function: Handler) -> Handler:
        function.__syscall__ = registration  # type: ignore[attr-defined]
        return function

    return mark


def registered(handler: Callable[..., Any], name: str | None = None) -> Syscall:
    """The Syscall of a marked function."""
    registration = getattr(handler, "__syscall__", None)
    if registration is None:
        raise KernelPanic(f"{handler!r} is not marked with @syscall")
    return Syscall(name or handler.__name__, handler, registration)


class SyscallTable:
    """The calls a kernel knows, by name, in the order they were registered."""

    def __init__(self) -> None:
        self._calls: dict[str, Syscall] = {}

    def register(self, call: Syscall) -> None:
        if call.name in self._calls:
            raise KernelPanic(f"syscall {call.name} is registered twice")
        self._calls[call.name] = call

    def mount(self, family: object) -> None:
        """Register every marked method of an object, in the order of definition."""
        for name in dict.fromkeys(n for c in reversed(type(family).__mro__) for n in vars(c)):
            method = getattr(family, name, None)
            if callable(method) and hasattr(method, "__syscall__"):
                self.register(registered(method))

    def get(self, name: str) -> Syscall:
        call = self._calls.get(name)
        if call is None:
            raise UnknownSyscall(f"no syscall {name!r}")
        return call

    def with_calls(self, extra: list[Syscall]) -> SyscallTable:
        """This table and an app's own calls behind it."""
        table = SyscallTable()
        for call in [*self._calls.values(), *extra]:
            table.register(call)
        return table

    def __iter__(self) -> Iterator[Syscall]:
        return iter(self._calls.values())

    def __contains__(self, name: str) -> bool:
        return name in self._calls


def as_text(result: Any) -> str:
    """What the model reads of a handler's result."""
    return result if isinstance(result, str) else json.dumps(result, ensure_ascii=False, default=str)
