"""The process that the crash test kills: agents of nano that each add their own line to one file.

python worker.py HOME WORKSPACE COUNT
"""

from __future__ import annotations

import sys
from pathlib import Path

import anyio

from llmasos.boot import Kernel
from llmasos.config import Config

_TEXT = (
    "apple pear plum grape lemon melon cherry peach mango olive tiger horse eagle whale otter robin raven camel zebra"
    " koala chair table clock spoon plate brush towel candle mirror carpet"
)
WORDS = _TEXT.split()


async def main(home: Path, workspace: Path, count: int) -> None:
    async with Kernel.boot(Config(home), model="nano", workspace=workspace, keeps=True) as kernel:
        print("ready", flush=True)
        known = sum(1 for spawn, _ in kernel.journal.processes())
        for word in WORDS[known:count]:
            await kernel.spawn(f"append {word} to log.txt")
        for process in kernel.processes()[1:]:
            await kernel.task(process.pid).ended.wait()
    print("done", flush=True)


if __name__ == "__main__":
    anyio.run(main, Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
