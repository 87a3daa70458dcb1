"""KV that lost its place on the device: kept in host memory, then in one file, then given up.

- `SwapSpace(ram_bytes, disk_bytes, folder)` has one entry a process: `put(pid, tokens, data)`, `tokens(pid)`,
  `read(pid)`, `drop(pid)`. What was put first goes first, from memory to the file and from the file for good.
- Memory is for those who come back soon: one that `is_outside` (waits.py) goes to the file at once, if there is room.
- The file has no name, so the operating system frees it however this process ends; it is made when memory runs out.
- Giving up costs time, never tokens: KV is computed again. It is counted (`num_dropped`), a full disk's refusal too.
- Behind it stand the files of `saved.py`, which outlive the kernel: a process without an entry has its file's tokens.
- It does not know what the bytes are: the driver frames them with checksum and fingerprint, and refuses damage.

Invariants (`check_integrity`):
1. Memory and file never hold more bytes than they may.
2. No two entries overlap in the file; what no entry covers is free.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from llmasos.memory.saved import SavedKV


@dataclass(slots=True, eq=False)
class Entry:
    """One process's KV, in memory (`data`) or in the file (`offset`)."""

    tokens: list[int]
    size: int  # bytes
    data: mmap.mmap | None  # pages of its own: dropped, they are the system's again, which a heap's need not be
    offset: int = -1


class SwapSpace:
    """Lives in the device's thread, or between steps. With no bytes to hold it holds nothing."""

    def __init__(
        self,
        ram_bytes: int = 0,
        disk_bytes: int = 0,
        folder: Path | None = None,
        saved: SavedKV | None = None,
        is_outside: Callable[[int], bool] = lambda pid: False,
    ) -> None:
        self.ram_bytes, self.disk_bytes = ram_bytes, disk_bytes if folder is not None else 0
        self.ram_used = 0
        self.num_outs = 0  # entries put
        self.num_ins = 0  # entries that went back to the device; counted there
        self.num_dropped = 0  # entries given up for want of room, or of a working disk
        self.num_saves = 0  # files written of this model's processes
        self.num_restores = 0  # of `num_ins`, those from such a file
        self._saved = saved
        self._is_outside = is_outside
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._free = [(0, self.disk_bytes)] if self.disk_bytes else []  # (offset, size) by offset, never adjacent
        self._entries: dict[int, Entry] = {}  # by pid, oldest first

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def disk_used(self) -> int:
        return self.disk_bytes - sum(size for _, size in self._free)

    @property
    def has_room(self) -> bool:
        """Whether anything can be held at all."""
        return max(self.ram_bytes, self.disk_bytes) > 0

    def statistics(self) -> dict[str, int]:
        """Counts since the start, and bytes held now."""
        return {
            "swap_outs": self.num_outs,
            "swap_ins": self.num_ins,
            "swap_drops": self.num_dropped,
            "swap_ram_bytes": self.ram_used,
            "swap_disk_bytes": self.disk_used,
            "saves": self.num_saves,
            "restores": self.num_restores,
        }

    def tokens(self, pid: int) -> list[int]:
        """Whose KV can be had for a process, here or from its file; none for one that has neither."""
        entry = self._entries.get(pid)
        return entry.tokens if entry is not None else self.saved_tokens(pid)

    def holds(self, pid: int) -> bool:
        """Whether it has an entry here; a file may stand beside what the device holds."""
        return pid in self._entries

    def saved_tokens(self, pid: int) -> list[int]:
        """Whose KV its file has."""
        return self._saved.tokens(pid) if self._saved is not None else []

    def save(self, pid: int, tokens: Sequence[int], data: bytes) -> None:
        """Write a process's file, in any thread but the event loop's."""
        if self._saved is not None and self._saved.put(pid, tokens, data):
            self.num_saves += 1

    def put(self, pid: int, tokens: Sequence[int], data: bytes) -> None:
        """Hold a process's KV instead of what was held for it before."""
        self.drop(pid)
        entry = self._entries[pid] = Entry(list(tokens), len(data), _pages(data))
        self.ram_used += len(data)
        self.num_outs += 1
        if self._is_outside(pid) and (offset := self._gap(entry.size)) is not None:
            self._write(entry, offset)
        while self.ram_used > self.ram_bytes:
            self._move_out(next(pid for pid, entry in self._entries.items() if entry.data is not None))

    def read(self, pid: int) -> bytes | None:
        """The KV of `tokens`; None, and it is given up, if the disk does not give it back."""
        entry = self._entries.get(pid)
        if entry is None:
            assert self._saved is not None
            return self._saved.read(pid)
        if entry.data is not None:
            return entry.data[:]
        assert self._file is not None
        try:
            data = os.pread(self._file.fileno(), entry.size, entry.offset)
        except OSError:
            data = b""
        if len(data) != entry.size:
            self._give_up(pid)
            return None
        return data

    def drop(self, pid: int) -> None:
        """Forget what is held for a process, if anything is."""
        entry = self._entries.pop(pid, None)
        if entry is None:
            return
        if entry.data is not None:
            self._let_pages_go(entry)
        else:
            self._release(entry.offset, entry.size)

    def came_back(self, pid: int) -> None:
        """What was read is on the device: an entry has served, a file stays for the next restart."""
        self.num_ins += 1
        self.num_restores += pid not in self._entries
        self.drop(pid)

    def discard(self, pid: int, why: str) -> None:
        """Give up what `read` gives: the driver does not take it."""
        if pid in self._entries:
            self._give_up(pid)
        elif self._saved is not None:
            self._saved.discard(pid, why)

    def forget(self, pid: int) -> None:
        """A process has ended: neither entry nor file is of use to anyone."""
        self.drop(pid)
        if self._saved is not None:
            self._saved.drop(pid)

    def close(self) -> None:
        """Forget everything, and the file with it; the saved ones stay."""
        for pid in list(self._entries):
            self.drop(pid)
        if self._file is not None:
            self._file.close()
            self._file = None

    def check_integrity(self) -> None:
        in_ram = sum(entry.size for entry in self._entries.values() if entry.data is not None)
        assert in_ram == self.ram_used <= self.ram_bytes, "memory is miscounted, or holds too much"
        spans = [*self._free, *((e.offset, e.size) for e in self._entries.values() if e.data is None)]
        end = 0
        for offset, size in sorted(spans):
            assert offset == end and size > 0, "the file has a hole, or two entries in one place"
            end += size
        assert end == self.disk_bytes, "a part of the file is lost"

    # -- the file -----------------------------------------------------------------------------------------------------

    def _move_out(self, pid: int) -> None:
        """From memory to the file; what does not fit there, though all older entries left it, is given up."""
        entry = self._entries[pid]
        offset = self._allocate(entry.size) if entry.size <= self.disk_bytes else None
        if offset is None or not self._write(entry, offset):
            self._give_up(pid)

    def _write(self, entry: Entry, offset: int) -> bool:
        """Move an entry to a gap of the file; False, and it stays in memory, where the disk does not take it."""
        assert entry.data is not None
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115
            written = os.pwrite(self._file.fileno(), entry.data, offset)
        except OSError:
            written = 0
        if written != entry.size:
            self._release(offset, entry.size)
            return False
        self._let_pages_go(entry)
        entry.offset = offset
        return True

    def _let_pages_go(self, entry: Entry) -> None:
        assert entry.data is not None
        entry.data.close()
        entry.data = None
        self.ram_used -= entry.size

    def _give_up(self, pid: int) -> None:
        self.num_dropped += 1
        self.drop(pid)

    def _allocate(self, size: int) -> int | None:
        """A gap in the file; while there is none, the oldest entry in it makes room."""
        while (offset := self._gap(size)) is None:
            oldest = next((pid for pid, entry in self._entries.items() if entry.data is None), None)
            if oldest is None:
                return None
            self._give_up(oldest)
        return offset

    def _gap(self, size: int) -> int | None:
        """First fit; None where nothing fits."""
        for i, (offset, free) in enumerate(self._free):
            if free >= size:
                self._free[i : i + 1] = [(offset + size, free - size)] if free > size else []
                return offset
        return None

    def _release(self, offset: int, size: int) -> None:
        merged: list[tuple[int, int]] = []
        for start, length in sorted([*self._free, (offset, size)]):
            if merged and sum(merged[-1]) == start:
                merged[-1] = (merged[-1][0], merged[-1][1] + length)
            else:
                merged.append((start, length))
        self._free = merged


def _pages(data: bytes) -> mmap.mmap:
    pages = mmap.mmap(-1, len(data))
    pages[:] = data
    return pages
