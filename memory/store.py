"""The store of texts that are found again by what they say: facts now, a context's archived pages later.

- A `Store` keeps short texts by namespace, with what is known of each: `put`, `search`, `get`, `remove`, `drop`,
  `count`, `close`.
- `ChromaStore(folder, embedder)`: texts and their words in SQLite, which is the truth; their vectors in an embedded
  Chroma, an index that is rebuilt from it. Dense and lexical ranks are fused.
- Opened by the first use, vectors only when there is something to find: boot pays for neither.
- What is damaged is set aside under a dated name, rebuilt from the other half, and said through `say`.

Invariants, after every call:
1. A text that `put` returned from is in SQLite, synced to disk.
2. A namespace's vectors have exactly the ids of its texts, and what is known of them, from its first search on.

Sources: Cormack et al. 2009, reciprocal rank fusion; Conneau et al. 2018, the correction for crowds (CSLS).
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import logging
import re
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from llmasos.errors import StoreUnavailable, UsageError
from llmasos.memory import seal
from llmasos.memory.embed import Embedder, HashedNgrams
from llmasos.memory.lexical import Document, Metadata, TextIndex, set_aside
from llmasos.memory.vectors import ChromaVectors, Near

_CANDIDATES = 50
_RANK_OFFSET = 60  # of the fusion, as its authors measured it
_COVERED = 0.5  # of the query's content words, from which a text is likely about it
_CROWDED = 0.5  # mean cosine of a text to its neighbours, from which it stands in a crowd
_ASKS = 0.15  # of cosine that a question lacks: it is near to a question, and seldom its answer
_QUESTION_MARKS = ("?", "\uff1f", "\u061f")
_ALIKE = 20  # cosines in one twentieth of each other are level: then the newer text goes first
_NAMESPACE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,60}[a-z0-9])?")
Result = TypeVar("Result")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hit:
    """A text that was found. `strength` is 1 where it is just likely to be about the query."""

    document_id: str
    text: str
    created: float
    score: float
    strength: float


class Store(Protocol):
    """Every verb blocks and may be called from any thread. Raises StoreUnavailable."""

    def put(self, namespace: str, *texts: str, metadata: Sequence[Metadata] = ()) -> bool:
        """Keep texts; those that differ only in case, spaces or a full stop are the same.

        `metadata` is what is known of each, in their order; of a text that is there it is kept only where nothing was
        known. True when anything changed. Many at once cost about as much as one.
        """
        ...

    def get(self, namespace: str, *document_ids: str) -> dict[str, Document]:
        """Those that are there, by id."""
        ...

    def search(self, namespace: str, query: str, limit: int) -> list[Hit]:
        """The best texts for a query, best first, also weak ones."""
        ...

    def remove(self, namespace: str, document_id: str) -> None: ...

    def drop(self, namespace: str) -> None:
        """Remove every text of a namespace."""
        ...

    def count(self, namespace: str) -> int: ...

    def close(self) -> None: ...


class ChromaStore:
    """A Store in a folder of its own. `say` is told, once each, what was damaged and what became of it."""

    def __init__(
        self,
        folder: Path,
        embedder: Embedder,
        *,
        clock: Callable[[], float] = time.time,
        say: Callable[[str], None] = _log.warning,
    ) -> None:
        self._folder = folder
        self._embedder = embedder
        self._clock = clock
        self._say = say
        self._lock = threading.RLock()
        self._open_texts: TextIndex | None = None
        self._open_vectors: ChromaVectors | None = None
        self._level: set[str] = set()  # namespaces whose vectors are those of their texts

    def put(self, namespace: str, *texts: str, metadata: Sequence[Metadata] = ()) -> bool:
        _check(namespace)
        described = zip(texts, metadata or [{}] * len(texts), strict=True)
        with self._lock:
            documents = [Document(identity(text), text, self._clock(), known) for text, known in described]
            changed = self._texts().put(namespace, documents)
            if changed and namespace in self._level:
                self._with_vectors(namespace, lambda vectors: vectors.put(namespace, changed))
        return bool(changed)

    def get(self, namespace: str, *document_ids: str) -> dict[str, Document]:
        _check(namespace)
        with self._lock:
            return self._texts().get(namespace, document_ids)

    def search(self, namespace: str, query: str, limit: int) -> list[Hit]:
        _check(namespace)
        with self._lock:
            texts = self._texts()
            if not texts.count(namespace):
                return []
            near = self._with_vectors(namespace, lambda vectors: vectors.query(namespace, query, _CANDIDATES))
            lexical = texts.match(namespace, query, _CANDIDATES)
            documents = texts.get(namespace, list(dict.fromkeys([*lexical, *near])))
            covered = texts.coverage(query, [d.text for d in documents.values()])
        dense = sorted(
            near.keys() & documents.keys(), key=lambda i: (-round(near[i].cosine * _ALIKE), -documents[i].created)
        )
        scores = _fused(dense, lexical)
        hits = [
            Hit(i, d.text, d.created, scores[i], max(self._meant(near.get(i), d.text), _lexical_strength(part)))
            for (i, d), part in zip(documents.items(), covered, strict=True)
        ]
        return sorted(hits, key=lambda hit: (-hit.score, -hit.strength, -hit.created))[:limit]

    def _meant(self, near: Near | None, text: str) -> float:
        """A text in a crowd of its like is near to everything a little, so that it would hide what is one of a kind.

        What the crowd is nearer to each other than `_CROWDED` is taken off: in 200,000 tokens, much of them small talk,
        97 % of facts are then among the first three; 91 % with half of that taken off and no `_ASKS`.
        """
        if near is None:
            return 0.0
        crowd = max(0.0, near.crowding - _CROWDED)
        asks = _ASKS if text.rstrip(" \n\t\"')").endswith(_QUESTION_MARKS) else 0.0
        return (near.cosine - crowd - asks) / self._embedder.relevance

    def remove(self, namespace: str, document_id: str) -> None:
        _check(namespace)
        with self._lock:
            self._texts().remove(namespace, document_id)
            if namespace in self._level:
                self._with_vectors(namespace, lambda vectors: vectors.remove(namespace, [document_id]))

    def drop(self, namespace: str) -> None:
        _check(namespace)
        with self._lock:
            self._texts().drop(namespace)
            if namespace in self._level:
                self._with_vectors(namespace, lambda vectors: vectors.drop(namespace))
                self._level.discard(namespace)

    def count(self, namespace: str) -> int:
        _check(namespace)
        with self._lock:
            return self._texts().count(namespace)

    def close(self) -> None:
        with self._lock:
            self._close_vectors()
            if self._open_texts is not None:
                self._open_texts.close()
            self._open_texts = None
            self._embedder.close()

    @property
    def _vector_folder(self) -> Path:
        return self._folder / "vectors"

    def _texts(self) -> TextIndex:
        if self._open_texts is None:
            try:
                self._open_texts = TextIndex(self._folder / "texts.db")
            except OSError as error:
                raise StoreUnavailable(f"{self._folder}: {error.strerror}") from error
            if self._open_texts.was_damaged:
                self._recover(self._open_texts, self._open_texts.was_damaged)
        return self._open_texts

    def _recover(self, texts: TextIndex, damaged: Path) -> None:
        """Take back what the vector index still has of the texts that were lost."""
        num = 0
        if self._vector_folder.exists():
            try:
                for namespace, document in self._vectors(keep=True).documents(self._clock()):
                    num += len(texts.put(namespace, [document]))
            except (StoreUnavailable, OSError):
                self._say(f"{self._vector_folder} could not be read either")
        self._say(f"stored texts were damaged: set aside as {damaged}; {num} recovered from the vector index")

    def _vectors(self, *, keep: bool = False) -> ChromaVectors:
        if self._open_vectors is None:
            self._admit(keep)
            self._open_vectors = ChromaVectors(self._vector_folder, self._embedder)
            atexit.register(self.close)  # an index that was not closed is made anew, which takes time
        return self._open_vectors

    def _admit(self, keep: bool) -> None:
        """Let the library see only an index that is as it was closed; one never closed when there is nothing else."""
        verdict = seal.check(self._vector_folder)
        if verdict is seal.Verdict.DAMAGED:
            aside = set_aside(self._vector_folder)
            self._say(f"the vector index was damaged: set aside as {aside}; it is rebuilt from the texts")
        elif verdict is seal.Verdict.OPEN and not keep:
            shutil.rmtree(self._vector_folder)
        seal.unseal(self._vector_folder)

    def _close_vectors(self) -> None:
        if self._open_vectors is not None:
            self._open_vectors.close()
            with contextlib.suppress(OSError):  # unsealed is safe, if slower
                seal.seal(self._vector_folder)
            atexit.unregister(self.close)
        self._open_vectors = None
        self._level.clear()

    def _with_vectors(self, namespace: str, use: Callable[[ChromaVectors], Result]) -> Result:
        """Use the namespace's vectors; when the index fails, make a new one from the texts and try once more."""
        try:
            return use(self._levelled(namespace))
        except (StoreUnavailable, OSError) as error:
            self._discard(error)
            return use(self._levelled(namespace))

    def _levelled(self, namespace: str) -> ChromaVectors:
        """The vectors, brought to exactly the ids of the texts and what is known of those."""
        vectors = self._vectors()
        if namespace not in self._level:
            texts = self._texts()
            have, want = vectors.metadata(namespace), texts.metadata(namespace)
            vectors.remove(namespace, sorted(have.keys() - want.keys()))
            vectors.put(namespace, list(texts.get(namespace, sorted(want.keys() - have.keys())).values()))
            vectors.describe(namespace, {i: want[i] for i in want.keys() & have.keys() if want[i] != have[i]})
            vectors.drop_others(namespace)
            self._level.add(namespace)
        return vectors

    def _discard(self, error: Exception) -> None:
        if self._open_vectors is not None:
            self._open_vectors.close()
        self._open_vectors = None
        self._level.clear()
        try:
            aside = set_aside(self._vector_folder)
        except OSError:
            raise StoreUnavailable(str(error)) from error
        self._say(f"the vector index failed ({error}): set aside as {aside}; it is rebuilt from the texts")


def _lexical_strength(part: float) -> float:
    """Of a text that covers this part of a query; all of it says more than any nearness of meaning does."""
    return (part / _COVERED) ** 2


def _fused(*rankings: list[str]) -> dict[str, float]:
    """Reciprocal rank fusion."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, document_id in enumerate(ranking, start=1):
            scores[document_id] = scores.get(document_id, 0.0) + 1.0 / (_RANK_OFFSET + rank)
    return scores


def identity(text: str) -> str:
    """A stored text's id: the same for what differs only in case, spaces or its full stop."""
    return hashlib.sha256(" ".join(text.casefold().split()).rstrip(".").encode("utf-8", "replace")).hexdigest()[:32]


def _check(namespace: str) -> None:
    if not _NAMESPACE.fullmatch(namespace):
        raise UsageError(f"namespace {namespace!r}: small letters, digits and dashes, please")


def open_store(folder: Path, embedder: Embedder | None = None) -> Store:
    """The store of a home, without an embedding model if none is given: nothing is opened before its first use."""
    return ChromaStore(folder, embedder or HashedNgrams())
