"""What `make bench` runs: every job, its numbers to bench/results.json and a table to the terminal."""

from __future__ import annotations

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import importlib
import importlib.metadata
import json
import platform
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

JOBS = ("throughput", "agents", "swap", "paging", "endless", "processes", "worker", "restart", "startup")
HERE = Path(__file__).parent


def main() -> int:
    sys.path.insert(0, str(HERE))
    chosen = [job for job in JOBS if (len(sys.argv) < 2 or job in sys.argv[1:])]
    console = Console()
    for job in chosen:
        console.print(f"[bold]{job}[/bold] ...")
        found = importlib.import_module(job).measure()
        result = {"when": time.strftime("%Y-%m-%d %H:%M"), "machine": _machine(), **found}
        console.print(_table(job, result))
        _keep(job, result)
    console.print(f"written to {HERE / 'results.json'}")
    return 0


def _keep(job: str, result: dict[str, Any]) -> None:
    """Beside the other jobs' last ones, as they are now: another run may have ended meanwhile."""
    file = HERE / "results.json"
    kept = {**(json.loads(file.read_text()) if file.exists() else {}), job: result}
    file.write_text(json.dumps({job: kept[job] for job in JOBS if job in kept}, indent=2) + "\n")


def _machine() -> dict[str, Any]:
    cpu = next((line.split(":")[1].strip() for line in _cpuinfo() if line.startswith("model name")), platform.machine())
    versions = {name: importlib.metadata.version(name) for name in ("llama-cpp-python", "llguidance", "numpy")}
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load": os.getloadavg()[0],
        **versions,
    }


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


def _table(job: str, found: dict[str, Any]) -> Table:
    table = Table(title=job)
    flat = found.get("rows", {key: row for key, row in found.items() if isinstance(row, dict) and key != "machine"})
    columns = list(dict.fromkeys(column for row in flat.values() for column in row))
    for column in ("", *columns):
        table.add_column(column.replace("_", " "))
    for name, row in flat.items():
        table.add_row(name, *(str(row.get(column, "")) for column in columns))
    return table


if __name__ == "__main__":
    sys.exit(main())
