"""What `make bench` runs: every job, its numbers to bench/results.json and a table to the terminal.

    python bench/run.py [JOB]... [--llama-server PATH] [--llama-batched-bench PATH]

The jobs against llama.cpp's own programs run without them too, and say that the peer was left out (llama_peer.py).
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import json
import os
import platform
import signal
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from llmasos.drivers.llama_native import set_waiting

PEER_JOBS = ("decode", "unrelated", "shared_prompt", "long_prompt")  # against llama.cpp's own programs
JOBS = (
    "throughput",
    "agents",
    *PEER_JOBS,
    "crowd",
    "interactive",
    "swap",
    "paging",
    "endless",
    "processes",
    "worker",
    "restart",
    "startup",
    "data_sets",
)
LONG_JOBS = ("long_prompt", "endless")  # a quarter of an hour and more each: only where they are named
HERE = Path(__file__).parent
MAX_COLUMNS = 7


def main() -> int:
    sys.path.insert(0, str(HERE))
    asked = _arguments()
    set_waiting()  # for the peers, too: their threads wait as ours do
    import llama_peer

    signal.signal(signal.SIGTERM, lambda *_: llama_peer.leave())
    peers = llama_peer.found(asked.llama_server, asked.llama_batched_bench, asked.layouts)
    chosen = [job for job in JOBS if (job in asked.jobs if asked.jobs else job not in LONG_JOBS)]
    console = Console()
    for job in chosen:
        console.print(f"[bold]{job}[/bold] ...")
        measure = importlib.import_module(job).measure
        measured = measure(peers) if job in PEER_JOBS else measure()
        measured = {"when": time.strftime("%Y-%m-%d %H:%M"), "machine": _machine(), **measured}
        _keep(job, measured)
        console.print(_table(job, measured))
        if "peer" in measured:
            console.print(f"peer: {measured['peer']}")
    console.print(f"written to {HERE / 'results.json'}")
    if not asked.jobs:
        console.print(f"left out, since they take long (name them): {', '.join(LONG_JOBS)}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench/run.py",
        description="Measure, and write bench/results.json.",
        epilog="Example: llmasos bench swap restart",
    )
    parser.add_argument(
        "jobs", nargs="*", type=_job, metavar="JOB", help=f"of {', '.join(JOBS)}; default: all but the long ones"
    )
    parser.add_argument("--llama-server", type=_program, metavar="PATH", help="the peer of agents; make peer builds it")
    parser.add_argument(
        "--llama-batched-bench", type=_program, metavar="PATH", help="the peer of decoding; default: beside the other"
    )
    parser.add_argument(
        "--layouts",
        type=_layouts,
        default=["streams", "unified"],
        metavar="L,L",
        help="of llama-server's KV (streams, unified); the better one counts, one alone is quicker",
    )
    return parser.parse_args()


def _job(name: str) -> str:
    if name not in JOBS:
        raise argparse.ArgumentTypeError(f"no job {name}; known: {', '.join(JOBS)}")
    return name


def _layouts(text: str) -> list[str]:
    names = text.split(",")
    if not set(names) <= {"streams", "unified"}:
        raise argparse.ArgumentTypeError(f"{text!r} is neither streams, unified nor both with a comma")
    return names


def _program(text: str) -> Path:
    path = Path(text)
    if not (path.is_file() and os.access(path, os.X_OK)):
        raise argparse.ArgumentTypeError(f"{text} is no program")
    return path.absolute()


def _keep(job: str, measured: dict[str, Any]) -> None:
    """At once: who stops a long run loses the job under way only. The results of other jobs stay as they are."""
    file = HERE / "results.json"
    kept = json.loads(file.read_text()) if file.exists() else {}
    results = {name: measured if name == job else kept[name] for name in JOBS if name == job or name in kept}
    file.write_text(json.dumps(results, indent=2) + "\n")


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
    """A line a row; where there are more columns than a terminal is wide for, a line a column."""
    table = Table(title=job)
    flat = found.get("rows", {key: row for key, row in found.items() if isinstance(row, dict) and key != "machine"})
    columns = list(dict.fromkeys(column for row in flat.values() for column in row))
    wide = len(columns) > MAX_COLUMNS
    for heading in ("", *(flat if wide else columns)):
        table.add_column(heading.replace("_", " "))
    if wide:
        for column in columns:
            table.add_row(column.replace("_", " "), *(str(row.get(column, "")) for row in flat.values()))
    else:
        for name, row in flat.items():
            table.add_row(name, *(str(row.get(column, "")) for column in columns))
    return table


if __name__ == "__main__":
    sys.exit(main())
