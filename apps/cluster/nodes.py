"""The nodes that a state directory knows: a name, a URL, and the file that its token is in.

- `Nodes(home)`: `all()`, `find(name)`, `add`, `remove`; `reach(entry)` is the daemon to talk to.
- `local` is the daemon of the state directory itself, and always there.
- Tokens stay in their files, which are looked at each time: one that others may read is refused.
- `cluster.json` is written whole or not at all, one writer at a time; a newer format is refused.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from llmasos.apps.token_file import token_in
from llmasos.client import Daemon, DaemonUnreachable, find
from llmasos.errors import LLMasOSError, NoSuchNode, UsageError
from llmasos.node import Node

LOCAL = "local"
FILE_NAME, FORMAT = "cluster.json", 1
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One of the list; `local` has no URL."""

    name: str
    url: str = ""
    token_file: str = ""


class Nodes:
    def __init__(self, home: Path) -> None:
        self._home = home
        self._file = home / FILE_NAME

    def all(self) -> list[Entry]:
        """`local` first, then by name. Raises LLMasOSError for a list that cannot be read."""
        return [Entry(LOCAL), *sorted(self._read(), key=lambda entry: entry.name)]

    def find(self, name: str) -> Entry:
        """Raises NoSuchNode, with the names there are."""
        for entry in self.all():
            if entry.name == name:
                return entry
        raise NoSuchNode(f"no node {name!r}; there are: {', '.join(entry.name for entry in self.all())}")

    @staticmethod
    def checked(entry: Entry) -> Node:
        """What it leads to. Raises UsageError, LLMasOSError."""
        if not _NAME.fullmatch(entry.name) or entry.name == LOCAL:
            raise UsageError(f"a node's name is of small letters, digits, . _ and -, and not local: not {entry.name!r}")
        return Node.at(entry.url, token_in(Path(entry.token_file)), entry.name)

    def add(self, entry: Entry) -> None:
        """Raises UsageError for a name that is none, or is taken, and for what is no URL or token file."""
        self.checked(entry)
        with self._changing() as entries:
            self.check_free(entry.name, entries)
            entries.append(entry)

    def check_free(self, name: str, entries: list[Entry] | None = None) -> None:
        """Raises UsageError for a name that is taken."""
        if any(other.name == name for other in (self._read() if entries is None else entries)):
            raise UsageError(f"there is a node {name} already: llmasos cluster remove {name}")

    def remove(self, name: str) -> None:
        """Raises NoSuchNode, UsageError for `local`."""
        if name == LOCAL:
            raise UsageError("local is this machine's own daemon: llmasos stop ends it")
        entry = self.find(name)
        with self._changing() as entries:
            entries[:] = [other for other in entries if other.name != entry.name]

    def reach(self, entry: Entry) -> Daemon:
        """Raises DaemonUnreachable where no daemon runs here, UsageError for a token file that will not do."""
        if entry.name != LOCAL:
            return self.checked(entry)
        if (daemon := find(self._home)) is None:
            raise DaemonUnreachable("no daemon runs: llmasos serve")
        return daemon

    def _read(self) -> list[Entry]:
        try:
            document = json.loads(self._file.read_text("utf-8"))
            if document["format"] != FORMAT:
                raise LLMasOSError(f"{self._file}: a list of format {document['format']}, this llmasos reads {FORMAT}")
            return [Entry(**fields) for fields in document["nodes"]]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise LLMasOSError(f"{self._file}: {error.strerror}") from None
        except (ValueError, KeyError, TypeError) as error:
            raise LLMasOSError(f"{self._file}: no list of nodes: {type(error).__name__}: {error}") from None

    @contextlib.contextmanager
    def _changing(self) -> Iterator[list[Entry]]:
        """The list, written back when all went well."""
        try:
            self._home.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._file.with_suffix(".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                entries = self._read()
                yield entries
                self._write(entries)
        except OSError as error:
            raise LLMasOSError(f"{self._file}: {error.strerror}") from None

    def _write(self, entries: list[Entry]) -> None:
        beside = self._file.with_suffix(".tmp")
        text = json.dumps({"format": FORMAT, "nodes": [asdict(entry) for entry in entries]}, indent=1) + "\n"
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "w") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(self._file)


def address(text: str) -> tuple[str, int]:
    """A node's name and a pid, of `rome:7`. Raises UsageError."""
    name, colon, pid = text.rpartition(":")
    if not (name and colon and pid.isdecimal() and len(pid) < 19):
        raise UsageError(f"a process of a cluster is NODE:PID, as {LOCAL}:7, not {text!r}")
    return name, int(pid)
