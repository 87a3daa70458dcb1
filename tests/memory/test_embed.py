"""The fallback embedding: unit rows, the same everywhere, near where words or spelling are shared."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmasos.drivers.sim import Sim
from llmasos.memory.embed import DriverEmbedder, HashedNgrams, Vectors, content_stems, stem

EMBEDDER = HashedNgrams()
CHECKSUM = 1619467400


def likeness(a: str, b: str) -> float:
    first, second = EMBEDDER.embed([a, b])
    return float(first @ second)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("the launch is on friday", "when is the launch?"),
        ("the launch is on friday", "launching day"),
        ("my favourite colour is blue", "Favorite colors"),
        ("I am allergic to peanuts", "allergies"),
        ("my sister is called Anna", "what is my sister's name"),
        ("café au lait", "CAFE"),
    ],
)
def test_texts_about_the_same_are_relevant(a: str, b: str) -> None:
    assert likeness(a, b) >= EMBEDDER.relevance


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("the launch is on friday", "the lunch is at noon"),
        ("my sister is called Anna", "what is the capital of France?"),
        ("what is my name", "where is the total"),
    ],
)
def test_texts_about_other_things_are_not(a: str, b: str) -> None:
    assert likeness(a, b) < EMBEDDER.relevance


def test_vectors_are_the_same_on_every_machine() -> None:
    vector = EMBEDDER.embed(["the launch is on friday"])[0]
    assert zlib.crc32(np.round(vector, 3).tobytes()) == CHECKSUM  # a new one needs a new name: stores compare by it
    assert EMBEDDER.name == "hashed-ngrams-v1"


def test_forms_of_a_word_have_one_stem() -> None:
    for forms in (["launch", "launched", "launching", "launches"], ["city", "cities"], ["park", "parked", "parking"]):
        assert len({stem(form) for form in forms}) == 1, forms
    assert content_stems("What is the Colour of Anna's cars?")[0] == "color"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=4))
def test_rows_are_unit_float32_whatever_the_text(texts: list[str]) -> None:
    rows = EMBEDDER.embed(texts)
    assert rows.shape == (len(texts), EMBEDDER.width) and rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_a_drivers_embeddings_are_asked_in_its_own_thread() -> None:
    driver, asked = Sim(), []

    def run(embed: Callable[[Sequence[str]], Vectors], texts: Sequence[str]) -> Vectors:
        asked.append(list(texts))
        return embed(texts)

    embedder = DriverEmbedder(driver, run)
    assert embedder.embed(["one", "two"]).shape == (2, embedder.width)
    assert asked == [["one", "two"]]
    assert embedder.name.startswith(driver.info.name)
