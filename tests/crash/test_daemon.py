"""`kill -9` of `llmasos serve` under clients in another process: what they were shown is there, and all goes on.

A short form here; `make crash` runs the long one (LLMASOS_DAEMON_CRASH=100) and keeps its output in results.txt.
The load (clients.py) has generation, calls with effects, forks, paging and stops. Its effects are lines in a file, and
words that a witness outside the daemon hears (witness.py). The daemon dies at random moments, also while it starts;
its driver is killed with it, or has to see by itself that it is alone.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import pytest

from tests.conftest import keep_app
from tests.crash.clients import Clients
from tests.crash.evidence import Shown, check_effects, check_shown, check_turns, counted, journals, num_tokens
from tests.crash.served import Served
from tests.crash.starts import Start, judge
from tests.crash.witness import CALL, Witness

ERRANDS = Path(__file__).with_name("errands.py")
KILLS = int(os.environ.get("LLMASOS_DAEMON_CRASH", "4"))
SEED = int(os.environ.get("LLMASOS_CRASH_SEED", "4"))
LATEST_KILL_S = 3.0  # after it is ready
STARTING = 0.1  # of the kills hit a daemon that is not ready yet
START_S = 1.5  # about as long as it takes


@dataclass(frozen=True, slots=True)
class Death:
    """When a daemon is killed, and with what."""

    seconds: float
    starting: bool  # so long after it was started, before it is ready; else after it is
    after_text: bool  # and after a client was shown something: on a slow machine, too, some are killed at work
    driver_too: bool

    @classmethod
    def drawn(cls, chance: random.Random, number: int) -> Death:
        starting = chance.random() < STARTING
        seconds = chance.uniform(0.0, START_S if starting else LATEST_KILL_S)
        return cls(seconds, starting, number % 2 == 1, chance.random() < 0.5)


@dataclass
class Life:
    """One run of the daemon, from its start to its end, and what its clients were shown."""

    start: Start | None = None  # None: killed before it was ready
    done: bool = False
    shown: Shown = field(default_factory=lambda: Shown(whole=True))


def live(served: Served, witness: Witness, death: Death | None) -> Life:
    life = Life()
    if death is not None and death.starting:
        time.sleep(death.seconds)
        served.kill()
    else:
        life.start = served.wait_ready()
        anyio.run(_with_clients, served, witness, death, life)
    return life


async def _with_clients(served: Served, witness: Witness, death: Death | None, life: Life) -> None:
    async with anyio.create_task_group() as group:
        if death is not None:
            group.start_soon(_kill, served, life.shown, death)
        life.done = await Clients(served, life.shown, witness).run()
        assert life.done or death is not None, f"the daemon has gone by itself: {served.said}"
        group.cancel_scope.cancel()
    life.done = life.done and served.alive  # else it was killed when all was done


async def _kill(served: Served, shown: Shown, death: Death) -> None:
    while death.after_text and not shown.texts:  # noqa: ASYNC110  what is waited for tells nobody
        await anyio.sleep(0.005)
    await anyio.sleep(death.seconds)
    await anyio.to_thread.run_sync(lambda: served.kill(driver_too=death.driver_too))


@pytest.mark.timeout(120 + 15 * KILLS)
def test_whatever_its_clients_were_shown_is_there_when_it_is_served_again(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    lives: list[Life] = []
    at_work = loads = 0
    count: Counter[str] = Counter()
    with Witness(tmp_path / "witness") as witness:
        while (kills := sum(not life.done for life in lives)) < KILLS or not lives[-1].done:
            home, work = tmp_path / f"home{loads}", tmp_path / f"work{loads}"
            if not home.exists():
                keep_app(home, ERRANDS.read_text())
            before = journals(home)
            with Served(home, work, MEMORY_SAVED_AFTER_S="0.1") as served:
                life = live(served, witness, Death.drawn(chance, kills) if kills < KILLS else None)
                if life.done:
                    served.end()
            lives.append(life)
            after = journals(home)
            at_work += not life.done and num_tokens(after) > num_tokens(before)
            assert "Traceback" not in served.said, served.said
            log = work / "log.txt"
            check_shown(life.shown, before, after)
            check_effects(after, "append_file", "content", _lines(log), finished=life.done)
            check_effects(after, CALL, "word", witness.words, finished=life.done)
            check_turns(after, finished=life.done)
            if life.done:
                loads += 1
                count += counted(after)
                count["witnessed"] += len(witness.words)
                witness.words.clear()
    again = [life.start for i, life in enumerate(lives) if i and not lives[i - 1].done and life.start]
    assert at_work >= kills // 3, "most kills hit nothing: they prove nothing"
    count["called"] = count["witnessed"] + count["unknown"]  # on a slow machine all of a few may be cut off
    assert all(count[what] for what in ("fork", "page", "signal", "called", "code")), (
        f"the load is not what it is said to be: {count}"
    )
    early = sum(life.start is None for life in lives)
    print(
        f"{kills} kills of llmasos serve, {at_work} of them after new tokens, {early} before it was ready;"
        f" {loads} loads finished, with {count['spawn']} agents, {count['result']} calls"
        f" ({count['witnessed']} seen by the witness, {count['unknown']} processes told that an outcome is unknown),"
        f" {count['code']} apps' code, {count['fork']} forks, {count['page']} moves of pages, {count['signal']} signals"
        ": nothing that clients were shown is lost, no effect twice, all ended"
    )
    judge(again)


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []
