"""Which texts are nearly the same: MinHash signatures, and an index over them by locality-sensitive hashing.

- `signature(text)` is 128 numbers; the share in which two agree estimates how much of their five-letter pieces is
  common (Jaccard), give or take 0.04.
- `NearIndex()` is on disk (a temporary file of SQLite's): `near(signature)` finds who is there, `add` adds one.
  Where sets are joined, `meeting` and `among` are its two halves: one of a set in a band is enough.
- Two texts with `THRESHOLD` in common are looked at with a probability of 95 %, with 0.9 of 99.99 %. Of more than
  `CROWD` that share a band only the last are looked at, so that the time of a record does not grow with the file; what
  has a long beginning in common with many is found in the bands that are not theirs too.
- It does not know records.

Sources: Broder 1997, On the resemblance and containment of documents; Indyk and Motwani 1998 (bands); Dietzfelbinger
et al. 1997 (multiply-add hashing of 32 bits). The library datasketch does the same, and brings SciPy.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from llmasos.errors import StorageError

NUM_HASHES = 128
ROWS = 8  # of a band: all of them have to agree for two texts to meet
BANDS = NUM_HASHES // ROWS
THRESHOLD = 0.8
PIECE = 5  # letters
CROWD = 32  # of a band
_AT_ONCE = 4096  # pieces hashed together
_CACHE_KIB = 8 * 1024  # of a temporary file, in memory; a command has up to three

_OF_BAND = f"SELECT * FROM (SELECT hash, number FROM band WHERE hash = ? ORDER BY number DESC LIMIT {CROWD})"
_MEETING = " UNION ALL ".join([_OF_BAND] * BANDS)

Signature: TypeAlias = NDArray[np.uint32]  # (NUM_HASHES,)

_random = np.random.default_rng(0x5EED)  # part of the format of no file: fixed so that runs can be repeated
_FACTORS = (_random.integers(0, 2**31, NUM_HASHES, dtype=np.uint32) << 1) | 1  # odd: no two pieces are made one
_OFFSETS = _random.integers(0, 2**32, NUM_HASHES, dtype=np.uint32)
_BAND_FACTORS = _random.integers(0, 2**62, ROWS, dtype=np.uint64) * 2 + 1


class Near(NamedTuple):
    """One that is near: its number, and the share of the signature that agrees."""

    number: int
    similarity: float


def signature(text: str) -> Signature:
    """The least hash of its pieces under each of 128 functions. A text shorter than a piece is one."""
    pieces = np.unique(_pieces(text))
    least = np.full(NUM_HASHES, 2**32 - 1, np.uint32)
    for start in range(0, len(pieces), _AT_ONCE):
        part = pieces[start : start + _AT_ONCE, None]
        np.minimum(least, (part * _FACTORS + _OFFSETS).min(axis=0), out=least)
    return least


def similarity(one: Signature, other: Signature) -> float:
    return float(np.count_nonzero(one == other)) / NUM_HASHES


def _pieces(text: str) -> NDArray[np.uint32]:
    """Every run of five letters as a number of 32 bits, well mixed."""
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    letters = np.pad(letters, (0, max(0, PIECE - len(letters))))
    num = len(letters) - PIECE + 1
    value = np.zeros(num, np.uint64)
    for i in range(PIECE):
        value = value * np.uint64(0x9E3779B97F4A7C15) + letters[i : i + num]
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)  # splitmix64's finish
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (value >> np.uint64(32)).astype(np.uint32)


class NearIndex:
    """A context manager. Numbers are the caller's, one a signature."""

    def __init__(self, threshold: float = THRESHOLD) -> None:
        self._threshold = threshold

    def __enter__(self) -> Self:
        self._db = temporary()
        self._db.execute("CREATE TABLE signature (number INTEGER PRIMARY KEY, hashes BLOB)")
        self._db.execute("CREATE TABLE band (hash INTEGER, number INTEGER, PRIMARY KEY (hash, number)) WITHOUT ROWID")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def near(self, hashes: Signature) -> list[Near]:
        """Those at least as similar as the threshold, the most similar first."""
        return self.among({number for met in self.meeting(hashes).values() for number in met}, hashes)

    def meeting(self, hashes: Signature) -> dict[int, list[int]]:
        """For each of its bands, by its hash: who has it too, the last CROWD of them."""
        bands = _bands(hashes)
        met: dict[int, list[int]] = {band: [] for band in bands}
        for band, number in self._db.execute(_MEETING, bands):
            met[band].append(number)
        return met

    def among(self, numbers: Collection[int], hashes: Signature) -> list[Near]:
        """Those of them that are near, the most similar first."""
        if not numbers:
            return []
        found = self._db.execute(
            "SELECT number, hashes FROM signature WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number",
            (json.dumps(list(numbers)),),
        ).fetchall()
        theirs = np.frombuffer(b"".join(blob for _, blob in found), np.uint32).reshape(-1, NUM_HASHES)
        shares = np.count_nonzero(theirs == hashes, axis=1) / NUM_HASHES
        scored = [Near(number, float(share)) for (number, _), share in zip(found, shares, strict=True)]
        return sorted((n for n in scored if n.similarity >= self._threshold), key=lambda n: -n.similarity)

    def add(self, number: int, hashes: Signature, bands: Iterable[int] | None = None) -> None:
        """It is met in these bands, else in all of its own."""
        self._db.execute("INSERT INTO signature VALUES (?, ?)", (number, hashes.tobytes()))
        mine = _bands(hashes) if bands is None else bands
        self._db.executemany("INSERT OR IGNORE INTO band VALUES (?, ?)", ((band, number) for band in mine))


def _bands(hashes: Signature) -> list[int]:
    """A number for each band, the band's own place in it: (BANDS,) of 63 bits."""
    rows = hashes.reshape(BANDS, ROWS).astype(np.uint64)
    mixed = (rows * _BAND_FACTORS).sum(axis=1, dtype=np.uint64) + np.arange(BANDS, dtype=np.uint64)
    mixed = (mixed ^ (mixed >> np.uint64(31))) * np.uint64(0x9E3779B97F4A7C15)
    return [int(value) for value in mixed >> np.uint64(1)]


class _Temporary(sqlite3.Connection):
    """Whose errors are ours."""

    def execute(self, sql: str, values: Any = (), /) -> sqlite3.Cursor:
        with _said():
            return super().execute(sql, values)

    def executemany(self, sql: str, values: Any, /) -> sqlite3.Cursor:
        with _said():
            return super().executemany(sql, values)


@contextlib.contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StorageError(f"the temporary file for duplicates ($SQLITE_TMPDIR): {error}") from None


def temporary() -> sqlite3.Connection:
    """A database that is gone when it is closed: on disk what memory has no room for, and nothing to be recovered.

    Raises StorageError when there is no room, then and at every use.
    """
    db = sqlite3.connect("", isolation_level=None, factory=_Temporary)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{_CACHE_KIB}"):
        db.execute(f"PRAGMA {pragma}")
    db.execute("BEGIN")  # one for all: what is not committed is read all the same, and nothing is kept
    return db
