"""Signatures estimate what two texts have in common; the index finds who is near and nobody else."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmasos.apps.dataset.minhash import BANDS, CROWD, PIECE, NearIndex, signature, similarity
from llmasos.errors import StorageError

WORDS = [f"{a}{b}{c}" for a in ("ba", "ke", "lo", "mi") for b in ("na", "ru", "so", "ti") for c in ("l", "n", "r", "s")]


def jaccard(one: str, other: str) -> float:
    """The truth."""
    pieces = [{text[i : i + PIECE] for i in range(len(text) - PIECE + 1)} for text in (one, other)]
    return len(pieces[0] & pieces[1]) / len(pieces[0] | pieces[1])


def pair(chance: random.Random, num_words: int, num_changes: int) -> tuple[str, str]:
    words = [chance.choice(WORDS) + chance.choice(WORDS) for _ in range(num_words)]
    other = list(words)
    for _ in range(num_changes):
        other[chance.randrange(num_words)] = chance.choice(WORDS)
    return " ".join(words), " ".join(other)


def test_the_estimate_is_unbiased_and_as_exact_as_it_says() -> None:
    chance = random.Random(1)
    errors = []
    for i in range(200):
        one, other = pair(chance, 60, i % 20)
        errors.append(similarity(signature(one), signature(other)) - jaccard(one, other))
    assert abs(np.mean(errors)) < 0.01
    assert np.std(errors) < 0.04


def test_near_ones_are_found_and_others_are_not() -> None:
    chance = random.Random(2)
    pairs = [pair(chance, 60, 1) for _ in range(200)]
    with NearIndex() as index:
        for number, (one, _) in enumerate(pairs):
            assert index.near(signature(one)) == []
            index.add(number, signature(one))
        found = [[near.number for near in index.near(signature(other))] for _, other in pairs]
    assert found == [[number] for number in range(200)]


def test_in_a_crowd_few_are_looked_at_and_near_ones_are_found_all_the_same() -> None:
    """2,000 with 60 % in common, as a prompt that all begin with makes them."""
    chance = random.Random(4)
    common = [f"w{chance.randrange(10**6)}" for _ in range(44)]
    rows = [[*common, *(f"w{chance.randrange(10**6)}" for _ in range(16))] for _ in range(2000)]
    with NearIndex() as index:
        for number, row in enumerate(rows):
            index.add(number, signature(" ".join(row)))
        most = found = 0
        for number in range(0, 2000, 10):
            other = signature(" ".join([*rows[number][:-2], "two", "others"]))
            most = max(most, sum(map(len, index.meeting(other).values())))
            found += number in [near.number for near in index.near(other)]
    assert most <= BANDS * CROWD and found >= 195


@given(st.text(max_size=30))
def test_any_text_has_a_signature_that_is_its_own(text: str) -> None:
    assert similarity(signature(text), signature(text)) == 1.0
    with NearIndex() as index:
        index.add(7, signature(text))
        assert [tuple(near) for near in index.near(signature(text))] == [(7, 1.0)]


def test_a_long_text_is_hashed_in_parts() -> None:
    text = " ".join(str(i * i) for i in range(4000))
    assert similarity(signature(text), signature(text + " and one more")) > 0.97


def test_a_disk_without_room_is_an_error_of_ours() -> None:
    with NearIndex() as index:
        index.add(1, signature("one"))
        with pytest.raises(StorageError, match="temporary file"):
            index.add(1, signature("two"))  # what SQLite refuses, for whatever reason
