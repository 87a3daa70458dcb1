"""Mounted MCP servers as faces meet them: what a kernel has, and what a state directory's record says of it.

- `kernel.mounts` adds and removes them (`Wanted` says what); `listed(home)` reads the record beside whoever owns it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

from llmasos.errors import NoSuchMount
from llmasos.kernel.syscall import Effect
from llmasos.syscalls import mcp_record
from llmasos.syscalls.mcp import Mounts, Wanted, facts
from llmasos.syscalls.mcp_record import Reach

EFFECTS: tuple[Effect, ...] = get_args(Effect)

__all__ = ["EFFECTS", "Effect", "Mounts", "NoSuchMount", "Reach", "Wanted", "listed"]


def listed(home: Path) -> list[dict[str, Any]]:
    """`facts` of each, by name; none of them runs. Raises LLMasOSError for a damaged record."""
    mounts = mcp_record.read(home, mends=False)
    return [{**facts(mounted), "state": "idle"} for _, mounted in sorted(mounts.items())]
