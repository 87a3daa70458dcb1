"""The driver contract: what the kernel may ask of a device that runs a model.

- A driver offers *sequences*: each is a run of tokens whose KV the device holds.
- `step(rows)` appends every row's tokens to its sequence in one device batch, decode rows and
  prefill chunks mixed, and samples one token for each row that carries a sampler.
- Every method blocks. The kernel calls them from one thread (`kernel/device.py`), one at a time.
- `info` says what is possible, found by probing. A verb that `info` denies raises `DriverError`.
- It does not know processes, scheduling, messages or tools.

Invariants (`tests/drivers/test_conformance.py` runs them over every driver):
1. A sequence's KV is exactly that of the tokens appended to it, in order, less what was truncated.
2. A failed `step` leaves every sequence as it was before the call, or raises `DriverBroken`. After `DriverLost`, which
   any call may raise, no sequence is there any more and the driver goes on empty.
3. `num_free_cells` plus the cells in use is `info.num_cells`; forks that share cells count them once. A driver may
   keep its cells in several pools: then OutOfSequences can come while there are some.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from llmasos.drivers.choice import Choice


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a loaded model is and can do. Sizes are in tokens unless the name says otherwise."""

    name: str
    path: Path | None
    architecture: str
    num_parameters: int
    quantization: str
    vocab_size: int
    train_window_tokens: int
    window_tokens: int  # per sequence, as loaded
    num_sequences: int
    num_cells: int  # KV cells of all sequences together
    kv_bytes_per_token: int
    can_fork: bool
    can_truncate: bool
    can_export: bool
    can_embed: bool
    embedding_width: int
    fingerprint: str  # model, quantisation, KV type, library version: KV is only valid under the same one
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sample:
    """One sampled token. `logprob` is under the model's own distribution (temperature 1, no mask)."""

    token: int
    logprob: float | None = None
    top_logprobs: tuple[tuple[int, float], ...] = ()
    forced: tuple[int, ...] = ()  # tokens the grammar leaves no choice about; to be appended unsampled
    grammar_done: bool = False  # the grammar accepts nothing more


@dataclass(frozen=True, slots=True)
class Health:
    """How a driver's process fares; of one that has none of its own, nothing."""

    pid: int | None = None
    restarts: int = 0
    last_death: str = ""  # what became of the last one
    down: str = ""  # why it is not started again now


class Sampler(Protocol):
    """Chooses a token from logits; one per generation, with its own state (`drivers/sampling.py`)."""

    def sample(self, logits: NDArray[np.float32]) -> Sample:
        """Choose from logits (vocab,) float32, which may be a view that dies after the call: never keep it."""
        ...

    def choice(self, vocab_size: int) -> Choice | None:
        """What it would do with logits (vocab_size,), for a driver that has them elsewhere; None: it must see them.

        Asking changes nothing. What it came to is told to `chose`, or it was never asked.
        """
        return None

    def chose(self, token: int) -> Sample:
        """The token that its `choice` came to."""
        return Sample(token)


@dataclass(slots=True)
class Row:
    """Tokens to append to a sequence in this step, and the sampler for what follows the last of them."""

    sequence_id: int
    tokens: Sequence[int]
    sampler: Sampler | None = None


class Detokenizer(Protocol):
    vocab_size: int
    end_tokens: frozenset[int]  # end of generation: eos, eot, ...

    def decode(self, tokens: Sequence[int], *, special: bool = False) -> bytes:
        """Bytes of tokens (a character may be cut); control tokens are left out unless `special`."""
        ...

    def token_bytes(self, token: int) -> bytes:
        """Bytes of one token, control tokens spelled out."""
        ...


class Tokenizer(Detokenizer, Protocol):
    eos_token: int

    def encode(self, text: str, *, special: bool = False) -> list[int]:
        """Tokens of text; with `special`, control tokens written out in it are recognised. Never adds BOS."""
        ...

    def is_control(self, token: int) -> bool: ...


class Driver(ABC):
    """A loaded model. `info`, `tokenizer` and `chat_template` are set once and never change."""

    info: ModelInfo
    tokenizer: Tokenizer
    chat_template: str | None  # the model's own jinja source
    add_bos: bool  # the model wants BOS at the start of a context
    bos_token: int | None

    @abstractmethod
    def open(self) -> int:
        """A new empty sequence's id. Raises OutOfSequences."""

    @abstractmethod
    def close(self, sequence_id: int) -> None:
        """Drop a sequence and free its cells."""

    @abstractmethod
    def fork(self, sequence_id: int, num_tokens: int) -> int:
        """A new sequence holding the first `num_tokens` of another, without prefill. Raises OutOfSequences."""

    @abstractmethod
    def truncate(self, sequence_id: int, num_tokens: int) -> None:
        """Keep only the first `num_tokens` of a sequence."""

    @abstractmethod
    def length(self, sequence_id: int) -> int:
        """Tokens a sequence holds."""

    @property
    @abstractmethod
    def num_free_cells(self) -> int: ...

    @abstractmethod
    def export_sequence(self, sequence_id: int) -> bytes:
        """A sequence's KV, valid only under the same `info.fingerprint`."""

    @abstractmethod
    def import_sequence(self, data: bytes, num_tokens: int) -> int:
        """A new sequence from exported KV of `num_tokens` tokens. Raises OutOfSequences, DriverError when damaged."""

    @abstractmethod
    def step(self, rows: Sequence[Row]) -> list[Sample | None]:
        """Append and sample, one device batch; the answer has one entry a row. Sequences in `rows` are distinct.

        Raises: OutOfSequences (no cells; nothing changed), DriverBroken.
        """

    @abstractmethod
    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit-length embeddings, (len(texts), embedding_width) float32."""

    @abstractmethod
    def log_probabilities(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        """Natural-log probability of tokens[1:] each given those before it, (len(tokens) - 1,) float32."""

    @property
    def health(self) -> Health:
        """From any thread."""
        return Health()

    @abstractmethod
    def shutdown(self) -> None:
        """Free the model. Every later call raises DriverClosed. Idempotent."""
