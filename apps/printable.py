"""Text of strangers as lines for a person: nothing in it moves the cursor, and what a call does is all in sight.

- `printable(text)` is an answer that cannot steer the terminal; its line ends, joiners and directions stay.
- `visible(text)` has everything that cannot be seen written out, as JSON writes it: what somebody says yes to.
- `one_line` cuts at the end, for what is only a glimpse; `cut` in the middle, and says how much is missing.
- `call_words(name, arguments)` is a call as Python writes it, every character of it visible.
"""

from __future__ import annotations

import json
import re
from typing import Any

_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Letters and marks by their category, and yet nothing is drawn: fillers, variation selectors, a joiner, a blank.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")


def printable(text: str) -> str:
    """Text that cannot move the cursor or set the terminal's title: files and models may say anything."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text)


def visible(text: str) -> str:
    """Text of one line in which bidi and zero-width characters, and all others that are not seen, are escapes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() and not _BLANK.match(c) else json.dumps(c)[1:-1] for c in text)


def one_line(text: str, width: int) -> str:
    """Text on one line of at most `width` characters."""
    flat = printable(" ".join(text.split()))
    return flat if len(flat) <= width else flat[: max(0, width - 1)] + "…"


def cut(text: str, width: int, more: str = "") -> str:
    """Its head and its tail where it has more than `width` characters; `more` says where the rest is seen."""
    if len(text) <= width:
        return text
    head, tail = width - width // 2, width // 2
    return f"{text[:head]} …[{len(text) - head - tail} more characters{more}]… {text[len(text) - tail :]}"


def call_words(name: str, arguments: dict[str, Any]) -> str:
    """A call as it is written in Python: `read_file(path="todo.txt")`."""
    return f"{visible(name)}({', '.join(f'{key}={value}' for key, value in argument_words(arguments))})"


def argument_words(arguments: dict[str, Any]) -> list[tuple[str, str]]:
    """Names and values of a call's arguments as they are written; a name that is none is in quotes."""
    return [(key if _is_plain(key) else _written(key), _written(value)) for key, value in arguments.items()]


def _is_plain(key: str) -> bool:
    return key.isidentifier() and visible(key) == key


def _written(value: Any) -> str:
    return visible(json.dumps(value, ensure_ascii=False))
