"""`/v1/embeddings`: a model's own vectors through its device's thread, or those of the sentence model.

- A few texts at a time, between two steps of the model: embeddings hold up nobody's tokens for long.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import anyio

from llmasos.apps.daemon.refusals import Refused
from llmasos.apps.daemon.shapes import EmbeddingRequest
from llmasos.apps.daemon.state import Daemon
from llmasos.serving import MINILM, Embedder, Model

TEXTS_AT_ONCE = 4


async def embedding_list(daemon: Daemon, body: EmbeddingRequest) -> dict[str, Any]:
    """Raises Refused, LLMasOSError."""
    if body.model == MINILM and daemon.sentences is not None:
        rows, num_tokens = await _by_sentence_model(daemon.sentences, body.texts)
    else:
        rows, num_tokens = await _by_model(await daemon.model(body.model), body.texts)
    data = [
        {"object": "embedding", "index": i, "embedding": _encoded(row, body.encoding_format)}
        for i, row in enumerate(rows)
    ]
    usage = {"prompt_tokens": num_tokens, "total_tokens": num_tokens}
    return {"object": "list", "data": data, "model": body.model, "usage": usage}


async def _by_model(model: Model, texts: Sequence[str]) -> tuple[list[Any], int]:
    driver = model.driver
    if not driver.info.can_embed:
        raise Refused(400, f"{model.name} gives no embeddings", param="model", code="unsupported_model")
    sizes = await anyio.to_thread.run_sync(lambda: [len(driver.tokenizer.encode(text)) for text in texts])
    if max(sizes) > driver.info.window_tokens:
        at = sizes.index(max(sizes))
        what = f"input[{at}] has {sizes[at]} tokens; the window of {model.name} has {driver.info.window_tokens}"
        raise Refused(400, what, param="input", code="context_length_exceeded")
    rows: list[Any] = []
    for start in range(0, len(texts), TEXTS_AT_ONCE):
        rows += list(await model.engine.asides.run(driver.embed, texts[start : start + TEXTS_AT_ONCE]))
    return rows, sum(sizes)


async def _by_sentence_model(embedder: Embedder, texts: Sequence[str]) -> tuple[list[Any], int]:
    """It has a lock and a device of its own. It does not say how many tokens it read: about one in four bytes."""
    rows = list(await anyio.to_thread.run_sync(embedder.embed, list(texts)))
    return rows, sum(-(-len(text.encode()) // 4) for text in texts)


def _encoded(row: Any, encoding: str | None) -> Any:
    return base64.b64encode(row.astype("<f4").tobytes()).decode() if encoding == "base64" else row.tolist()
