"""Bytes into files, whole or not at all.

- `replace` puts a new file in the place of a name; `append` adds to the end or leaves the file as it was.
- Both are on disk when they return. Folders and paths come resolved from `beneath.py`.
- A file with a second hard link is refused by `require_one_name`: its other name may lie anywhere.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress

from llmasos.errors import SyscallError
from llmasos.syscalls.beneath import Beneath


def replace(folder: int, name: str, data: bytes) -> None:
    """Put a new file in the place of a name, or leave what was there."""
    mode = _mode_to_keep(folder, name)
    temporary = f".{name[:32]}.{secrets.token_hex(8)}.partial"
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666, dir_fd=folder)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            file.flush()
            if mode is not None:
                os.fchmod(fd, mode)
            os.fsync(fd)
        os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary, dir_fd=folder)
        raise
    os.fsync(folder)


def _mode_to_keep(folder: int, name: str) -> int | None:
    """The permissions of the file that will be replaced. Raises OSError when it is no regular file."""
    try:
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(status.st_mode):
        raise OSError(errno.EISDIR, "folder", name)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.ENODEV, "special", name)
    return stat.S_IMODE(status.st_mode) & 0o777


def open_to_append(folder: Beneath, path: str) -> int:
    with suppress(FileNotFoundError):
        fd = folder.open_regular(path, os.O_RDWR | os.O_APPEND)
        try:
            require_one_name(fd, path)
        except BaseException:
            os.close(fd)
            raise
        return fd
    holder, name = folder.parent(path, create=True)
    try:
        return os.open(name, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666, dir_fd=holder)
    finally:
        os.close(holder)


def append(fd: int, line: bytes) -> None:
    """Add a line whole, or nothing of it."""
    size = os.fstat(fd).st_size
    if size and os.pread(fd, 1, size - 1) != b"\n":
        line = b"\n" + line
    try:
        if os.write(fd, line) != len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(fd)
    except OSError:
        os.ftruncate(fd, size)
        raise


def require_one_name(fd: int, path: str) -> None:
    if os.fstat(fd).st_nlink > 1:
        raise SyscallError(f"{path} has another name (a hard link), which may be outside the workspace", "EPERM")
