"""Paging changes nothing but the window: the same outputs with and without all caching, and nobody reads another's."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import anyio
import pytest

from llmasos.boot import Kernel
from llmasos.config import Config, MemorySection, SecuritySection
from llmasos.drivers.sim import Sim
from llmasos.kernel.program import Program
from llmasos.kernel.task import Task

Boot = Callable[..., AbstractAsyncContextManager[Kernel]]
_TEXT = "anchor basket candle drum engine feather guitar hammer island jacket kettle ladder mirror needle"
WORDS = _TEXT.split()


def config(home: Path, **memory: Any) -> Config:
    return Config(
        home, memory=MemorySection(embedding="hashed", **memory), security=SecuritySection(capabilities=("memory",))
    )


async def idle(task: Task, request: str) -> str:
    """A process that the test drives; it ends when told to."""
    await task.input()
    return ""


async def said(task: Task, text: str, max_tokens: int = 12) -> str:
    """One turn: what the sim says hangs on every token of the context."""
    await task.add("user", text)
    return (await task.complete(max_tokens=max_tokens)).text


async def conversation(boot: Boot, home: Path, sim: Sim, seed: int, **memory: Any) -> tuple[list[str], int]:
    """What was answered, one row at a time, and how many pages moved; another process takes the room now and then."""
    chance = random.Random(seed)
    async with boot(sim, config=config(home, **memory)) as kernel:
        tasks = [
            kernel.task((await kernel.spawn(Program("idle", idle), "", capabilities=frozenset())).pid) for _ in range(3)
        ]
        answers = []
        for n in range(60):
            task = chance.choice(tasks)
            if chance.randrange(6):
                words = " ".join(chance.choice(WORDS) for _ in range(chance.randrange(4, 20)))
                answers.append(await said(task, f"{n} {words}"))
            else:
                answers.append(await said(task, f"what about the {chance.choice(WORDS)}?", chance.randrange(1, 300)))
            for other in tasks:
                assert other.paging is None or len(other.process.context.tokens) <= sim.info.window_tokens
        for engine in (model.engine for model in kernel.models.values()):
            engine.residency.check_integrity()
        return answers, sum(sum(counts.values()) for counts in kernel.page_counts.values())


@pytest.mark.anyio
@pytest.mark.parametrize("seed", range(4))
async def test_outputs_are_the_same_with_and_without_all_caching(boot: Boot, tmp_path: Path, seed: int) -> None:
    cached = Sim(window_tokens=700, num_sequences=8)
    plain = Sim(window_tokens=700, num_sequences=1, can_fork=False, can_truncate=False, can_export=False)
    swapped = Sim(window_tokens=700, num_sequences=2, num_cells=900)
    whole, moves = await conversation(boot, tmp_path / "a", cached, seed)
    assert moves > 20, "pages left and came back"
    assert (await conversation(boot, tmp_path / "b", plain, seed, swap_ram_mb=0, swap_disk_mb=0))[0] == whole
    assert (await conversation(boot, tmp_path / "c", swapped, seed))[0] == whole


@pytest.mark.anyio
@pytest.mark.parametrize("seed", range(4))
async def test_a_secret_stays_with_those_who_were_told(boot: Boot, tmp_path: Path, seed: int) -> None:
    """Processes and forks of them, each with a secret of its own that all ask for; pages come and go meanwhile."""
    chance = random.Random(seed)
    sim = Sim(window_tokens=1500, num_sequences=4, num_cells=3000)
    knows: dict[int, set[str]] = {}
    async with boot(sim, config=config(tmp_path / "home")) as kernel:
        tasks: list[Task] = []
        for n in range(70):
            share = chance.choice(tasks) if tasks and chance.randrange(2) else None
            if len(tasks) < 6 and chance.randrange(4) == 0:
                handle = await kernel.spawn(
                    Program("idle", idle), "", interactive=True, capabilities=frozenset(), share=share
                )
                tasks.append(kernel.task(handle.pid))
                knows[handle.pid] = set(knows[share.pid]) if share is not None else set()
                secret = f"tulip{handle.pid}x{n}"
                knows[handle.pid].add(secret)
                await said(tasks[-1], f"the password of the {WORDS[handle.pid % 5]} is {secret}")
            for task in tasks:
                query = f"what is the password of the {chance.choice(WORDS[:5])}?"
                await said(task, chance.choice([query, " ".join(chance.choices(WORDS, k=15))]))
                strange = set().union(*knows.values()) - knows[task.pid]
                window = b"".join(sim.tokenizer.token_bytes(t) for t in task.process.context.tokens).decode()
                assert task.paging is not None
                archive = [f.text for f in await anyio.to_thread.run_sync(task.paging.archived, query, 8)]
                assert not [secret for secret in strange if secret in f"{window} {archive}"]
        (moves,) = kernel.page_counts.values()
        assert moves["page_outs"] > 20 and moves["page_faults"] > 0
        for task in tasks:
            kernel.handle(task.pid).say("end")
            await task.ended.wait()
        handle = await kernel.spawn(Program("idle", idle), "", interactive=True, capabilities=frozenset())
        newcomer = kernel.task(handle.pid)
        await said(newcomer, f"what is the password of the {WORDS[2]}?")
        assert "tulip" not in str((await newcomer.transcript()).messages)
