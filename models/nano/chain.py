"""A request that takes several calls, and the pieces that all such requests are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from llmasos.models.nano import slots
from llmasos.models.nano.phrase import expand, fill
from llmasos.models.nano.requests import Request
from llmasos.models.nano.words import Words

Step: TypeAlias = tuple[str, dict[str, Any], str]


@dataclass(frozen=True)
class Chain:
    """What is asked, the calls in order, and the answer."""

    form: str
    text: str
    steps: tuple[Step, ...]
    answer: str
    open_end: bool = False

    @property
    def request(self) -> Request:
        return Request(self.form, self.text, "", {}, "", self.answer, self.open_end)


def say(w: Words, pattern: str, **values: str) -> str:
    return fill(expand(w.random, pattern)[0], values)


def paths(w: Words) -> tuple[tuple[str, str], tuple[str, str]]:
    return slots.path(w), slots.path(w)


def put(w: Words, path: str, content: str, append: bool) -> tuple[Step, str]:
    """The step that writes or appends, and its answer."""
    if append:
        return ("append_file", {"path": path, "content": content}, f"added 1 line to {path}"), f"I added it to {path}."
    size = len(content.encode())
    step = ("write_file", {"path": path, "content": content}, f"wrote {size} bytes to {path}")
    return step, f"I wrote it to {path}."
