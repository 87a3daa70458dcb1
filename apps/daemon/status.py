"""`llmasos status` and `llmasos stop`: the daemon from outside. Exit code 3 where none runs."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from llmasos import history
from llmasos.apps.token_file import token_in
from llmasos.client import find
from llmasos.config import load_config
from llmasos.errors import LLMasOSError, NoDaemon

NOT_RUNNING = 3
STOP_SECONDS = 10.0
POLL_SECONDS = 0.05


def status(as_json: bool) -> int:
    """Print one line, or one document. Raises DaemonUnreachable."""
    home = load_config().home
    daemon = find(home)
    if daemon is None:
        owner = history.owner(home)
        print(json.dumps({"running": False, "owner": owner}) if as_json else _absent(owner))
        return NOT_RUNNING
    facts = daemon.request("GET", "/api/system")
    print(json.dumps({"running": True, **facts}) if as_json else _line(facts))
    return 0


def page() -> None:
    """Print the web page's address, its token behind the #, where no server sees it. Raises LLMasOSError."""
    daemon = find(load_config().home)
    if daemon is None:
        raise NoDaemon("no daemon runs: llmasos serve --http 127.0.0.1:8080 has the page")
    facts = daemon.request("GET", "/api/system")
    if facts["http"] is None:
        raise LLMasOSError("no browser reaches a Unix socket: llmasos serve --http 127.0.0.1:8080 has the page")
    print(f"{_reachable(facts['http'])}/#token={quote(token_in(Path(facts['token_file'])))}")


def _reachable(http: str) -> str:
    """A listener on every address is reached from here by this machine's own."""
    return http.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//localhost:")


def stop() -> int:
    """TERM, and wait until it has gone. Raises LLMasOSError when it does not go."""
    home = load_config().home
    daemon = find(home)
    if daemon is None:
        print(_absent(history.owner(home)))
        return NOT_RUNNING
    with contextlib.suppress(ProcessLookupError):
        os.kill(daemon.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while history.owner(home) == f"pid {daemon.pid}":
        if time.monotonic() > deadline:
            raise LLMasOSError(f"the daemon (pid {daemon.pid}) did not stop in {STOP_SECONDS:.0f} seconds")
        time.sleep(POLL_SECONDS)
    print(f"stopped pid {daemon.pid}")
    return 0


def _absent(owner: str | None) -> str:
    return "no daemon runs" + (f"; the state directory is in use by a shell or a run ({owner})" if owner else "")


def _line(facts: dict[str, Any]) -> str:
    places = " and ".join(place for place in (facts["socket"], facts["http"]) if place)
    models = ", ".join(map(_driver, facts["drivers"])) or "no model"
    count = facts["processes"]
    processes = f"{count} process{'' if count == 1 else 'es'}"
    loaded = f"{models} loaded" if facts["ready"] or facts["models"] else "not ready yet"
    return f"running, pid {facts['pid']}, {facts['seconds']:.0f} s, {processes}, {loaded}, on {places}"


def _driver(health: dict[str, Any]) -> str:
    """A model, and what became of its driver if anything did."""
    restarts = health["restarts"]
    if health["down"]:
        return f"{health['model']} (its driver {health['last_death']}; {health['down']})"
    if restarts:
        return f"{health['model']} (driver restarted {restarts} time{'' if restarts == 1 else 's'})"
    return str(health["model"])
