"""Which program a command line means: an app by name, the one in a Python file, or an agent for a plain request.

- `chosen(["translate", "hello"], home)` is the app and its request; `chosen(["what", "time", "is", "it"], home)` an
  agent's. `weather.py` is the `App` that the file defines.
- Nothing of an app is run before `await program(kernel, choice)`: a name is enough to find it, and for a daemon.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import anyio

from llmasos import Kernel
from llmasos.app import AGENT
from llmasos.app_file import app_of, asks
from llmasos.errors import AppNotFound
from llmasos.events import Program
from llmasos.installed import InstalledApps


@dataclass(frozen=True, slots=True)
class Chosen:
    """An app's name and its request; `file` is where the app is, when it is no installed one."""

    app: str
    request: str
    file: Path | None = None


def chosen(words: list[str], home: Path) -> Chosen:
    """What words mean with the apps of a state directory. Raises AppNotFound for a file that is not there."""
    request = " ".join(words[1:])
    if words and is_app(words[0], home):
        return Chosen(words[0], request)
    if words and words[0].endswith(".py") and len(words[0].split()) == 1 and (len(words) > 1 or _is_file(words[0])):
        if not _is_file(words[0]):
            raise AppNotFound(f"no app {words[0]}")
        return Chosen(Path(words[0]).stem, request, Path(words[0]).absolute())
    return Chosen(AGENT.name, " ".join(words))


def is_app(word: str, home: Path) -> bool:
    """Whether it is the name of an app."""
    return word == AGENT.name or word in InstalledApps(home)


def app_names(home: Path) -> list[str]:
    """Those that can be run by name, the agent first."""
    return [AGENT.name, *InstalledApps(home).names()]


async def program(kernel: Kernel, choice: Chosen) -> Program:
    """What is to be spawned, its code loaded. Raises AppNotFound, AppDamaged, UsageError."""
    if choice.file is None:
        return await kernel.find_program(choice.app, None)
    app = await anyio.to_thread.run_sync(app_of, choice.file, abandon_on_cancel=True)
    asks(app, {call.name for call in kernel.table})  # a kernel would not take what this refuses
    return app.program()


def _is_file(word: str) -> bool:
    return Path(word).is_file()
