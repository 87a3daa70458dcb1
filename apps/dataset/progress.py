"""A line on a terminal that says how far something is; nothing elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self, TypeVar

EVERY_S = 0.2
T = TypeVar("T")


class Progress:
    """A context manager: the line is gone behind it. `verb` is `read` or `labelled`."""

    def __init__(self, verb: str) -> None:
        self._verb = verb
        self._live = sys.stderr.isatty()
        self._began = self._shown = time.monotonic()
        self.count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def step(self) -> None:
        self.count += 1
        now = time.monotonic()
        if self._live and now - self._shown >= EVERY_S:
            self._shown = now
            speed = self.count / (now - self._began)
            print(f"\r{self._verb} {self.count:,}  {speed:,.0f}/s\x1b[K", end="", file=sys.stderr, flush=True)


def watched(items: Iterable[T], verb: str = "read") -> Iterator[T]:
    """The items, counted as they pass."""
    with Progress(verb) as progress:
        for item in items:
            yield item
            progress.step()
