"""Embeddings of meaning: the real sentence model through llama.cpp, and an endpoint."""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest

from llmasos.boot import MINILM, Kernel, _embedding_model, embedder, embedding_file
from llmasos.config import Config, MemorySection
from llmasos.drivers.sim import Sim
from llmasos.errors import ConfigError, StoreUnavailable
from llmasos.kernel.program import Program
from llmasos.kernel.task import Task
from llmasos.memory.embed import Embedder
from llmasos.memory.sentence import STRANGERS, EndpointEmbedder, ModelEmbedder
from llmasos.memory.store import open_store

needs_minilm = pytest.mark.skipif(embedding_file() is None, reason="no sentence model here: llmasos pull minilm")

FACTS = {
    "my sister lives in Oslo": "which city is home to my sibling?",
    "the door code is 4512": "how do I get into the building?",
    "our launch is on friday": "when do we release the product?",
    "the cat is allergic to chicken": "what must I not feed my pet?",
    "I parked the car on level 3": "where did I leave the vehicle?",
}


@pytest.fixture
def minilm() -> Iterator[Embedder]:
    made = embedder(MemorySection(embedding=MINILM))
    yield made
    made.close()


@needs_minilm
def test_a_question_in_other_words_finds_its_fact(minilm: Embedder, tmp_path: Path) -> None:
    store = open_store(tmp_path / "memory", minilm)
    for fact in FACTS:
        store.put("facts", fact)
    for fact, question in FACTS.items():
        best = store.search("facts", question, 1)[0]
        assert (best.text, best.strength >= 1.0) == (fact, True), question
    assert all(hit.strength < 1.0 for hit in store.search("facts", "how tall is the tower in Paris?", 5))
    store.close()


@needs_minilm
def test_rows_are_of_length_one_and_long_texts_are_whole(minilm: Embedder) -> None:
    long = "the cat sat on the mat and " * 400
    rows = minilm.embed(["the cat sat on the mat", long, "", "x" * 3000, "stock markets fell"])
    assert rows.shape == (5, 384) and rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    assert float(rows[0] @ rows[1]) > float(rows[0] @ rows[4]) + 0.2


def test_what_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llmasos.boot.embedding_file", lambda: None)
    with pytest.raises(ConfigError, match="llmasos pull minilm"):
        embedder(MemorySection(embedding="minilm"))
    with pytest.raises(ConfigError, match='must be "auto"'):
        embedder(MemorySection(embedding="bert"))
    assert embedder(MemorySection()).name.startswith("hashed")


@pytest.mark.anyio
async def test_the_agents_own_model_embeds(tmp_path: Path) -> None:
    """nano's vectors say little of meaning; that they are centred keeps strangers from seeming alike."""
    config = Config(tmp_path / "home", memory=MemorySection(embedding="model"))
    own = functools.partial(_embedding_model, config, tmp_path, "nano", False)
    made = embedder(config.memory, own=own)
    assert isinstance(made, ModelEmbedder)
    rows = made.embed(["the door code is 4512", "the door code is 4513", *STRANGERS])
    assert made.name.startswith("centred-") and rows.shape == (14, made.width) and 0.05 <= made.relevance <= 0.95
    strange = (rows[2:] @ rows[2:].T)[np.triu_indices(len(STRANGERS), 1)]
    assert float(rows[0] @ rows[1]) > made.relevance > float(strange.mean())
    made.close()
    async with Kernel.boot(config, model="nano") as kernel:
        process = await kernel.spawn(Program("idle", _remembering), "", capabilities=frozenset({"memory"}))
        assert await process.wait() == "the door code is 4512"


async def _remembering(task: Task, request: str) -> str:
    await task.trap("remember", {"text": "the door code is 4512"})
    return (await task.trap("recall", {"query": "the code of the door"})).result or ""


def test_a_model_that_cannot_embed_is_said() -> None:
    sim = Sim()
    sim.info = replace(sim.info, can_embed=False)
    with pytest.raises(StoreUnavailable, match="gives no embeddings"):
        _ = ModelEmbedder(lambda: sim).name


class Handler(BaseHTTPRequestHandler):
    """Embeds a text as its letters' counts, in reverse order, as a server may."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        vectors = [[float(text.count(letter)) + 0.1 for letter in "abc"] for text in asked["input"]]
        rows = [{"index": i, "embedding": vector} for i, vector in enumerate(vectors)][::-1]
        body = json.dumps({"data": rows} if asked["model"] == "letters" else {"error": "no such model"}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_an_endpoint_embeds() -> None:
    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/v1"
    made = embedder(MemorySection(embedding=url, embedding_model="letters"))
    assert made.width == 3
    rows = made.embed(["aaa", "bbb"])
    assert rows[0].argmax() == 0 and rows[1].argmax() == 1
    with pytest.raises(StoreUnavailable, match="embeddings from"):
        EndpointEmbedder(url, "other").embed(["a"])
    server.shutdown()
    server.server_close()
    with pytest.raises(StoreUnavailable, match="embeddings from"):
        made.embed(["a"])
