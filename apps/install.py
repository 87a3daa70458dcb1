"""`install PATH`: an app becomes one that is run by its name.

- Its files are copied first, and all that follows is about the copy: what was looked at is what is installed.
- An app is Python code that runs as whoever installs it, from the first look on, so the question comes before: with
  what the text of its file says it asks for. Asks it for something else once it is run, there is a second question.
- Without a terminal nobody can be asked: `--yes` answers. What is refused leaves nothing behind.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from llmasos.app import AGENT
from llmasos.app_content import MAIN, copy, digest, strip
from llmasos.app_file import check_words
from llmasos.apps.app_check import check
from llmasos.apps.app_list import capability_words, facts
from llmasos.apps.app_text import declared
from llmasos.apps.printable import one_line
from llmasos.config import load_config
from llmasos.errors import AppNotFound, LLMasOSError, StorageError, UsageError
from llmasos.installed import AppRecord, InstalledApps, is_name

MAX_READ_BYTES = 1 << 20  # a tree of Python's takes a hundred times as much


@dataclass(frozen=True, slots=True)
class Order:
    """What the command line asked for."""

    path: Path
    yes: bool = False
    force: bool = False
    json: bool = False


def install(order: Order) -> None:
    """Raises AppNotFound, UsageError, LLMasOSError for what cannot be installed, or was not to be."""
    source = order.path.expanduser()
    if not os.access(source, os.F_OK):
        raise AppNotFound(f"no app {source}: install takes a Python file, or a folder with an {MAIN}")
    if source.is_file() and source.suffix != ".py":
        raise UsageError(f"{source} is no app: install takes a Python file (*.py), or a folder with an {MAIN}")
    attended = sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()
    if not (order.yes or attended):
        raise UsageError(f"installing runs the Python code of {source} as you: read it, then say --yes")
    apps = InstalledApps(load_config().home)
    try:
        with apps.staging() as staged:
            record = _installed(apps, source, staged, order)
    except OSError as error:
        raise StorageError(f"cannot install {source}: {error.strerror or error}") from None
    if order.json:
        print(json.dumps(facts(record), ensure_ascii=False))
    else:
        print(f'installed {record.name}: llmasos run {record.name} "..."')


def _installed(apps: InstalledApps, source: Path, staged: Path, order: Order) -> AppRecord:
    files = staged / "files"
    files.mkdir(mode=0o700)
    num_files, num_bytes = copy(source, files)
    said = _declared(files / MAIN, source)
    if said is not None:
        _check_name(apps, said["name"], order.force)
        check_words(said)
    count = f"{num_files} file{'s' * (num_files != 1)}, {num_bytes:,} bytes"
    what = f"{_line(str(source))}: {count} of an app that runs as you."
    _note(f"{what}\n{_words(said)}")
    _consent("Run it now to check it, and install it?", order.yes)
    sha256 = digest(files)
    wants = check(files, staged / "answer", source)
    strip(files)
    if digest(files) != sha256:
        raise UsageError(f"{source} writes into its own folder when it is loaded: its files have to stay as they are")
    _check_name(apps, wants["name"], order.force)
    if wants != said:
        _note(f"Now that it was run:\n{_words(wants)}")
        if said is not None:
            _consent("That is something else than its text says. Install it?", order.yes)
    record = AppRecord(
        folder=f"files-{staged.name.rpartition('-')[2]}",
        sha256=sha256,
        source=os.fsencode(source.resolve()).decode(errors="replace"),
        installed=datetime.now(UTC).isoformat(timespec="seconds"),
        **wants,
    )
    with apps.changing():
        _check_name(apps, record.name, order.force)  # somebody else may have been quicker
        apps.keep(record, files)
    return record


def _declared(file: Path, source: Path) -> dict[str, Any] | None:
    """Raises UsageError for what is no Python."""
    if file.stat().st_size > MAX_READ_BYTES:
        return None
    try:
        return declared(file.read_bytes())
    except SyntaxError as error:
        raise UsageError(f"{source} does not load: line {error.lineno}: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise UsageError(f"{source} is no Python file: {error}") from None


def _check_name(apps: InstalledApps, name: str, force: bool) -> None:
    """Raises UsageError for a name that no app may have, or that another has."""
    from llmasos.apps.commands import command_names
    from llmasos.apps.shell_builtins import BUILTINS

    if not is_name(name):
        rule = "1 to 64 letters, digits, - and _, beginning with a letter"
        raise UsageError(f"not an app's name: {one_line(name, 80)!r} ({rule})")
    if name in {AGENT.name, *BUILTINS, *command_names()}:
        raise UsageError(f"no app may be named {name}: that word means something else already")
    same = [other for other in apps.names() if other.casefold() == name.casefold()]
    if same and not (force and same == [name]):
        mend = "--force installs over it" if same == [name] else "give it another name"
        raise UsageError(f"there is an app named {same[0]} already: {mend}")


def _words(wants: dict[str, Any] | None) -> str:
    if wants is None:
        return "What it asks for its text does not say: it shows once it is run."
    calls = (
        _line(f"  call          {call['name']}: effect {call['effect']}, capability {call['capability']}")
        for call in wants["calls"]
    )
    capabilities = _line(f"  capabilities  {capability_words(wants['capabilities'])}")
    return "\n".join([_line(f"It asks for, as {wants['name']}:"), capabilities, *calls])


def _line(text: str) -> str:
    """On one line, in the order it is written in: what is consented to looks like nothing else."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _consent(question: str, yes: bool) -> None:
    """Raises LLMasOSError for a no, and for no answer."""
    if yes:
        return
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise LLMasOSError("not installed")
