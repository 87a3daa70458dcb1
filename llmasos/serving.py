"""What a face that serves other programs needs of the rooms behind it: the front door's view of the wire.

- `read_json` is the strict reader for whatever comes from outside; `MAX_DEPTH` is how deep it goes.
- `Model` is a loaded model, `Health` how its driver's process fares.
- `Constraint` is what a message may be; `sentence_embedder` what texts are compared by.
"""

from __future__ import annotations

from llmasos.boot import MINILM, Kernel, catalog, embedder, embedding_file, isolates
from llmasos.config import MemorySection
from llmasos.drivers.driver import Health
from llmasos.drivers.sampling import Constraint
from llmasos.drivers.tool_calls import MAX_DEPTH, read_json
from llmasos.kernel.model import Model
from llmasos.memory.embed import Embedder, Vectors


def sentence_embedder(kernel: Kernel) -> Embedder | None:
    """The sentence model that was pulled to this machine, loaded at its first text, where the kernel's models are."""
    if embedding_file() is None:
        return None
    return embedder(MemorySection(embedding=MINILM), isolated=isolates(kernel.config, kernel.keeps))


__all__ = [
    "MAX_DEPTH",
    "MINILM",
    "Constraint",
    "Embedder",
    "Health",
    "Model",
    "Vectors",
    "catalog",
    "read_json",
    "sentence_embedder",
]
