"""The apps of a state directory: what is known of each without running it, and its program once it is run.

- `InstalledApps(home)`: `names()`, `record(name)`, and `await find(name)`, its program, loaded at its first use.
- `keep(record, staged)` makes a folder of files an installed app, in one step; `remove(name)` takes it away.
- Only what was installed is run: files that have changed since, and code that asks for more than it did then, are
  refused (AppDamaged). That guards against accidents and not against those who may write the state directory.

On disk: `apps/NAME/app.json` and beside it the folder of files that it names. The record is replaced in one step and
last, so an app is whole whenever it is there; what a crash has left beside is taken away by the next install.
"""

from __future__ import annotations

import difflib
import fcntl
import json
import math
import os
import re
import shlex
import shutil
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import anyio
from pydantic import TypeAdapter

from llmasos.app import AGENT, App
from llmasos.app_content import MAIN, digest, strip
from llmasos.app_file import app_of, asks
from llmasos.errors import AppDamaged, AppNotFound, LLMasOSError, UsageError
from llmasos.kernel.blocking import Blocking
from llmasos.kernel.program import Program

FORMAT = 1
RECORD = "app.json"
LOAD_S = 30.0  # libraries that an app imports take their time
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_STAGED = ".staged-"
_DAY_S = 86_400.0
_FOLDER = re.compile(r"files-[A-Za-z0-9_]+")


@dataclass(frozen=True, slots=True)
class AppRecord:
    """`sha256` is of its files in `folder`; `source` where they came from; `installed` when, in UTC."""

    name: str
    folder: str
    sha256: str
    source: str
    installed: str
    capabilities: list[str] | None
    calls: list[dict[str, str]]

    @property
    def asks(self) -> dict[str, Any]:
        """As app_file.py has it."""
        return {"name": self.name, "capabilities": self.capabilities, "calls": self.calls}


class InstalledApps:
    """`taken` are the names of the kernel's calls, which no call of an app's may have."""

    def __init__(self, home: Path, taken: Collection[str] = ()) -> None:
        self.root = home / "apps"
        self._taken = taken
        self._loaded: dict[str, tuple[str, App]] = {}  # by name, with the folder of its files
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._began: dict[str, float] = {}  # by name, when what is being loaded began to be
        self._blocking = Blocking()

    # -- what is there ------------------------------------------------------------------------------------------------

    def names(self) -> list[str]:
        try:
            found = [path.name for path in self.root.iterdir()]
        except OSError:
            return []
        return sorted(name for name in found if name in self)

    def __contains__(self, name: str) -> bool:
        return is_name(name) and (self.root / name / RECORD).is_file()

    def record(self, name: str) -> AppRecord:
        """Raises AppNotFound, AppDamaged."""
        if name not in self:
            raise no_app(name, [AGENT.name, *self.names()])
        try:
            fields = json.loads((self.root / name / RECORD).read_text("utf-8"))
            whole = fields.pop("llmasos_app") == FORMAT
            found = TypeAdapter(AppRecord).validate_python(fields)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            whole = False
        if not whole or found.name != name or not _FOLDER.fullmatch(found.folder):
            raise AppDamaged(f"the record of app {name} is damaged: install it again with --force")
        return found

    # -- running it ---------------------------------------------------------------------------------------------------

    async def find(self, name: str, sha256: str | None = None) -> Program:
        """The program of a name: the agent's, or an installed app's, of that content if one is named.

        Raises AppNotFound, AppDamaged.
        """
        if name == AGENT.name:
            return AGENT
        if time.monotonic() - self._began.get(name, math.inf) <= LOAD_S:  # else nobody waits for it once more
            with anyio.move_on_after(LOAD_S):
                return await self._blocking.run(partial(self._load, name, sha256))
        raise AppDamaged(f"app {name} does not load within {LOAD_S:g} s: its code hangs")

    def _load(self, name: str, sha256: str | None) -> Program:
        with self._locks[name]:
            self._began[name] = time.monotonic()
            try:
                record = self.record(name)
                self._check(record, sha256)
                folder, app = self._loaded.get(name) or ("", None)
                if app is None or folder != record.folder:
                    app = self._run(record)
                    self._loaded[name] = (record.folder, app)
            finally:
                del self._began[name]
        return replace(app.program(), digest=record.sha256, resumable=True)

    def _check(self, record: AppRecord, sha256: str | None) -> None:
        """Raises AppDamaged unless its files are those that were installed, and those that are wanted."""
        if sha256 is not None and sha256 != record.sha256:
            raise AppDamaged(f"app {record.name} is another since: it was installed again on {record.installed}")
        try:
            same = digest(self.root / record.name / record.folder) == record.sha256
        except (UsageError, OSError):
            same = False
        if not same:
            again = f"llmasos install --force {shlex.quote(record.source)}"
            raise AppDamaged(f"app {record.name} has changed since it was installed: {again}")

    def _run(self, record: AppRecord) -> App:
        """Run its file. Raises AppDamaged."""
        path = self.root / record.name / record.folder / MAIN
        try:
            strip(path.parent)
            app = app_of(path, f"llmasos_app_{record.name.replace('-', '_')}_{record.folder.removeprefix('files-')}")
            wants = asks(app, self._taken)
        except LLMasOSError as error:
            raise AppDamaged(f"app {record.name}: {error}") from error
        if wants != record.asks:
            raise AppDamaged(f"app {record.name} asks for something else than when it was installed: install it again")
        return app

    # -- installing it ------------------------------------------------------------------------------------------------

    def _make_root(self) -> None:
        for folder in (self.root.parent, self.root):  # each for its owner alone, as a daemon wants it
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """An empty folder beside the apps, for the files of the next; what is left of it goes."""
        self._make_root()
        _clear(p for p in self.root.glob(f"{_STAGED}*") if p.stat().st_mtime < time.time() - _DAY_S)
        staged = Path(tempfile.mkdtemp(prefix=_STAGED, dir=self.root))
        try:
            yield staged
        finally:
            _clear([staged])

    @contextmanager
    def changing(self) -> Iterator[None]:
        """One who installs or removes at a time, of all that use the state directory."""
        self._make_root()
        with (self.root / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def keep(self, record: AppRecord, staged: Path) -> None:
        """Make a folder of files the app of a record; what it was before goes. Call it while `changing`."""
        home = self.root / record.name
        home.mkdir(mode=0o700, exist_ok=True)
        staged.rename(home / record.folder)
        fresh = home / f".{RECORD}.partial"
        with fresh.open("w", encoding="utf-8") as file:
            file.write(json.dumps({"llmasos_app": FORMAT, **asdict(record)}, indent=1) + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(home / RECORD)
        for folder in (home, self.root):
            _sync(folder)
        _clear(path for path in home.iterdir() if path.name not in (RECORD, record.folder))

    def remove(self, name: str) -> None:
        """Take it away; its processes go on. Raises AppNotFound."""
        with self.changing():
            if name not in self:
                raise no_app(name, self.names())
            (self.root / name / RECORD).unlink()
            _sync(self.root / name)
            _clear([self.root / name])


def is_name(text: str) -> bool:
    """Letters, digits, - and _, beginning with a letter; 64 at most."""
    return _NAME.fullmatch(text) is not None


def no_app(name: str, known: list[str]) -> AppNotFound:
    near = difflib.get_close_matches(name, known, 1, 0.5)
    others = f"there are: {', '.join(known)}" if known else "none is installed"
    hint = f"did you mean {near[0]}?" if near else others
    return AppNotFound(f"no app named {name}; {hint}")


def _clear(paths: Iterable[Path]) -> None:
    for path in list(paths):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
