"""How big a llama.cpp context is to be: from what was asked for, what the model is and what the machine has.

- `Asked(...).check(header)` refuses what cannot be, before the model is loaded.
- `plan(asked, header, model)` fills in what was left open.

How KV lies (docs/decisions/0012): in *streams*, each sequence has cells of its own and its rows look at nothing else;
*unified*, every row looks at all cells in use, masked, and what sequences share is there once. Streams it is where the
memory holds a whole window for every sequence, unless the model is tiny, whose short rows differ little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from llmasos.drivers.gguf import GGUFHeader
from llmasos.drivers.llama_native import available_cores, library
from llmasos.errors import DriverError

MAX_SEQUENCES = 256  # LLAMA_MAX_SEQ
DEFAULT_WINDOW_TOKENS = 8192  # of models that were trained for more
MIN_KV_BYTES, MAX_KV_BYTES = 64 * 2**20, 2**30  # KV takes as much memory as the model, within these
TINY_PARAMETERS = 30_000_000
KV_LOT = 256  # llama.cpp rounds cells up to such lots
MAX_CELLS = 2**26
MAX_KV_MB = 2**20
MAX_THREADS = 1024
MANY_TOKENS = 64  # that even a tiny model gives several threads enough to do
MIN_OUTPUTS = 64  # rows of logits that buffers are sized for
MICRO_BATCH_TOKENS = 512  # computed at once
SCORED_TOKENS = 128  # the same without flash attention: a layer's attention scores of more fit in no processor's cache
MIN_MICRO_BATCH_TOKENS = 32
SCORES_BYTES = 256 * 2**20  # of those scores, before a micro batch gets smaller still


@dataclass(frozen=True, slots=True)
class Sizes:
    """How a context is laid out, in tokens."""

    window_tokens: int
    num_sequences: int
    num_cells: int
    threads: int
    batch_threads: int  # for many tokens at once
    kv_unified: bool
    flash_attention: bool
    micro_batch_tokens: int = MICRO_BATCH_TOKENS

    def threads_for(self, num_tokens: int) -> int:
        return self.threads if num_tokens < MANY_TOKENS else self.batch_threads

    @property
    def num_outputs(self) -> int:
        return max(self.num_sequences, MIN_OUTPUTS)


@dataclass(frozen=True, slots=True)
class Asked:
    """The same, `None` where the model and the machine decide. No sequences: the model only embeds."""

    window_tokens: int | None
    num_sequences: int
    num_cells: int | None
    threads: int | None
    kv_unified: bool | None
    flash_attention: bool
    contexts: int = 1  # that share the memory for KV
    kv_mb: int | None = None  # MiB of that memory

    def check(self, header: GGUFHeader, *, generates: bool) -> None:
        trained = _trained(header)
        for name, value, low, high in (
            ("window_tokens", self.window_tokens, 1, trained),
            ("num_sequences", self.num_sequences, int(generates), MAX_SEQUENCES),
            ("num_cells", self.num_cells, 1, MAX_CELLS),
            ("threads", self.threads, 1, MAX_THREADS),
            ("kv_mb", self.kv_mb, 1, MAX_KV_MB),
        ):
            if value is not None and not low <= value <= high:
                raise DriverError(f"model {header.name}: {name} must be from {low} to {high}, not {value}")


def plan(asked: Asked, header: GGUFHeader, model: int) -> Sizes:
    window_tokens = asked.window_tokens or min(_trained(header), DEFAULT_WINDOW_TOKENS)
    whole = window_tokens * asked.num_sequences
    affordable = _affordable(asked, header, model)
    unified = asked.kv_unified
    if unified is None:
        unified = is_tiny(header) or asked.num_sequences < 2 or whole > (asked.num_cells or affordable)
    cells = _cells(asked, window_tokens, affordable) if unified else whole
    return Sizes(
        window_tokens,
        asked.num_sequences,
        cells,
        asked.threads or _threads(header),
        asked.threads or available_cores(),
        unified,
        asked.flash_attention,
        _micro_batch(cells if unified else window_tokens, asked.flash_attention, model),
    )


def kv_bytes(header: GGUFHeader, model: int) -> int:
    """Bytes of 16-bit KV that one token takes in all layers."""
    api: Any = library()
    usual = api.llama_model_n_embd(model) // max(1, api.llama_model_n_head(model))
    key = header.number(f"{header.architecture}.attention.key_length") or usual
    value = header.number(f"{header.architecture}.attention.value_length") or usual
    return int(api.llama_model_n_layer(model) * api.llama_model_n_head_kv(model) * (key + value) * 2)


def _trained(header: GGUFHeader) -> int:
    return header.window_tokens or DEFAULT_WINDOW_TOKENS


def _affordable(asked: Asked, header: GGUFHeader, model: int) -> int:
    """KV cells that memory goes for: as much as the model takes, within limits, where nobody said how much."""
    budget = min(max(header.num_bytes, MIN_KV_BYTES), MAX_KV_BYTES) if asked.kv_mb is None else asked.kv_mb * 2**20
    return budget // asked.contexts // max(1, kv_bytes(header, model))


def _cells(asked: Asked, window_tokens: int, affordable: int) -> int:
    """Unified KV cells: what was asked for, or windows for all as far as memory goes, but one whole window at least."""
    whole = window_tokens * asked.num_sequences
    if not whole:
        return 0
    return -(-(asked.num_cells or max(window_tokens, min(whole, affordable))) // KV_LOT) * KV_LOT


def _micro_batch(num_cells: int, flash_attention: bool, model: int) -> int:
    """Tokens computed at once: fewer where a row of attention scores is long, since all are held at a time."""
    if flash_attention or not num_cells:
        return MICRO_BATCH_TOKENS
    num_heads: int = library().llama_model_n_head(model)
    row_bytes = 4 * num_cells * max(1, num_heads)
    wanted: int = 1 << max(0, (SCORES_BYTES // row_bytes).bit_length() - 1)
    return max(MIN_MICRO_BATCH_TOKENS, min(SCORED_TOKENS, wanted))


def _threads(header: GGUFHeader) -> int:
    """All cores, but one for a tiny model: its threads would wait for each other longer than they work."""
    return 1 if is_tiny(header) else available_cores()


def is_tiny(header: GGUFHeader) -> bool:
    return header.num_parameters < TINY_PARAMETERS
