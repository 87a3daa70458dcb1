"""Syscalls as the kernel sees them: a function and what may be known of it before it runs.

- `@syscall(...)` marks a function or method; the same registration gives the JSON schema, the grammar, the app
  API, the help page and the journal record.
- A handler takes pydantic-typed arguments and returns text (anything else is written as JSON); it raises
  `SyscallError` with an errno-like code when the model should know.
- A text from where anybody may write is returned as `Untrusted(text, source)`: it taints whoever reads it (policy.py).
- Its arguments are those of its signature (signature.py), or come as a JSON schema with a validator (`Shape`).
- A first parameter annotated `Caller` is filled in by the gate and is not part of the schema.
- It does not know any concrete syscall, and runs nothing: `gate.py` does.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar, get_args

from llmasos.errors import BadArguments, KernelPanic, UnknownSyscall, UsageError
from llmasos.kernel.signature import Signature, hints

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


class Shape(Protocol):
    """What a call takes. `Signature` reads it from a function; a call that comes from elsewhere brings its own."""

    @property
    def description(self) -> str:
        """One line."""
        ...

    @property
    def parameters(self) -> dict[str, Any]:
        """JSON schema of an object, with `properties`."""
        ...

    def validate(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments as the handler takes them, by name. Raises BadArguments."""
        ...


@dataclass(frozen=True)
class Syscall:
    """One registered call. `handler` is bound; `registration` is what the gate decides by."""

    name: str
    handler: Callable[..., Any]
    registration: Registration
    given: Shape | None = None  # of a call whose arguments no signature has

    @cached_property
    def shape(self) -> Shape:
        return self.given or Signature(self.name, self.handler, int(self.wants_caller))

    @property
    def description(self) -> str:
        return self.shape.description

    @cached_property
    def wants_caller(self) -> bool:
        first = next(iter(inspect.signature(self.handler).parameters), None)
        return first is not None and hints(self.handler).get(first) is Caller

    @cached_property
    def is_untrusted(self) -> bool:
        """Whether what it says may be anybody's words, by its signature."""
        kind = hints(self.handler).get("return")
        return Untrusted in (kind, *get_args(kind))

    @property
    def parameters(self) -> dict[str, Any]:
        """JSON schema of the arguments."""
        return self.shape.parameters

    @cached_property
    def tool(self) -> dict[str, Any]:
        """The call in OpenAI's shape, for chat templates and grammars."""
        function = {"name": self.name, "description": self.description, "parameters": self.parameters}
        return {"type": "function", "function": function}

    def validate(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments as the handler takes them. Raises BadArguments that names each wrong one."""
        return self.shape.validate(arguments)


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

    def remove(self, name: str) -> None:
        """Processes that have it already keep it."""
        del self._calls[name]

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
        """This table and an app's own calls behind it. Raises UsageError for a name that is here already."""
        if taken := [call.name for call in extra if call.name in self]:
            raise UsageError(f"the app's call {taken[0]} is one that there is already")
        table = SyscallTable()
        for call in [*self._calls.values(), *extra]:
            table.register(call)
        return table

    def __iter__(self) -> Iterator[Syscall]:
        return iter(self._calls.values())

    def __contains__(self, name: str) -> bool:
        return name in self._calls


def as_text(result: Any) -> str:
    """What the model reads of a handler's result. Raises TypeError for an Untrusted inside of another thing."""
    return result if isinstance(result, str) else json.dumps(result, ensure_ascii=False, default=_written)


def _written(value: Any) -> str:
    if isinstance(value, Untrusted):
        raise TypeError("Untrusted is returned by itself: inside of something else its source would be lost")
    return str(value)


def check_text(name: str, arguments: Mapping[str, Any]) -> None:
    """Raises BadArguments for what the journal and the API cannot say: an app may call with anything."""
    try:
        json.dumps(arguments, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise BadArguments(f"{name}: an argument is not valid unicode") from None
    except (TypeError, ValueError) as error:
        raise BadArguments(f"{name}: the arguments are no JSON: {error}") from None
