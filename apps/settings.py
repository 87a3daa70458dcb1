"""`llmasos config`: show settings and where each comes from, and write the user's own file.

- `write(key, text)` checks a value and sets it in the user file, leaving comments and the other lines alone.
- `keys()` is every key there is, whatever the files say: what is wrong with one may be an unknown key.
- `llmasos use MODEL` writes `model.name` through it.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

from llmasos.apps.processes import table
from llmasos.client import find
from llmasos.config import Config, all_keys, known, load_config, parse, user_file, variable
from llmasos.errors import ConfigError


def show(key: str | None, as_json: bool) -> str:
    """One value, or all of them with where each comes from."""
    config = load_config()
    _ = config.sampling  # its ranges are checked where it is made
    if key is not None:
        known(key, "config")
        value = config.get(key)
        return json.dumps({key: value}) if as_json else _shown(value)
    if as_json:
        return json.dumps({name: {"value": config.get(name), "origin": _origin(config, name)} for name in all_keys()})
    width = max(len(name) + len(_toml(config.get(name))) for name in all_keys()) + 3
    return "\n".join(f"{f'{n} = {_toml(config.get(n))}':<{width}}  # {_origin(config, n)}" for n in all_keys())


def keys(as_json: bool) -> str:
    """Every key with its variable and its default."""
    defaults = Config()
    rows = [(key, variable(key), defaults.get(key)) for key in all_keys()]
    if as_json:
        return json.dumps({key: {"variable": name, "default": value} for key, name, value in rows})
    return table(("KEY", "VARIABLE", "DEFAULT"), [(key, name, _toml(value)) for key, name, value in rows])


def write(key: str, text: str) -> Path:
    """Set a value in the user file. Raises ConfigError when the key or the value is wrong."""
    value = parse(key, text, "config set")
    path = user_file()
    old = path.read_text("utf-8") if path.exists() else ""
    load_config()  # a file that is broken already is reported, not built upon
    path.parent.mkdir(parents=True, exist_ok=True)
    text = edited(old, key, _toml(value))
    _verify(text, key, value, path)
    new = path.with_suffix(".partial")
    new.write_text(text, "utf-8")
    new.replace(path)
    return path


def say_daemon() -> None:
    """A setting that was written is not one of the daemon that runs."""
    if (daemon := find(load_config().home)) is not None:
        line = f"the daemon (pid {daemon.pid}) goes on with the settings it had until it is started again"
        print(f"llmasos: {line}", file=sys.stderr)


def _verify(text: str, key: str, value: Any, path: Path) -> None:
    """The edit is by lines: what it cannot do (a list over several lines) is for the person."""
    section, _, name = key.partition(".")
    try:
        found = tomllib.loads(text)[section][name]
    except tomllib.TOMLDecodeError:
        raise ConfigError(f"{path}: {key} is written in a way that only you can change: edit the file") from None
    assert found == ("none" if value is None else list(value) if isinstance(value, tuple) else value)


def edited(text: str, key: str, value: str) -> str:
    """TOML text with one key set: its line replaced, or added beneath its section."""
    section, _, name = key.partition(".")
    lines = text.splitlines()
    header = re.compile(r"\s*\[\s*" + re.escape(section) + r"\s*\]")
    start = next((i for i, line in enumerate(lines) if header.match(line)), None)
    if start is None:
        return "\n".join([*lines, *([""] if lines else []), f"[{section}]", f"{name} = {value}", ""])
    end = next((i for i in range(start + 1, len(lines)) if re.match(r"\s*\[", lines[i])), len(lines))
    for i in range(start + 1, end):
        if re.match(rf"\s*{re.escape(name)}\s*=", lines[i]):
            lines[i] = f"{name} = {value}"
            return "\n".join([*lines, ""])
    lines.insert(start + 1, f"{name} = {value}")
    return "\n".join([*lines, ""])


def _toml(value: Any) -> str:
    if value is None:
        return '"none"'
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


def _shown(value: Any) -> str:
    return ",".join(value) if isinstance(value, tuple) else "none" if value is None else str(value)


def _origin(config: Config, key: str) -> str:
    return config.origins.get(key, "default")
