"""Tool calls in a model's text: how each family writes them, and a parser for the text as it streams.

- `FAMILIES[name].write("calculate", {"expression": "1+1"})` is a call as a model of that family writes it.
- `Parser(family).feed(piece)` gives what has become certain: text, `ToolCall` or `BadCall`; `finish()` the rest.
- `read_json(text)` is the strict JSON reader: what it accepts is finite, valid Unicode, at most 64 deep, no key twice.
- It does not know which tools exist or what arguments they take: the gate does.

A call is found by the balance of its JSON, so an argument may hold the closing marker. Nothing that fails to
parse becomes a `ToolCall`; it comes out whole as a `BadCall` with a reason the model can act on.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

MAX_DEPTH = 64
_CALL_KEYS = frozenset({"name", "arguments", "parameters", "id", "type"})
_BRACKET = re.compile(r'[{}\[\]"]')
_STRING_END = re.compile(r'["\\]')


@dataclass(frozen=True, slots=True)
class ToolCall:
    name: str
    arguments: dict[str, Any]
    raw: str


@dataclass(frozen=True, slots=True)
class BadCall:
    """Something that was meant as a call; `reason` is one line, for the model."""

    raw: str
    reason: str


Piece: TypeAlias = str | ToolCall | BadCall


@dataclass(frozen=True, slots=True)
class Family:
    """How models of one kind write calls. Without an opening marker a call is the message itself."""

    name: str
    opening: str
    closing: str
    arguments_key: str = "arguments"
    before: str = ""  # between the opening marker and the first call's JSON
    after: str = ""  # between the JSON and the closing marker
    prefix: str = ""  # a marker that may stand before a call that has no opening one

    def write(self, name: str, arguments: Mapping[str, Any]) -> str:
        body = json.dumps({"name": name, self.arguments_key: dict(arguments)}, ensure_ascii=False)
        return f"{self.opening}{self.before}{body}{self.after}{self.closing}"


FAMILIES: dict[str, Family] = {
    "hermes": Family("hermes", "<tool_call>", "</tool_call>", before="\n", after="\n"),
    "mistral": Family("mistral", "[TOOL_CALLS]", "", before="[", after="]"),
    "llama3": Family("llama3", "", "", "parameters", prefix="<|python_tag|>"),
    "json": Family("json", "", ""),
}


class Parser:
    """The pieces of one generated message. Feed it text in any cuts: the pieces come out the same, joined."""

    def __init__(self, family: str | Family) -> None:
        self.family = FAMILIES[family] if isinstance(family, str) else family
        self._buffer = ""
        self._state = self._text if self.family.opening else self._start
        self._said = False  # some text came out
        self._called = False  # the last thing that came out is a call
        self._scan = _Balance()
        self._head = ""  # the marker that opened the call under way

    def feed(self, text: str) -> list[Piece]:
        self._buffer += text
        pieces: list[Piece] = []
        while (more := self._state(final=False)) is not None:
            pieces += more
        return _joined(pieces)

    def finish(self) -> list[Piece]:
        """What is left when nothing more will come."""
        pieces: list[Piece] = []
        while (more := self._state(final=True)) is not None:
            pieces += more
        return _joined(pieces)

    # Each state takes what it can from the buffer and names the next state; None: it needs more text.

    def _start(self, *, final: bool) -> list[Piece] | None:
        """Before a message whose call has no opening marker: is it a call?"""
        rest = self._buffer.lstrip()
        prefix = self.family.prefix
        if not final and (not rest or (prefix.startswith(rest) and rest != prefix)):
            return None
        if prefix and rest.startswith(prefix):
            return self._begin(prefix, rest[len(prefix) :])
        if rest.startswith("{"):
            return self._begin("", rest)
        self._state = self._plain
        return []

    def _between(self, *, final: bool) -> list[Piece] | None:
        """After such a call: another one, or text."""
        rest = self._buffer.lstrip("; \t\r\n")
        if rest.startswith("{"):
            return self._begin("", rest)
        if not rest:
            self._buffer = "" if final else self._buffer
            return None
        self._state = self._plain
        return []

    def _plain(self, *, final: bool) -> list[Piece] | None:
        if not self._buffer:
            return None
        text, self._buffer = self._buffer, ""
        return self._say(text)

    def _text(self, *, final: bool) -> list[Piece] | None:
        """Text up to the opening marker; what may be its beginning, and white space before that, is held back."""
        opening = self.family.opening
        at = self._buffer.find(opening)
        if at >= 0:
            said = self._say(self._buffer[:at].rstrip())
            return said + self._begin(opening, self._buffer[at + len(opening) :])
        cut = len(self._buffer) if final else _certain(self._buffer, opening)
        text, self._buffer = self._buffer[:cut], self._buffer[cut:]
        return self._say(text) if text else None

    def _body(self, *, final: bool) -> list[Piece] | None:
        """The JSON of a call, up to where its brackets balance."""
        start = len(self._buffer) - len(self._buffer.lstrip())
        if start == len(self._buffer):
            return self._end_bad("the call is empty") if final else None
        if self._buffer[start] not in "{[":
            return self._until_closing("a call must be a JSON object", final)
        end = self._scan.end(self._buffer, start)
        if end is not None:
            return self._close(start, end, final)
        return self._unbalanced() if final else None

    def _close(self, start: int, end: int, final: bool) -> list[Piece] | None:
        """The JSON is balanced: read it once the closing marker has come, or nothing more can."""
        closing = self.family.closing
        rest = self._buffer[end:].lstrip()
        if rest.startswith(closing):
            return self._emit(start, end, self._buffer.index(closing, end) + len(closing))
        if closing.startswith(rest):
            return self._emit(start, end, len(self._buffer)) if final else None
        return self._until_closing("text follows the call's JSON", final)

    # Inside.

    def _begin(self, head: str, rest: str) -> list[Piece]:
        self._head, self._buffer, self._scan, self._state = head, rest, _Balance(), self._body
        return []

    def _emit(self, start: int, end: int, taken: int) -> list[Piece]:
        text, raw = self._buffer[start:end], self._head + self._buffer[:taken]
        pieces = _read(text, raw, marked=bool(self._head))
        return self._say(text, end) if pieces is None else self._done(pieces, taken)

    def _done(self, pieces: list[Piece], taken: int) -> list[Piece]:
        self._buffer = self._buffer[taken:]
        self._called = True
        self._state = self._text if self.family.opening else self._between
        return pieces

    def _until_closing(self, reason: str, final: bool) -> list[Piece] | None:
        """A call that is beyond repair, whole."""
        closing = self.family.closing
        at = self._buffer.find(closing) if closing else -1
        if at < 0:
            return self._end_bad(reason) if final else None
        taken = at + len(closing)
        return self._done([BadCall(self._head + self._buffer[:taken], reason)], taken)

    def _end_bad(self, reason: str) -> list[Piece]:
        return self._done([BadCall(self._head + self._buffer, reason)], len(self._buffer))

    def _unbalanced(self) -> list[Piece]:
        if self._head or '"name"' in self._buffer:
            return self._end_bad("the call's JSON does not end")
        return self._say(self._buffer, len(self._buffer))

    def _say(self, text: str, taken: int | None = None) -> list[Piece]:
        """Text, told apart from text before a call; `taken` cuts it from the buffer and ends the search for calls."""
        if taken is not None:
            self._buffer = self._buffer[taken:]
            self._state = self._plain
        if self._called:
            text = text.lstrip()
            text = "\n" + text if text and self._said else text
        if not text:
            return []
        self._said, self._called = True, False
        return [text]


class _Balance:
    """Finds where a JSON value's brackets close, going on where the last look ended."""

    def __init__(self) -> None:
        self._depth = 0
        self._in_string = False
        self._at: int | None = None

    def end(self, text: str, start: int) -> int | None:
        at = start if self._at is None else self._at
        while True:
            match = (_STRING_END if self._in_string else _BRACKET).search(text, at)
            if match is None:
                self._at = len(text)
                return None
            at = match.end()
            if match[0] == "\\":
                if at == len(text):
                    self._at = at - 1
                    return None
                at += 1
            elif match[0] == '"':
                self._in_string = not self._in_string
            else:
                self._depth += 1 if match[0] in "{[" else -1
                if self._depth == 0:
                    self._at = match.start()
                    self._depth = 1
                    return at


def read_json(text: str) -> Any:
    """JSON, strictly. Raises ValueError with one line."""
    try:
        value = _DECODER.decode(text)
        text.encode() if "\\u" not in text else json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError(f"the JSON is nested deeper than {MAX_DEPTH}") from None
    except UnicodeEncodeError:
        raise ValueError("a string is not valid Unicode (half of a surrogate pair)") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"the JSON cannot be read: {error.msg} at character {error.pos}") from None
    _check_depth(value, MAX_DEPTH)
    return value


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key[:40]!r} occurs twice")
        found[key] = value
    return found


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {text[:20]} is too large")
    return number


def _integer(text: str) -> int:
    if len(text) > 4000:
        raise ValueError(f"the number {text[:20]}... is too long")
    return int(text)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_distinct, parse_constant=_no_constant, parse_float=_finite, parse_int=_integer
)


def _check_depth(value: Any, left: int) -> None:
    if not isinstance(value, dict | list):
        return
    if not left:
        raise ValueError(f"the JSON is nested deeper than {MAX_DEPTH}")
    for part in value.values() if isinstance(value, dict) else value:
        _check_depth(part, left - 1)


def _read(text: str, raw: str, *, marked: bool) -> list[Piece] | None:
    """The calls of one JSON text; None when it is no call at all (only where no marker announced one)."""
    try:
        value = read_json(text)
    except ValueError as error:
        return [BadCall(raw, str(error))] if marked or '"name"' in text else None
    if not marked and not _looks_like_call(value):
        return None
    values = value if isinstance(value, list) else [value]
    if not values:
        return [BadCall(raw, "the list of calls is empty")]
    return [_call(v, raw if len(values) == 1 else json.dumps(v, ensure_ascii=False)) for v in values]


def _looks_like_call(value: Any) -> bool:
    return isinstance(value, dict) and "name" in value and ("arguments" in value or "parameters" in value)


def _call(value: Any, raw: str) -> Piece:
    try:
        return ToolCall(*_name_and_arguments(value), raw)
    except ValueError as error:
        return BadCall(raw, str(error))


def _name_and_arguments(value: Any) -> tuple[str, dict[str, Any]]:
    if not isinstance(value, dict):
        raise ValueError("a call must be a JSON object")
    if unknown := sorted(value.keys() - _CALL_KEYS):
        raise ValueError(f"a call has no field {unknown[0]!r}")
    if "arguments" in value and "parameters" in value:
        raise ValueError("a call has either arguments or parameters")
    name, arguments = value.get("name"), value.get("arguments", value.get("parameters", {}))
    if not isinstance(name, str) or not name:
        raise ValueError("the call's name must be a string")
    if isinstance(arguments, str):  # OpenAI's own shape, which some models repeat
        arguments = read_json(arguments)
    if not isinstance(arguments, dict):
        raise ValueError("the call's arguments must be a JSON object")
    return name, arguments


def _certain(text: str, marker: str) -> int:
    """How much of text can be neither the beginning of the marker nor white space before it."""
    longest = min(len(marker) - 1, len(text))
    held = next((n for n in range(longest, 0, -1) if text.endswith(marker[:n])), 0)
    return len(text[: len(text) - held].rstrip())


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces, neighbouring texts made one."""
    out: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and out and isinstance(out[-1], str):
            out[-1] += piece
        else:
            out.append(piece)
    return out
