"""Vectors by namespace in an embedded Chroma: an index over texts that live elsewhere, never the truth.

- One collection for each namespace and embedder, cosine distance; embeddings are always given, so nothing is
  downloaded. Telemetry is off. The library is imported by the first use: it takes the better part of a second.
- Beside a vector stand its text and what is known of it (`Document.described`), so that whoever opens the folder with
  the library's own client, after us, can filter by it.
- Whatever the library raises, its panics too, is StoreUnavailable.
- One `PersistentClient` per folder and one owner of the folder: the library does not see another's writes.
"""

from __future__ import annotations

import contextlib
import itertools
import warnings
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np

from llmasos.errors import StoreUnavailable
from llmasos.memory.embed import Embedder, Vectors
from llmasos.memory.lexical import Document, Metadata

Item = TypeVar("Item")
_BATCH = 500
_CANDIDATES = 50  # taken from the approximate index, then ranked exactly
# Thorough: of 1,600 texts of which two thirds are near each other, the library's own settings miss the best for 2 % of
# queries, these for none, in the same time (the better part of which is not the search).
_INDEX: dict[str, Any] = {"space": "cosine", "ef_construction": 200, "max_neighbors": 32, "ef_search": 400}
_COLUMNS = ("ids", "documents", "metadatas")
_CROWD = 10  # neighbours that a text's crowding is measured by


class Near(NamedTuple):
    """How near a text is to a query, and to its own nearest among those found: cosines."""

    cosine: float
    crowding: float


class ChromaVectors:
    """The open vector index of a folder."""

    def __init__(self, path: Path, embedder: Embedder) -> None:
        self._embedder = embedder
        self._collections: dict[str, Any] = {}
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _mapped():
            self._client = _client(path)

    def put(self, namespace: str, documents: Sequence[Document]) -> None:
        for batch in _batches(documents):
            texts = [document.text for document in batch]
            vectors = self._embed(texts)
            with _mapped():
                self._collection(namespace).upsert(
                    ids=[document.document_id for document in batch],
                    embeddings=vectors,
                    documents=texts,
                    metadatas=[dict(document.described) for document in batch],
                )

    def describe(self, namespace: str, metadata: Mapping[str, Metadata]) -> None:
        """Say of texts, by id, what is known of them; their vectors stay."""
        for batch in _batches(list(metadata.items())):
            ids, known = zip(*batch, strict=True)
            with _mapped():
                self._collection(namespace).update(ids=list(ids), metadatas=[dict(one) for one in known])

    def remove(self, namespace: str, document_ids: Sequence[str]) -> None:
        with _mapped():
            if document_ids:
                self._collection(namespace).delete(ids=list(document_ids))

    def metadata(self, namespace: str) -> dict[str, Metadata]:
        """What is known of every text, by id."""
        with _mapped():
            rows = self._collection(namespace).get(include=["metadatas"])
            return {i: known or {} for i, known in zip(rows["ids"], rows["metadatas"], strict=True)}

    def query(self, namespace: str, text: str, limit: int) -> dict[str, Near]:
        """The nearest texts, by id; cosines are exact for the candidates found."""
        vector = self._embed([text])
        with _mapped():
            found = self._collection(namespace).query(
                query_embeddings=vector, n_results=max(limit, _CANDIDATES), include=["embeddings"]
            )
            ids, rows = found["ids"][0], np.asarray(found["embeddings"][0], np.float32)
        if not ids:
            return {}
        measured = zip((rows @ vector[0]).tolist(), _crowding(rows).tolist(), strict=True)
        return dict(zip(ids, itertools.starmap(Near, measured), strict=True))

    def documents(self, now: float) -> Iterator[tuple[str, Document]]:
        """Namespace and text of everything indexed, whatever embedder made the vectors; of what has no time, `now`."""
        with _mapped():
            for collection in self._client.list_collections():
                rows = collection.get(include=["documents", "metadatas"])
                namespace = str((collection.metadata or {}).get("namespace", ""))
                for document_id, text, known in zip(*(rows[key] for key in _COLUMNS), strict=True):
                    metadata = {"created": now, **(known or {})}
                    yield namespace, Document(document_id, text, float(metadata.pop("created")), metadata)

    def drop_others(self, namespace: str) -> None:
        """Forget the vectors other embedders made of a namespace."""
        with _mapped():
            for collection in self._client.list_collections():
                same = (collection.metadata or {}).get("namespace") == namespace
                if same and collection.name != self._name(namespace):
                    self._client.delete_collection(collection.name)

    def drop(self, namespace: str) -> None:
        """Forget a namespace."""
        self._collections.pop(namespace, None)
        with _mapped():
            self._client.delete_collection(self._name(namespace))

    def close(self) -> None:
        with contextlib.suppress(StoreUnavailable), _mapped():
            self._client.close()

    def _embed(self, texts: Sequence[str]) -> Vectors:
        vectors = self._embedder.embed(texts)
        assert vectors.shape == (len(texts), self._embedder.width), f"{self._embedder.name}: {vectors.shape}"
        return vectors

    def _collection(self, namespace: str) -> Any:
        if namespace not in self._collections:
            self._collections[namespace] = self._client.get_or_create_collection(
                self._name(namespace),
                metadata={"namespace": namespace, "embedder": self._embedder.name},
                embedding_function=None,
                configuration={"hnsw": _INDEX},
            )
        return self._collections[namespace]

    def _name(self, namespace: str) -> str:
        made_by = f"{self._embedder.name}/{self._embedder.width}/{sorted(_INDEX.items())}"
        return f"{namespace}.{zlib.crc32(made_by.encode()):08x}"


def _batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    yield from (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))


def _crowding(rows: Vectors) -> Vectors:
    """The mean cosine of each row to its `_CROWD` nearest others; those there are not count as 0."""
    cosines = rows @ rows.T
    np.fill_diagonal(cosines, 0.0)
    return np.asarray(np.sort(cosines, axis=1)[:, -_CROWD:].sum(axis=1) / _CROWD, np.float32)


def _client(path: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's own deprecations are not our user's concern
        import chromadb
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.config import Settings

        try:
            return chromadb.PersistentClient(str(path), Settings(anonymized_telemetry=False, is_persistent=True))
        except BaseException:
            SharedSystemClient.clear_system_cache()  # it keeps what failed to open, and would hand it out again
            raise


@contextlib.contextmanager
def _mapped() -> Iterator[None]:
    """The library's errors as ours. A panic of its native code is no `Exception`, so it is known by name."""
    try:
        yield
    except StoreUnavailable:
        raise
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise StoreUnavailable(f"the vector store failed: {str(error) or type(error).__name__}") from error
        raise
