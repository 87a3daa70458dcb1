"""A folder that nothing opened through it can leave.

- `with Beneath(root) as folder:` then `folder.open("a/b.txt", os.O_RDONLY)`; every path is relative to the root.
- On Linux the kernel resolves (`openat2` with RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS): `..`, absolute paths,
  symbolic links and swaps by another program cannot lead outside, at whatever moment they happen. Links that
  stay inside are followed.
- Where `openat2` is missing (macOS, kernels before 5.6, some containers) the path is walked component by
  component with O_NOFOLLOW: just as tight, but every symbolic link is refused, also those that stay inside.
- `private` folders are nobody's, also where they lie beneath the root: EACCES for all that is in them, and for the
  names that lead to them: who took away a link would have the next program make the folder anew, in reach.
- It raises OSError: EXDEV is "outside the root". It knows no syscalls and no messages.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import functools
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType

NO_FOLLOW_ALL = 0x04  # RESOLVE_NO_SYMLINKS
_BENEATH = 0x08 | 0x02  # RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS
_OPENAT2 = 437  # the same on every architecture Linux calls common
_RETRIES = 64  # EAGAIN: somebody renamed folders while `..` was resolved
_MAX_LINKS = 8
_MAX_NAMES = 4096  # on the way to a folder: no path is longer
PRIVATE = "private"  # the words of an error
_MAX_BYTES = 4000  # of a path: a little under what the system takes
_MAX_MADE = 64  # folders below each other that one call may make: deeper trees break other programs
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_HANDLE = getattr(os, "O_PATH", os.O_RDONLY | os.O_NONBLOCK) | os.O_CLOEXEC


class _OpenHow(ctypes.Structure):
    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


def _openat2(folder: int, path: str, flags: int, mode: int, resolve: int) -> int:
    how = _OpenHow(flags, mode if flags & os.O_CREAT else 0, resolve)
    name = os.fsencode(path)
    for _ in range(_RETRIES):
        fd: int = _libc().syscall(_OPENAT2, folder, name, ctypes.byref(how), ctypes.sizeof(how))
        if fd >= 0:
            return fd
        code = ctypes.get_errno()
        if code not in (errno.EAGAIN, errno.EINTR):
            break
    raise OSError(code, os.strerror(code), path)


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


@functools.cache
def has_openat2() -> bool:
    """Whether this kernel resolves beneath a folder for us; a container's filter may deny it."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        os.close(_openat2(-100, ".", _HANDLE, 0, _BENEATH))  # AT_FDCWD
    except OSError as error:
        return error.errno not in (errno.ENOSYS, errno.EPERM, errno.EINVAL, errno.E2BIG)
    return True


def check_path(path: str) -> None:
    """Refuse what no file system can name. Raises OSError EINVAL, ENAMETOOLONG."""
    if not path or "\0" in path:
        raise OSError(errno.EINVAL, "path is empty" if not path else "path has a NUL byte", path)
    try:
        size = len(os.fsencode(path))
    except UnicodeEncodeError:
        raise OSError(errno.EINVAL, "path is not valid unicode", path) from None
    if size > _MAX_BYTES:
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), path)


class Beneath:
    """An open root folder. `walk=True` forces the fallback."""

    def __init__(self, root: Path, *, walk: bool = False, private: Iterable[Path] = ()) -> None:
        self._walk = walk or not has_openat2()
        self._hides = tuple(private)
        self._private = _overlapping(root, self._hides)
        self._root = os.open(root, _FOLDER)

    def __enter__(self) -> Beneath:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        os.close(self._root)

    def open(self, path: str, flags: int, mode: int = 0o666, resolve: int = 0) -> int:
        """A file descriptor of what `path` names beneath the root."""
        check_path(path)
        flags |= os.O_CLOEXEC
        if self._walk:
            fd = self._open_walking(path, flags, mode)
        else:
            fd = _openat2(self._root, path, flags, mode, _BENEATH | resolve)
        if self._private and _is_within(_path_of(fd), self._private):
            os.close(fd)
            raise OSError(errno.EACCES, PRIVATE, path)
        return fd

    def stat(self, path: str) -> os.stat_result:
        """What `path` names, without opening it: a fifo or device is never touched."""
        if not self._walk or hasattr(os, "O_PATH"):
            fd = self.open(path, _HANDLE)
            try:
                return os.fstat(fd)
            finally:
                os.close(fd)
        folder, name = self._walk_to(path)
        try:
            return os.stat(name, dir_fd=folder, follow_symlinks=False)
        finally:
            os.close(folder)

    def open_regular(self, path: str, flags: int) -> int:
        """A regular file's descriptor. Raises OSError EISDIR on a folder, ENODEV on anything else.

        Looked at before it is opened (opening a device may do something) and again after (it may have been swapped).
        """
        _require_regular(self.stat(path), path)
        fd = self.open(path, flags | os.O_NONBLOCK)
        try:
            _require_regular(os.fstat(fd), path)
        except OSError:
            os.close(fd)
            raise
        return fd

    def parent(self, path: str, *, create: bool = False) -> tuple[int, str]:
        """The open folder that holds `path`, and the name in it; a final link is followed to where it points."""
        for _ in range(_MAX_LINKS):
            folder, name = self.holder(path, create=create)
            try:
                target = os.readlink(name, dir_fd=folder)
            except OSError as error:
                if error.errno in (errno.EINVAL, errno.ENOENT):  # not a link; nothing there yet
                    return folder, name
                os.close(folder)
                raise
            os.close(folder)
            if self._walk or target.startswith("/"):
                raise OSError(errno.EXDEV, "link", path)
            path = os.path.join(os.path.dirname(path), target)  # noqa: PTH118, PTH120 - pathlib would fold dots
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)

    def holder(self, path: str, *, create: bool = False) -> tuple[int, str]:
        """The open folder that holds the name `path` ends in, and that name; `create` makes missing folders.

        The name is one that may be made, replaced or removed: not so those that lead to what is private.
        """
        check_path(path)
        head, _, name = path.rpartition("/")
        if path.startswith("/"):
            raise OSError(errno.EXDEV, "absolute", path)
        if name in ("", ".", ".."):
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        if create:
            self._make(head)
        folder = self.open(head or ".", _FOLDER)
        if self._hides and self._leads_to_private(f"{_path_of(folder)}/{name}"):
            os.close(folder)
            raise OSError(errno.EACCES, PRIVATE, path)
        return folder, name

    def _leads_to_private(self, name: str) -> bool:
        return self._is_private(name) or any(name in _names_to(folder) for folder in self._hides)

    def _is_private(self, name: str) -> bool:
        return _is_within(os.path.realpath(name), map(os.path.realpath, self._hides))

    def _make(self, path: str) -> None:
        """Make a folder and those above it, each beneath the root."""
        parts, done = [part for part in path.split("/") if part], ""
        if len(parts) > _MAX_MADE:
            raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), path)
        for part in parts:
            folder = self.open(done or ".", _FOLDER)
            try:
                if part not in (".", ".."):
                    if self._hides and self._is_private(f"{_path_of(folder)}/{part}"):
                        raise OSError(errno.EACCES, PRIVATE, path)
                    os.mkdir(part, dir_fd=folder)
            except FileExistsError:
                pass
            finally:
                os.close(folder)
            done = f"{done}/{part}" if done else part

    def _open_walking(self, path: str, flags: int, mode: int) -> int:
        folder, name = self._walk_to(path)
        try:
            fd = os.open(name, flags | os.O_NOFOLLOW, mode, dir_fd=folder)
        except OSError as error:
            raise OSError(_link_error(error), os.strerror(error.errno or 0), path) from None
        finally:
            os.close(folder)
        if stat.S_ISLNK(os.fstat(fd).st_mode):  # O_PATH opens the link itself
            os.close(fd)
            raise OSError(errno.EXDEV, "link", path)
        return fd

    def _walk_to(self, path: str) -> tuple[int, str]:
        """The folder a path without links ends in, and the last name; `..` is folded, never above the root."""
        if path.startswith("/"):
            raise OSError(errno.EXDEV, "absolute", path)
        parts: list[str] = []
        for part in path.split("/"):
            if part == ".." and not parts:
                raise OSError(errno.EXDEV, "above the root", path)
            if part == "..":
                parts.pop()
            elif part not in ("", "."):
                parts.append(part)
        *folders, name = parts or ["."]
        folder = os.dup(self._root)
        for part in folders:
            folder = _step(folder, part, path)
        return folder, name


def _overlapping(root: Path, folders: Iterable[Path]) -> tuple[str, ...]:
    """Real paths of those that a path beneath the root may lead into."""
    real, found = os.path.realpath(root), {os.path.realpath(folder) for folder in folders}
    return tuple(path for path in found if _is_within(path, (real,)) or _is_within(real, (path,)))


def _names_to(folder: Path) -> Iterator[str]:
    """Every name, by its real place, that is gone through on the way to a folder, links' own included."""
    left, at = [*reversed(folder.absolute().parts[1:])], "/"
    for _ in range(_MAX_NAMES):  # links may go round
        if not left:
            return
        name = left.pop()
        if name == "..":
            at = os.path.dirname(at)  # noqa: PTH120 - it is a place without links
            continue
        at = f"{at.rstrip('/')}/{name}"
        yield at
        try:
            target = Path(at).readlink()
        except OSError:  # no link, or nothing there yet
            continue
        left += reversed(target.parts[1:] if target.is_absolute() else target.parts)
        at = "/" if target.is_absolute() else os.path.dirname(at)  # noqa: PTH120


def _is_within(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)


def _path_of(fd: int) -> str:
    """Where an open file is, links resolved."""
    if hasattr(fcntl, "F_GETPATH"):  # macOS
        return os.fsdecode(fcntl.fcntl(fd, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0"))
    return str(Path(f"/proc/self/fd/{fd}").readlink())


def _step(folder: int, part: str, path: str) -> int:
    """The folder `part` in `folder`, which is closed."""
    try:
        return os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
    except OSError as error:
        is_link = _is_link(part, folder)
        raise OSError(errno.EXDEV if is_link else error.errno, os.strerror(error.errno or 0), path) from None
    finally:
        os.close(folder)


def _is_link(name: str, folder: int) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return False


def _link_error(error: OSError) -> int:
    return errno.EXDEV if error.errno == errno.ELOOP else error.errno or errno.EIO


def _require_regular(status: os.stat_result, path: str) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.ENODEV, "not a regular file", path)
