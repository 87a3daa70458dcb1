"""A deterministic pseudo-model in virtual time, for tests and for planning capacity.

- `Sim()` is a whole driver: sequences, cells, byte-level tokenizer, ChatML template with Hermes calls.
- The logits after a sequence are a hash of *every* token in it, so that wrong KV changes what is said.
  Left alone it babbles printable ASCII and never ends by itself.
- `enqueue(text)` scripts what is said: each generation (each `Sampler` object) takes the next queued text at its
  first sample, follows it token by token, then wants the end token. One that finds the queue empty babbles to its
  end; one that is led elsewhere (by a grammar, by penalties) drops its script and babbles.
- `fail_next(error)` makes the next step raise, with nothing changed.
- `clock` advances by `costs` for every step; nothing sleeps.
"""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from llmasos.drivers.driver import Driver, ModelInfo, Row, Sample, Sampler
from llmasos.drivers.sampling import log_sum_exp, sample_rows
from llmasos.drivers.sequence import SequenceTable, check_tokens, pack_export, unpack_export
from llmasos.errors import DriverBroken, DriverClosed, DriverError

CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
USER_DEFINED = ("<tool_call>", "</tool_call>")
SPECIAL = {text: 256 + i for i, text in enumerate((*CONTROL, *USER_DEFINED))}
VOCAB_SIZE = 256 + len(SPECIAL)
EMBEDDING_WIDTH = 64

TEMPLATE = """\
{%- if tools or (messages and messages[0].role == 'system') -%}
<|im_start|>system
{% if messages and messages[0].role == 'system' %}{{ messages[0].content }}
{% endif -%}
{% if tools %}# Tools
<tools>
{% for tool in tools %}{{ tool | tojson }}
{% endfor %}</tools>
{% endif -%}
<|im_end|>
{% endif -%}
{%- for message in messages -%}
{%- if not (loop.first and message.role == 'system') -%}
<|im_start|>{{ message.role }}
{{ message.content or '' }}
{%- for call in message.tool_calls or [] -%}
<tool_call>
{"name": {{ call.function.name | tojson }}, "arguments": {{ call.function.arguments | tojson }}}
</tool_call>
{%- endfor -%}
<|im_end|>
{% endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}
<|im_start|>assistant
{% endif -%}
"""


@dataclass(slots=True)
class VirtualClock:
    """Seconds that pass only when somebody says so."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@dataclass(frozen=True, slots=True)
class Costs:
    """What a step costs in seconds; the defaults are about a 135M model's on two cores."""

    step_s: float = 0.004
    row_s: float = 0.001
    token_s: float = 0.0015

    def of(self, num_rows: int, num_tokens: int) -> float:
        return self.step_s + num_rows * self.row_s + num_tokens * self.token_s


class SimTokenizer:
    """One token a byte, three control tokens, and the two tool-call markers as user-defined tokens."""

    vocab_size = VOCAB_SIZE
    end_tokens = frozenset({SPECIAL["<|endoftext|>"], SPECIAL["<|im_end|>"]})
    eos_token = SPECIAL["<|im_end|>"]

    def encode(self, text: str, *, special: bool = False) -> list[int]:
        names = (*CONTROL, *USER_DEFINED) if special else USER_DEFINED
        tokens: list[int] = []
        while (found := _first(text, names)) is not None:
            tokens += text[: text.index(found)].encode()
            tokens.append(SPECIAL[found])
            text = text[text.index(found) + len(found) :]
        return tokens + list(text.encode())

    def decode(self, tokens: Sequence[int], *, special: bool = False) -> bytes:
        return b"".join(self.token_bytes(token) for token in tokens if special or not self.is_control(token))

    def token_bytes(self, token: int) -> bytes:
        check_tokens((token,), VOCAB_SIZE)
        return bytes((token,)) if token < 256 else _SPECIAL_BYTES[token - 256]

    def is_control(self, token: int) -> bool:
        return 256 <= token < 256 + len(CONTROL)


_SPECIAL_BYTES = [text.encode() for text in SPECIAL]


def _first(text: str, names: Sequence[str]) -> str | None:
    """Which of the names stands first in text."""
    found = [(text.index(name), name) for name in names if name in text]
    return min(found)[1] if found else None


_SEED, _PRIME = 0xCBF29CE484222325, 0x100000001B3


@dataclass(slots=True)
class _Held:
    """A sequence's KV: its tokens, and the hash of every prefix of them."""

    tokens: list[int] = field(default_factory=list)
    hashes: list[int] = field(default_factory=lambda: [_SEED])

    def extend(self, tokens: Sequence[int]) -> None:
        for token in tokens:
            self.hashes.append(((self.hashes[-1] ^ (token + 1)) * _PRIME) % 2**64)
        self.tokens.extend(tokens)

    def first(self, num_tokens: int) -> _Held:
        return _Held(self.tokens[:num_tokens], self.hashes[: num_tokens + 1])

    def cut(self, num_tokens: int) -> None:
        del self.tokens[num_tokens:], self.hashes[num_tokens + 1 :]


@dataclass(slots=True)
class _Generation:
    sampler: Sampler  # held, so that its id is not used again
    start: int  # length of the sequence at the first sample
    before: int  # what those tokens hash to
    script: list[int] | None


def _move(generation: _Generation, held: _Held) -> None:
    """It goes on behind other tokens than it began behind: what it said so far is the end of these."""
    script = generation.script or []
    ends = (n for n in range(len(script), -1, -1) if held.tokens[len(held.tokens) - n :] == script[:n])
    generation.start = len(held.tokens) - next(ends)
    generation.before = held.hashes[generation.start]


_SPREAD = (np.arange(1, VOCAB_SIZE + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)) | np.uint64(1)
_BASE = np.full(VOCAB_SIZE, -10.0, dtype=np.float32)
_BASE[32:127] = 0.0
_BASE[256:] = -30.0


def babble(state: int) -> NDArray[np.float32]:
    """Logits (vocab,) that are a hash of a sequence's state."""
    mixed = (np.uint64(state) ^ (np.uint64(state) >> np.uint64(31))) * _SPREAD
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return _BASE + (mixed >> np.uint64(40)).astype(np.float32) * np.float32(8.0 / 2**24)


class Sim(Driver):
    """`can_*=False` makes a model that cannot, as some recurrent ones; `shares_cells=False` forks by copying."""

    chat_template: str | None = TEMPLATE
    add_bos = False
    bos_token = None

    def __init__(
        self,
        *,
        window_tokens: int = 2048,
        num_sequences: int = 32,
        num_cells: int | None = None,
        clock: VirtualClock | None = None,
        costs: Costs | None = None,
        can_fork: bool = True,
        can_truncate: bool = True,
        can_export: bool = True,
        shares_cells: bool = True,
    ) -> None:
        num_cells = window_tokens * num_sequences if num_cells is None else num_cells
        self.clock = clock or VirtualClock()
        self.costs = costs or Costs()
        self.tokenizer = SimTokenizer()
        self.info = ModelInfo(
            name="sim",
            path=None,
            architecture="sim",
            num_parameters=0,
            quantization="none",
            vocab_size=VOCAB_SIZE,
            train_window_tokens=window_tokens,
            window_tokens=window_tokens,
            num_sequences=num_sequences,
            num_cells=num_cells,
            kv_bytes_per_token=16,
            can_fork=can_fork,
            can_truncate=can_truncate,
            can_export=can_export,
            can_embed=True,
            embedding_width=EMBEDDING_WIDTH,
            fingerprint="sim-1",
        )
        self.num_steps = 0
        self._table = SequenceTable(num_sequences, num_cells, window_tokens, shares=shares_cells)
        self._held: dict[int, _Held] = {}
        self._scripts: deque[list[int]] = deque()
        self._generations: dict[int, _Generation] = {}
        self._failures: deque[DriverError] = deque()
        self._closed = False

    def enqueue(self, *texts: str) -> None:
        """What the next generations say, in the order of their first samples."""
        self._scripts.extend(self.tokenizer.encode(text, special=True) for text in texts)

    def fail_next(self, error: DriverError | None = None, *, times: int = 1) -> None:
        """The next steps raise, DriverBroken unless told otherwise; nothing is changed by them."""
        self._failures.extend([error or DriverBroken("the simulated device failed, as told")] * times)

    def held_tokens(self, sequence_id: int) -> list[int]:
        """The tokens whose KV a sequence holds, for tests."""
        return list(self._sequence(sequence_id).tokens)

    def open(self) -> int:
        self._check_open()
        sequence_id = self._table.open()
        self._held[sequence_id] = _Held()
        return sequence_id

    def close(self, sequence_id: int) -> None:
        self._check_open()
        self._table.close(sequence_id)
        del self._held[sequence_id]

    def fork(self, sequence_id: int, num_tokens: int) -> int:
        self._check_can(self.info.can_fork, "fork a sequence")
        child = self._table.fork(sequence_id, num_tokens)
        self._held[child] = self._held[sequence_id].first(num_tokens)
        return child

    def truncate(self, sequence_id: int, num_tokens: int) -> None:
        self._check_can(self.info.can_truncate, "truncate a sequence")
        self._cut(sequence_id, num_tokens)

    def length(self, sequence_id: int) -> int:
        self._check_open()
        return self._table.length(sequence_id)

    @property
    def num_free_cells(self) -> int:
        return self._table.num_free_cells

    def export_sequence(self, sequence_id: int) -> bytes:
        self._check_can(self.info.can_export, "export a sequence")
        tokens = self._sequence(sequence_id).tokens
        return pack_export(self.info.fingerprint, len(tokens), np.array(tokens, dtype=np.int32).tobytes())

    def import_sequence(self, data: bytes, num_tokens: int) -> int:
        self._check_can(self.info.can_export, "import a sequence")
        tokens = np.frombuffer(unpack_export(data, num_tokens, self.info.fingerprint), dtype=np.int32).tolist()
        self._table.check_room(num_tokens)
        sequence_id = self.open()
        self._append(sequence_id, tokens)
        return sequence_id

    def step(self, rows: Sequence[Row]) -> list[Sample | None]:
        self._check_open()
        self._table.check_rows(rows)
        for row in rows:
            check_tokens(row.tokens, VOCAB_SIZE)
        if self._failures:
            raise self._failures.popleft()
        for row in rows:
            self._append(row.sequence_id, row.tokens)
        self.num_steps += 1
        self.clock.advance(self.costs.of(len(rows), sum(len(row.tokens) for row in rows)))
        return self._sample_or_undo(rows)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self._check_open()
        rows = [_embedding(text) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(rows), EMBEDDING_WIDTH)

    def log_probabilities(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        self._check_open()
        check_tokens((0, *tokens), VOCAB_SIZE)
        if len(tokens) > self.info.window_tokens:
            raise DriverError(f"{len(tokens)} tokens do not fit in a window of {self.info.window_tokens}")
        held = _Held()
        held.extend(tokens)
        return np.array([_logprob(held.hashes[i], tokens[i]) for i in range(1, len(tokens))], dtype=np.float32)

    def shutdown(self) -> None:
        self._closed = True
        self._held.clear()

    def check_integrity(self) -> None:
        self._table.check_integrity()
        lengths = {sequence_id: len(held.tokens) for sequence_id, held in self._held.items()}
        assert lengths == {i: self._table.length(i) for i in self._table.ids()}, "the table differs from what is held"

    def _sample_or_undo(self, rows: Sequence[Row]) -> list[Sample | None]:
        """Sample where a row asks for it; a sampler that raises leaves every sequence as it was."""
        wanting = [(row, row.sampler) for row in rows if row.sampler is not None]
        try:
            logits = np.array([self._logits(row.sequence_id, s) for row, s in wanting], dtype=np.float32)
            samples = iter(sample_rows(logits.reshape(len(wanting), VOCAB_SIZE), [s for _, s in wanting]))
        except Exception:
            for row in rows:
                self._cut(row.sequence_id, self._table.length(row.sequence_id) - len(row.tokens))
            raise
        return [next(samples) if row.sampler is not None else None for row in rows]

    def _logits(self, sequence_id: int, sampler: Sampler) -> NDArray[np.float32]:
        held = self._held[sequence_id]
        logits = babble(held.hashes[-1])
        scripted = self._scripted(held, sampler)
        if scripted is not None:
            logits[scripted] += 1000.0
        return logits

    def _scripted(self, held: _Held, sampler: Sampler) -> int | None:
        """The token that this generation's script wants next."""
        generation = self._generations.get(id(sampler))
        if generation is None:
            script = self._scripts.popleft() if self._scripts else None
            generation = self._generations[id(sampler)] = _Generation(
                sampler, len(held.tokens), held.hashes[-1], script
            )
        if generation.script is None:
            return None
        if held.hashes[generation.start : generation.start + 1] != [generation.before]:  # another context under it
            _move(generation, held)
        said = held.tokens[generation.start :]
        if len(said) > len(generation.script) or said != generation.script[: len(said)]:
            generation.script = None
            return None
        return generation.script[len(said)] if len(said) < len(generation.script) else self.tokenizer.eos_token

    def _append(self, sequence_id: int, tokens: Sequence[int]) -> None:
        self._table.extend(sequence_id, len(tokens))
        self._held[sequence_id].extend(tokens)

    def _cut(self, sequence_id: int, num_tokens: int) -> None:
        self._table.truncate(sequence_id, num_tokens)
        self._held[sequence_id].cut(num_tokens)

    def _sequence(self, sequence_id: int) -> _Held:
        self.length(sequence_id)
        return self._held[sequence_id]

    def _check_can(self, can: bool, what: str) -> None:
        self._check_open()
        if not can:
            raise DriverError(f"model {self.info.name} cannot {what}")

    def _check_open(self) -> None:
        if self._closed:
            raise DriverClosed(f"model {self.info.name} was shut down")


def _logprob(state: int, token: int) -> float:
    logits = babble(state)
    return float(logits[token]) - log_sum_exp(logits)


def _embedding(text: str) -> NDArray[np.float32]:
    """Hashed trigrams, unit length: texts that share words are near each other."""
    vector = np.zeros(EMBEDDING_WIDTH, dtype=np.float32)
    padded = f"  {text.lower()} "
    for i in range(len(padded) - 2):
        digest = zlib.crc32(padded[i : i + 3].encode())
        vector[digest % EMBEDDING_WIDTH] += 1.0 if digest & 0x10000 else -1.0
    vector[0] += 1e-3  # never the zero vector
    length: np.float32 = np.linalg.norm(vector)
    return np.asarray(vector / length, dtype=np.float32)
