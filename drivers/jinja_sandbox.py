"""A jinja2 environment for templates that came with a model and that nobody has read.

- `Sandbox().compile_source(text)` once per model, `render(template, variables, input_chars)` for every prompt; both
  raise TemplateError.
- It has the filters and globals chat templates use, spelled as Hugging Face's renderer has them, and no others.
- It does not know chat: `template.py` does.

jinja2's immutable sandbox stops code, not bombs: a loop of 10^9 rounds or a string of 1 GB. Both end here, in the
rendering thread, without a timer (C code that holds the GIL would not be interrupted by one):
1. The syntax tree is rewritten on load: what a `for` iterates over, and every expression that can make a larger
   value (filters, literals, `~`, slices), passes through a hook. Calls and operators pass through jinja's own.
2. Each hook looks at the thread's CPU clock, so a render ends soon after `SECONDS`, and a busy machine ends none.
3. No value grows beyond a few times the size of the input, counted with everything it holds, each time it holds it
   (a list of one list twice, forty deep, counts 2^40); where one operation could exceed that, it is weighed before it
   is run. So no single step between two looks at the clock is long.
4. All the text made in one render is bounded too, and with it memory.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from types import BuiltinMethodType, GeneratorType
from typing import Any, NoReturn

import jinja2
from jinja2 import nodes, pass_context
from jinja2.ext import Extension, loopcontrols
from jinja2.filters import FILTERS
from jinja2.parser import Parser
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace
from jinja2.visitor import NodeTransformer

from llmasos.drivers.jinja_allowed import ALLOWED_FILTERS, METHODS
from llmasos.errors import TemplateError

SECONDS = 0.5  # a render; what templates need is about a millisecond
SOURCE_CHARS = 128 * 1024
_VALUE_CHARS = 1_000_000  # the largest value, or 4 times the input
_TOTAL_CHARS = 32_000_000  # all text made in one render, or 64 times the input
_INTEGER_BITS = 4096


class _Exceeded(Exception):
    """The template asked for more than a template may."""


@dataclass(slots=True)
class _Meter:
    """What one render may still do."""

    deadline: float
    value_chars: int
    total_chars: int

    def tick(self) -> None:
        if time.thread_time() > self.deadline:
            raise _Exceeded(f"it takes longer than {SECONDS:g} s")

    def weigh(self, size: int) -> None:
        """A value of this size is about to be made, or was."""
        self.tick()
        if size > self.value_chars:
            raise _Exceeded(f"it makes a value of more than {self.value_chars} characters")
        self.total_chars -= size
        if self.total_chars < 0:
            raise _Exceeded("it makes too much text")

    def check(self, value: Any) -> Any:
        """The value, weighed."""
        if isinstance(value, str):
            self.weigh(len(value))
        elif isinstance(value, GeneratorType):
            return self.each(value, weigh=True)
        elif isinstance(value, dict | list | tuple):
            self.size(value)
            self.weigh(len(value))
        else:
            self.tick()
        return value

    def size(self, value: Any) -> int:
        """Characters and items of a value, what it holds counted as often as it holds it."""
        if isinstance(value, str):
            return len(value)
        total, stack = 0, [value]
        while stack:
            part = stack.pop()
            total += len(part) + 1 if isinstance(part, str | dict | list | tuple) else 1
            if total > self.value_chars:
                raise _Exceeded(f"it makes a value of more than {self.value_chars} characters")
            if isinstance(part, Namespace):
                raise _Exceeded("it keeps a namespace in a value")
            if isinstance(part, dict):
                stack.extend(part)
                stack.extend(part.values())
            elif isinstance(part, list | tuple):
                stack.extend(part)
        return total

    def each(self, values: Iterable[Any], *, weigh: bool = False) -> Iterator[Any]:
        for value in values:
            yield self.check(value) if weigh else value
            self.tick()


_METER: ContextVar[_Meter] = ContextVar("_METER")


def _start_meter(input_chars: int) -> None:
    _METER.set(
        _Meter(
            time.thread_time() + SECONDS,
            max(_VALUE_CHARS, 4 * input_chars),
            max(_TOTAL_CHARS, 64 * input_chars),
        )
    )


# The hooks that the rewritten tree calls. `pass_context` keeps jinja from running them while it compiles.


@pass_context
def _each(context: Context, values: Iterable[Any]) -> Iterator[Any]:
    return _METER.get().each(values)


@pass_context
def _checked(context: Context, value: Any) -> Any:
    return _METER.get().check(value)


@pass_context
def _timed(context: Context, value: Any) -> Any:
    """An operand of a comparison, or what a test said: that costs time, not room."""
    _METER.get().tick()
    return value


@pass_context
def _concatenated(context: Context, values: Sequence[Any]) -> str:
    return _join(values)


class _Guard(NodeTransformer):
    """Puts the hooks where values are iterated over or made."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.iter = _hook("_each", node.iter)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _hook("_concatenated", nodes.List(node.nodes, lineno=node.lineno))

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.expr = _hook("_timed", node.expr)
        return node

    def visit_Test(self, node: nodes.Test) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return node if node.name in ("defined", "undefined") else _hook("_timed", node)

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _hook("_checked", node) if isinstance(node.arg, nodes.Slice) else node

    def _literal(self, node: Any) -> nodes.Node:
        self.generic_visit(node)
        return node if getattr(node, "ctx", "load") != "load" else _hook("_checked", node)

    visit_List = visit_Tuple = visit_Dict = visit_Filter = _literal  # noqa: N815


def _hook(name: str, node: nodes.Node) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


# Filters and globals that would let one call grow a value.


def _join(values: Iterable[Any], separator: Any = "") -> str:
    meter, parts, total, glue = _METER.get(), list[str](), 0, str(separator)
    for value in values:
        meter.size(value)
        parts.append(str(value))
        total += len(parts[-1]) + len(glue)
        if total > meter.value_chars:
            break
    meter.weigh(total)
    return glue.join(parts)


@jinja2.pass_environment
def _join_filter(environment: jinja2.Environment, values: Any, d: str = "", attribute: str | None = None) -> str:
    return _join(values if attribute is None else [environment.getitem(v, attribute) for v in values], d)


def _replace(value: Any, old: str, new: str, count: int | None = -1) -> str:
    text = str(value)
    found = text.count(old) if count is None or count < 0 else min(count, text.count(old))
    _METER.get().weigh(len(text) + found * len(new))
    return text.replace(old, new, -1 if count is None else count)


def _indent(text: str, width: int | str = 4, first: bool = False, blank: bool = False) -> str:
    lead = width if isinstance(width, str) else " " * min(int(width), 64)
    _METER.get().weigh(len(text) + len(lead) * (text.count("\n") + 1))
    lines = text.splitlines()
    return "\n".join(lead + line if (first or i) and (line or blank) else line for i, line in enumerate(lines))


def _to_json(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """As Hugging Face has it: plain json.dumps, nothing escaped for HTML."""
    _METER.get().size(value)
    indent = indent if indent is None else min(int(indent), 16)
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def _raise_exception(message: Any) -> NoReturn:
    raise jinja2.TemplateError(str(message))


class _Namespace(Namespace):
    """A namespace that holds no namespace: through one a value could grow after it was weighed."""

    def __init__(*args: Any, **kwargs: Any) -> None:
        Namespace.__init__(*args, **kwargs)
        _METER.get().size([*args[1:], *kwargs.values()])

    def __setitem__(self, name: str, value: Any) -> None:
        if isinstance(value, Namespace):
            raise _Exceeded("it keeps a namespace in a value")
        super().__setitem__(name, value)


class _Generation(Extension):
    """Hugging Face's `{% generation %}` marks what the assistant said, for training; here it is its body."""

    tags = {"generation"}  # noqa: RUF012

    def parse(self, parser: Parser) -> Any:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


class Sandbox(ImmutableSandboxedEnvironment):
    """The environment; `now` is what `strftime_now` formats."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, now: Callable[[], datetime] = datetime.now) -> None:
        super().__init__(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols, _Generation], optimized=False)
        self.filters = {name: FILTERS[name] for name in ALLOWED_FILTERS} | {
            "_each": _each,
            "_checked": _checked,
            "_timed": _timed,
            "_concatenated": _concatenated,
            "indent": _indent,
            "join": _join_filter,
            "replace": _replace,
            "safe": str,
            "tojson": _to_json,
        }
        self.globals = {
            "range": self.globals["range"],
            "dict": lambda *args, **kwargs: dict(*args, **kwargs),
            "namespace": _Namespace,
            "raise_exception": _raise_exception,
            "strftime_now": lambda pattern: now().strftime(pattern),
        }

    def compile_source(self, source: str) -> jinja2.Template:
        """Raises TemplateError."""
        if len(source) > SOURCE_CHARS:
            raise TemplateError(f"the chat template has {len(source)} characters, more than {SOURCE_CHARS}")
        _start_meter(len(source))
        try:
            return self.from_string(source)
        except Exception as error:  # foreign code: jinja2 and Python's compiler have many ways to refuse it
            raise TemplateError(f"the chat template cannot be compiled: {_line(error)}") from error

    def render(self, template: jinja2.Template, variables: Mapping[str, Any], input_chars: int) -> str:
        """Raises TemplateError."""
        _start_meter(input_chars)
        try:
            return template.render(variables)
        except Exception as error:  # foreign code: it can raise whatever Python can
            raise TemplateError(f"the chat template failed: {_line(error)}") from error

    # What jinja2 asks of an environment while it compiles and renders.

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        _Guard().visit(tree)
        return tree

    def concat(self, parts: Iterable[str]) -> str:
        """The texts of a block, a macro or the whole template as one."""
        return _join(parts)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        for kind, allowed in METHODS:
            if isinstance(obj, kind):
                return attr in allowed
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> Any:
        wrapped = super().wrap_str_format(value)
        if wrapped is None:
            return None
        return lambda *args, **kwargs: wrapped(*_plain_format(value.__self__, "{", args, kwargs), **kwargs)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        meter = _METER.get()
        meter.tick()
        if isinstance(__obj, LoopContext):
            args = (meter.each(args[0]), *args[1:])
        elif isinstance(__obj, BuiltinMethodType) and isinstance(__obj.__self__, str):
            __obj = _guarded(__obj)
        return meter.check(super().call(__context, __obj, *args, **kwargs))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        _weigh_operator(operator, left, right)
        return _METER.get().check(super().call_binop(context, operator, left, right))


def _guarded(method: BuiltinMethodType) -> Callable[..., Any]:
    """A string's method, or what stands for it where the result could be long."""
    text = method.__self__
    if method.__name__ == "replace":
        return lambda *args: _replace(text, *args)
    if method.__name__ == "join":
        return lambda values: _join(values, text)
    return method


def _weigh_operator(operator: str, left: Any, right: Any) -> None:
    meter = _METER.get()
    if isinstance(left, int) and isinstance(right, int):
        bits = left.bit_length() * right if operator == "**" else left.bit_length() + right.bit_length()
        if bits > _INTEGER_BITS:
            raise _Exceeded("it makes a number that is too large")
    elif operator == "*":
        value, times = (right, left) if isinstance(left, int) else (left, right)
        meter.weigh((meter.size(value) + 1) * max(times, 1) if isinstance(times, int) else 0)
    elif operator == "%" and isinstance(left, str):
        _plain_format(left, "%", (right,), {})
    elif isinstance(left, str | list | tuple):
        meter.weigh(meter.size(left) + meter.size(right))


_WIDE = {"%": re.compile(r"%[^%a-zA-Z]*(?:\d{3}|\*)"), "{": re.compile(r"\{[^{}]*:[^}]*(?:\d|\{)")}


def _plain_format(pattern: str, mark: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[Any, ...]:
    """The arguments, once it is known that formatting cannot grow out of hand."""
    if _WIDE[mark].search(pattern):
        raise _Exceeded("it formats to a width")
    meter = _METER.get()
    meter.weigh(len(pattern) + pattern.count(mark) * meter.size([*args, *kwargs.values()]))
    return args


def _line(error: Exception) -> str:
    """One line of what an error says; the template's own text may be in it, so not too much."""
    text = " ".join(str(error).split())[:200]
    return text or type(error).__name__
