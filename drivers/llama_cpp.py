"""The llama.cpp driver: GGUF models, many sequences in one context, through the low-level API.

- `LlamaCpp.load(path, window_tokens=2048, num_sequences=32)` checks the file, loads it and probes what it can do.
- With `kv_unified` forks share their cells and cost nothing; without it they are copies, and rows of unrelated long
  prompts do not pay for each other. Which of them, and how big, says `llama_sizes.py`.
- `interrupt()` may be called from any thread: the step under way stops within a layer and raises StepInterrupted.
- Native asserts abort the whole process: nothing reaches native code unchecked.
- It does not know processes, templates or grammars.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llmasos.drivers import gguf
from llmasos.drivers.driver import Driver, ModelInfo, Row, Sample
from llmasos.drivers.llama_batch import Decoder
from llmasos.drivers.llama_embed import Embedder
from llmasos.drivers.llama_native import StopFlag, library, open_context, open_model
from llmasos.drivers.llama_probe import Abilities, check_runnable, probe
from llmasos.drivers.llama_repack import overrides
from llmasos.drivers.llama_sizes import Asked, Sizes, kv_bytes, plan
from llmasos.drivers.llama_streams import missing
from llmasos.drivers.llama_tokenizer import LlamaTokenizer, names_bos
from llmasos.drivers.sampling import log_softmax_at, sample_rows
from llmasos.drivers.sequence import SequenceTable, check_tokens, pack_export, unpack_export
from llmasos.errors import DriverBroken, DriverClosed, DriverError

EMBED_WINDOW_TOKENS = 2048
BATCH_TOKENS = 2048  # of one native batch


class LlamaCpp(Driver):
    def __init__(
        self, header: gguf.GGUFHeader, model: int, sizes: Sizes, *, generates: bool, owns_model: bool = True
    ) -> None:
        """For `load` and `twin`, which have checked what they pass."""
        self._api: Any = library()
        self._header = header
        self._model = model
        self._owns_model = owns_model
        self._context: int | None = None
        self._embedder: Embedder | None = None
        self._sizes = sizes
        self._stop = StopFlag()
        self._closed = False
        self.tokenizer: LlamaTokenizer = LlamaTokenizer(model, names_bos=names_bos(header))
        self.bos_token = self.tokenizer.bos_token
        self.add_bos = self.tokenizer.add_bos
        self.chat_template = header.chat_template
        abilities = self._open_context() if generates else Abilities(False, False, False)
        self.info = _describe(header, model, sizes, abilities, self.tokenizer.vocab_size)
        self._table = SequenceTable(sizes.num_sequences, sizes.num_cells, sizes.window_tokens, shares=sizes.kv_unified)

    @classmethod
    def load(
        cls,
        path: Path,
        *,
        window_tokens: int | None = None,
        num_sequences: int = 32,
        num_cells: int | None = None,
        threads: int | None = None,
        kv_mb: int | None = None,
        kv_unified: bool | None = None,
        flash_attention: bool | None = None,
        gpu_layers: int = 0,
        embeddings: bool = False,
        contexts: int = 1,
    ) -> LlamaCpp:
        """Load a model. `None` means: as the model and the machine suggest.

        `num_cells` counts with `kv_unified` only; without it every sequence has a window of its own. `kv_mb`: MiB for
        KV where the cells are not said. With `embeddings` the model only embeds: it has no sequences. `contexts`: so
        many will share the memory for KV.

        Raises: ModelNotFound, ModelDamaged, DriverNotInstalled, DriverBroken, DriverError (sizes that cannot be).
        """
        header = gguf.check(path)
        asked = Asked(
            window_tokens,
            0 if embeddings else num_sequences,
            num_cells,
            threads,
            True if gpu_layers and kv_unified is None else kv_unified,
            bool(gpu_layers) if flash_attention is None else flash_attention,  # slower on a processor (decision 0012)
            contexts,
            kv_mb,
        )
        asked.check(header, generates=not embeddings)
        model = open_model(path, gpu_layers, overrides=None if gpu_layers else overrides(header))
        try:
            if not embeddings:
                check_runnable(model, header.name)
            return cls(header, model, plan(asked, header, model), generates=not embeddings)
        except BaseException:
            library().llama_model_free(model)
            raise

    def twin(self) -> LlamaCpp:
        """Another context over the same weights, empty. It must be shut down before this one."""
        return LlamaCpp(self._header, self._model, self._sizes, generates=True, owns_model=False)

    def interrupt(self) -> None:
        """Stop the step under way, if there is one. From any thread."""
        self._stop.set()

    def open(self) -> int:
        self._check_open()
        return self._table.open()

    def close(self, sequence_id: int) -> None:
        self._check_open()
        self._table.close(sequence_id)
        self._remove(sequence_id, 0)

    def fork(self, sequence_id: int, num_tokens: int) -> int:
        self._check_can(self.info.can_fork, "fork a sequence")
        child = self._table.fork(sequence_id, num_tokens)
        if num_tokens and self._sizes.kv_unified:
            self._api.llama_memory_seq_cp(self._memory, sequence_id, child, 0, num_tokens)
        elif num_tokens:
            self._copy(sequence_id, child, num_tokens)
        return child

    def truncate(self, sequence_id: int, num_tokens: int) -> None:
        self._check_can(self.info.can_truncate, "truncate a sequence")
        self._table.truncate(sequence_id, num_tokens)
        self._remove(sequence_id, num_tokens)

    def length(self, sequence_id: int) -> int:
        self._check_open()
        return self._table.length(sequence_id)

    @property
    def num_free_cells(self) -> int:
        return self._table.num_free_cells

    @property
    def num_sequences(self) -> int:
        """Sequences that are open."""
        return len(self._table)

    def copy_from(self, other: LlamaCpp, sequence_id: int, num_tokens: int) -> int:
        """A new sequence here with the first tokens of another context's. Raises OutOfSequences."""
        self._check_can(self.info.can_export, "export a sequence")
        other._table.check_prefix(sequence_id, num_tokens)
        length = other.length(sequence_id)
        self._table.check_room(length)
        child = self._table.open()
        if num_tokens:
            self._restore(child, other._state(sequence_id), length)
            self.truncate(child, num_tokens)
        return child

    def export_sequence(self, sequence_id: int) -> bytes:
        self._check_can(self.info.can_export, "export a sequence")
        num_tokens = self._table.length(sequence_id)
        state = self._state(sequence_id).tobytes() if num_tokens else b""
        return pack_export(self.info.fingerprint, num_tokens, state)

    def import_sequence(self, data: bytes, num_tokens: int) -> int:
        self._check_can(self.info.can_export, "import a sequence")
        state = unpack_export(data, num_tokens, self.info.fingerprint)
        if num_tokens > self.info.window_tokens:
            raise DriverError(f"{num_tokens} tokens do not fit in a window of {self.info.window_tokens}")
        self._table.check_room(num_tokens)
        sequence_id = self._table.open()
        if num_tokens:
            self._restore(sequence_id, np.frombuffer(state, dtype=np.uint8), num_tokens)
        return sequence_id

    def step(self, rows: Sequence[Row]) -> list[Sample | None]:
        self.check_rows(rows)
        if not rows:
            return []
        if self._sizes.kv_unified:
            return self._step(rows)
        order = sorted(range(len(rows)), key=lambda i: rows[i].sequence_id)  # streams are only computed together so
        found = dict(zip(order, self._step([rows[i] for i in order]), strict=True))
        return [found[i] for i in range(len(rows))]

    def _step(self, rows: Sequence[Row]) -> list[Sample | None]:
        try:
            logits = self.compute(rows)
            samples = sample_rows(logits, [row.sampler for row in rows if row.sampler is not None])
        except BaseException:
            self.undo(rows)
            raise
        return self.finish(rows, samples)

    # A step in its parts, for `llama_lanes.py`: check, compute, then finish or undo.

    def check_rows(self, rows: Sequence[Row]) -> None:
        """Refuse what native code must not see; nothing is changed."""
        self._check_open()
        self._table.check_rows(rows)
        for row in rows:
            check_tokens(row.tokens, self.info.vocab_size)

    def compute(self, rows: Sequence[Row], *, alone: bool = True) -> NDArray[np.float32]:
        """Logits after each row that has a sampler; a view that lives until the next call.

        `alone`: no other context computes now, so that a long batch may have all cores.
        """
        self._stop.clear()
        tokens: list[int] = []
        positions: list[int] = []
        sequence_ids: list[int] = []
        outputs: list[int] = []
        spare = self._spare(rows)
        for row in sorted([*rows, *spare], key=lambda row: row.sequence_id) if spare else rows:
            length, num = self._table.held(row.sequence_id), len(row.tokens)
            tokens += row.tokens
            positions += range(length, length + num)
            sequence_ids += [row.sequence_id] * num
            if row.sampler is not None:
                outputs.append(len(tokens) - 1)
        self._set_threads(self._sizes.threads_for(len(tokens)) if alone else 1)
        try:
            return self._decoder.decode(tokens, positions, sequence_ids, outputs)
        finally:
            for row in spare:
                self._remove(row.sequence_id, self._table.held(row.sequence_id))

    def _spare(self, rows: Sequence[Row]) -> list[Row]:
        """Rows of no account, for the others to be computed together (`llama_streams.py`)."""
        apart = self.info.can_truncate and not self._sizes.kv_unified
        ids = missing([row.sequence_id for row in rows]) if apart else []
        return [Row(i, (0,), None) for i in ids if self._table.held(i) < self._sizes.window_tokens]

    def finish(self, rows: Sequence[Row], samples: Sequence[Sample]) -> list[Sample | None]:
        """Count what was appended; one sample or None a row."""
        for row in rows:
            self._table.extend(row.sequence_id, len(row.tokens))
        sampled = iter(samples)
        return [next(sampled) if row.sampler is not None else None for row in rows]

    def undo(self, rows: Sequence[Row]) -> None:
        """Take out what a failed step left in the KV. Raises DriverBroken where that cannot be."""
        for row in rows:
            self._remove(row.sequence_id, self._table.length(row.sequence_id))

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self._check_open()
        if self._embedder is None:
            window = min(self.info.train_window_tokens or EMBED_WINDOW_TOKENS, EMBED_WINDOW_TOKENS)
            self._embedder = Embedder(self._model, self.tokenizer, window, self._sizes.threads)
        return self._embedder.embed(texts)

    def log_probabilities(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        self._check_open()
        if len(tokens) < 2:
            return np.empty(0, dtype=np.float32)
        check_tokens(tokens, self.info.vocab_size)
        sequence_id = self._table.open()
        try:
            self._table.check_rows([Row(sequence_id, tokens)])
            return self._log_probabilities(sequence_id, tokens)
        finally:
            self._table.close(sequence_id)
            self._remove(sequence_id, 0)

    def shutdown(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._embedder is not None:
            self._embedder.close()
        if self._context is not None:
            self._api.llama_free(self._context)
        if self._owns_model:
            self._api.llama_model_free(self._model)

    def check_integrity(self) -> None:
        self._table.check_integrity()
        for sequence_id in range(self.info.num_sequences):
            last = self._api.llama_memory_seq_pos_max(self._memory, sequence_id)
            length = self._table.length(sequence_id) if sequence_id in self._table.ids() else 0
            assert last == length - 1, f"sequence {sequence_id} holds {last + 1} tokens, the table says {length}"

    def _open_context(self) -> Abilities:
        self._context = _open(self._model, self._sizes)
        self._threads = self._sizes.threads
        self._memory = self._api.llama_get_memory(self._context)
        batch_tokens = min(BATCH_TOKENS, self._api.llama_n_batch(self._context))
        self._decoder = Decoder(self._context, batch_tokens, self.tokenizer.vocab_size)
        self._stop.attach(self._context)
        try:
            return probe(self._model, self._context, self._decoder, self._sizes.num_sequences)
        except BaseException:
            self._api.llama_free(self._context)
            raise

    def _log_probabilities(self, sequence_id: int, tokens: Sequence[int]) -> NDArray[np.float32]:
        self._set_threads(self._sizes.threads_for(len(tokens)))
        parts = []
        for start in range(0, len(tokens) - 1, self._sizes.num_outputs):
            piece = tokens[start : min(start + self._sizes.num_outputs, len(tokens) - 1)]
            positions = range(start, start + len(piece))
            logits = self._decoder.decode(piece, positions, [sequence_id] * len(piece), range(len(piece)))
            targets = np.asarray(tokens[start + 1 : start + 1 + len(piece)])
            parts.append(log_softmax_at(logits, targets))
        return np.concatenate(parts)

    def _set_threads(self, num: int) -> None:
        if num != self._threads:
            self._threads = num
            self._api.llama_set_n_threads(self._context, num, num)

    def _remove(self, sequence_id: int, num_tokens: int) -> None:
        """Drop a sequence's KV from a position on."""
        if not self._api.llama_memory_seq_rm(self._memory, sequence_id, num_tokens, -1):
            raise DriverBroken(f"llama.cpp cannot take sequence {sequence_id} back to {num_tokens} tokens")

    def _copy(self, sequence_id: int, child: int, num_tokens: int) -> None:
        """Fork without shared cells: at once, where llama.cpp's own copy waits for the next decode."""
        if not self._set_state(child, self._state(sequence_id)):
            self._table.close(child)
            raise DriverBroken(f"llama.cpp cannot copy sequence {sequence_id}")
        self._remove(child, num_tokens)

    def _restore(self, sequence_id: int, state: NDArray[np.uint8], num_tokens: int) -> None:
        self._table.extend(sequence_id, num_tokens)
        restored = self._set_state(sequence_id, state)
        if not restored or self._api.llama_memory_seq_pos_max(self._memory, sequence_id) != num_tokens - 1:
            self.close(sequence_id)
            raise DriverError("llama.cpp cannot restore the exported sequence")

    def _state(self, sequence_id: int) -> NDArray[np.uint8]:
        size = self._api.llama_state_seq_get_size(self._context, sequence_id)
        state = np.empty(size, dtype=np.uint8)
        if self._api.llama_state_seq_get_data(self._context, _bytes(state), size, sequence_id) != size:
            raise DriverBroken(f"llama.cpp cannot export sequence {sequence_id}")
        return state

    def _set_state(self, sequence_id: int, state: NDArray[np.uint8]) -> bool:
        num = self._api.llama_state_seq_set_data(self._context, _bytes(state), len(state), sequence_id)
        return bool(num == len(state))

    def _check_can(self, can: bool, what: str) -> None:
        self._check_open()
        if not can:
            raise DriverError(f"model {self.info.name} cannot {what}")

    def _check_open(self) -> None:
        if self._closed:
            raise DriverClosed(f"model {self.info.name} was shut down")


def _bytes(array: NDArray[np.uint8]) -> Any:
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))


def _open(model: int, sizes: Sizes) -> int:
    return open_context(
        model,
        n_ctx=sizes.num_cells,
        n_batch=BATCH_TOKENS,
        n_ubatch=sizes.micro_batch_tokens,
        n_seq_max=sizes.num_sequences,
        n_outputs_max=sizes.num_outputs,
        n_threads=sizes.threads,
        n_threads_batch=sizes.threads,
        flash_attn_type=int(sizes.flash_attention),
        kv_unified=sizes.kv_unified,
        swa_full=True,  # a window that slides cannot be truncated or forked
        no_perf=True,
    )


def _describe(header: gguf.GGUFHeader, model: int, sizes: Sizes, abilities: Abilities, vocab_size: int) -> ModelInfo:
    api: Any = library()
    layout = f"{sizes.flash_attention} f16 {api.llama_version().decode()}"
    return ModelInfo(
        name=header.name,
        path=header.path,
        architecture=header.architecture,
        num_parameters=header.num_parameters,
        quantization=header.quantization,
        vocab_size=vocab_size,
        train_window_tokens=header.window_tokens,
        window_tokens=sizes.window_tokens,
        num_sequences=sizes.num_sequences,
        num_cells=sizes.num_cells,
        kv_bytes_per_token=kv_bytes(header, model),
        can_fork=abilities.can_fork,
        can_truncate=abilities.can_truncate,
        can_export=abilities.can_export,
        can_embed=True,
        embedding_width=int(api.llama_model_n_embd_out(model) or api.llama_model_n_embd(model)),
        fingerprint=gguf.fingerprint(header, layout),
        metadata=header.strings(),
    )
