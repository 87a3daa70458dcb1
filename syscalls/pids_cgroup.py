"""A control group that bounds the threads of a command: for root, whom RLIMIT_NPROC does not bound.

- `PidsCgroup.make(64)` is one, or None where none can be had: we are not root, or a container's are not ours.
- `take(pid)` puts a process in it, and with it all that it starts; `remove()` when they are dead.
- Past its bound the system refuses to fork: EAGAIN in the command, as others have it from RLIMIT_NPROC.

Groups of llmasos that was killed stay until the next is made.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from pathlib import Path
from typing import Self

_PLACES = (Path("/sys/fs/cgroup/pids"), Path("/sys/fs/cgroup"))  # of version 1, of version 2
_numbers = itertools.count()


class PidsCgroup:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def make(cls, most: int) -> Self | None:
        if os.geteuid() != 0:
            return None
        return next(filter(None, (cls._made(place, most) for place in _PLACES)), None)

    @classmethod
    def _made(cls, place: Path, most: int) -> Self | None:
        folder = place / f"llmasos-{os.getpid()}-{next(_numbers)}"
        try:
            _clear(place)
            folder.mkdir()
        except OSError:
            return None
        try:
            _write(folder / "pids.max", most)
        except OSError:
            folder.rmdir()
            return None
        return cls(folder)

    def take(self, pid: int) -> None:
        _write(self._folder / "cgroup.procs", pid)

    def remove(self) -> None:
        with contextlib.suppress(OSError):  # somebody in it is not quite dead: the next one made takes it away
            self._folder.rmdir()


def _write(file: Path, number: int) -> None:
    """Not `write_text`, which would make a file where there is none: on what is no control group at all."""
    descriptor = os.open(file, os.O_WRONLY)
    try:
        os.write(descriptor, str(number).encode())
    finally:
        os.close(descriptor)


def _clear(place: Path) -> None:
    """Remove the groups of those that are no more."""
    for folder in place.glob("llmasos-*-*"):
        if not Path("/proc", folder.name.split("-")[1]).exists():
            with contextlib.suppress(OSError):
                folder.rmdir()
