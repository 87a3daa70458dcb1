"""Texts as vectors, so that what is meant alike lies near.

- An `Embedder` has a name, a width, the cosine from which two texts are likely about the same, and `embed`.
- `HashedNgrams` needs no model: it knows shared words and shared spelling, not meaning. "car" and "automobile" are
  strangers to it. It is the offline fallback and says so.
- `DriverEmbedder` asks the loaded model's driver.
- It stores nothing and knows no processes.
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from llmasos.drivers.driver import Driver

Vectors = NDArray[np.float32]

# Words that say how a thing is said rather than what: they never make two texts alike.
STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a about all am an and any anything are as at be been by can could did do does everything for from had has"
        " have he her hers him his how i if in into is it its know me my of on or our ours please recall remember"
        " remembered remind said say she should something tell that the their theirs them there these they this"
        " those to told up us was we were what whats when where which who whom whose why will with would you your"
        " yours",
    )
)


class Embedder(Protocol):
    """`name` changes whenever the vectors do: vectors of different names are never compared."""

    @property
    def name(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def relevance(self) -> float:
        """The cosine from which two texts are likely about the same thing."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit rows, (len(texts), width) float32. Raises StoreUnavailable, DriverError."""
        ...

    def close(self) -> None:
        """Free what it holds; the next `embed` takes it again."""
        ...


def words(text: str) -> list[str]:
    """Lower-case words without accents, apostrophes folded: `Anna's café` is `annas cafe`."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("'", "").replace("’", ""))
    return re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c)))


def stem(word: str) -> str:
    """A word without its commonest English endings; the same rough cut for every form matters, not the right one."""
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    word = word.replace("our", "or") if len(word) > 5 else word  # colour, favourite
    for ending in ("s", "ing", "ed", "ie", "y", "ic", "e"):
        if word.endswith(ending) and not word.endswith("ss") and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
    return word[:-1] if word[-1] == word[-2] and word[-1] not in "aeiousl" else word


def content_stems(text: str) -> list[str]:
    """Stems of the words that carry meaning."""
    return [stem(word) for word in words(text) if word not in STOP_WORDS]


class HashedNgrams:
    """Words and character n-grams hashed into a vector: the fallback without a model. Spelling, not meaning.

    Deterministic on every machine. Source: Weinberger et al. 2009, feature hashing (signed, so collisions cancel).
    """

    name = "hashed-ngrams-v1"
    relevance = 0.30

    def __init__(self, width: int = 512) -> None:
        self.width = width

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.width), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for feature, weight in _features(text):
                index, sign = _slot(feature, self.width)
                row[index] += sign * weight
            size = math.sqrt(float(row @ row))
            if size > 0:
                row /= size
            else:
                row[0] = 1.0  # nothing to go by: a unit row all the same
        return rows

    def close(self) -> None:
        """Holds nothing."""


class DriverEmbedder:
    """The loaded model's own embeddings.

    A driver is called from one thread: `run` brings the call there, e.g.
    `lambda embed, texts: anyio.from_thread.run(device.run, embed, texts)`.
    """

    def __init__(
        self,
        driver: Driver,
        run: Callable[[Callable[[Sequence[str]], Vectors], Sequence[str]], Vectors] | None = None,
        relevance: float = 0.35,
    ) -> None:
        self._driver = driver
        self._run = run or (lambda embed, texts: embed(texts))
        self.relevance = relevance
        self.name = f"{driver.info.name}-{zlib.crc32(driver.info.fingerprint.encode()):08x}"
        self.width = driver.info.embedding_width

    def embed(self, texts: Sequence[str]) -> Vectors:
        return self._run(self._driver.embed, texts)

    def close(self) -> None:
        """The driver is its owner's."""


def _features(text: str) -> Iterator[tuple[str, float]]:
    """What a text is made of, weighted: a word weighs 1, all the n-grams of its stem together as much."""
    for word in words(text):
        if word in STOP_WORDS:
            yield f"s:{word}", 0.05
            continue
        root = stem(word)
        yield f"w:{root}", 1.0
        marked = f"<{root}>"
        grams = [marked[i : i + n] for n in (3, 4) for i in range(len(marked) - n + 1)]
        for gram in grams:
            yield f"g:{gram}", 1.0 / math.sqrt(len(grams))


@functools.lru_cache(maxsize=1 << 16)
def _slot(feature: str, width: int) -> tuple[int, float]:
    code = zlib.crc32(feature.encode("utf-8", "surrogatepass"))
    return (code >> 1) % width, 1.0 if code & 1 else -1.0
