"""Bookkeeping of sequences and KV cells that drivers share.

- `SequenceTable` knows which ids are open, how long each sequence is and which cells it holds.
- `pack_export` and `unpack_export` frame a sequence's KV so that damage is found before a driver reads it.
- It checks what the kernel asks for *before* a driver touches native code, where a mistake aborts.
- It does not know tokens or KV contents.

Invariants (`check_integrity`):
1. A cell is free or held; a shared cell is held once for each sequence that has it.
2. `num_free_cells` plus the distinct cells held is `num_cells`.
3. Without sharing a fork takes cells of its own.
"""

from __future__ import annotations

import heapq
import struct
import zlib
from collections.abc import Sequence

from llmasos.drivers.driver import Row
from llmasos.errors import DriverError, OutOfSequences

_EXPORT = struct.Struct("<4s32sQI")  # magic, fingerprint, tokens, checksum of the rest
_MAGIC = b"LKV1"


class SequenceTable:
    def __init__(self, num_sequences: int, num_cells: int, window_tokens: int, *, shares: bool) -> None:
        self.num_sequences = num_sequences
        self.num_cells = num_cells
        self.window_tokens = window_tokens
        self._shares = shares
        self._cells: dict[int, list[int]] = {}  # per sequence, one a token; lists, since most steps add one
        self._free_ids = list(range(num_sequences))  # a heap
        self._free = list(range(num_cells - 1, -1, -1))
        self._holders = [0] * num_cells

    @property
    def num_free_cells(self) -> int:
        return len(self._free)

    def __len__(self) -> int:
        return len(self._cells)

    def ids(self) -> list[int]:
        return sorted(self._cells)

    def length(self, sequence_id: int) -> int:
        cells = self._cells.get(sequence_id)
        if cells is None:
            raise DriverError(f"no such sequence: {sequence_id}")
        return len(cells)

    def held(self, sequence_id: int) -> int:
        """Tokens of a sequence; 0 where it is not open."""
        return len(self._cells.get(sequence_id, ()))

    def open(self) -> int:
        """The lowest id that is free: drivers compute neighbours together."""
        if not self._free_ids:
            raise OutOfSequences(f"all {self.num_sequences} sequences are in use")
        sequence_id = heapq.heappop(self._free_ids)
        self._cells[sequence_id] = []
        return sequence_id

    def close(self, sequence_id: int) -> None:
        self.truncate(sequence_id, 0)
        del self._cells[sequence_id]
        heapq.heappush(self._free_ids, sequence_id)

    def fork(self, sequence_id: int, num_tokens: int) -> int:
        self.check_prefix(sequence_id, num_tokens)
        if not self._shares and num_tokens > self.num_free_cells:
            raise OutOfSequences(f"a copy of {num_tokens} tokens needs more than the {self.num_free_cells} free cells")
        child = self.open()
        if self._shares:
            self._share(child, self._cells[sequence_id][:num_tokens])
        else:
            self.extend(child, num_tokens)
        return child

    def extend(self, sequence_id: int, num_tokens: int) -> None:
        """Give a sequence the cells for more tokens; `check_room` has been passed."""
        for _ in range(num_tokens):
            cell = self._free.pop()
            self._holders[cell] = 1
            self._cells[sequence_id].append(cell)

    def truncate(self, sequence_id: int, num_tokens: int) -> None:
        self.check_prefix(sequence_id, num_tokens)
        cells = self._cells[sequence_id]
        for cell in cells[num_tokens:]:
            self._holders[cell] -= 1
            if not self._holders[cell]:
                self._free.append(cell)
        del cells[num_tokens:]

    def check_prefix(self, sequence_id: int, num_tokens: int) -> None:
        length = self.length(sequence_id)
        if not 0 <= num_tokens <= length:
            raise DriverError(f"sequence {sequence_id} holds {length} tokens, not {num_tokens}")

    def check_rows(self, rows: Sequence[Row]) -> None:
        """That a step's rows are distinct open sequences with tokens for which there is room."""
        seen: set[int] = set()
        total = 0
        for row in rows:
            if row.sequence_id in seen:
                raise DriverError(f"sequence {row.sequence_id} is twice in one step")
            seen.add(row.sequence_id)
            if not len(row.tokens):
                raise DriverError(f"sequence {row.sequence_id} has a row without tokens")
            self._check_window(row.sequence_id, len(row.tokens))
            total += len(row.tokens)
        self.check_room(total)

    def check_room(self, num_tokens: int) -> None:
        if num_tokens > self.num_free_cells:
            raise OutOfSequences(f"{num_tokens} tokens need more than the {self.num_free_cells} free KV cells")

    def check_integrity(self) -> None:
        held = [0] * self.num_cells
        for cells in self._cells.values():
            for cell in cells:
                held[cell] += 1
        assert held == self._holders, "a cell's holders are miscounted"
        free = [cell for cell, holders in enumerate(held) if not holders]
        assert sorted(self._free) == free, "a free cell is held, or lost"
        assert sorted([*self._free_ids, *self._cells]) == list(range(self.num_sequences)), "ids are lost"

    def _check_window(self, sequence_id: int, num_tokens: int) -> None:
        length = self.length(sequence_id) + num_tokens
        if length > self.window_tokens:
            raise DriverError(f"sequence {sequence_id} would hold {length} tokens in a window of {self.window_tokens}")

    def _share(self, sequence_id: int, cells: list[int]) -> None:
        for cell in cells:
            self._holders[cell] += 1
        self._cells[sequence_id] = cells


def check_tokens(tokens: Sequence[int], vocab_size: int) -> None:
    """That every token id is in the vocabulary."""
    if len(tokens) == 1:
        low = high = tokens[0]
    else:
        low, high = min(tokens), max(tokens)
    if low < 0 or high >= vocab_size:
        raise DriverError(f"token {low if low < 0 else high} is not in the vocabulary of {vocab_size}")


def pack_export(fingerprint: str, num_tokens: int, state: bytes) -> bytes:
    """A sequence's KV with what is needed to trust it again."""
    return _EXPORT.pack(_MAGIC, fingerprint.encode(), num_tokens, zlib.crc32(state)) + state


def unpack_export(data: bytes, num_tokens: int, fingerprint: str) -> memoryview:
    """The KV inside an export, after its checks: native code trusts it blindly. Raises DriverError."""
    if len(data) < _EXPORT.size:
        raise DriverError("the exported sequence is cut short")
    magic, made_by, count, checksum = _EXPORT.unpack_from(data)
    state = memoryview(data)[_EXPORT.size :]
    if magic != _MAGIC or zlib.crc32(state) != checksum:
        raise DriverError("the exported sequence is damaged")
    if made_by.rstrip(b"\0") != fingerprint.encode() or count != num_tokens:
        raise DriverError(f"the exported sequence is not {num_tokens} tokens of this model in this version")
    return state
