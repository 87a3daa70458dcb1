"""`cluster add` and `cluster move` as they are typed: what they need of the list of nodes, and what they say."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from llmasos.apps.cluster.copies import End
from llmasos.apps.cluster.moving import move
from llmasos.apps.cluster.nodes import Entry, Nodes, address
from llmasos.apps.cluster.survey import WAIT_S
from llmasos.client import DaemonUnreachable


def add(nodes: Nodes, name: str, url: str, token_file: Path) -> None:
    """One that does not answer is added all the same, and said; one that denies the token, or is no daemon, is not.

    Raises UsageError, PermissionDenied, LLMasOSError.
    """
    entry = Entry(name, url.rstrip("/"), str(token_file.expanduser().absolute()))
    trial = Nodes.checked(entry)
    nodes.check_free(name)
    try:
        system = trial.request("GET", "/api/system", timeout_s=WAIT_S)
        with trial.understood():
            _ = system["version"]
    except DaemonUnreachable as error:
        nodes.add(entry)
        print(f"llmasos: added, but {error}", file=sys.stderr)
    else:
        nodes.add(entry)


def moved(nodes: Nodes, process: str, target: str, workspace: str | None, *, as_json: bool) -> str:
    """Raises UsageError, NoSuchNode, NoSuchProcess, LLMasOSError."""
    name, pid = address(process)
    ends = [End(entry.name, nodes.reach(entry)) for entry in (nodes.find(name), nodes.find(target))]
    found = move(ends[0], pid, ends[1], workspace)
    if as_json:
        return json.dumps({"node": target, "pid": found.pid, "stopped": found.stands})
    print(f"llmasos: its files stay on {name}", file=sys.stderr)
    return f"{target}:{found.pid}" + (" (stopped, as it was)" if found.stands else "")
