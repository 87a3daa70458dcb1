"""Texts by namespace in SQLite, and search for their words: the truth that the vector index is rebuilt from.

- `put`, `remove`, `drop`, `get`, `metadata`; `match` ranks by BM25 (FTS5), `coverage` says how much of the query a
  text covers.
- Beside each text stands what its owner knows of it, as one JSON object; a database from before that is given the
  column when it is opened, and its texts are described when they are put again.
- What is indexed are stems without stop words (`embed.content_stems`), so `launching` finds `launch`.
- A damaged file is set aside under a dated name; `was_damaged` tells the owner, who knows where else texts may be.
- One connection behind a lock: call it from any thread.
"""

from __future__ import annotations

import contextlib
import json
import math
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from llmasos.errors import StoreUnavailable
from llmasos.memory.embed import content_stems

_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS documents (
    number INTEGER PRIMARY KEY, namespace TEXT NOT NULL, id TEXT NOT NULL, text TEXT NOT NULL, created REAL NOT NULL,
    metadata TEXT NOT NULL DEFAULT '{}',
    UNIQUE (namespace, id)
);
CREATE VIRTUAL TABLE IF NOT EXISTS stems USING fts5(body, tokenize = "unicode61 remove_diacritics 0 tokenchars '_'");
CREATE VIRTUAL TABLE IF NOT EXISTS terms USING fts5vocab(stems, row);
"""
_COLUMN = "ALTER TABLE documents ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}'"
_MAX_STEMS = 32  # of a query; longer ones are documents, and their first words say what they are about


Metadata = Mapping[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Document:
    """A stored text. `created` is in seconds since the epoch; `metadata` what its owner knows of it beside that."""

    document_id: str
    text: str
    created: float
    metadata: Metadata = field(default_factory=dict)

    @property
    def described(self) -> Metadata:
        """All that is known of the text, as an index has it."""
        return {**self.metadata, "created": self.created}


def set_aside(path: Path) -> Path:
    """Move a damaged file or folder out of the way under a dated name, which is returned."""
    stamp = f"{datetime.now():%Y-%m-%dT%H-%M-%S}"
    names = (f"{path.name}.damaged-{stamp}{n}" for n in ("", *(f".{i}" for i in range(1, 1000))))
    target = next(t for name in names if not (t := path.with_name(name)).exists())
    return path.rename(target)


class TextIndex:
    """The texts of one database file, made if it is missing."""

    def __init__(self, path: Path) -> None:
        self.was_damaged: Path | None = None  # where the damaged file went
        self._path = path
        self._lock = threading.RLock()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            self._db = self._opened()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and path.exists() and not _is_damage(error):
                raise StoreUnavailable(f"{path}: {error}") from error
            self.was_damaged = self._set_aside()
            self._db = self._opened()

    def _opened(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=5)
        try:
            db.executescript(_SCHEMA)
            if not db.execute("SELECT 1 FROM pragma_table_info('documents') WHERE name = 'metadata'").fetchone():
                db.execute(_COLUMN)
            verdict = db.execute("PRAGMA quick_check(1)").fetchone()[0]
            if verdict != "ok":
                raise sqlite3.DatabaseError(verdict)
        except BaseException:
            db.close()
            raise
        return db

    def _set_aside(self) -> Path:
        for more in ("-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                set_aside(self._path.with_name(self._path.name + more))
        return set_aside(self._path)

    @contextlib.contextmanager
    def _cursor(self) -> Iterator[sqlite3.Cursor]:
        """One transaction."""
        with self._lock:
            try:
                with contextlib.closing(self._db.cursor()) as cursor:
                    cursor.execute("BEGIN")
                    try:
                        yield cursor
                    except BaseException:
                        self._db.rollback()
                        raise
                    cursor.execute("COMMIT")
            except sqlite3.Error as error:
                raise StoreUnavailable(f"{self._path}: {error}") from error

    def put(self, namespace: str, documents: Iterable[Document]) -> list[Document]:
        """Store texts in one transaction, but for those whose ids are there; what nothing was known of is described.

        Returns those that are not as they were, as they are now.
        """
        with self._cursor() as cursor:
            changed = (_inserted(cursor, namespace, one) or _described(cursor, namespace, one) for one in documents)
            return [document for document in changed if document is not None]

    def remove(self, namespace: str, document_id: str) -> None:
        with self._cursor() as cursor:
            which = "SELECT number FROM documents WHERE namespace = ? AND id = ?"
            cursor.execute(f"DELETE FROM stems WHERE rowid IN ({which})", (namespace, document_id))
            cursor.execute("DELETE FROM documents WHERE namespace = ? AND id = ?", (namespace, document_id))

    def metadata(self, namespace: str) -> dict[str, Metadata]:
        """What is known of every text, by id."""
        query = "SELECT id, '', created, metadata FROM documents WHERE namespace = ?"
        with self._cursor() as cursor:
            return {row[0]: _document(row).described for row in cursor.execute(query, (namespace,))}

    def count(self, namespace: str) -> int:
        with self._cursor() as cursor:
            query = "SELECT count(*) FROM documents WHERE namespace = ?"
            return int(cursor.execute(query, (namespace,)).fetchone()[0])

    def drop(self, namespace: str) -> None:
        with self._cursor() as cursor:
            numbers = "SELECT number FROM documents WHERE namespace = ?"
            cursor.execute(f"DELETE FROM stems WHERE rowid IN ({numbers})", (namespace,))
            cursor.execute("DELETE FROM documents WHERE namespace = ?", (namespace,))

    def get(self, namespace: str, document_ids: Sequence[str]) -> dict[str, Document]:
        query = "SELECT id, text, created, metadata FROM documents WHERE namespace = ? AND id = ?"
        with self._cursor() as cursor:
            rows = [cursor.execute(query, (namespace, one)).fetchone() for one in document_ids]
        return {row[0]: _document(row) for row in rows if row is not None}

    def match(self, namespace: str, query: str, limit: int) -> list[str]:
        """Ids of texts that share a content word with the query, best first."""
        stems = list(dict.fromkeys(content_stems(query)))[:_MAX_STEMS]
        if not stems:
            return []
        wanted = " OR ".join('"' + stem.replace('"', '""') + '"' for stem in stems)
        select = (
            "SELECT id FROM stems JOIN documents ON number = stems.rowid"
            " WHERE stems MATCH ? AND namespace = ? ORDER BY bm25(stems), number DESC LIMIT ?"
        )
        with self._cursor() as cursor:
            return [row[0] for row in cursor.execute(select, (wanted, namespace, limit))]

    def coverage(self, query: str, texts: Sequence[str]) -> list[float]:
        """How much of the query's content each text shares, 0 to 1, rare words counting more."""
        stems = list(dict.fromkeys(content_stems(query)))[:_MAX_STEMS]
        with self._cursor() as cursor:
            total = cursor.execute("SELECT count(*) FROM documents").fetchone()[0]
            found = [cursor.execute("SELECT doc FROM terms WHERE term = ?", (stem,)).fetchone() for stem in stems]
        weights = [math.log(1 + total / (row[0] if row else 0.5)) for row in found]
        whole = sum(weights) or 1.0
        return [
            sum(w for s, w in zip(stems, weights, strict=True) if s in set(content_stems(t))) / whole for t in texts
        ]

    def close(self) -> None:
        with self._lock:
            self._db.close()


def _inserted(cursor: sqlite3.Cursor, namespace: str, document: Document) -> Document | None:
    """None when it is there already."""
    row = (namespace, document.document_id, document.text, document.created, json.dumps(dict(document.metadata)))
    insert = "INSERT OR IGNORE INTO documents (namespace, id, text, created, metadata) VALUES (?, ?, ?, ?, ?)"
    cursor.execute(insert, row)
    if cursor.rowcount == 0:
        return None
    stems = " ".join(content_stems(document.text))
    cursor.execute("INSERT INTO stems (rowid, body) VALUES (?, ?)", (cursor.lastrowid, stems))
    return document


def _described(cursor: sqlite3.Cursor, namespace: str, document: Document) -> Document | None:
    """One that is there, if nothing was known of it: of what was said twice the first place stands."""
    if not document.metadata:
        return None
    update = (
        "UPDATE documents SET metadata = ? WHERE namespace = ? AND id = ? AND metadata = '{}'"
        " RETURNING id, text, created, metadata"
    )
    row = (json.dumps(dict(document.metadata)), namespace, document.document_id)
    found = cursor.execute(update, row).fetchone()
    return None if found is None else _document(found)


def _document(row: tuple[str, str, float, str]) -> Document:
    """A row of the table; where its note is damaged, the text is worth having without."""
    document_id, text, created, written = row
    try:
        metadata = json.loads(written)
    except ValueError:
        metadata = None
    return Document(document_id, text, created, metadata if isinstance(metadata, dict) else {})


def _is_damage(error: sqlite3.OperationalError) -> bool:
    return any(word in str(error) for word in ("malformed", "not a database", "corrupt", "vtable constructor failed"))
