"""Files of a process's workspace, by relative path: read, write, append, list, find, stat, remove.

- Every path is resolved beneath the workspace by `beneath.py`; what leads outside is EPERM, whatever leads there.
- Only regular files are read and written: a fifo or device is EINVAL at once, never a hang.
- Files with a second hard link are neither read nor appended to, for the other name may lie outside. Writing
  replaces the name in this workspace and leaves the other alone.
- `write_file` is atomic: a reader sees the old text or the new, also after a crash.
- Nothing is cut silently: what is too large is EFBIG and names both sizes and the way out.
- What a file of another user says is untrusted.
- Names that begin with a dot are left out of lists, as `ls` does, unless the pattern begins with one too.
"""

from __future__ import annotations

import codecs
import errno
import os
import pwd
import re
import stat
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import Field

from llmasos.errors import SyscallError
from llmasos.kernel.syscall import Caller, Untrusted, syscall
from llmasos.syscalls.beneath import PRIVATE, Beneath
from llmasos.syscalls.listing import find, printable, visible
from llmasos.syscalls.writing import append, open_to_append, replace, require_one_name

_WORD = re.compile(r"\S+")
_TRUSTED = (os.geteuid(), 0)  # whose files nobody else writes


@dataclass(frozen=True, slots=True)
class FileLimits:
    """Sizes in bytes. `read` should be what the model's window can hold."""

    read: int = 1 << 16
    write: int = 1 << 23
    entries: int = 1000  # names that one list may have
    visits: int = 200_000  # names looked at in one search


class Files:
    """The file syscalls. `walk=True` forces the resolver that needs no `openat2`."""

    def __init__(self, limits: FileLimits | None = None, *, walk: bool = False, private: Sequence[Path] = ()) -> None:
        self._limits = limits or FileLimits()
        self._private = private  # llmasos's own, also where a workspace has them
        self._walk = walk
        self._appending = threading.Lock()  # our own processes append one at a time, so lines never mix

    @syscall(effect="read", capability="files:read", family="files", blocking=True, roles={"path": "target"})
    def read_file(
        self, caller: Caller, path: str, max_words: Annotated[int, Field(ge=1)] | None = None
    ) -> str | Untrusted:
        """Read a text file.

        The text comes without the newline that ends its last line. With `max_words`, its first words.
        """
        with self._workspace(caller, path) as folder:
            text, total, owner = self._head(folder, path)
            ends = [word.end() for word, _ in zip(_WORD.finditer(text), range(max_words or 0), strict=False)]
            if len(text.encode()) < total and len(ends) < (max_words or 1):
                raise SyscallError(
                    f"{path} has {total} bytes and {self._limits.read} fit; ask for fewer with max_words", "EFBIG"
                )
            text = text[: ends[-1]] if ends else text.removesuffix("\n").removesuffix("\r")
            text = text or "(empty)"
            return text if owner in _TRUSTED else Untrusted(text, f"the file {printable(path)} of {_user(owner)}")

    @syscall(
        effect="write",
        capability="files:write",
        family="files",
        idempotent=True,
        blocking=True,
        roles={"path": "target", "content": "payload"},
    )
    def write_file(self, caller: Caller, path: str, content: str) -> str:
        """Write text to a file, replacing what it said.

        Missing folders are made.
        """
        data = self._encoded(content)
        with self._workspace(caller, path) as folder:
            holder, name = folder.parent(path, create=True)
            try:
                replace(holder, name, data)
            finally:
                os.close(holder)
        return f"wrote {_count(len(data), 'byte')} to {path}"

    @syscall(
        effect="write",
        capability="files:write",
        family="files",
        blocking=True,
        roles={"path": "target", "content": "payload"},
    )
    def append_file(self, caller: Caller, path: str, content: str) -> str:
        """Add a line of text to the end of a file.

        A last line without its newline gets one first; a missing file is made.
        """
        line = self._encoded(content if content.endswith("\n") else f"{content}\n")
        with self._workspace(caller, path) as folder, self._appending:
            fd = open_to_append(folder, path)
            try:
                append(fd, line)
            finally:
                os.close(fd)
        num_lines = line.count(b"\n")
        return f"added {_count(num_lines, 'line')} to {path}"

    @syscall(effect="read", capability="files:read", family="files", blocking=True, roles={"path": "target"})
    def list_files(self, caller: Caller, path: str = ".") -> str:
        """List the files in a folder."""
        with self._workspace(caller, path, "no such folder") as folder:
            names = self._names(folder, path)
        if len(names) > self._limits.entries:
            raise SyscallError(
                f"{path} has {len(names)} entries and {self._limits.entries} fit; use find_files", "EFBIG"
            )
        return "\n".join(names) or "(empty)"

    @syscall(effect="read", capability="files:read", family="files", blocking=True, roles={"pattern": "target"})
    def find_files(self, caller: Caller, pattern: str) -> str:
        """Find files by name pattern.

        `*.txt` looks in every folder, `docs/*.txt` in that one, `docs/**/*.txt` below it.
        """
        with self._workspace(caller, pattern) as folder:
            found = find(folder, pattern, self._limits.entries, self._limits.visits)
        return "\n".join(map(printable, found)) or "(none)"

    @syscall(effect="read", capability="files:read", family="files", blocking=True, roles={"path": "target"})
    def stat_file(self, caller: Caller, path: str) -> str:
        """Size and time of change of a file."""
        with self._workspace(caller, path) as folder:
            status = folder.stat(path)
            changed = f"changed {datetime.fromtimestamp(status.st_mtime):%Y-%m-%d %H:%M}"
            if stat.S_ISREG(status.st_mode):
                return f"file, {_count(status.st_size, 'byte')}, {changed}"
            if not stat.S_ISDIR(status.st_mode):
                raise OSError(errno.ENODEV, "special", path)
            num = len(self._names(folder, path))
            return f"folder, {num} {'entry' if num == 1 else 'entries'}, {changed}"

    @syscall(effect="destroy", capability="files:write", family="files", blocking=True, roles={"path": "target"})
    def remove_file(self, caller: Caller, path: str) -> str:
        """Delete a file."""
        with self._workspace(caller, path) as folder:
            holder, name = folder.holder(path)
            try:
                if stat.S_ISDIR(os.stat(name, dir_fd=holder, follow_symlinks=False).st_mode):
                    raise OSError(errno.EISDIR, "folder", path)
                os.unlink(name, dir_fd=holder)
            finally:
                os.close(holder)
        return f"removed {path}"

    @contextmanager
    def _workspace(self, caller: Caller, path: str, missing: str = "no such file") -> Iterator[Beneath]:
        """The caller's workspace, with the system's errors told in the model's words."""
        try:
            with Beneath(caller.process.workspace, walk=self._walk, private=self._private) as folder:
                yield folder
        except OSError as error:
            raise _told(error, path, missing) from error

    def _head(self, folder: Beneath, path: str) -> tuple[str, int, int]:
        """The text of the first `limits.read` bytes, the size of the whole, and the file's owner."""
        fd = folder.open_regular(path, os.O_RDONLY)
        with os.fdopen(fd, "rb") as file:
            require_one_name(fd, path)
            data = file.read(self._limits.read + 1)
            status = os.fstat(fd)
            total = max(status.st_size, len(data))
        if b"\0" in data:
            raise SyscallError(f"not a text file: {path}", "EINVAL")
        if len(data) <= self._limits.read:
            total = len(data)  # files of /proc and the like say 0, a growing one says more than was read
        whole = len(data) == total
        try:
            text = codecs.getincrementaldecoder("utf-8")().decode(data[: self._limits.read], final=whole)
        except UnicodeDecodeError:
            raise SyscallError(f"not a text file: {path}", "EINVAL") from None
        return text, total, status.st_uid

    def _names(self, folder: Beneath, path: str) -> list[str]:
        fd = folder.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NONBLOCK)
        try:
            return sorted(printable(e.name) + ("/" if e.is_dir else "") for e in visible(fd))
        finally:
            os.close(fd)

    def _encoded(self, content: str) -> bytes:
        try:
            data = content.encode()
        except UnicodeEncodeError:
            raise SyscallError("the text is not valid unicode", "EINVAL") from None
        if len(data) > self._limits.write:
            raise SyscallError(f"{len(data)} bytes are too many: {self._limits.write} at most", "EFBIG")
        return data


def _user(number: int) -> str:
    try:
        return f"user {pwd.getpwuid(number).pw_name}"
    except KeyError:
        return f"user {number}"


def _count(num: int, what: str) -> str:
    return f"{num} {what}{'' if num == 1 else 's'}"


_MESSAGES: dict[int, tuple[str, str]] = {
    errno.EXDEV: ("EPERM", "outside the workspace"),
    errno.ELOOP: ("ELOOP", "too many symbolic links"),
    errno.EISDIR: ("EISDIR", "is a folder"),
    errno.ENOTDIR: ("ENOTDIR", "not a folder"),
    errno.ENODEV: ("EINVAL", "not a regular file"),
    errno.ENXIO: ("EINVAL", "not a regular file"),
    errno.ENAMETOOLONG: ("ENAMETOOLONG", "name too long"),
    errno.EACCES: ("EACCES", "permission denied"),
    errno.EPERM: ("EPERM", "not permitted"),
    errno.ENOSPC: ("ENOSPC", "no space left on the device"),
    errno.EDQUOT: ("EDQUOT", "disk quota exceeded"),
    errno.EROFS: ("EROFS", "read-only file system"),
}


def _told(error: OSError, path: str, missing: str) -> SyscallError:
    number = error.errno or errno.EIO
    if error.strerror == PRIVATE:
        return SyscallError(f"llmasos keeps its own state there: {printable(path)}", "EPERM")
    shown = printable(path if len(path) <= 200 else f"{path[:200]}...")
    if number == errno.ENOENT:
        return SyscallError(f"{missing}: {shown}", "ENOENT")
    if number == errno.EINVAL:
        return SyscallError(error.strerror or "invalid path", "EINVAL")
    code, message = _MESSAGES.get(number, (errno.errorcode.get(number, "EIO"), (error.strerror or "failed").lower()))
    return SyscallError(f"{message}: {shown}", code)
