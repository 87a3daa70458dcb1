"""Deaths of the driver's process under load: SIGSEGV, SIGKILL and a hang, at random moments, over and over.

Every agent ends, with the answer that it gives when nobody dies. A short form here; `make crash` runs the long one
(LLMASOS_DRIVER_CRASHES=200) and keeps its output in tests/crash/results.txt.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from llmasos.boot import Kernel, embedded_nano
from llmasos.config import Config
from llmasos.drivers.breaker import Breaker
from llmasos.drivers.driver import Driver
from llmasos.drivers.worker import Worker

CRASHES = int(os.environ.get("LLMASOS_DRIVER_CRASHES", "6"))
WAYS = (signal.SIGSEGV, signal.SIGKILL, signal.SIGSTOP)
LATEST_S = 0.8  # after there is a process to kill and work for it
# Of which nano is sure: its likeliest token leads by 2 and more, so that a context computed again in other pieces, with
# other rounding, says the same. ("append peach to log.txt" leads by 0.002 at one place.)
REQUESTS = [
    *(f"what is {17 + n} times {23 + n}?" for n in (1, 2, 3, 4, 6, 7)),
    *(f"what is {900 + n} minus {n * 7}?" for n in range(1, 8)),
    *(f"append {word} to log.txt" for word in ("apple", "pear", "plum", "grape", "lemon", "cherry")),
    "hello",
    "what can you do?",
]


@asynccontextmanager
async def mortal(folder: Path) -> AsyncIterator[Kernel]:
    """A kernel with nano in a process that may die as often as it likes."""
    work = folder / "work"
    work.mkdir(parents=True)

    def load(name: str) -> Driver:
        return Worker.load(embedded_nano(), breaker=Breaker(10**6))

    async with Kernel.boot(Config(folder / "home"), workspace=work, load_driver=load) as kernel:
        await kernel.model("nano")
        yield kernel


async def answers(kernel: Kernel) -> list[str]:
    """What all say who are asked at once."""
    handles = [await kernel.spawn(request) for request in REQUESTS]
    return [await handle.wait() for handle in handles]


async def crash(kernel: Kernel, crashes: int, chance: random.Random, at_work: Counter[str]) -> None:
    """End the driver's process so often, at random moments at which it has work."""
    model = kernel.models["nano"]
    for number in range(crashes):
        way = WAYS[number % len(WAYS)]
        while model.driver.health.pid is None or not len(model.engine.policy):  # noqa: ASYNC110  nor does its work
            await anyio.sleep(0.005)
        await anyio.sleep(chance.uniform(0.0, LATEST_S))
        pid = model.driver.health.pid
        assert pid is not None, "nobody else kills it"
        os.kill(pid, way)
        at_work[way.name] += bool(len(model.engine.policy))
        while model.driver.health.pid == pid:  # noqa: ASYNC110  its death tells nobody
            await anyio.sleep(0.005)


@pytest.mark.anyio
@pytest.mark.timeout(120 + 10 * CRASHES)
async def test_whatever_becomes_of_the_driver_every_agent_ends_as_if_nothing_had(tmp_path: Path) -> None:
    async with mortal(tmp_path / "calm") as kernel:
        expected = await answers(kernel)
    chance, at_work, rounds, differ = random.Random(7), Counter[str](), 0, Counter[tuple[str, str, str]]()
    began = time.monotonic()
    async with mortal(tmp_path / "stormy") as kernel, anyio.create_task_group() as group:
        done = anyio.Event()

        async def storm() -> None:
            await crash(kernel, CRASHES, chance, at_work)
            done.set()

        group.start_soon(storm)
        while not done.is_set():
            found = await answers(kernel)
            differ += Counter(row for row in zip(REQUESTS, expected, found, strict=True) if row[1] != row[2])
            rounds += 1
        restarts = kernel.models["nano"].driver.health.restarts
        lines = Counter((tmp_path / "stormy" / "work" / "log.txt").read_text().splitlines())
    assert set(lines.values()) == {rounds}, f"an effect is lost or happened twice: {lines}"
    assert not differ, f"of {rounds * len(REQUESTS)} answers differ: {differ}"
    print(
        f"{restarts} deaths of the driver ({', '.join(f'{n} {way}' for way, n in sorted(at_work.items()))} at work),"
        f" {rounds * len(REQUESTS)} agents ended in {time.monotonic() - began:.0f} s: every answer as without them"
    )
