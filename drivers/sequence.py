"""Bookkeeping of sequences and KV cells that drivers share.

- `SequenceTable` knows which ids are open, how long each sequence is and which cells it holds.
- It checks what the kernel asks for *before* a driver touches native code, where a mistake aborts.
- It does not know tokens or KV contents.

Invariants (`check_integrity`):
1. A cell is free or held; a shared cell is held once for each sequence that has it.
2. `num_free_cells` plus the distinct cells held is `num_cells`.
3. Without sharing a fork takes cells of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from llmasos.drivers.driver import Row
from llmasos.errors import DriverError, OutOfSequences


class SequenceTable:
    def __init__(self, num_sequences: int, num_cells: int, window_tokens: int, *, shares: bool) -> None:
        self.num_sequences = num_sequences
        self.num_cells = num_cells
        self.window_tokens = window_tokens
        self._shares = shares
        self._cells: dict[int, NDArray[np.int32]] = {}  # per sequence, room for a whole window
        self._lengths: dict[int, int] = {}
        self._free_ids = list(range(num_sequences - 1, -1, -1))
        self._free = np.arange(num_cells, dtype=np.int32)  # a stack: the first `num_free_cells` are free
        self._holders = np.zeros(num_cells, dtype=np.int32)
        self.num_free_cells = num_cells

    def __len__(self) -> int:
        return len(self._lengths)

    def ids(self) -> list[int]:
        return sorted(self._lengths)

    def length(self, sequence_id: int) -> int:
        length = self._lengths.get(sequence_id)
        if length is None:
            raise DriverError(f"no such sequence: {sequence_id}")
        return length

    def open(self) -> int:
        if not self._free_ids:
            raise OutOfSequences(f"all {self.num_sequences} sequences are in use")
        sequence_id = self._free_ids.pop()
        self._cells[sequence_id] = np.empty(self.window_tokens, dtype=np.int32)
        self._lengths[sequence_id] = 0
        return sequence_id

    def close(self, sequence_id: int) -> None:
        self.truncate(sequence_id, 0)
        del self._cells[sequence_id], self._lengths[sequence_id]
        self._free_ids.append(sequence_id)

    def fork(self, sequence_id: int, num_tokens: int) -> int:
        self.check_prefix(sequence_id, num_tokens)
        if not self._shares and num_tokens > self.num_free_cells:
            raise OutOfSequences(f"a copy of {num_tokens} tokens needs more than the {self.num_free_cells} free cells")
        child = self.open()
        if self._shares:
            self._hold(child, self._cells[sequence_id][:num_tokens])
        else:
            self.extend(child, num_tokens)
        return child

    def extend(self, sequence_id: int, num_tokens: int) -> None:
        """Give a sequence the cells for more tokens; `check_room` has been passed."""
        taken = self._free[self.num_free_cells - num_tokens : self.num_free_cells].copy()
        self.num_free_cells -= num_tokens
        self._hold(sequence_id, taken)

    def truncate(self, sequence_id: int, num_tokens: int) -> None:
        self.check_prefix(sequence_id, num_tokens)
        dropped = self._cells[sequence_id][num_tokens : self._lengths[sequence_id]]
        self._holders[dropped] -= 1
        freed = dropped[self._holders[dropped] == 0]
        self._free[self.num_free_cells : self.num_free_cells + len(freed)] = freed
        self.num_free_cells += len(freed)
        self._lengths[sequence_id] = num_tokens

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
        held = np.zeros(self.num_cells, dtype=np.int32)
        for sequence_id, length in self._lengths.items():
            held[self._cells[sequence_id][:length]] += 1
        assert (held == self._holders).all(), "a cell's holders are miscounted"
        free = self._free[: self.num_free_cells]
        assert len(set(free.tolist())) == len(free) and not held[free].any(), "a free cell is held"
        assert self.num_free_cells + int((held > 0).sum()) == self.num_cells, "cells are lost"
        assert sorted([*self._free_ids, *self._lengths]) == list(range(self.num_sequences)), "ids are lost"

    def _check_window(self, sequence_id: int, num_tokens: int) -> None:
        length = self.length(sequence_id) + num_tokens
        if length > self.window_tokens:
            raise DriverError(f"sequence {sequence_id} would hold {length} tokens in a window of {self.window_tokens}")

    def _hold(self, sequence_id: int, cells: NDArray[np.int32]) -> None:
        length = self._lengths[sequence_id]
        self._cells[sequence_id][length : length + len(cells)] = cells
        self._holders[cells] += 1
        self._lengths[sequence_id] = length + len(cells)


def check_tokens(tokens: Sequence[int], vocab_size: int) -> None:
    """That every token id is in the vocabulary."""
    if len(tokens) == 1:
        low = high = tokens[0]
    else:
        low, high = min(tokens), max(tokens)
    if low < 0 or high >= vocab_size:
        raise DriverError(f"token {low if low < 0 else high} is not in the vocabulary of {vocab_size}")
