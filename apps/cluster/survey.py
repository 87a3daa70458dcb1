"""Asking all nodes at once: who answers, how each is, what runs there.

- `await survey(nodes)` is a `Look` a node, in their order; who has not answered within `WAIT_S` is `down`, and nobody
  waits longer for it.
- `look.state` says it in a word: up, not ready (its model), down, denied (its token, or our name for it), or failed:
  what answers there is no daemon of llmasos, or one that fails. It is in nobody's way.
- `least_loaded(looks)` is where to run something: fewest processes that would run a core, then the machine's load.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio

from llmasos.apps.cluster.nodes import Entry, Nodes
from llmasos.client import Daemon, DaemonUnreachable
from llmasos.errors import LLMasOSError, ModelNotFound, PermissionDenied

WAIT_S = 3.0


@dataclass(slots=True)
class Look:
    """What a node said. `system` is empty where it said nothing; `error` then says why."""

    entry: Entry
    system: dict[str, Any] = field(default_factory=dict)
    models: list[str] = field(default_factory=list)
    processes: list[dict[str, Any]] = field(default_factory=list)
    latency_s: float | None = None
    error: LLMasOSError | None = None

    @property
    def state(self) -> str:
        if isinstance(self.error, PermissionDenied):
            return "denied"
        if self.error is not None:
            return "down" if isinstance(self.error, DaemonUnreachable) else "failed"
        return "up" if self.system["ready"] else "not ready"

    def has(self, model: str | None) -> bool:
        return model is None or model in self.models


async def survey(nodes: Nodes, *, past: bool = False) -> list[Look]:
    """One for each node; with `past` also the processes that have ended."""
    looks = [Look(entry) for entry in nodes.all()]
    async with anyio.create_task_group() as group:
        for look in looks:
            group.start_soon(_look, nodes, look, past)
    return looks


async def _look(nodes: Nodes, look: Look, past: bool) -> None:
    try:
        with anyio.fail_after(WAIT_S):
            await anyio.to_thread.run_sync(_ask, nodes, look, past, abandon_on_cancel=True)
    except TimeoutError:
        look.error = DaemonUnreachable(f"no answer within {WAIT_S:g} s")
    except LLMasOSError as error:
        look.error = error


def _ask(nodes: Nodes, look: Look, past: bool) -> None:
    """Blocks."""
    daemon = nodes.reach(look.entry)
    began = time.monotonic()
    system = _get(daemon, "/api/system")
    latency_s = time.monotonic() - began
    models, processes = _get(daemon, "/v1/models"), _get(daemon, "/api/processes")
    ended = _get(daemon, "/api/processes?past=true") if past else []
    with daemon.understood():
        look.models = [str(model["id"]) for model in models["data"]]
        look.processes = [_sound(_PROCESS | _TIMES, process) for process in [*processes[1:], *ended]]  # without init
        look.system = _sound(
            _SYSTEM | {"load": _NUMBER}, {"cores": 1, "load": 0.0, "runnable": 0, "model": "?", **system}
        )
    look.latency_s = latency_s


_NUMBER = (int, float)
_SYSTEM = {"version": str, "model": str, "ready": bool, "processes": int, "runnable": int, "cores": int}
_PROCESS = {"pid": int, "ppid": int, "status": str, "app": str, "model": str, "request": str}
_TIMES = {"started": _NUMBER, "seconds": (*_NUMBER, type(None))}


def _sound(wanted: Mapping[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """What others count with, and show. Raises KeyError, TypeError, ValueError."""
    for name, kind in wanted.items():
        value = found[name]
        if not isinstance(value, kind):
            raise TypeError(f"{name} is {str(value)[:60]!r}")
        if isinstance(value, _NUMBER) and not -1 < value < 1e12:
            raise ValueError(f"{name} is {value}")
    return found


def _get(daemon: Daemon, path: str) -> Any:
    return daemon.request("GET", path, timeout_s=WAIT_S)


def least_loaded(looks: Sequence[Look], model: str | None) -> Look:
    """Raises ModelNotFound where nobody has the model, DaemonUnreachable where nobody is up."""
    up = [look for look in looks if look.state == "up"]
    if not up:
        raise DaemonUnreachable(f"no node is up: {'; '.join(f'{k.entry.name} {k.state}' for k in looks)}")
    having = [look for look in up if look.has(model)]
    if not having:
        names = sorted({name for look in up for name in look.models})
        raise ModelNotFound(f"no node that is up has the model {model!r}; there are: {', '.join(names)}")
    return min(having, key=_load)


def _load(look: Look) -> tuple[float, float, str]:
    cores = max(1, look.system.get("cores", 1))
    return look.system.get("runnable", 0) / cores, look.system.get("load", 0.0) / cores, look.entry.name
