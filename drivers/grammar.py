"""Grammars over tokens: what a model may say next, compiled by llguidance from JSON schemas, tools or patterns.

- `GrammarCompiler(tokenizer)` once per model; `.tools(family, tools)`, `.json(schema)`, `.regex(...)`, `.choice(...)`.
- A `Grammar` is the state of one generation: `mask()`, `bits()`, `accept(token)`, `forced()`, `done`, `rollback(n)`.
- Compiled grammars are cached by what they were made from; each generation gets a copy of its own.
- `check(schema)` says without a model whether one can be made.
- It does not know sampling or the engine; llguidance never raises: errors are asked for, GrammarError says them.

JSON comes out exactly as `json.dumps` writes it: properties in schema order, ", " and ": ", no other white space,
nothing beyond the properties named. A tools grammar is free text or one call, and ends with the call. Forced tokens are
those the tokenizer itself gives for the text, so a model sees what it saw in training.
"""

from __future__ import annotations

import functools
import json
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from llguidance import LLMatcher, LLParserLimits, LLTokenizer
from numpy.typing import NDArray

from llmasos.drivers.driver import Tokenizer
from llmasos.drivers.tool_calls import FAMILIES, MAX_DEPTH, Family
from llmasos.errors import GrammarError

SCHEMA_CHARS = 512 * 1024
_CACHED = 128
_LARGEST_INTEGER, _LARGEST_NUMBER = 10**18, 1e15
_BOUNDS = {"minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"}
_COMPACT = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
# A sentinel that no merge crosses, for tokenizers that treat the start of a text apart.
_SENTINEL = "\x02"


class Grammar:
    """Where one generation stands in its grammar."""

    def __init__(self, matcher: LLMatcher, vocab_size: int) -> None:
        self._matcher = matcher
        self._vocab_size = vocab_size

    def mask(self) -> NDArray[np.bool_] | None:
        """Which tokens may come next, (vocab_size,); None: all. Raises GrammarError."""
        bits = np.frombuffer(self.bits(), np.uint8)
        return np.unpackbits(bits, count=self._vocab_size, bitorder="little").view(np.bool_)

    def bits(self) -> bytes:
        """The mask, a bit a token, the lowest of a byte first. Raises GrammarError."""
        bits: bytes = self._matcher.compute_bitmask()
        self._check()
        return bits

    def accept(self, token: int) -> bool:
        """Go on by a token; False, and nothing changes, when the grammar does not allow it."""
        if self._matcher.validate_tokens([token]) != 1:
            return False
        return bool(self._matcher.consume_token(token))

    def forced(self) -> list[int]:
        """The tokens that must come next, up to the next choice; not yet accepted."""
        return [] if self.done else list(self._matcher.compute_ff_tokens())

    @property
    def done(self) -> bool:
        """Nothing more may come."""
        return bool(self._matcher.is_stopped()) and not self._matcher.is_error()

    @property
    def may_end(self) -> bool:
        """What was accepted is whole as it is."""
        return bool(self._matcher.is_accepting())

    def rollback(self, num_tokens: int) -> None:
        """Take back the last tokens. Raises GrammarError when there are fewer."""
        if not self._matcher.rollback(num_tokens):
            self._check()

    def copy(self) -> Grammar:
        return Grammar(self._matcher.deep_copy(), self._vocab_size)

    def _check(self) -> None:
        if self._matcher.is_error():
            raise GrammarError(f"the grammar failed: {_line(self._matcher.get_error())}")


class GrammarCompiler:
    """Makes grammars over one model's tokens. A call with a schema that cannot be compiled raises GrammarError."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.vocab_size = tokenizer.vocab_size
        self._markers = {
            marker: token
            for family in FAMILIES.values()
            for marker in (family.opening, family.closing)
            if marker and (token := _single_token(tokenizer, marker)) is not None
        }
        self._tokenizer = LLTokenizer(
            _Wrapper(tokenizer, self._markers.values()),
            eos_token=sorted(tokenizer.end_tokens, key=lambda t: t != tokenizer.eos_token) or None,
        )
        self._cache: OrderedDict[str, Grammar] = OrderedDict()

    def json(self, schema: Mapping[str, Any] | bool) -> Grammar:
        """One JSON value under a schema."""
        return self._grammar(f"start: value\nvalue: {_json(schema)}")

    def tools(
        self,
        family: str | Family,
        tools: Sequence[Mapping[str, Any]],
        *,
        required: bool = False,
        answer: Mapping[str, Any] | None = None,
    ) -> Grammar:
        """Text or one call of one of the tools (OpenAI's shape); with `required`, a call.

        The text is free, or JSON under the schema `answer`.
        """
        chosen = FAMILIES[family] if isinstance(family, str) else family
        if not tools:
            raise GrammarError("a tools grammar needs at least one tool")
        try:
            return self._grammar(self._tools_source(chosen, tools, required, answer))
        except GrammarError:
            self._blame(tools)
            raise

    def call_mark(self, family: str) -> int | None:
        """The token with which a family's calls begin, where it is one."""
        return self._markers.get(FAMILIES[family].opening)

    def regex(self, pattern: str) -> Grammar:
        """Text that matches the whole pattern (Rust's regex syntax, without look-around)."""
        return self._grammar("start: TEXT\nTEXT: /" + pattern.replace("/", "\\/").replace("\n", "\\n") + "/")

    def choice(self, texts: Iterable[str]) -> Grammar:
        """Exactly one of the texts."""
        options = [text for text in texts if text]
        if not options:
            raise GrammarError("a choice needs at least one text")
        return self._grammar("start: " + "\n | ".join(_literal(text) for text in options))

    def _grammar(self, source: str) -> Grammar:
        compiled = self._cache.get(source)
        if compiled is None:
            compiled = self._cache[source] = self._compile(source)
            if len(self._cache) > _CACHED:
                self._cache.popitem(last=False)
        self._cache.move_to_end(source)
        return compiled.copy()

    def _compile(self, source: str) -> Grammar:
        limits = LLParserLimits(verbose_errors=False)
        matcher = LLMatcher(self._tokenizer, "%llguidance {}\n" + source, log_level=0, limits=limits)
        if matcher.is_error():
            raise GrammarError(f"the schema cannot be compiled: {_reason(matcher.get_error())}")
        return Grammar(matcher, self.vocab_size)

    def _tools_source(
        self, family: Family, tools: Sequence[Mapping[str, Any]], required: bool, answer: Mapping[str, Any] | None
    ) -> str:
        calls = [_call_rule(f"call_{i}", family, tool) for i, tool in enumerate(tools)]
        rules = ["call: " + " | ".join(f"call_{i}" for i in range(len(calls))), *calls]
        if not family.opening:
            if answer is not None and not required:
                raise GrammarError("this model's calls begin as JSON does: it cannot be held to call or answer in JSON")
            # A message that begins with a brace is a call: the parser reads it so.
            return "\n".join(["start: call" + ("" if required else " | TEXT"), r"TEXT: /(?s:\s*([^\s{].*)?)/", *rules])
        opening, closing = self._marker(family.opening), self._marker(family.closing)
        space = '" "? ' if family.name == "mistral" else ""
        body = f"{space}{_literal(family.before)} call {_literal(family.after)} {closing}"
        if required:
            return "\n".join([f"start: {opening} {body}", *rules])
        if answer is not None:
            return "\n".join([f"start: value | {opening} {body}", f"value: {_json(answer)}", *rules])
        never = "(?s:.*)" + _escaped(family.opening) + "(?s:.*)"
        rules.append(f"TEXT: /(?s:.*)/ & ~/{never}/")
        if family.opening in self._markers:
            return "\n".join([f"start: TEXT | TEXT? {opening} {body}", *rules])
        return "\n".join([f"start: TEXT | head {body}", f"head[lazy]: /(?s:.*)/ {opening}", *rules])

    def _blame(self, tools: Sequence[Mapping[str, Any]]) -> None:
        """Raise the error of the one tool that cannot be compiled."""
        for tool in tools:
            function = tool.get("function", tool)
            try:
                self.json(function.get("parameters") or {})
            except GrammarError as error:
                raise GrammarError(f"{function.get('name')}: {error}") from None

    def _marker(self, text: str) -> str:
        """A marker as the token it is, else as its letters."""
        return f"<[{self._markers[text]}]>" if text in self._markers else _literal(text)


def check(schema: Mapping[str, Any]) -> None:
    """Whether a grammar can be made of a schema, over whatever tokens. Raises GrammarError."""
    matcher = LLMatcher(
        _letters(),
        f"%llguidance {{}}\nstart: {_json(schema)}",
        log_level=0,
        limits=LLParserLimits(verbose_errors=False),
    )
    matcher.compute_bitmask()  # the first step finds what only shows in use
    if matcher.is_error():
        raise GrammarError(f"the schema cannot be compiled: {_reason(matcher.get_error())}")


@functools.cache
def _letters() -> LLTokenizer:
    return LLTokenizer("byte")


class _Wrapper:
    """Our tokenizer in the shape llguidance asks for."""

    is_tokenizer_wrapper = True

    def __init__(self, tokenizer: Tokenizer, markers: Iterable[int]) -> None:
        self._tokenizer = tokenizer
        self.eos_token_id = tokenizer.eos_token
        self.bos_token_id = None
        self.tokens = [tokenizer.token_bytes(token) for token in range(tokenizer.vocab_size)]
        control = {token for token in range(tokenizer.vocab_size) if tokenizer.is_control(token)}
        self.special_token_ids = sorted(control | tokenizer.end_tokens | set(markers))
        self._lead = tokenizer.encode(_SENTINEL)
        probe = '{"a": 1}'
        self._starts_apart = b"".join(map(tokenizer.token_bytes, tokenizer.encode(probe))) != probe.encode()

    def __call__(self, text: str | bytes) -> list[int]:
        text = text.decode(errors="replace") if isinstance(text, bytes) else text
        if self._starts_apart:
            return self._tokenizer.encode(_SENTINEL + text)[len(self._lead) :]
        return self._tokenizer.encode(text)


def _single_token(tokenizer: Tokenizer, marker: str) -> int | None:
    tokens = tokenizer.encode(marker, special=True)
    return tokens[0] if len(tokens) == 1 and tokenizer.token_bytes(tokens[0]) == marker.encode() else None


def _call_rule(rule: str, family: Family, tool: Mapping[str, Any]) -> str:
    function = tool.get("function", tool)
    name = function.get("name")
    if not isinstance(name, str) or not name:
        raise GrammarError("a tool has no name")
    head = _literal('{"name": ' + json.dumps(name, ensure_ascii=False) + f', "{family.arguments_key}": ')
    schema = function.get("parameters") or {}
    body = _json({**schema, "type": "object", "properties": schema.get("properties", {})})
    return f"{rule}: {head} {body} {_literal('}')}"


def _json(schema: Mapping[str, Any] | bool) -> str:
    """A schema as an expression of the grammar language."""
    closed = _closed(schema, MAX_DEPTH)
    if isinstance(closed, dict):
        closed = {**closed, "x-guidance": _COMPACT}
    try:
        text = json.dumps(closed, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise GrammarError(f"the schema is not JSON: {_line(str(error))}") from None
    if len(text) > SCHEMA_CHARS:
        raise GrammarError(f"the schema has {len(text)} characters, more than {SCHEMA_CHARS}")
    return "%json " + text


def _closed(schema: Any, depth: int) -> Any:
    """The schema with every object that names its properties closed to others."""
    if not depth:
        raise GrammarError(f"the schema is nested deeper than {MAX_DEPTH}")
    if isinstance(schema, list | tuple):
        return [_closed(part, depth - 1) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    closed = {key: _part(key, value, depth) for key, value in schema.items() if key != "x-guidance"}
    if "properties" in closed:
        closed.setdefault("additionalProperties", False)
    return _bounded(closed)


def _bounded(schema: dict[str, Any]) -> dict[str, Any]:
    """Numbers that every reader can hold: without bounds a model may write 1E999, or digits without end."""
    kinds = schema.get("type")
    kinds = {kinds} if isinstance(kinds, str) else set(kinds) if isinstance(kinds, list) else set()
    if not kinds & {"integer", "number"} or schema.keys() & {"const", "enum"}:
        return schema
    bound: float = _LARGEST_NUMBER if "number" in kinds else _LARGEST_INTEGER
    low = {} if schema.keys() & {"minimum", "exclusiveMinimum"} else {"minimum": -bound}
    high = {} if schema.keys() & {"maximum", "exclusiveMaximum"} else {"maximum": bound}
    given = [schema[key] for key in schema.keys() & _BOUNDS if isinstance(schema[key], int | float)]
    return schema if any(abs(value) >= bound for value in given) else {**schema, **low, **high}


def _part(key: str, value: Any, depth: int) -> Any:
    """Schemas under a keyword; what a property is called, or may be, is no schema."""
    if key in ("const", "enum", "default", "examples", "required"):
        return value
    if key in ("properties", "$defs", "definitions") and isinstance(value, Mapping):
        return {name: _closed(part, depth - 1) for name, part in value.items()}
    return _closed(value, depth - 1)


def _literal(text: str) -> str:
    return json.dumps(text) if text else ""


def _escaped(text: str) -> str:
    return "".join(c if c.isalnum() or c in "<>_" else "\\" + c for c in text)


def _reason(message: str) -> str:
    """llguidance's message without the place in, and the listing of, a source that only we have seen."""
    message = re.split(r"\n\s*\d+ \|", message)[0]
    return _line(re.sub(r"^at \d+\(\d+\): ", "", message))


def _line(text: str) -> str:
    return " ".join(text.split())[:300]
