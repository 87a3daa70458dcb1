"""Code in another past: a branch of it, or a copy from a checkpoint, runs over what the other asked and got."""

from __future__ import annotations

import contextlib
from collections import Counter

import pytest

from llmasos.app import Os
from llmasos.apps.time_travel import saying
from llmasos.errors import AppNotFound, NoSuchProcess, SyscallError
from llmasos.kernel.recovery import go_on
from llmasos.kernel.remains import remains
from tests.kernel.code_world import World, ended, texts, waits
from tests.kernel.test_recovery import until

pytestmark = pytest.mark.anyio


async def test_a_branch_does_the_same_up_to_there_and_then_what_the_app_does_now(world: World) -> None:
    async def main(os: Os, request: str) -> str:
        child = await os.spawn("child")
        heard = await child.wait()
        await os.act("one")
        os.say("before ")
        thought = await os.think("this")
        told = await os.input()
        await os.act(f"two {told}")
        return f"{heard} {thought} {told} {kind[0]}"

    kind = ["then"]
    world.mains["worker"] = main
    async with world.kernel() as kernel:
        first = await world.spawn(kernel, "go", interactive=True)
        await waits(kernel, first.pid)
        records = kernel.journal.read(first.pid)
        kind[0] = "now"
        branch = await go_on(kernel, saying(remains(records), "other"))
        await until(lambda: "two other" in world.done)
        assert await ended(kernel, branch.pid) == "child is it. this is it. other now"
        assert await texts(branch) == "", "what was said before was said by the other"
        assert [call["arguments"]["what"] for call in branch.syscalls] == ["two other"]
        await kernel.say(first.pid, "mine")
        assert await ended(kernel, first.pid) == "child is it. this is it. mine now"
    assert world.done == ["one", "two other", "two mine"]


async def test_a_branch_outlives_its_kernel_too(world: World) -> None:
    """What it goes on from is in its own journal: the first may be gone."""

    async def main(os: Os, request: str) -> str:
        parts = [await os.think("this"), await os.look("one"), await os.input() or ""]
        with contextlib.suppress(SyscallError):
            parts.append(await os.act("two"))
        return " ".join([*parts, await os.think("that"), await os.input() or ""])

    world.mains["worker"], world.blocks = main, {"two"}
    async with world.kernel() as kernel:
        first = await world.spawn(kernel, "go", interactive=True)
        await kernel.say(first.pid, "a")
        await until(lambda: "two" in world.done)
        records = kernel.journal.read(first.pid)
    for cut in (record.seq for record in records if record.kind not in ("spawn", "segment")):
        world.blocks, world.done = set(), []
        async with world.kernel() as kernel:
            pid = (await go_on(kernel, remains([record for record in records if record.seq <= cut]))).pid
            await waits(kernel, pid)
            made = Counter(world.done)
        for _ in range(2):
            async with world.kernel() as kernel:
                await waits(kernel, pid)
                assert Counter(world.done) == made, f"{cut}: not again, also by who goes on from another"
        async with world.kernel() as kernel:
            for _ in range(2):
                with contextlib.suppress(NoSuchProcess):  # at its second question, or its first
                    await kernel.say(pid, "b")
            answer = await ended(kernel, pid)
            assert answer.startswith("this is it. did one") and "that is it." in answer, cut
            assert all(times == 1 for times in Counter(world.done).values()), cut


async def test_a_branch_whose_past_did_not_come_on_record_does_not_begin_anew(world: World) -> None:
    async def main(os: Os, request: str) -> str:
        await os.act("one")
        return await os.input() or ""

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        first = await world.spawn(kernel, "go", interactive=True)
        await waits(kernel, first.pid)
        branch = await go_on(kernel, remains(kernel.journal.read(first.pid)))
        await waits(kernel, branch.pid)
    after = world.cut(world.records(branch.pid)[0].seq)
    async with after.kernel() as kernel:
        (end,) = kernel.journal.read(branch.pid, ["exit"])
        assert end.body["error"] == "its kernel ended before its past was on record: branch or restore it again"
    assert after.done == []


async def test_a_branch_has_no_children_of_the_others(world: World) -> None:
    async def main(os: Os, request: str) -> str:
        child = await os.spawn("child")
        await os.input()
        return await child.wait()

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        first = await world.spawn(kernel, "go", interactive=True)
        await waits(kernel, first.pid)
        branch = await go_on(kernel, saying(remains(kernel.journal.read(first.pid)), "on"))
        with pytest.raises(NoSuchProcess, match=f"process {first.pid + 1} did not come along"):
            await ended(kernel, branch.pid)
        assert branch.process.exit_code == 3
        found = remains(kernel.journal.read(first.pid))
        world.mains.clear()
        with pytest.raises(AppNotFound, match="no app named worker"):
            await go_on(kernel, found)
