"""Names in folders: what a list shows, and the search for a pattern.

- `visible(fd)` gives a folder's entries without the hidden ones; `find` walks folders by pattern.
- Links are never walked through, so a search always ends; each folder is opened beneath the root by its path.
- It knows no syscalls; what is too much is a SyscallError that says how much.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from llmasos.errors import SyscallError
from llmasos.syscalls.beneath import NO_FOLLOW_ALL, Beneath, check_path


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    is_dir: bool


def visible(fd: int, *, hidden: bool = False) -> Iterator[Entry]:
    """Entries of an open folder. Those that begin with a dot only with `hidden`."""
    with os.scandir(fd) as entries:
        for entry in entries:
            if hidden or not entry.name.startswith("."):
                yield Entry(entry.name, entry.is_dir(follow_symlinks=False))


def printable(name: str) -> str:
    """A name on one line: control characters and bytes that are no text are written as escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in name)


def find(folder: Beneath, pattern: str, max_found: int, max_visits: int) -> list[str]:
    """Sorted paths of files that match. Raises SyscallError when the search or its result is too large.

    `*`, `?` and `[...]` stay within a name, `**` is any number of folders; without a slash every folder is searched.
    """
    check_path(pattern)
    wanted = _parts(pattern)
    hidden = any(part.startswith(".") for part in wanted)
    found: list[str] = []
    for visits, path in enumerate(_files(folder, _start(wanted), hidden)):
        if visits >= max_visits:
            raise SyscallError(
                f"more than {max_visits} files to look through; begin the pattern with a folder", "EFBIG"
            )
        if _matches(wanted, path.split("/")):
            found.append(path)
    if len(found) > max_found:
        raise SyscallError(f"{len(found)} files match and {max_found} fit; use a narrower pattern", "EFBIG")
    return sorted(found)


def _parts(pattern: str) -> list[str]:
    if pattern.startswith("/") or ".." in pattern.split("/"):
        raise SyscallError(f"outside the workspace: {printable(pattern)}", "EPERM")
    if "/" not in pattern:
        return ["**", pattern]
    return [part for part in pattern.split("/") if part not in ("", ".")]


def _start(wanted: list[str]) -> str:
    """The folder that the pattern's leading plain names lead to."""
    plain = itertools.takewhile(lambda part: not set("*?[") & set(part), wanted[:-1])
    return "/".join(plain)


def _matches(wanted: list[str], parts: list[str]) -> bool:
    """All of a path against all of a pattern, in time linear in both."""
    at = _after_stars(wanted, {0})
    for part in parts:
        here = {n for n in at if n < len(wanted) and wanted[n] == "**"}
        on = {n + 1 for n in at - here if n < len(wanted) and fnmatchcase(part, wanted[n])}
        at = _after_stars(wanted, here | on)
    return len(wanted) in at


def _after_stars(wanted: list[str], at: set[int]) -> set[int]:
    """Positions reached without a name: `**` may stand for no folder at all."""
    reached = set(at)
    for n, part in enumerate(wanted):
        if n in reached and part == "**":
            reached.add(n + 1)
    return reached


def _files(folder: Beneath, start: str, hidden: bool) -> Iterator[str]:
    """Every path that is not a folder, folders walked one after the other."""
    pending = [start]
    while pending:
        at = pending.pop()
        try:
            fd = folder.open(at or ".", os.O_RDONLY | os.O_DIRECTORY | os.O_NONBLOCK, resolve=NO_FOLLOW_ALL)
        except OSError:
            continue  # removed meanwhile, swapped for a link, or not ours to read
        try:
            entries = list(visible(fd, hidden=hidden))
        finally:
            os.close(fd)
        for entry in entries:
            path = f"{at}/{entry.name}" if at else entry.name
            if entry.is_dir:
                pending.append(path)
            else:
                yield path
