"""Training batches from the generator, made in processes of their own.

- `Stream(recipe, tokenizer_file, position)` iterates batches for ever; `stream.position` after a batch is where to
  start to get the next one, so an interrupted run goes on with the very batch that it would have seen.
- A shard is `shard_dialogues` dialogues of `generate(seed + shard)`, with a share of `drill` and `match`, tokenised,
  sorted by length and cut into batches of rows of one length; their order is shuffled by the shard's number.

It knows the generator, the template and the tokenizer, and nothing of the model.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import queue
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy
from numpy.typing import NDArray
from tokenizers import Tokenizer

from llmasos.apps.training import recipe as recipes
from llmasos.apps.training.text import Marks, Template, weights_of
from llmasos.models.nano.dialogue import Dialogue
from llmasos.models.nano.drill import drill
from llmasos.models.nano.generate import generate
from llmasos.models.nano.match import match

AHEAD = 2  # shards that each process makes in advance


class Batch(NamedTuple):
    """Tokens (B, T) uint16, padded on the right, and the loss weight of each (B, T) float16."""

    tokens: NDArray[numpy.uint16]
    weights: NDArray[numpy.float16]


class Position(NamedTuple):
    """The next batch: number `batch` of shard `shard`."""

    shard: int
    batch: int


class Row(NamedTuple):
    ids: list[int]
    weights: NDArray[numpy.float32]


@dataclass(frozen=True)
class Maker:
    """Makes whole shards; a pure function of its fields and the shard's number."""

    data: recipes.Data
    batch_tokens: int
    tokenizer: Any
    template: Template
    marks: Marks

    @staticmethod
    def load(recipe: recipes.Recipe, tokenizer_file: Path) -> Maker:
        tokenizer = Tokenizer.from_file(str(tokenizer_file))
        return Maker(recipe.data, recipe.schedule.batch_tokens, tokenizer, Template(), Marks(tokenizer))

    def shard(self, number: int) -> list[Batch]:
        dialogues = self._dialogues(number)
        texts = [self.template.render(item.messages, item.tools) for item in dialogues]
        rows = [
            Row(encoding.ids, weights_of(encoding.ids, self.marks, self.data.prompt_weight, self.data.choice_weight))
            for encoding in self.tokenizer.encode_batch(texts)
        ]
        chance = random.Random(number)
        batches = self._cut(rows, chance)
        chance.shuffle(batches)
        return batches

    def _dialogues(self, number: int) -> Iterator[Dialogue]:
        seed, count = self.data.seed + number, self.data.shard_dialogues
        drills = count if number < self.data.drill_shards else round(count * self.data.drill_share)
        early = number < self.data.match_shards
        matches = round((count - drills) * (self.data.match_share if early else self.data.match_rest))
        return itertools.chain(
            itertools.islice(drill(seed), drills),
            itertools.islice(match(seed), matches),
            itertools.islice(generate(seed), count - drills - matches),
        )

    def _cut(self, rows: list[Row], chance: random.Random) -> list[Batch]:
        longest = max(self.data.lengths)
        rows = [row for row in rows if len(row.ids) <= longest]
        chance.shuffle(rows)
        together = round(len(rows) * self.data.long_share)
        batches = self._rectangles(sorted(_joined(rows[:together], longest), key=lambda row: len(row.ids)))
        batches += self._rectangles(sorted(rows[together:], key=lambda row: len(row.ids)))
        return batches

    def _rectangles(self, rows: list[Row]) -> list[Batch]:
        """Consecutive rows of a sorted list in as few rectangles of the allowed lengths as fit `batch_tokens`."""
        batches = []
        while rows:
            length = min(n for n in self.data.lengths if n >= len(rows[-1].ids))
            height = max(1, self.batch_tokens // length // 2 * 2)  # even, so that two processes share it alike
            if len(rows) < height / 2:  # the shortest are left out: it would be mostly padding
                break
            batches.append(_pad(rows[-height:], height, length, self.marks.pad))
            rows = rows[:-height]
        return batches


def _joined(rows: Iterable[Row], longest: int) -> Iterator[Row]:
    """Several dialogues end to end in rows of at most `longest` tokens."""
    ids: list[int] = []
    weights: list[NDArray[numpy.float32]] = []
    for row in rows:
        if len(ids) + len(row.ids) > longest:
            yield Row(ids, numpy.concatenate(weights))
            ids, weights = [], []
        ids = ids + row.ids
        weights.append(row.weights)


def _pad(rows: list[Row], height: int, length: int, pad: int) -> Batch:
    """The rows as a rectangle, padded on the right and below."""
    tokens = numpy.full((height, length), pad, numpy.uint16)
    weights = numpy.zeros((height, length), numpy.float16)
    for i, row in enumerate(rows):
        tokens[i, : len(row.ids)] = row.ids
        weights[i, : len(row.ids)] = row.weights
    return Batch(tokens, weights)


def _serve(recipe: recipes.Recipe, tokenizer_file: Path, first: int, every: int, queue: Any) -> None:
    """Another process: every so many shards, for ever."""
    maker = Maker.load(recipe, tokenizer_file)
    for number in itertools.count(first, every):
        queue.put((number, maker.shard(number)))


class Stream:
    """Batches for ever, from `position` on, from `makers` processes (0: from this one). Close it to end them."""

    def __init__(self, recipe: recipes.Recipe, tokenizer_file: Path, position: Position, makers: int = 1) -> None:
        self.position = position
        self._made: dict[int, tuple[Any, Any]] = {}  # by a shard's number modulo `makers`: process and queue
        if makers == 0:
            self._maker = Maker.load(recipe, tokenizer_file)
        os.environ["TOKENIZERS_PARALLELISM"] = "false"  # the cores are taken: by the model, or by one maker each
        context = multiprocessing.get_context("spawn")
        for shard in range(position.shard, position.shard + makers):
            shards: Any = context.Queue(AHEAD)
            args = (recipe, tokenizer_file, shard, makers, shards)
            process = context.Process(target=_serve, args=args, daemon=True)
            process.start()
            self._made[shard % makers] = process, shards

    def _shard(self, number: int) -> list[Batch]:
        if not self._made:
            return self._maker.shard(number)
        process, shards = self._made[number % len(self._made)]
        while True:
            try:
                made, batches = shards.get(timeout=2)
                break
            except queue.Empty:
                if not process.is_alive():
                    raise RuntimeError("a process that makes training data died; its error is above") from None
        assert made == number
        return list(batches)

    def __iter__(self) -> Iterator[Batch]:
        while True:
            batches = self._shard(self.position.shard)
            for i in range(self.position.batch, len(batches)):
                self.position = Position(self.position.shard, i + 1)
                yield batches[i]
            self.position = Position(self.position.shard + 1, 0)

    def close(self) -> None:
        for process, _ in self._made.values():
            process.terminate()
        for process, _ in self._made.values():
            process.join()
        self._made = {}
