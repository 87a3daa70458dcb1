"""A step written as whole numbers, for the way to another process and back: `rows_of(numbers_of(asked)) == asked`.

A row is its sequence, what it wants, how many tokens, and those. One that wants a choice has it behind them: four
fractions as their bits, top-k, two sizes, the bias (tokens, then fractions) and the mask in words of eight bytes.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from llmasos.drivers.choice import Choice
from llmasos.drivers.wire import Numbers

NOTHING, BEST, CHOICE, LOGITS = range(4)  # what a row wants
NO_TOKEN = -1
_CHOICE = struct.Struct("=4d3q")
_NUM_CHOICE = _CHOICE.size // 8
_NONE = Choice()


class Asked(NamedTuple):
    """One row of a step."""

    sequence_id: int
    want: int
    tokens: Sequence[int]
    choice: Choice = _NONE  # where it wants one


def numbers_of(rows: Iterable[Asked]) -> Numbers:
    found: Numbers = array("q")
    for sequence_id, want, tokens, choice in rows:
        found.extend((sequence_id, want, len(tokens), *tokens))
        if want == CHOICE:
            found.frombytes(_bytes_of(choice))
    return found


def rows_of(numbers: Numbers) -> Iterator[Asked]:
    """What `numbers_of` was given."""
    at = 0
    while at < len(numbers):
        sequence_id, want, num = numbers[at : at + 3]
        at += 3 + num
        tokens = numbers[at - num : at].tolist()
        choice, size = _choice_of(numbers, at) if want == CHOICE else (_NONE, 0)
        at += size
        yield Asked(sequence_id, want, tokens, choice)


def _bytes_of(choice: Choice) -> bytes:
    uniform, temperature, top_k, top_p, min_p, bias_ids, bias, mask = choice
    words = -(-len(mask) // 8)
    head = _CHOICE.pack(uniform, temperature, top_p, min_p, top_k, len(bias_ids), words)
    if len(bias_ids):
        head += bias_ids.astype(np.int64).tobytes() + bias.astype(np.float64).tobytes()
    return head + mask.ljust(words * 8, b"\0") if mask else head


def _choice_of(numbers: Numbers, at: int) -> tuple[Choice, int]:
    """A choice that is written at a place, and how many numbers it takes."""
    uniform, temperature, top_p, min_p, top_k, num_bias, words = _CHOICE.unpack_from(numbers, at * 8)
    if not num_bias and not words:
        return Choice(uniform, temperature, top_k, top_p, min_p), _NUM_CHOICE
    start, end = at + _NUM_CHOICE, at + _NUM_CHOICE + 2 * num_bias
    bias_ids = np.array(numbers[start : start + num_bias], dtype=np.intp)
    bias = np.frombuffer(numbers[start + num_bias : end], dtype=np.float64).astype(np.float32)
    mask = numbers[end : end + words].tobytes()
    return Choice(uniform, temperature, top_k, top_p, min_p, bias_ids, bias, mask), end + words - at
