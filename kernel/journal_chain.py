"""Each record of a process carries a hash of itself and of the one before it.

- `link` makes it; `broken_chains` finds the processes where one does not fit: something was changed, or cut out.
- A record that is cut off the end leaves no broken link: `Tail` keeps the last number in a file of its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import struct
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path

Row = tuple[int, int, str, float, str, bytes]  # seq, pid, kind, at, body, chain

START = b""
LINK_BYTES = 16  # enough against damage and against a patient forger
_NUMBER = struct.Struct("<Q")


def link(before: bytes, kind: str, at: float, body: str) -> bytes:
    """The hash of a record behind another."""
    return blake2b(before + f"{kind}\n{at!r}\n{body}".encode("utf-8", "surrogatepass"), digest_size=LINK_BYTES).digest()


def whole(rows: Iterator[Row]) -> Iterator[tuple[Row, bool]]:
    """Rows in order, each with whether all of its process fits up to it."""
    links: dict[int, bytes | None] = {}
    for row in rows:
        _, pid, kind, at, body, chain = row
        before = links.get(pid, START)
        fits = before is not None and link(before, kind, at, body) == chain
        links[pid] = _followed(kind, body, chain) if fits else None
        yield row, fits


def fitting(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows that follow from the one before in their process; of several of one number the first that does."""
    links: dict[int, bytes | None] = {}
    taken = 0
    for row in rows:
        seq, pid, kind, at, body, chain = row
        before = links.get(pid, START)
        if seq != taken and before is not None and link(before, kind, at, body) == chain:
            links[pid], taken = _followed(kind, body, chain), seq
            yield row


def next_link(kind: str, body: str, chain: bytes) -> bytes:
    """What the record behind one follows: behind one that stands for others (retention.py), the last of those.

    Raises ValueError when such a one does not say.
    """
    if kind != "compacted":
        return chain
    others = stands_for(body)
    if others is None:
        raise ValueError("a compacted record does not say what it stands for")
    return others[1]


def _followed(kind: str, body: str, chain: bytes) -> bytes | None:
    try:
        return next_link(kind, body, chain)
    except ValueError:
        return None


def stands_for(body: str) -> tuple[int, bytes] | None:
    """How many records a `compacted` one stands for, and the link of the last; None when it does not say."""
    try:
        held = json.loads(body)
        return int(held["records"]), bytes.fromhex(held["chain"])
    except (ValueError, KeyError, TypeError):
        return None


def broken_chains(db: sqlite3.Connection) -> set[int]:
    """Processes with a record that does not follow from the one before."""
    rows = db.execute("SELECT seq, pid, kind, at, body, chain FROM record ORDER BY seq")
    return {row[1] for row, fits in whole(rows) if not fits}


UNREADABLE = -1
_ALL = 2**63 - 1


class Tail:
    """The number of the last record, beside the journal: written after every commit, not synced.

    Its complement stands behind it, so that damage is not taken for a number; an older llmasos wrote the number alone.
    """

    def __init__(self, journal: Path) -> None:
        self._file = os.open(journal.with_name(journal.name + ".tail"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @property
    def last(self) -> int:
        """0 when there is none, UNREADABLE when it is damaged."""
        return _number(os.pread(self._file, 2 * _NUMBER.size + 1, 0))

    @staticmethod
    def read(journal: Path) -> int:
        """`last`, beside the writer. A number that is behind is no fault: it is written last."""
        file = journal.with_name(journal.name + ".tail")
        return _number(file.read_bytes()) if file.exists() else 0

    def write(self, number: int) -> None:
        with contextlib.suppress(OSError):  # the records are written: an older number claims less, and no falsehood
            os.pwrite(self._file, _NUMBER.pack(number) + _NUMBER.pack(_ALL - number), 0)

    def begin(self, number: int) -> None:
        """Go on from here, whatever was there."""
        self.write(number)
        with contextlib.suppress(OSError):
            os.ftruncate(self._file, 2 * _NUMBER.size)

    def close(self) -> None:
        """Idempotent: the number of a closed file is soon another's."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _number(held: bytes) -> int:
    size = _NUMBER.size
    if len(held) not in (0, size, 2 * size):
        return UNREADABLE
    numbers = [int(_NUMBER.unpack(held[at : at + size])[0]) for at in range(0, len(held), size)]
    if len(numbers) == 2 and sum(numbers) != _ALL:
        return UNREADABLE
    return numbers[0] if numbers else 0
