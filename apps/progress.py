"""One line on a terminal for what takes its time: how far it is, how fast it goes, and when it will be done.

- `with progress("reading") as show: work(progress=show)`; `show(done, total)` may be called as often as one likes.
- Elsewhere than on a terminal there is no line, and `show` is None.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Show = Callable[[int, int], None]
EVERY_S = 0.1
SETTLED_S = 2.0  # before that a rate says little about when it ends


@contextmanager
def progress(what: str, unit: Callable[[int], str] | None = None) -> Iterator[Show | None]:
    """`unit` words an amount; bytes, if it is not given. A total of 0 is not known."""
    if not sys.stderr.isatty():
        yield None
        return
    try:
        yield _shown(what, unit)
    finally:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _shown(what: str, unit: Callable[[int], str] | None) -> Show:
    began, last = time.monotonic(), 0.0
    first: int | None = None

    def show(done: int, total: int) -> None:
        nonlocal last, first
        now = time.monotonic()
        first = done if first is None else first
        if now - last < EVERY_S:
            return
        last = now
        line = measure(what, done, total, done - first, now - began, unit)
        print(f"\r{line}\x1b[K", end="", file=sys.stderr, flush=True)

    return show


def measure(
    what: str, done: int, total: int, since: int, seconds: float, unit: Callable[[int], str] | None = None
) -> str:
    """The line: `since` of what is done came in the last `seconds`."""
    words = unit or size_text
    line = f"{what} {words(done)}"
    if total:
        line = f"{what} {done / total:.0%} of {words(total)}"
    if seconds < SETTLED_S or since <= 0:
        return line
    rate = since / seconds
    if unit is None:
        line += f", {size_text(int(rate))}/s"
    return f"{line}, {_duration((total - done) / rate)} left" if total else line


def size_text(count: int) -> str:
    """Bytes, as people write them."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
