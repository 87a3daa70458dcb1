"""`cluster run`: a process on the node that has the least to do, followed as `run` follows its own."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass

import anyio

from llmasos import Limits
from llmasos.apps import remote
from llmasos.apps.cluster.nodes import Nodes
from llmasos.apps.cluster.survey import least_loaded, survey
from llmasos.apps.run import Order
from llmasos.apps.terminal import piped_text
from llmasos.errors import UsageError


@dataclass(frozen=True, slots=True)
class Place:
    """`node` None: the least loaded that has the model. `workspace` is a folder of that machine's."""

    node: str | None = None
    workspace: str | None = None


def run(nodes: Nodes, order: Order, place: Place) -> int:
    """The exit code. Raises UsageError, NoSuchNode, ModelNotFound, DaemonUnreachable, LLMasOSError."""
    request = "\n\n".join(part for part in (" ".join(order.words), piped_text()) if part)
    if not request:
        raise UsageError('cluster run needs a request: llmasos cluster run "what is 17 times 23?"')
    entry = (
        nodes.find(place.node) if place.node is not None else least_loaded(anyio.run(survey, nodes), order.model).entry
    )
    daemon = nodes.reach(entry)
    body = {
        "request": request,
        "model": order.model,
        "capabilities": list(order.capabilities) or None,
        "limits": Limits.changes(list(order.limits)) if order.limits else None,
        "nice": order.nice,
        "workspace": place.workspace,
        "attended": remote.attended(order) and not order.detach,
    }
    answer = daemon.request("POST", "/api/processes", body)
    with daemon.understood():
        pid = int(answer["pid"])
    if order.detach:
        print(json.dumps({"node": entry.name, "pid": pid}) if order.json else f"{entry.name}:{pid}")
        return 0
    print(f"{entry.name}:{pid}", file=sys.stderr)
    return anyio.run(remote.attend_to_end, daemon, pid, order)
