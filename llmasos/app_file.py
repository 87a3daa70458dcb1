"""The one `App` that a Python file defines. To find it the file is run, as an import runs it.

- `app_of(path)` is that App. The file's folder is its package: `from .words import WORDS` is the file beside it.
- `asks(app)` is what it wants of the system, as one shows it to a person and keeps it: name, capabilities, own calls.
- It is compiled from its source each time, and so is what it imports of its folder (app_source.py).
- It decides nothing: who may run what is for those who call it.
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any, get_args

from llmasos.app import App
from llmasos.app_source import PREFIX, run
from llmasos.errors import AppNotFound, UsageError
from llmasos.kernel.syscall import Effect


def app_of(path: Path, module_name: str | None = None) -> App:
    """Run a file and give its App. Blocks, for as long as the file likes. Raises AppNotFound, UsageError."""
    if not path.is_file():
        raise AppNotFound(f"no app {path}")
    name = module_name or f"{PREFIX}{path.stem}"
    try:
        module = run(path, name)
    except BaseException as error:  # anybody's code, in a thread: no ^C and no cancellation of ours comes through here
        forget(name)
        raise UsageError(f"{path} does not load: {type(error).__name__}: {error}") from error
    apps = list({id(value): value for value in vars(module).values() if isinstance(value, App)}.values())
    if len(apps) != 1:
        forget(name)
        raise UsageError(f"{path} must define one App, it has {len(apps)}")
    return apps[0]


def forget(module_name: str) -> None:
    """Let go of a module and of those in it."""
    for name in [name for name in sys.modules if name == module_name or name.startswith(f"{module_name}.")]:
        sys.modules.pop(name, None)


def asks(app: App, taken: Collection[str]) -> dict[str, Any]:
    """What an app wants: capabilities (None: an agent's default ones), and its own calls.

    `taken` are the names of the kernel's calls. Raises UsageError for calls that a kernel would not take.
    """
    names = [call.name for call in app.calls]
    if twice := sorted({name for name in names if names.count(name) > 1 or name in taken}):
        raise UsageError(f"app {app.name} has a call named {twice[0]}, and so has the kernel or the app itself")
    for call in app.calls:
        if (effect := call.registration.effect) not in (known := get_args(Effect)):
            raise UsageError(f"app {app.name}: {call.name} has no effect {effect!r}; known: {', '.join(known)}")
        try:
            _ = call.tool
        except Exception as error:
            what = f"app {app.name}: the arguments of {call.name} have no schema"
            raise UsageError(f"{what}: {type(error).__name__}: {error}") from error
    return {
        "name": app.name,
        "capabilities": None if app.capabilities is None else sorted(app.capabilities),
        "calls": [
            {"name": call.name, "effect": call.registration.effect, "capability": call.registration.capability}
            for call in app.calls
        ],
    }
