"""`nice`, `limit`, `pmap` and `vmstat` from outside: a daemon's processes, looked at and changed over its socket.

Without a daemon each says where the process can be reached: in the shell that runs it, or nowhere any more.
"""

from __future__ import annotations

import json
from typing import Any

from llmasos import Limits, history
from llmasos.apps.memory_map import map_table, rates_table
from llmasos.apps.processes import RESUMED
from llmasos.client import Daemon, find
from llmasos.config import load_config
from llmasos.errors import LLMasOSError, NoDaemon, NoSuchProcess, UsageError


def reach(pid: int, typed: str) -> Daemon:
    """The daemon that may run a process. `typed` is what does the same in a shell.

    Raises NoSuchProcess, LLMasOSError.
    """
    home = load_config().home
    if (daemon := find(home)) is not None:
        return daemon
    status = history.process(home, pid).status
    if status == "lost":
        raise NoSuchProcess(f"process {pid} does not run: its kernel ended before it did; {RESUMED}")
    if status != "running":
        raise NoSuchProcess(f"process {pid} has already ended")
    raise LLMasOSError(f"process {pid} runs in another llmasos ({history.owner(home)}): type `{typed}` in its shell")


def the_daemon(what: str) -> Daemon:
    """Raises NoDaemon."""
    daemon = find(load_config().home)
    if daemon is None:
        raise NoDaemon(f"no daemon runs: {what} shows what one runs (llmasos serve); in the shell, type {what}")
    return daemon


def nice(pid: int, value: int) -> None:
    """Raises NoSuchProcess, LLMasOSError."""
    reach(pid, f"nice {pid} {value}").request("PATCH", f"/api/processes/{pid}", {"nice": value})


def limit(pid: int, words: list[str], *, as_json: bool = False) -> str:
    """Change limits; all of them as they are then, or as they are without words. Raises UsageError, LLMasOSError."""
    changes = Limits.changes(words)
    daemon = reach(pid, " ".join(["limit", str(pid), *words]))
    method, body = ("PATCH", {"limits": changes}) if changes else ("GET", None)
    facts = daemon.request(method, f"/api/processes/{pid}", body)
    if "limits" not in facts:  # it has been reaped: its journal answers
        raise NoSuchProcess(f"process {pid} has already ended")
    return json.dumps(facts["limits"]) if as_json else limits_table(facts["limits"])


def limits_table(limits: dict[str, Any]) -> str:
    return "\n".join(f"{name:<10} {'none' if value is None else value}" for name, value in limits.items())


def pmap(pid: int, *, as_json: bool) -> str:
    """Raises NoSuchProcess, LLMasOSError."""
    rows = reach(pid, f"pmap {pid}").request("GET", f"/api/processes/{pid}/context")
    return json.dumps(rows, ensure_ascii=False) if as_json else map_table(pid, rows)


def vmstat(*, as_json: bool) -> str:
    """Raises LLMasOSError."""
    rows = the_daemon("vmstat").request("GET", "/api/system")["memory"]
    return json.dumps(rows) if as_json else rates_table(rows)


def nice_words(words: list[str]) -> tuple[int, int]:
    """The pid and the value of `nice PID N`. Raises UsageError."""
    if len(words) != 2 or not words[0].isdecimal() or not words[1].removeprefix("-").isdecimal():
        raise UsageError("nice takes a pid and a number: nice PID N, from -20 (first) to 19 (last)")
    value = int(words[1])
    if not -20 <= value <= 19:
        raise UsageError(f"nice {value} is not from -20 (first) to 19 (last)")
    return int(words[0]), value


def limit_words(words: list[str]) -> tuple[int, list[str]]:
    """The pid and the changes of `limit PID K=V...`. Raises UsageError."""
    if not words or not words[0].isdecimal() or any("=" not in word for word in words[1:]):
        raise UsageError("limit takes a pid and what to change: limit PID K=V..., V a number or none")
    Limits.changes(words[1:])
    return int(words[0]), words[1:]
