"""Which texts were there before, to the letter: a set on disk of what they are named by."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from llmasos.apps.dataset.minhash import temporary
from llmasos.apps.dataset.normal import digest


class Seen:
    """A context manager. A text is known by its digest: 16 bytes and a number each, however long it is."""

    def __enter__(self) -> Self:
        self._db = temporary()
        self._db.execute("CREATE TABLE seen (digest BLOB PRIMARY KEY, number INTEGER) WITHOUT ROWID")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def earlier(self, comparable: str, number: int) -> int | None:
        """The number that the text was first seen under; None, and it is kept, when this is the first time."""
        key = digest(comparable)
        if self._db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (key, number)).rowcount:
            return None
        found: int = self._db.execute("SELECT number FROM seen WHERE digest = ?", (key,)).fetchone()[0]
        return found
