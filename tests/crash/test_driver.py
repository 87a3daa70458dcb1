"""Deaths of the driver's process under `llmasos serve`: SIGSEGV, SIGKILL and a hang, at random moments, over and over.

The daemon stays up, and every agent ends with the answer that it gives when nobody dies. A short form here; `make
crash` runs the long one (LLMASOS_DRIVER_CRASHES=200) and keeps its output in tests/crash/results.txt.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

import anyio
import pytest

from llmasos.events import Exited
from tests.crash.served import Served

CRASHES = int(os.environ.get("LLMASOS_DRIVER_CRASHES", "3"))
SEED = int(os.environ.get("LLMASOS_CRASH_SEED", "7"))
WAYS = (signal.SIGSEGV, signal.SIGKILL, signal.SIGSTOP)
LATEST_S = 0.8  # after there is a process to kill and work for it
OFTEN = "1000000"  # it may die as often as it likes: tests/apps/daemon/test_isolation.py has what becomes of it else
LOOK_S = 0.005
# Of which nano is sure: its likeliest token leads by 2 and more, so that a context computed again in other pieces, with
# other rounding, says the same. ("append peach to log.txt" leads by 0.002 at one place.)
REQUESTS = [
    *(f"what is {17 + n} times {23 + n}?" for n in (1, 2, 3, 4, 6, 7)),
    *(f"what is {900 + n} minus {n * 7}?" for n in range(1, 8)),
    *(f"append {word} to log.txt" for word in ("apple", "pear", "plum", "grape", "lemon", "cherry")),
    "hello",
    "what can you do?",
]


def served(folder: Path) -> Served:
    return Served(folder / "home", folder / "work", MODEL_RESTARTS_PER_MINUTE=OFTEN)


async def answers(daemon: Served) -> list[str | None]:
    """What all say who are asked at once, as their clients read it."""
    found: list[str | None] = [None] * len(REQUESTS)

    async def ask(number: int) -> None:
        pid = (await daemon.ask("POST", "/api/processes", {"request": REQUESTS[number]}))["pid"]
        async for event in daemon.daemon.events(pid):
            if isinstance(event, Exited):
                found[number] = event.answer if event.error is None else event.error

    async with anyio.create_task_group() as group:
        for number in range(len(REQUESTS)):
            group.start_soon(ask, number)
    return found


async def driver(daemon: Served) -> tuple[int | None, int, bool]:
    """Its pid, how often it was started again, and whether anybody waits for it."""
    facts: dict[str, Any] = await daemon.ask("GET", "/api/system")
    (health,) = facts["drivers"]
    return health["pid"], health["restarts"], facts["runnable"] > 0


async def crash(daemon: Served, crashes: int, chance: random.Random, at_work: Counter[str]) -> None:
    """End the driver's process so often, at random moments at which it has work."""
    for number in range(crashes):
        way = WAYS[number % len(WAYS)]
        pid, _, works = await driver(daemon)
        while pid is None or not works:
            await anyio.sleep(LOOK_S)
            pid, _, works = await driver(daemon)
        await anyio.sleep(chance.uniform(0.0, LATEST_S))
        _, _, works = await driver(daemon)
        os.kill(pid, way)  # nobody else kills it
        at_work[way.name] += works
        while (await driver(daemon))[0] == pid:  # noqa: ASYNC110  its death tells nobody
            await anyio.sleep(LOOK_S)


async def calm(folder: Path) -> list[str | None]:
    with served(folder) as daemon:
        await anyio.to_thread.run_sync(daemon.wait_ready)
        found = await answers(daemon)
        await anyio.to_thread.run_sync(daemon.end)
    return found


@pytest.mark.anyio
@pytest.mark.timeout(120 + 10 * CRASHES)
async def test_whatever_becomes_of_the_driver_every_agent_ends_as_if_nothing_had(tmp_path: Path) -> None:
    for name in ("calm", "stormy"):
        (tmp_path / name).mkdir()
    expected = await calm(tmp_path / "calm")
    chance, at_work, rounds = random.Random(SEED), Counter[str](), 0
    differ: Counter[tuple[str, str | None, str | None]] = Counter()
    with served(tmp_path / "stormy") as daemon:
        await anyio.to_thread.run_sync(daemon.wait_ready)
        began, done = time.monotonic(), anyio.Event()
        async with anyio.create_task_group() as group:

            async def storm() -> None:
                await crash(daemon, CRASHES, chance, at_work)
                done.set()

            group.start_soon(storm)
            while not done.is_set():
                found = await answers(daemon)
                differ += Counter(row for row in zip(REQUESTS, expected, found, strict=True) if row[1] != row[2])
                rounds += 1
        seconds = time.monotonic() - began
        _, restarts, _ = await driver(daemon)
        assert daemon.alive, "the daemon that was started is the one that answers"
        await anyio.to_thread.run_sync(daemon.end)
    lines = Counter((tmp_path / "stormy" / "work" / "log.txt").read_text().splitlines())
    assert set(lines.values()) == {rounds}, f"an effect is lost or happened twice: {lines}"
    assert not differ, f"of {rounds * len(REQUESTS)} answers differ: {differ}"
    assert restarts == CRASHES and "Traceback" not in daemon.said, daemon.said
    print(
        f"{restarts} deaths of the driver of one llmasos serve ({_listed(at_work)} at work), {rounds * len(REQUESTS)}"
        f" agents ended in {seconds:.0f} s: every answer as without them"
    )


def _listed(at_work: Counter[str]) -> str:
    return ", ".join(f"{n} {way}" for way, n in sorted(at_work.items()))
