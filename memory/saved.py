"""KV in files that outlive the kernel: what a process that idles, or was suspended, comes back from without prefill.

- `SavedKV(folder, disk_bytes)` has one file a process, `PID.kv`: `put(pid, tokens, data)`, `tokens(pid)`, `read(pid)`,
  `drop(pid)`; `retain(pids)` removes the files of everybody else. All models' processes share the bytes.
- A file is written beside its place and renamed: it is there whole, or it is not. Nothing waits for the disk: after a
  power failure the checksum finds what did not get there.
- The checksum covers the tokens and the KV together, so that KV is never taken for that of other tokens. Damage, a full
  disk or too little room cost the file, are logged and counted, and the tokens are computed again.
- From any thread. It does not know what the bytes are: the driver's frame in them says whether they fit its model.

Invariant: the files of the table are never larger together than `disk_bytes`.
"""

from __future__ import annotations

import logging
import os
import struct
import threading
import time
from array import array
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

_HEAD = struct.Struct("<4sQQQ16s")  # magic, pid, tokens, bytes of KV, checksum of all else
_MAGIC = b"LSV1"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _File:
    tokens: list[int]
    size: int  # bytes on disk
    saved: float  # seconds since the epoch


class SavedKV:
    """Finds the files of an earlier kernel in the folder, and removes what cannot be one."""

    def __init__(self, folder: Path, disk_bytes: int) -> None:
        self.folder, self.disk_bytes = folder, disk_bytes
        self.num_dropped = 0  # files given up: damaged, refused, or for want of room
        self._lock = threading.Lock()
        self._files = _found(folder)
        with self._lock:
            self._make_room(0)

    @property
    def disk_used(self) -> int:
        return sum(file.size for file in list(self._files.values()))

    def tokens(self, pid: int) -> list[int]:
        """Whose KV is saved for a process; none for one that has no file."""
        file = self._files.get(pid)
        return file.tokens if file is not None else []

    def put(self, pid: int, tokens: Sequence[int], data: bytes) -> bool:
        """Save a process's KV instead of what was saved of it before, the oldest files making room. Blocks.

        One call at a time; nobody else waits for its disk.
        """
        numbers = array("i", tokens).tobytes()
        head = _HEAD.pack(_MAGIC, pid, len(tokens), len(data), _checksum(pid, numbers, data))
        size = len(head) + len(numbers) + len(data)
        if size > self.disk_bytes:
            self.discard(pid, f"its {size} bytes are more than there may be")
            return False
        with self._lock:
            self._make_room(size)
        partial = self.folder / f"{pid}.partial"
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            _write(partial, (head, numbers, data))
            with self._lock:
                partial.replace(self._path(pid))
                self._files[pid] = _File(list(tokens), size, time.time())
        except OSError as error:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
            self.discard(pid, f"it cannot be written: {error.strerror}")
            return False
        return True

    def read(self, pid: int) -> bytes | None:
        """The KV saved for a process; None, and it is given up, where it is not what was saved. Blocks."""
        try:
            with self._lock:
                tokens = self._files[pid].tokens
                file = self._path(pid).open("rb")
            with file:
                whole = file.read()
        except OSError as error:
            self.discard(pid, f"it cannot be read: {error.strerror}")
            return None
        data = _checked(pid, tokens, whole)
        if data is None:
            self.discard(pid, "damaged")
        return data

    def drop(self, pid: int) -> None:
        """Remove a process's file, if it has one."""
        with self._lock:
            self._remove(pid)

    def discard(self, pid: int, why: str) -> None:
        """Give up a file that is of no use."""
        with self._lock:
            self._give_up(pid, why)

    def retain(self, pids: Collection[int]) -> None:
        """Remove the files of all others: they have ended."""
        for pid in set(self._files) - set(pids):
            self.drop(pid)

    def check_integrity(self) -> None:
        names = {path.name for path in self.folder.iterdir()} if self.folder.is_dir() else set()
        assert names == {f"{pid}.kv" for pid in self._files}, f"files and table differ: {names}"
        assert self.disk_used <= self.disk_bytes, "the files are larger than they may be"

    def _path(self, pid: int) -> Path:
        return self.folder / f"{pid}.kv"

    def _make_room(self, size: int) -> None:
        while self._files and self.disk_used + size > self.disk_bytes:
            oldest = min(self._files, key=lambda pid: self._files[pid].saved)
            self._give_up(oldest, "its room is needed", logging.INFO)

    def _give_up(self, pid: int, why: str, level: int = logging.WARNING) -> None:
        self.num_dropped += 1
        _log.log(level, "saved KV of process %d: %s; it will be computed again", pid, why)
        self._remove(pid)

    def _remove(self, pid: int) -> None:
        if self._files.pop(pid, None) is not None:
            with suppress(OSError):
                self._path(pid).unlink(missing_ok=True)


def _found(folder: Path) -> dict[int, _File]:
    """The files of an earlier kernel by pid; what was not finished, or is none, is removed."""
    files: dict[int, _File] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        try:
            file = _head(path)
            if file is None:
                path.unlink()
        except OSError as error:
            _log.warning("%s: %s", path, error.strerror)
            continue
        if file is not None:
            files[int(path.stem)] = file
        elif path.suffix == ".kv":
            _log.warning("saved KV %s: damaged; it will be computed again", path.name)
    return files


def _head(path: Path) -> _File | None:
    """What the beginning of a file says; None where it is none of ours, or not whole. The rest is checked by `read`."""
    if path.suffix != ".kv" or not path.stem.isdecimal():
        return None
    with path.open("rb") as file:
        head, size = file.read(_HEAD.size), os.fstat(file.fileno()).st_size
        if len(head) != _HEAD.size:
            return None
        magic, pid, count, num_bytes, _ = _HEAD.unpack(head)
        if magic != _MAGIC or pid != int(path.stem) or size != _HEAD.size + 4 * count + num_bytes:
            return None
        tokens = array("i", file.read(4 * count)).tolist()
        return _File(tokens, size, os.fstat(file.fileno()).st_mtime)


def _checked(pid: int, tokens: Sequence[int], whole: bytes) -> bytes | None:
    """The KV in a file of these tokens; None where anything in it has changed."""
    numbers = array("i", tokens).tobytes()
    start = _HEAD.size + len(numbers)
    if len(whole) < start or whole[_HEAD.size : start] != numbers:
        return None
    data = whole[start:]
    expected = _HEAD.pack(_MAGIC, pid, len(tokens), len(data), _checksum(pid, numbers, data))
    return data if whole[: _HEAD.size] == expected else None


def _checksum(pid: int, numbers: bytes, data: bytes) -> bytes:
    digest = blake2b(pid.to_bytes(8, "little"), digest_size=16)
    digest.update(numbers)
    digest.update(data)
    return digest.digest()


def _write(path: Path, parts: Sequence[bytes]) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        for part in parts:
            view, at = memoryview(part), 0
            while at < len(view):
                at += os.write(file, view[at:])
    finally:
        os.close(file)
