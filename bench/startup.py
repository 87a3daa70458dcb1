"""Wall time of the commands a person waits for, from a cold interpreter: the best and the median of several runs.

The peer is Python itself (`python -c pass`) in the same run: what no program written in it can be under.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

RUNS = 7
LLMASOS = str(Path(sys.executable).parent / "llmasos")


def measure() -> dict[str, Any]:
    """Seconds of `--help`, `version` and a one-shot `run`, and the part of `run` that is imports and boot."""
    with TemporaryDirectory() as home:
        environment = {**os.environ, "LLMASOS_HOME": home}
        run = [LLMASOS, "run", "what time is it?"]
        subprocess.run(run, env=environment, check=True, capture_output=True)
        return {
            "python_c_pass": _timed([sys.executable, "-c", "pass"], environment),
            "help": _timed([LLMASOS, "--help"], environment),
            "run_what_time_is_it": _timed(run, environment),
            "boot_only": _timed([sys.executable, "-c", BOOT], environment),
            "answer": json.loads(_output([LLMASOS, "run", "--json", "what time is it?"], environment))["answer"],
        }


BOOT = """
import anyio
from llmasos import Kernel
async def main():
    async with Kernel.boot() as kernel:
        await kernel.model("nano")
anyio.run(main)
"""


def _timed(command: list[str], environment: dict[str, str]) -> dict[str, float]:
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        _output(command, environment)
        seconds.append(time.perf_counter() - started)
    return {"best_s": round(min(seconds), 3), "median_s": round(median(seconds), 3)}


def _output(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    return done.stdout
