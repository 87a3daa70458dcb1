"""Vectors by namespace in an embedded Chroma: an index over texts that live elsewhere, never the truth.

- One collection for each namespace and embedder, cosine distance; embeddings are always given, so nothing is
  downloaded. Telemetry is off. The library is imported by the first use: it takes the better part of a second.
- Whatever the library raises, its panics too, is StoreUnavailable.
- One `PersistentClient` per folder and one owner of the folder: the library does not see another's writes.
"""

from __future__ import annotations

import contextlib
import itertools
import warnings
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from llmasos.errors import StoreUnavailable
from llmasos.memory.embed import Embedder, Vectors

_BATCH = 500
_CANDIDATES = 50  # taken from the approximate index, then ranked exactly
# Thorough: of 1,600 texts of which two thirds are near each other, the library's own settings miss the best for 2 % of
# queries, these for none, in the same time (the better part of which is not the search).
_INDEX: dict[str, Any] = {"space": "cosine", "ef_construction": 200, "max_neighbors": 32, "ef_search": 400}
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

    def put(self, namespace: str, document_ids: Sequence[str], texts: Sequence[str]) -> None:
        for start in range(0, len(texts), _BATCH):
            batch = slice(start, start + _BATCH)
            vectors = self._embed(texts[batch])
            with _mapped():
                self._collection(namespace).upsert(
                    ids=list(document_ids[batch]), embeddings=vectors, documents=list(texts[batch])
                )

    def remove(self, namespace: str, document_ids: Sequence[str]) -> None:
        with _mapped():
            if document_ids:
                self._collection(namespace).delete(ids=list(document_ids))

    def identities(self, namespace: str) -> set[str]:
        with _mapped():
            return set(self._collection(namespace).get(include=[])["ids"])

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

    def documents(self) -> Iterator[tuple[str, str, str]]:
        """Namespace, id and text of everything indexed, whatever embedder made the vectors."""
        with _mapped():
            for collection in self._client.list_collections():
                rows = collection.get(include=["documents"])
                for document_id, text in zip(rows["ids"], rows["documents"] or [], strict=True):
                    yield str((collection.metadata or {}).get("namespace", "")), document_id, text

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
