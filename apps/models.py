"""`models`, `show`, `import`, `export`, `use`, `rm`: the model files of this machine."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from llmasos.apps.processes import table
from llmasos.apps.progress import progress, size_text
from llmasos.apps.settings import write
from llmasos.boot import catalog
from llmasos.client import find
from llmasos.config import load_config
from llmasos.errors import LLMasOSError, UsageError


def list_models(as_json: bool) -> None:
    """Print every model; the one that agents run on has a star."""
    config = load_config()
    entries = catalog(config.home).list()
    if as_json:
        found = [{**facts(entry), "in_use": entry.name == config.model.name} for entry in entries]
        print(json.dumps(found, ensure_ascii=False))
        return
    rows = [
        (
            "*" if entry.name == config.model.name else "",
            entry.name,
            entry.architecture or "?",
            entry.quantization or "?",
            _count(entry.num_parameters),
            size_text(entry.bytes),
            entry.window_tokens,
            entry.problem or ("embedded" if entry.embedded else ""),
        )
        for entry in entries
    ]
    print(table(("", "NAME", "ARCHITECTURE", "QUANT", "PARAMETERS", "SIZE", "WINDOW", ""), rows))


def show_model(name: str, as_json: bool) -> None:
    """Print what one model is. Raises ModelNotFound."""
    config = load_config()
    found = {**facts(catalog(config.home).show(name)), "in_use": name == config.model.name}
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    width = max(map(len, found))
    for key, value in found.items():
        if value not in ("", None):
            shown = str(value).lower() if isinstance(value, bool) else value
            print(f"{key.replace('_', ' '):<{width}}  {shown}")


def import_model(file: Path, name: str | None, as_json: bool) -> None:
    """Check a GGUF and keep it. Raises ModelNotFound, ModelDamaged, UsageError."""
    with progress("reading") as show:
        entry = catalog(load_config().home).import_file(file, name, progress=show)
    say_arrived("imported", entry, as_json)


def say_arrived(how: str, entry: Any, as_json: bool) -> None:
    """What is said of a model that came in."""
    said = json.dumps(facts(entry), ensure_ascii=False) if as_json else f"{how} {entry.name}: llmasos use {entry.name}"
    print(said)


def export_model(name: str, file: Path, *, force: bool, as_json: bool) -> None:
    """Copy a model's file out. Raises ModelNotFound, ModelDamaged, UsageError, StorageError."""
    by_name(name, "export")
    if str(file) == "-":
        raise UsageError("export writes a file that it can check, not standard output: name a file or a folder")
    store = catalog(load_config().home)
    with progress("copying") as show:
        final, sha256 = store.export(name, file, force=force, progress=show)
    size = final.stat().st_size
    said = {"name": name, "file": str(final), "bytes": size, "sha256": sha256}
    print(json.dumps(said, ensure_ascii=False) if as_json else f"{final} ({size_text(size)})")


def by_name(name: str, command: str) -> None:
    """Raises UsageError for a path where a model of the catalog is meant."""
    if "/" in name or name.endswith(".gguf"):
        raise UsageError(f"{command} takes a name: llmasos import {name}")


def use_model(name: str) -> None:
    """Make a model the default in the user's settings. Raises ModelNotFound, ModelDamaged, UsageError for a path."""
    by_name(name, "use")
    catalog(load_config().home).verify(name)
    write("model.name", name)
    used = load_config()
    if used.model.name != name:
        print(f"llmasos: {used.origins['model.name']} still says {used.model.name}", file=sys.stderr)
    elif (daemon := find(used.home)) is not None:
        running = daemon.request("GET", "/api/system").get("model")
        if running != name:
            goes_on = f"goes on with {running or 'its own'} until it is started again"
            print(f"llmasos: the daemon (pid {daemon.pid}) {goes_on}", file=sys.stderr)


def remove_model(name: str) -> None:
    """Delete an imported model. Raises ModelNotFound, UsageError for an embedded one, ModelInUse."""
    config = load_config()
    _check_unused(config.home, name)
    catalog(config.home).remove(name)
    if config.model.name == name:
        print(f"llmasos: {name} was the model in use: llmasos use nano", file=sys.stderr)


class ModelInUse(LLMasOSError):
    """A process runs on it."""


def _check_unused(home: Path, name: str) -> None:
    """Raises ModelInUse for one that a process of the daemon runs on."""
    if (daemon := find(home)) is None:
        return
    on_it = [str(live["pid"]) for live in daemon.request("GET", "/api/processes") if live["model"] == name]
    if on_it:
        what = f"process{'es' * (len(on_it) > 1)} {', '.join(on_it)} of the daemon (pid {daemon.pid})"
        raise ModelInUse(f"{name} is what {what} run{'s' * (len(on_it) == 1)} on: llmasos kill {on_it[0]} first")


def facts(entry: Any) -> dict[str, Any]:
    """An entry of the catalog, for JSON."""
    return {**asdict(entry), "path": str(entry.path)}


def _count(number: int) -> str:
    return f"{number / 1e9:.2f}B" if number >= 1e9 else f"{number / 1e6:.1f}M" if number else "?"
