"""Embeddings of meaning: a sentence model loaded at the first text, the agents' own model, or an endpoint.

- `SentenceEmbedder(load)` runs a small model through a driver; `EndpointEmbedder(url, model)` asks a server.
- `ModelEmbedder(load)` asks a model that was made to talk. Its vectors all lean one way, so that strangers would seem
  alike: what STRANGERS have in common is taken out of them, and how alike they still are is its threshold.
- A text longer than the model's window is embedded in halves, and their mean stands for it.
"""

from __future__ import annotations

import itertools
import json
import threading
import zlib
from collections.abc import Callable, Sequence

import numpy as np

from llmasos.drivers.driver import Driver
from llmasos.errors import StoreUnavailable
from llmasos.memory.embed import Vectors

TIMEOUT_S = 30.0


class SentenceEmbedder:
    """`load` gives the driver; `name` and `width` are known before, so that boot loads nothing."""

    relevance = 0.30  # a question has 0.33 to 0.71 with its fact in bench/paging_facts.txt, 99 % of strangers less

    def __init__(self, load: Callable[[], Driver], name: str, width: int) -> None:
        self.name, self.width = name, width
        self._load = load
        self._driver: Driver | None = None
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str]) -> Vectors:
        with self._lock:
            if self._driver is None:
                self._driver = self._load()
            halves = [self._halved(text) for text in texts]
            rows = self._driver.embed([part for parts in halves for part in parts])
        bounds = np.cumsum([0, *map(len, halves)])
        return unit(np.array([rows[a:b].mean(0) for a, b in itertools.pairwise(bounds)], np.float32))

    def close(self) -> None:
        if self._driver is not None:
            self._driver.shutdown()
            self._driver = None

    def _halved(self, text: str) -> list[str]:
        """The text in as many equal parts as its window asks for."""
        assert self._driver is not None
        text = text or " "
        if len(self._driver.tokenizer.encode(text)) + 2 <= self._driver.info.window_tokens or len(text) < 2:
            return [text]
        middle = len(text) // 2
        return self._halved(text[:middle]) + self._halved(text[middle:])


STRANGERS = (
    "the meeting was moved to monday",
    "rice is cooked in salted water",
    "my uncle repairs old radios",
    "the river froze early that year",
    "two and two make four",
    "she sold the blue car",
    "write the report in english",
    "a goat climbed onto the roof",
    "the password must be changed",
    "they sang until midnight",
    "light travels faster than sound",
    "his shoes were too small",
)
SPREAD = 2.0  # standard deviations above the mean of strangers: one pair in forty


class ModelEmbedder:
    """A talking model's embeddings; `load` gives the driver. Source: Mu & Viswanath 2018, the common mean removed."""

    def __init__(self, load: Callable[[], Driver]) -> None:
        self._inner = SentenceEmbedder(self._loaded, "", 0)
        self._load = load
        self._known: tuple[str, int, float, Vectors] | None = None  # name, width, relevance, common mean

    @property
    def name(self) -> str:
        return self._facts[0]

    @property
    def width(self) -> int:
        return self._facts[1]

    @property
    def relevance(self) -> float:
        return self._facts[2]

    def embed(self, texts: Sequence[str]) -> Vectors:
        return unit(self._inner.embed(texts) - self._facts[3])

    def close(self) -> None:
        self._inner.close()

    def _loaded(self) -> Driver:
        driver = self._load()
        if not driver.info.can_embed:
            driver.shutdown()
            raise StoreUnavailable(f"{driver.info.name} gives no embeddings: set memory.embedding to another")
        code = zlib.crc32(driver.info.fingerprint.encode())
        self._what = f"centred-{driver.info.name}-{code:08x}", driver.info.embedding_width
        return driver

    @property
    def _facts(self) -> tuple[str, int, float, Vectors]:
        if self._known is None:
            rows = self._inner.embed(STRANGERS)
            mean = rows.mean(0)
            cosines = (unit(rows - mean) @ unit(rows - mean).T)[np.triu_indices(len(rows), 1)]
            relevance = min(0.95, max(0.05, float(cosines.mean() + SPREAD * cosines.std())))
            self._known = (*self._what, relevance, mean)
        return self._known


class EndpointEmbedder:
    """`POST url/embeddings`, as OpenAI has it."""

    relevance = 0.4

    def __init__(self, url: str, model: str) -> None:
        self._url, self._model = url.rstrip("/") + "/embeddings", model
        self.name = f"endpoint-{zlib.crc32(f'{url} {model}'.encode()):08x}"
        self._width = 0

    @property
    def width(self) -> int:
        if not self._width:
            self._width = len(self._ask(["width"])[0])
        return self._width

    def embed(self, texts: Sequence[str]) -> Vectors:
        return unit(np.array(self._ask(list(texts)), np.float32).reshape(len(texts), -1))

    def close(self) -> None:
        """Every request is one of its own."""

    def _ask(self, texts: list[str]) -> list[list[float]]:
        import urllib.request  # 20 ms of every start, and few ask an endpoint

        body = json.dumps({"model": self._model, "input": texts}).encode()
        request = urllib.request.Request(self._url, body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
                rows = json.load(answer)["data"]
            return [row["embedding"] for row in sorted(rows, key=lambda row: row["index"])]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreUnavailable(f"embeddings from {self._url}: {error}") from error


def unit(rows: Vectors) -> Vectors:
    """Rows of length 1."""
    lengths: Vectors = np.linalg.norm(rows, axis=1, keepdims=True).astype(np.float32)
    return np.asarray(rows / np.maximum(lengths, 1e-9), np.float32)
