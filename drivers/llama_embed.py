"""Text embeddings by llama.cpp, in a context of their own that pools each text to one vector.

- `Embedder(model, tokenizer, window_tokens, threads).embed(texts)`; the context is made with it and freed by `close`.
- The pooling is the one the model names; the mean of all tokens where it names none.
- A text longer than the window is an error that says so, never cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llmasos.drivers.llama_batch import Decoder
from llmasos.drivers.llama_native import library, open_context
from llmasos.drivers.llama_sizes import KV_LOT
from llmasos.drivers.llama_tokenizer import LlamaTokenizer
from llmasos.errors import DriverBroken, DriverError

_POOLING_NONE, _POOLING_MEAN, _POOLING_RANK = 0, 1, 4
MAX_TEXTS = 16  # at once


class Embedder:
    def __init__(self, model: int, tokenizer: LlamaTokenizer, window_tokens: int, threads: int) -> None:
        self._api: Any = library()
        self._tokenizer = tokenizer
        self._window_tokens = window_tokens
        self._width: int = self._api.llama_model_n_embd_out(model) or self._api.llama_model_n_embd(model)
        self._context = _open(model, window_tokens, threads)
        self._memory = self._api.llama_get_memory(self._context)
        self._decoder = Decoder(self._context, window_tokens, tokenizer.vocab_size)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit-length embeddings, (len(texts), width) float32."""
        batches = list(self._batches([self._tokens(text) for text in texts]))
        rows = [row for batch in batches for row in self._embed_batch(batch)]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self._width)

    def close(self) -> None:
        self._api.llama_free(self._context)

    def _tokens(self, text: str) -> list[int]:
        tokens = self._tokenizer.encode_whole(text) or [self._tokenizer.eos_token]
        if len(tokens) > self._window_tokens:
            raise DriverError(f"a text of {len(tokens)} tokens cannot be embedded in a window of {self._window_tokens}")
        return tokens

    def _batches(self, texts: list[list[int]]) -> Iterator[list[list[int]]]:
        """Texts that fit in the window together, in order."""
        batch: list[list[int]] = []
        for tokens in texts:
            if len(batch) == MAX_TEXTS or sum(map(len, batch)) + len(tokens) > self._window_tokens:
                yield batch
                batch = []
            batch.append(tokens)
        if batch:
            yield batch

    def _embed_batch(self, batch: list[list[int]]) -> list[NDArray[np.float32]]:
        if self._memory:
            self._api.llama_memory_clear(self._memory, False)
        self._decoder.decode_only(
            [token for tokens in batch for token in tokens],
            [position for tokens in batch for position in range(len(tokens))],
            [sequence_id for sequence_id, tokens in enumerate(batch) for _ in tokens],
        )
        return [self._pooled(sequence_id) for sequence_id in range(len(batch))]

    def _pooled(self, sequence_id: int) -> NDArray[np.float32]:
        pointer = self._api.llama_get_embeddings_seq(self._context, sequence_id)
        if not pointer:
            raise DriverBroken("llama.cpp gave no embedding")
        vector = np.array(pointer[: self._width], dtype=np.float32)
        length = float(np.linalg.norm(vector))
        return vector / np.float32(length) if length > 0 else vector


def _open(model: int, window_tokens: int, threads: int) -> int:
    api = library()
    cells = -(-window_tokens // KV_LOT) * KV_LOT  # a batch that MAX_TEXTS does not divide ends in a native assert
    common: dict[str, int | bool] = {
        "n_ctx": cells,
        "n_batch": cells,  # attention that looks ahead needs the whole text in one micro-batch
        "n_ubatch": cells,
        "n_seq_max": MAX_TEXTS,
        "n_threads": threads,
        "n_threads_batch": threads,
        "embeddings": True,
        "kv_unified": True,
        "no_perf": True,
    }
    context = open_context(model, **common)
    if api.llama_pooling_type(context) in (_POOLING_NONE, _POOLING_RANK):
        api.llama_free(context)
        context = open_context(model, **common, pooling_type=_POOLING_MEAN)
    return context
