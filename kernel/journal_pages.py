"""Rows of a database that is cut or damaged, out of its pages: SQLite itself refuses all of it for the want of a part.

- `rows(database)` gives every row that can be read of any table, from its file and from the log of writes beside it.
- It only reads. Memory: one page and one row, and a number for each page in the log.
- Nothing vouches for a row: pages that were given up are read too. Who asks knows which to believe (journal_repair.py).

Source: https://www.sqlite.org/fileformat2.html
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

PAGE_BYTES = 4096  # the journal's, so that a damaged header need not be believed
_LEAF = 0x0D  # a page of a table that holds rows
_FIRST = 100  # bytes of header in front of the first page's content
_LOG_HEADER, _FRAME_HEADER = 32, 24
_FRAME = _FRAME_HEADER + PAGE_BYTES
_LONGEST = 1_000_000_000  # bytes of a row: SQLite's own limit
_LINK = 4  # bytes at the start of an overflow page: the next one's number
_DAMAGE = (IndexError, ValueError, struct.error)  # UnicodeDecodeError is a ValueError

Value: TypeAlias = int | float | str | bytes | None


@dataclass(frozen=True, slots=True)
class Row:
    """`newest`: of the page as it was last written, as far as that is left."""

    number: int
    values: tuple[Value, ...]
    newest: bool


def rows(database: Path, *, log_only: bool = False) -> Iterator[Row]:
    """In no order, the same row more than once. Blocks. Raises OSError only where a file cannot be opened."""
    with _opened(database) as file, _opened(database.with_name(database.name + "-wal")) as log:
        pages = _Pages(file.fileno(), log.fileno())
        for image, number, newest in pages.images(log_only):
            yield from _leaf(pages, image, _FIRST if number == 1 else 0, newest)


def _opened(path: Path) -> BinaryIO:
    return (path if path.exists() else Path(os.devnull)).open("rb")


class _Pages:
    """The pages of a database: in its log, where that has them, else in its file; what is cut off reads as zeros."""

    def __init__(self, file: int, log: int) -> None:
        self._file, self._log = file, log
        self._in_file = -(-os.fstat(file).st_size // PAGE_BYTES)
        self._frames = list(_frames(log))
        self._newest = {number: at for number, at, current in self._frames if current}
        whole = os.fstat(file).st_size // PAGE_BYTES
        old = {number: at for number, at, current in self._frames if not current and number > whole}
        self._in_log = old | self._newest

    def images(self, log_only: bool) -> Iterator[tuple[bytes, int, bool]]:
        """Each page, its number, and whether nothing newer is left of it."""
        for number, at, _ in self._frames:
            yield _read(self._log, at), number, self._newest.get(number) == at
        for number in range(1, 0 if log_only else self._in_file + 1):
            yield _read(self._file, (number - 1) * PAGE_BYTES), number, number not in self._newest

    def page(self, number: int) -> bytes:
        """As it was last written. Raises ValueError when there is none of that number."""
        if number in self._in_log:
            return _read(self._log, self._in_log[number])
        if not 1 <= number <= self._in_file:
            raise ValueError(f"no page {number}")
        return _read(self._file, (number - 1) * PAGE_BYTES)


def _read(file: int, at: int) -> bytes:
    with suppress(OSError):  # a bad block costs a page
        return os.pread(file, PAGE_BYTES, at).ljust(PAGE_BYTES, b"\0")
    return bytes(PAGE_BYTES)


def _frames(log: int) -> Iterator[tuple[int, int, bool]]:
    """Of each page in the log its number, its offset, and whether it is of the log's present round.

    Behind those lie pages of rounds before it, which the file has too, unless it is cut. What follows the last commit
    was never acknowledged and is left out.
    """
    ends = range(_LOG_HEADER + _FRAME, os.fstat(log).st_size + 1, _FRAME)
    heads = [struct.unpack(">II8s", os.pread(log, 16, end - _FRAME)) for end in ends]
    rounds = {os.pread(log, 8, 16)} | {salt for _, _, salt in heads[:1]}  # one of the two may be damaged
    last = max((n for n, (_, commit, salt) in enumerate(heads) if commit and salt in rounds), default=-1)
    for n, (number, _, salt) in enumerate(heads):
        if n <= last or salt not in rounds:
            yield number, ends[n] - PAGE_BYTES, salt in rounds


def _leaf(pages: _Pages, page: bytes, at: int, newest: bool) -> Iterator[Row]:
    if page[at] != _LEAF:
        return
    num_rows = min(int.from_bytes(page[at + 3 : at + 5]), (PAGE_BYTES - at) // 2)
    for where in range(at + 8, at + 8 + 2 * num_rows, 2):
        with suppress(*_DAMAGE):  # it costs a row
            number, payload = _cell(pages, page, int.from_bytes(page[where : where + 2]))
            yield Row(number, _values(payload), newest)


def _cell(pages: _Pages, page: bytes, at: int) -> tuple[int, bytes]:
    """A row's number and its bytes, those on overflow pages too."""
    length, at = _varint(page, at)
    number, at = _varint(page, at)
    number -= (number >> 63) << 64  # it has a sign
    room, least = PAGE_BYTES - 35, (PAGE_BYTES - 12) * 32 // 255 - 23
    if length <= room:
        return number, page[at : at + length]
    if length > _LONGEST:
        raise ValueError(f"{length} bytes")
    here = least + (length - least) % (PAGE_BYTES - _LINK)
    here = here if here <= room else least
    following = int.from_bytes(page[at + here : at + here + _LINK])
    return number, page[at : at + here] + _overflow(pages, following, length - here)


def _overflow(pages: _Pages, number: int, length: int) -> bytes:
    found = bytearray()
    passed = set[int]()
    while len(found) < length:
        if number in passed:
            raise ValueError("overflow pages in a circle")
        passed.add(number)
        page = pages.page(number)
        number = int.from_bytes(page[:_LINK])
        found += page[_LINK:]
    return bytes(found[:length])


def _values(payload: bytes) -> tuple[Value, ...]:
    data, at = _varint(payload, 0)
    end, found = data, []
    while at < end:
        kind, at = _varint(payload, at)
        size = _size(kind)
        if data + size > len(payload):
            raise ValueError("cut short")
        found.append(_value(kind, payload[data : data + size]))
        data += size
    return tuple(found)


def _size(kind: int) -> int:
    return (kind - 12) // 2 if kind >= 12 else (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)[kind]


def _value(kind: int, data: bytes) -> Value:
    match kind:
        case 0:
            return None
        case 7:
            return float(struct.unpack(">d", data)[0])
        case 8 | 9:
            return kind - 8
        case _ if kind < 12:
            return int.from_bytes(data, signed=True)
    return data.decode() if kind % 2 else data


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(at, at + 8):
        byte = data[place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + 1
    return value << 8 | data[at + 8], at + 9
