"""What the journal says of a process at its birth and at its end."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from llmasos.kernel.process import Process
from llmasos.memory.segment import untrusted


def spawn_record(
    process: Process,
    *,
    interactive: bool,
    resumable: bool,
    attended: bool = False,
    digest: str = "",
    origin: dict[str, Any] | None = None,
) -> dict[str, object]:
    """`resumable`: that an agent's kernel keeps its processes, and that the journal has all of this one.

    `digest`: of the code that its program comes from, where that is an app's.
    """
    return {
        "interactive": interactive,
        "resumable": resumable,
        "ppid": process.ppid,
        "app": process.app,
        "model": process.model,
        "request": process.request,
        "workspace": str(process.workspace),
        "capabilities": sorted(process.capabilities),
        "nice": process.nice,
        "limits": asdict(process.budget.limits),
        **({"digest": digest} if digest else {}),
        **({"origin": origin} if origin is not None else {}),
        **({"attended": True} if attended else {}),
        **untrusted(process.held),
    }


def exit_record(process: Process) -> dict[str, object]:
    return {
        "exit_code": process.exit_code,
        "answer": process.answer,
        "error": process.error,
        "usage": {**asdict(process.accounting), "seconds": process.seconds},
    }
