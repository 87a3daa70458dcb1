"""Model files as files: hashed, copied, put in their place in one step, and what the disk says of it in one line.

- `copy(source, target)` and `sha256_of(path)` report progress in bytes; `link_or_copy` needs no room where links are.
- `place(fresh, final)` never overwrites unless told to, and never shows half a file.
- `unfinished(final)` is where it is made; `sweep` takes away what a kill left there, after a day.
- `check_room` refuses what cannot fit before it is begun; `disk_errors` names what failed.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from llmasos.errors import DriverError, StorageError, UsageError

Progress = Callable[[int, int], None]  # bytes done, bytes in all
_CHUNK_BYTES = 4 * 1024 * 1024
STALE_S = 24 * 3600  # without a write; a lock would need a descriptor, and native code writes some of them
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def sha256_of(path: Path, progress: Progress | None = None) -> str:
    with path.open("rb") as file:
        return _pumped(file, None, path.stat().st_size, progress)


def copy(source: Path, target: Path, progress: Progress | None = None) -> str:
    """Copy to a file that must not be there, and is on the disk afterwards; its SHA-256."""
    with source.open("rb") as file, target.open("xb") as out:
        sha256 = _pumped(file, out, source.stat().st_size, progress)
        out.flush()
        os.fsync(out.fileno())
    return sha256


def link_or_copy(source: Path, target: Path, progress: Progress | None = None) -> str:
    """A second name for the file where possible, else a copy; its SHA-256."""
    target.unlink(missing_ok=True)
    try:
        target.hardlink_to(source)
    except OSError:  # another file system, or one without links
        return copy(source, target, progress)
    return sha256_of(target, progress)


def place(fresh: Path, final: Path, *, overwrite: bool) -> None:
    """Give a whole file its name, in one step and for good. Raises FileExistsError."""
    if overwrite:
        fresh.replace(final)
    else:
        try:
            final.hardlink_to(fresh)
        except FileExistsError:
            raise
        except OSError:  # no links there: between the look and the step somebody else might come
            if final.exists():
                raise FileExistsError(errno.EEXIST, "File exists", str(final)) from None
            fresh.replace(final)
    fresh.unlink(missing_ok=True)  # `replace` of two links to one file leaves both
    sync_folder(final.parent)


def unfinished(final: Path) -> Path:
    """A name beside a file for what is not whole yet; nobody else's, which a process's id in a container would be."""
    return final.with_name(f".{final.name}.{secrets.token_hex(4)}.partial")


def sweep(folder: Path) -> None:
    """Take away unfinished files that nobody has written to for a day: a kill left them. The folder is our own."""
    for left in folder.glob(".*.partial"):
        with suppress(OSError):
            if time.time() - left.lstat().st_ctime > STALE_S:  # by mtime a link would be as old as its source
                left.unlink()


def write_record(path: Path, record: Mapping[str, object]) -> None:
    fresh = unfinished(path)
    with fresh.open("w", encoding="utf-8") as file:
        file.write(json.dumps(record, indent=1, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def sync_file(path: Path) -> None:
    """What native code wrote is on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some file systems cannot
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check_room(folder: Path, num_bytes: int) -> None:
    """Raises StorageError when so many more bytes do not fit into a folder, which may not be there yet."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if num_bytes > free:
        raise StorageError(f"no room in {folder}: {num_bytes / 1e6:,.1f} MB are needed, {free / 1e6:,.1f} MB are free")


@contextmanager
def disk_errors(what: str) -> Iterator[None]:
    """What the operating system refuses, as ours. Raises StorageError, UsageError, DriverError."""
    try:
        yield
    except FileExistsError as error:
        raise UsageError(f"{what}: {error.filename2 or error.filename} is there already") from None
    except OSError as error:
        kind = StorageError if error.errno in _FULL else DriverError
        raise kind(f"{what}: {error.strerror or error}") from error


def _pumped(file: BinaryIO, out: BinaryIO | None, total: int, progress: Progress | None) -> str:
    """Read to the end, writing along; the SHA-256."""
    digest, done = hashlib.sha256(), 0
    while chunk := file.read(_CHUNK_BYTES):
        digest.update(chunk)
        if out is not None:
            out.write(chunk)
        done += len(chunk)
        if progress is not None:
            progress(done, total)
    return digest.hexdigest()
