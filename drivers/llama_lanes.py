"""Several llama.cpp contexts over the same weights, one core each: how a tiny model uses a machine's cores.

- `load(path, lanes=None, ...)` gives one context for most models, lanes for a tiny one; the arguments are LlamaCpp's.
- The threads of one context meet at every operation, and those of a tiny model take microseconds: two threads are
  slower than one. Lanes meet once a step. Measured on nano (two cores, 8 rows): 0.65 ms a step instead of 1.36.
- A sequence lives in one lane. `open` and `fork` take the lane with the fewest sequences; a fork that changes lanes
  is a copy, which later forks of the same sequence share.
- Cells are the lanes' own: a step can find its lane full while another has room.

Invariant: a step computes in every lane or in none (`step` undoes all lanes when one fails).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llmasos.drivers import gguf
from llmasos.drivers.driver import Driver, Row, Sample
from llmasos.drivers.llama_cpp import LlamaCpp
from llmasos.drivers.llama_native import available_cores
from llmasos.drivers.llama_sizes import is_tiny
from llmasos.drivers.sampling import sample_rows
from llmasos.errors import OutOfSequences

MAX_LANES = 4  # each has KV and buffers of its own


def load(
    path: Path,
    *,
    lanes: int | None = None,
    num_sequences: int = 32,
    num_cells: int | None = None,
    threads: int | None = None,
    **how: Any,
) -> Driver:
    """A model on as many lanes as suit it, or on `lanes`. Other arguments and errors: `LlamaCpp.load`."""
    elsewhere = bool(how.get("gpu_layers") or how.get("embeddings"))
    count = lanes or (1 if elsewhere else _lanes(path, threads, num_sequences))
    first = LlamaCpp.load(
        path,
        num_sequences=-(-num_sequences // count),
        num_cells=num_cells and -(-num_cells // count),
        threads=threads,
        contexts=count,
        **how,
    )
    if count == 1:
        return first
    try:
        return LlamaLanes([first, *(first.twin() for _ in range(count - 1))])
    except BaseException:
        first.shutdown()
        raise


def _lanes(path: Path, threads: int | None, num_sequences: int) -> int:
    """One for each core where the model is tiny and nobody said how many threads."""
    if threads is not None or not is_tiny(gguf.check(path)):
        return 1
    return max(1, min(available_cores(), MAX_LANES, num_sequences))


class LlamaLanes(Driver):
    """Sequence `n` of lane `i` is our sequence `n * len(lanes) + i`."""

    def __init__(self, lanes: list[LlamaCpp]) -> None:
        first = lanes[0]
        self._lanes = lanes
        self._workers = ThreadPoolExecutor(len(lanes) - 1, "lane")  # the caller's thread computes too
        self._copies: dict[tuple[int, int], tuple[int, int]] = {}  # (sequence, lane) -> its copy there, tokens alike
        self.tokenizer = first.tokenizer
        self.chat_template = first.chat_template
        self.add_bos, self.bos_token = first.add_bos, first.bos_token
        self.info = replace(
            first.info,
            num_sequences=sum(lane.info.num_sequences for lane in lanes),
            num_cells=sum(lane.info.num_cells for lane in lanes),
        )

    def interrupt(self) -> None:
        """Stop the step under way, if there is one. From any thread."""
        for lane in self._lanes:
            lane.interrupt()

    def open(self) -> int:
        index = self._emptiest()
        return self._ours(index, self._lanes[index].open())

    def close(self, sequence_id: int) -> None:
        lane, local = self._find(sequence_id)
        lane.close(local)
        self._differ(sequence_id, 0)

    def fork(self, sequence_id: int, num_tokens: int) -> int:
        source = self._lane_of(sequence_id)
        index = self._emptiest()
        target = self._lanes[index]
        if target.num_sequences >= self._lanes[source].num_sequences:
            return self._fork_within(sequence_id, num_tokens)
        copy, alike = self._copies.get((sequence_id, index), (-1, 0))
        if 0 < num_tokens <= alike:
            child = self._fork_within(copy, num_tokens)
        elif target.num_free_cells < self.length(sequence_id):
            return self._fork_within(sequence_id, num_tokens)
        else:
            child = self._ours(index, target.copy_from(*self._find(sequence_id), num_tokens))
        self._copies[sequence_id, index] = child, num_tokens
        return child

    def truncate(self, sequence_id: int, num_tokens: int) -> None:
        lane, local = self._find(sequence_id)
        lane.truncate(local, num_tokens)
        self._differ(sequence_id, num_tokens)

    def length(self, sequence_id: int) -> int:
        lane, local = self._find(sequence_id)
        return lane.length(local)

    @property
    def num_free_cells(self) -> int:
        return sum(lane.num_free_cells for lane in self._lanes)

    def export_sequence(self, sequence_id: int) -> bytes:
        lane, local = self._find(sequence_id)
        return lane.export_sequence(local)

    def import_sequence(self, data: bytes, num_tokens: int) -> int:
        index = self._emptiest()
        return self._ours(index, self._lanes[index].import_sequence(data, num_tokens))

    def step(self, rows: Sequence[Row]) -> list[Sample | None]:
        parts = self._parts(rows)
        for lane, part in parts:
            lane.check_rows(part)
        try:
            samples = self._sampled(parts, self._computed(parts))
        except BaseException:
            for lane, part in parts:
                lane.undo(part)
            raise
        done = {lane: iter(lane.finish(part, found)) for (lane, part), found in zip(parts, samples, strict=True)}
        return [next(done[self._lanes[row.sequence_id % len(self._lanes)]]) for row in rows]

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._lanes[0].embed(texts)

    def log_probabilities(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        return self._lanes[0].log_probabilities(tokens)

    def shutdown(self) -> None:
        self._workers.shutdown()
        for lane in reversed(self._lanes):  # the first one owns the weights
            lane.shutdown()

    def check_integrity(self) -> None:
        for lane in self._lanes:
            lane.check_integrity()

    def _fork_within(self, sequence_id: int, num_tokens: int) -> int:
        lane, local = self._find(sequence_id)
        return self._ours(self._lane_of(sequence_id), lane.fork(local, num_tokens))

    def _differ(self, sequence_id: int, num_tokens: int) -> None:
        """From a position on a sequence is no longer what its copies are, nor what it was copied from."""
        for key, (copy, alike) in list(self._copies.items()):
            if sequence_id in (key[0], copy):
                self._copies[key] = copy, min(alike, num_tokens)
                if not num_tokens:
                    del self._copies[key]

    def _parts(self, rows: Sequence[Row]) -> list[tuple[LlamaCpp, list[Row]]]:
        """Each lane's rows under its own sequence numbers, for the lanes that have any."""
        parts: dict[int, list[Row]] = {}
        for row in rows:
            local, index = divmod(row.sequence_id, len(self._lanes))
            parts.setdefault(index, []).append(Row(local, row.tokens, row.sampler))
        return [(self._lanes[index], part) for index, part in parts.items()]

    def _computed(self, parts: list[tuple[LlamaCpp, list[Row]]]) -> list[NDArray[np.float32]]:
        """Every lane's logits, computed side by side; all have ended when one raises."""
        alone = len(parts) == 1

        def work(lane: LlamaCpp, part: list[Row]) -> Callable[[], NDArray[np.float32]]:
            return lambda: lane.compute(part, alone=alone)

        others: list[Future[NDArray[np.float32]]] = [self._workers.submit(work(*part)) for part in parts[1:]]
        try:
            mine = [work(*part)() for part in parts[:1]]
        finally:
            errors = [other.exception() for other in others]
        for error in errors:
            if error is not None:
                raise error
        return mine + [other.result() for other in others]

    def _sampled(
        self, parts: list[tuple[LlamaCpp, list[Row]]], logits: list[NDArray[np.float32]]
    ) -> list[list[Sample]]:
        """In the caller's thread: samplers are Python, and two threads would only wait for each other."""
        return [
            sample_rows(found, [row.sampler for row in part if row.sampler is not None])
            for found, (_, part) in zip(logits, parts, strict=True)
        ]

    def _emptiest(self) -> int:
        """The lane with the fewest sequences. Raises OutOfSequences when all are full."""
        free = [i for i, lane in enumerate(self._lanes) if lane.num_sequences < lane.info.num_sequences]
        if not free:
            raise OutOfSequences(f"all {self.info.num_sequences} sequences are in use")
        return min(free, key=lambda i: self._lanes[i].num_sequences)

    def _find(self, sequence_id: int) -> tuple[LlamaCpp, int]:
        return self._lanes[self._lane_of(sequence_id)], sequence_id // len(self._lanes)

    def _lane_of(self, sequence_id: int) -> int:
        return sequence_id % len(self._lanes)

    def _ours(self, index: int, local: int) -> int:
        return local * len(self._lanes) + index
