"""Back-pressure: what a client has not read holds up the process that says it, and nobody else.

- A connection buffers so many bytes here and in the system; past them it is full until the client has read.
- The protocol says `change(full)`; `with pressure.followed(by)` tells a response of it, also of what is so already.
- Each connection has one, as `pressure` in the state of its requests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.types import Scope

BUFFER_BYTES = 16 * 1024  # here, and as many again in the system's buffer

Told = Callable[[bool], None]


class Pressure:
    def __init__(self) -> None:
        self.full = False
        self._told: Told | None = None

    @contextmanager
    def followed(self, by: Told) -> Iterator[None]:
        self._told = by
        if self.full:
            by(True)
        try:
            yield
        finally:
            self._told = None

    def change(self, full: bool) -> None:
        if full is not self.full:
            self.full = full
            if self._told is not None:
                self._told(full)


def pressure_of(scope: Scope) -> Pressure:
    """That of a request's connection."""
    found: Pressure = scope["state"]["pressure"]
    return found
