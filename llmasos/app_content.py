"""The files that an app is: read, copied and hashed, whoever made the folder.

- `copy(source, into)` copies a Python file, as `app.py`, or a folder that has one; `digest(folder)` names its content.
- Regular files only. A symbolic link, a fifo or a device is refused by name: nothing is followed out of the folder,
  also where somebody exchanges it meanwhile, and nothing is waited for.
- At most `MAX_BYTES` in `MAX_FILES`, folders `MAX_DEPTH` deep. `LEFT_OUT` is neither copied nor hashed; `strip(folder)`
  takes bytecode caches away before code is run: Python runs what a cache says, and not the source that was hashed.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NoReturn

from llmasos.errors import UsageError

MAX_BYTES = 100 << 20
MAX_FILES = 10_000
MAX_DEPTH = 32
MAIN = "app.py"
_CACHE = "__pycache__"
LEFT_OUT = frozenset({_CACHE, ".git"})
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)  # where it is copied to
_CHUNK_BYTES = 1 << 20
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def copy(source: Path, into: Path) -> tuple[int, int]:
    """Copy an app's files into an empty folder, onto the disk; how many files and bytes. Raises UsageError,
    OSError for a disk that takes no more.
    """
    num_files = num_bytes = 0
    found = _files(source) if source.is_dir() else _one(source)
    with _readable(source):
        for path, file in found:
            target = into / path
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            num_files += 1
            if num_files > MAX_FILES:
                raise UsageError(f"{source} has more than {MAX_FILES} files")
            mode = 0o700 if os.fstat(file.fileno()).st_mode & stat.S_IXUSR else 0o600
            with target.open("xb") as out:
                while chunk := file.read(_CHUNK_BYTES):
                    num_bytes += len(chunk)
                    if num_bytes > MAX_BYTES:
                        raise UsageError(f"{source} has more than {MAX_BYTES >> 20} MiB")
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            target.chmod(mode)
    if not (into / MAIN).is_file():
        raise UsageError(f"{source} has no {MAIN}, which defines the App of a folder")
    return num_files, num_bytes


def digest(folder: Path) -> str:
    """SHA-256, in hex, of every path and every byte. Raises UsageError for what `copy` would refuse."""
    whole = hashlib.sha256()
    with _readable(folder):
        for path, file in _files(folder):
            name, size = os.fsencode(path), os.fstat(file.fileno()).st_size
            whole.update(len(name).to_bytes(8, "big") + name + size.to_bytes(8, "big"))
            while chunk := file.read(_CHUNK_BYTES):
                whole.update(chunk)
    return whole.hexdigest()


def strip(folder: Path) -> None:
    """Take away what Python has compiled, or may have. Raises UsageError where it cannot be."""
    with _readable(folder):
        for root, folders, names in os.walk(folder, onerror=_raise):
            if _CACHE in folders or _CACHE in names:
                cache = Path(root, _CACHE)
                if cache.is_symlink() or cache.is_file():
                    cache.unlink(missing_ok=True)
                shutil.rmtree(cache, ignore_errors=True)
                if os.path.lexists(cache):
                    raise UsageError(f"{cache} cannot be removed")
            folders[:] = set(folders) - LEFT_OUT


def _one(source: Path) -> Iterator[tuple[str, BinaryIO]]:
    source = source.resolve()  # whoever names a link means what it leads to
    with _readable(source):
        folder = os.open(source.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            with _opened(source.name, folder, str(source)) as file:
                yield MAIN, file
        finally:
            os.close(folder)


def _files(folder: Path) -> Iterator[tuple[str, BinaryIO]]:
    """Every file with its path in the folder, in an order that depends on the paths alone."""
    for root, folders, names, descriptor in os.fwalk(folder, onerror=_raise, follow_symlinks=False):
        inside = Path(root).relative_to(folder)
        if len(inside.parts) > MAX_DEPTH:
            raise UsageError(f"{folder} has folders more than {MAX_DEPTH} deep")
        folders[:] = sorted(set(folders) - LEFT_OUT)
        for name in folders:
            if stat.S_ISLNK(os.stat(name, dir_fd=descriptor, follow_symlinks=False).st_mode):
                raise _refused(f"{folder / inside / name}")
        for name in sorted(set(names) - LEFT_OUT):
            with _opened(name, descriptor, str(folder / inside / name)) as file:
                yield (inside / name).as_posix(), file


@contextmanager
def _opened(name: str, folder: int, shown: str) -> Iterator[BinaryIO]:
    try:
        descriptor = os.open(name, _FLAGS, dir_fd=folder)
    except OSError as error:
        if stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            raise UsageError(f"{shown}: {error.strerror}") from None
        raise _refused(shown) from None  # a link; a socket
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _refused(shown)
        yield file


def _refused(shown: str) -> UsageError:
    name = "".join(character if character.isprintable() else "?" for character in shown)
    return UsageError(f"{name} is no regular file: an app is made of files and folders, without links")


def _raise(error: OSError) -> NoReturn:
    raise error


@contextmanager
def _readable(source: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _DISK:
            raise
        raise UsageError(f"{error.filename or source}: {error.strerror or error}") from None
