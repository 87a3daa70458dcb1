"""`pmap` and `vmstat` as tables, of the facts that the kernel gives (kernel/memory_map.py)."""

from __future__ import annotations

import time
from typing import Any

from llmasos.apps.printable import one_line
from llmasos.apps.processes import table

BAR_WIDTH = 40
RATES = (
    *("MODEL", "PREFILL", "CACHED", "DECODE", "FORCED", "FORKS", "EVICTED", "FAULTS", "PAGED-OUT"),
    *("OUT", "IN", "DROPPED", "RAM-MB", "DISK-MB", "SAVED", "RESTORED", "FREE", "CELLS"),
)


def map_table(pid: int, rows: list[dict[str, Any]]) -> str:
    """The segments and the archived pages, with the turns they were said and last wanted in, and a bar of the window.

    In the bar: # on the device, = in swap, . nowhere (computed when needed).
    """
    total, archived = (sum(row["tokens"] for row in rows if row["archived"] is away) for away in (False, True))
    resident, swapped = (sum(row[key] for row in rows) for key in ("resident", "swapped"))
    cells = [
        (
            "-" if row["archived"] else row["segment"],
            row["page"] or "",
            row["role"],
            row["tokens"],
            _state(row),
            "yes" if row["pinned"] else "",
            row["turn"] or "",
            row["last_use"] if row["page"] else "",
            _clock_time(row["left"]),
            row["source"] + ("" if row["trusted"] else " (untrusted)"),
            one_line(row["text"], 50),
        )
        for row in rows
    ]
    heads = ("SEGMENT", "PAGE", "ROLE", "TOKENS", "STATE", "PINNED", "TURN", "USED", "LEFT", "SOURCE", "TEXT")
    filled = round(BAR_WIDTH * max(resident, swapped) / max(1, total))
    bar = ("#" if resident >= swapped else "=") * filled + "." * (BAR_WIDTH - filled)
    summary = f"process {pid}: {total} tokens, {resident} resident, {swapped} swapped; {archived} archived"
    return f"{table(heads, cells)}\n[{bar}] {summary}"


def rates_table(rows: list[dict[str, Any]]) -> str:
    cells = [
        [round(value / 2**20, 1) if key.endswith("_bytes") else value for key, value in row.items()] for row in rows
    ]
    return table(RATES, cells)


def _clock_time(left: float | None) -> str:
    """When a page left the window: the time of day, of another day the date too."""
    if left is None:
        return ""
    then, today = time.localtime(left), time.localtime()
    return time.strftime("%H:%M:%S" if then[:3] == today[:3] else "%m-%d %H:%M", then)


def _state(row: dict[str, Any]) -> str:
    if row["archived"]:
        return "archived"
    for state in ("resident", "swapped"):
        if row[state] and row[state] == row["tokens"]:
            return state
        if row[state]:
            return f"{state} {row[state]}"
    return "-" if row["tokens"] else "empty"
