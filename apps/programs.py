"""Which program a command line means: an app by name or by its Python file, or an agent for a plain request.

- `resolve(["translate", "hello"])` is the app and its request; `resolve(["what", "time", "is", "it"])` an agent's.
- `weather.py` runs the `App` that the file defines.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from llmasos.app import AGENT, App
from llmasos.errors import AppNotFound, UsageError
from llmasos.events import Program

APPS: dict[str, Program] = {AGENT.name: AGENT}


def resolve(words: list[str]) -> tuple[Program, str]:
    """The program that words mean, and its request. Raises AppNotFound, UsageError."""
    if words and words[0] in APPS:
        return APPS[words[0]], " ".join(words[1:])
    if words and words[0].endswith(".py") and len(words[0].split()) == 1 and (len(words) > 1 or _is_file(words[0])):
        return _from_file(Path(words[0])).program(), " ".join(words[1:])
    return AGENT, " ".join(words)


def _is_file(word: str) -> bool:
    return Path(word).is_file()


def _from_file(path: Path) -> App:
    if not path.is_file():
        raise AppNotFound(f"no app {path}")
    spec = importlib.util.spec_from_file_location(f"llmasos_app_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise UsageError(f"{path} does not load: {type(error).__name__}: {error}") from error
    apps = [value for value in vars(module).values() if isinstance(value, App)]
    if len(apps) != 1:
        raise UsageError(f"{path} must define one App, it has {len(apps)}")
    return apps[0]
