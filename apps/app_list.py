"""`apps` and `remove`: the apps that can be run by name, and one less of them. None of them is run here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from llmasos.app import AGENT
from llmasos.apps.printable import one_line
from llmasos.apps.processes import table
from llmasos.config import load_config
from llmasos.errors import AppDamaged, StorageError, UsageError
from llmasos.installed import AppRecord, InstalledApps

BUILT_IN = "built-in"


def show(*, as_json: bool) -> str:
    """Every app: built-in ones first."""
    found = known_apps(load_config().home)
    return json.dumps(found, ensure_ascii=False) if as_json else _drawn(found)


def remove(name: str) -> None:
    """Take an installed one away; what runs of it goes on. Raises AppNotFound, UsageError."""
    if name == AGENT.name:
        raise UsageError(f"{name} is built in and cannot be removed")
    try:
        InstalledApps(load_config().home).remove(name)
    except OSError as error:
        raise StorageError(f"cannot remove {name}: {error.strerror or error}") from None


def known_apps(home: Path) -> list[dict[str, Any]]:
    """What scripts are told of each. Capabilities null: an agent's default ones. Blocks."""
    return [_built_in(), *(_installed(home, name) for name in InstalledApps(home).names())]


def facts(record: AppRecord) -> dict[str, Any]:
    """One installed app. `effects` is what each of its own calls does, in the words of the gate."""
    return {
        "name": record.name,
        "capabilities": record.capabilities,
        "calls": [call["name"] for call in record.calls],
        "effects": {call["name"]: call["effect"] for call in record.calls},
        "source": record.source,
        "sha256": record.sha256,
        "installed": record.installed,
        "problem": None,
    }


def _built_in() -> dict[str, Any]:
    nothing: dict[str, Any] = {"capabilities": None, "calls": [], "effects": {}}
    return {"name": AGENT.name, **nothing, "source": BUILT_IN, "sha256": None, "installed": None, "problem": None}


def _installed(home: Path, name: str) -> dict[str, Any]:
    try:
        return facts(InstalledApps(home).record(name))
    except AppDamaged as error:
        return {**_built_in(), "name": name, "source": None, "problem": str(error)}


def _drawn(found: list[dict[str, Any]]) -> str:
    rows = [
        (
            app["name"],
            capability_words(app["capabilities"]),
            ", ".join(f"{name} ({effect})" for name, effect in app["effects"].items()) or "-",
            one_line(app["problem"] or app["source"], 200),
        )
        for app in found
    ]
    return table(("NAME", "CAPABILITIES", "CALLS", "SOURCE"), rows)


def capability_words(capabilities: list[str] | None) -> str:
    return "an agent's" if capabilities is None else ", ".join(capabilities) or "none"
