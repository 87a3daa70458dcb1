"""Runs tokens through a llama.cpp context, and shows the logits without copying them.

- `Decoder.decode(tokens, positions, sequence_ids, outputs)` takes any number of tokens; more than fit in one native
  batch go in several.
- The batch's arrays are numpy arrays that native code reads in place; there is no ctypes call per token or row.
- It does not check what it is given: the driver has. It does not undo what a failed call left behind.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llmasos.drivers.llama_native import StepInterrupted, last_error, library
from llmasos.errors import DriverBroken, OutOfSequences


class Decoder:
    """One context's batch arrays, of `batch_tokens` tokens, and its logits of `vocab_size`."""

    def __init__(self, context: int, batch_tokens: int, vocab_size: int) -> None:
        api = library()
        self._context = context
        self._vocab_size = vocab_size
        self.batch_tokens = batch_tokens
        self._decode: Any = api.llama_decode
        self._logits_address: Any = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)(("llama_get_logits", api._lib))
        self._tokens = np.zeros(batch_tokens, dtype=np.int32)
        self._positions = np.zeros(batch_tokens, dtype=np.int32)
        self._num_ids = np.ones(batch_tokens, dtype=np.int32)
        self._ids = np.zeros(batch_tokens, dtype=np.int32)
        self._id_pointers = self._ids.ctypes.data + np.arange(batch_tokens, dtype=np.uintp) * 4
        self._outputs = np.zeros(batch_tokens, dtype=np.int8)
        self._batch = self._native_batch(api)
        self._views: dict[tuple[int, int], NDArray[np.float32]] = {}

    def decode(
        self,
        tokens: Sequence[int],
        positions: Sequence[int],
        sequence_ids: Sequence[int],
        outputs: Sequence[int],
    ) -> NDArray[np.float32]:
        """Logits after each token whose number is in `outputs` (ascending), (len(outputs), vocab) float32.

        A view of native memory, good until the next call.

        Raises: OutOfSequences (no room for the batch), StepInterrupted, DriverBroken.
        """
        if len(tokens) <= self.batch_tokens:
            return self._run(tokens, positions, sequence_ids, outputs)
        parts = []
        for start in range(0, len(tokens), self.batch_tokens):
            end = start + self.batch_tokens
            part = self._run(
                tokens[start:end],
                positions[start:end],
                sequence_ids[start:end],
                [index - start for index in outputs if start <= index < end],
            )
            parts.append(part.copy())
        return np.concatenate(parts)

    def decode_only(self, tokens: Sequence[int], positions: Sequence[int], sequence_ids: Sequence[int]) -> None:
        """One native batch of which every token is an output; for embeddings, which are not read from here."""
        self._compute(tokens, positions, sequence_ids, slice(len(tokens)))

    def _run(
        self,
        tokens: Sequence[int],
        positions: Sequence[int],
        sequence_ids: Sequence[int],
        outputs: Sequence[int],
    ) -> NDArray[np.float32]:
        self._compute(tokens, positions, sequence_ids, outputs)
        return self._logits(len(outputs))

    def _compute(
        self,
        tokens: Sequence[int],
        positions: Sequence[int],
        sequence_ids: Sequence[int],
        outputs: Sequence[int] | slice,
    ) -> None:
        num = len(tokens)
        self._tokens[:num] = tokens
        self._positions[:num] = positions
        self._ids[:num] = sequence_ids
        self._outputs[:num] = 0
        self._outputs[outputs] = 1
        self._batch.n_tokens = num
        self._check(self._decode(self._context, self._batch), num)

    def _check(self, code: int, num_tokens: int) -> None:
        if code == 0:
            return
        if code == 1:
            raise OutOfSequences(f"llama.cpp has no KV cells for a batch of {num_tokens} tokens")
        if code == 2:
            raise StepInterrupted("the step was interrupted")
        raise DriverBroken(f"llama.cpp failed with code {code}: {last_error()}")

    def _logits(self, num_rows: int) -> NDArray[np.float32]:
        if not num_rows:
            return np.empty((0, self._vocab_size), dtype=np.float32)
        address = self._logits_address(self._context)  # waits for the computation
        if not address:
            raise DriverBroken("llama.cpp gave no logits")
        view = self._views.get((address, num_rows))
        return self._view(address, num_rows) if view is None else view

    def _view(self, address: int, num_rows: int) -> NDArray[np.float32]:
        """A read-only array over native memory; the few shapes that a context uses are kept."""
        memory = (ctypes.c_float * (num_rows * self._vocab_size)).from_address(address)
        view: NDArray[np.float32] = np.ctypeslib.as_array(memory).reshape(num_rows, self._vocab_size)
        view.flags.writeable = False
        if len(self._views) > 256:
            self._views.clear()
        self._views[address, num_rows] = view
        return view

    def _native_batch(self, api: Any) -> Any:
        def pointer(array: NDArray[Any], field: str) -> Any:
            return ctypes.cast(array.ctypes.data, dict(api.llama_batch._fields_)[field])

        batch = api.llama_batch()
        batch.token = pointer(self._tokens, "token")
        batch.pos = pointer(self._positions, "pos")
        batch.n_seq_id = pointer(self._num_ids, "n_seq_id")
        batch.seq_id = pointer(self._id_pointers, "seq_id")
        batch.logits = pointer(self._outputs, "logits")
        return batch
