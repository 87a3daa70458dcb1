"""`models`, `show`, `import`, `use`, `rm`: the model files of this machine."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from llmasos.apps.processes import table
from llmasos.apps.settings import write
from llmasos.boot import catalog
from llmasos.config import load_config
from llmasos.errors import UsageError


def list_models(as_json: bool) -> None:
    """Print every model; the one that agents run on has a star."""
    config = load_config()
    entries = catalog(config.home).list()
    if as_json:
        facts = [{**_facts(entry), "in_use": entry.name == config.model.name} for entry in entries]
        print(json.dumps(facts, ensure_ascii=False))
        return
    rows = [
        (
            "*" if entry.name == config.model.name else "",
            entry.name,
            entry.architecture or "?",
            entry.quantization or "?",
            _count(entry.num_parameters),
            _size(entry.bytes),
            entry.window_tokens,
            entry.problem or ("embedded" if entry.embedded else ""),
        )
        for entry in entries
    ]
    print(table(("", "NAME", "ARCHITECTURE", "QUANT", "PARAMETERS", "SIZE", "WINDOW", ""), rows))


def show_model(name: str, as_json: bool) -> None:
    """Print what one model is. Raises ModelNotFound."""
    config = load_config()
    facts = {**_facts(catalog(config.home).show(name)), "in_use": name == config.model.name}
    if as_json:
        print(json.dumps(facts, ensure_ascii=False))
        return
    width = max(map(len, facts))
    for key, value in facts.items():
        if value not in ("", None):
            shown = str(value).lower() if isinstance(value, bool) else value
            print(f"{key.replace('_', ' '):<{width}}  {shown}")


def import_model(file: Path, name: str | None, as_json: bool) -> None:
    """Check a GGUF and keep it. Raises ModelNotFound, ModelDamaged, UsageError."""
    entry = catalog(load_config().home).import_file(file, name, progress=_progress())
    print(
        json.dumps(_facts(entry), ensure_ascii=False) if as_json else f"imported {entry.name}: llmasos use {entry.name}"
    )


def use_model(name: str) -> None:
    """Make a model the default in the user's settings. Raises ModelNotFound, ModelDamaged, UsageError for a path."""
    if "/" in name or name.endswith(".gguf"):
        raise UsageError(f"use takes a name: llmasos import {name}")
    catalog(load_config().home).verify(name)
    write("model.name", name)
    used = load_config()
    if used.model.name != name:
        print(f"llmasos: {used.origins['model.name']} still says {used.model.name}", file=sys.stderr)


def remove_model(name: str) -> None:
    """Delete an imported model. Raises ModelNotFound, UsageError for an embedded one."""
    config = load_config()
    catalog(config.home).remove(name)
    if config.model.name == name:
        print(f"llmasos: {name} was the model in use: llmasos use nano", file=sys.stderr)


def _facts(entry: Any) -> dict[str, Any]:
    return {**asdict(entry), "path": str(entry.path)}


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"


def _count(number: int) -> str:
    return f"{number / 1e9:.2f}B" if number >= 1e9 else f"{number / 1e6:.1f}M" if number else "?"


def _progress() -> Callable[[int, int], None] | None:
    """One line of progress on a terminal, for the seconds that hashing gigabytes takes."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        end = "\r\x1b[K" if done >= total else "\r"
        print(f"\rreading {done / 1e6:,.0f} of {total / 1e6:,.0f} MB", end=end, file=sys.stderr, flush=True)

    return show
