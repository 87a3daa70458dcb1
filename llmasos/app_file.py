"""The one `App` that a Python file defines. To find it the file is run, as an import runs it.

- `app_of(path)` is that App. The file's folder is its package: `from .words import WORDS` is the file beside it.
- `asks(app)` is what it wants of the system, as one shows it to a person and keeps it: name, capabilities, own calls.
- It is compiled from its source each time, and so is what it imports of its folder (app_source.py).
- It decides nothing: who may run what is for those who call it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, get_args

from llmasos.app import App
from llmasos.app_source import PREFIX, run
from llmasos.errors import AppNotFound, UsageError
from llmasos.kernel.syscall import Effect

MAX_WORD = 64
_CAPABILITY = re.compile(rf"[A-Za-z0-9:._*-]{{1,{MAX_WORD}}}")


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

    `taken` are the names of the kernel's calls. Raises UsageError for calls that a kernel would not take, and for words
    that `check_words` refuses.
    """
    names = [call.name for call in app.calls]
    if twice := sorted({name for name in names if names.count(name) > 1 or name in taken}):
        raise UsageError(f"app {app.name} has a call named {twice[0]}, and so has the kernel or the app itself")
    for call in app.calls:
        try:
            _ = call.tool
        except Exception as error:
            what = f"app {app.name}: the arguments of {call.name} have no schema"
            raise UsageError(f"{what}: {type(error).__name__}: {error}") from error
    wants: dict[str, Any] = {
        "name": app.name,
        "capabilities": None if app.capabilities is None else sorted(app.capabilities),
        "calls": [
            {"name": call.name, "effect": call.registration.effect, "capability": call.registration.capability}
            for call in app.calls
        ],
    }
    check_words(wants)
    return wants


def check_words(wants: Mapping[str, Any]) -> None:
    """Of what an app asks for: each of its words is one that a person who is shown it takes for that, and nothing else.

    Raises UsageError. Its own name is for those to check who keep it by that.
    """
    for call in wants["calls"]:
        if not (call["name"].isidentifier() and len(call["name"]) <= MAX_WORD):
            raise UsageError(f"not a call's name: {call['name'][:MAX_WORD]!a}")
        if call["effect"] not in (known := get_args(Effect)):
            raise UsageError(f"{call['name']} has no effect {call['effect'][:MAX_WORD]!a}; known: {', '.join(known)}")
    for word in (*(wants["capabilities"] or ()), *(call["capability"] for call in wants["calls"])):
        if not _CAPABILITY.fullmatch(word):
            rule = f"1 to {MAX_WORD} letters, digits and : . _ * -"
            raise UsageError(f"not a capability: {word[:MAX_WORD]!a} ({rule})")
