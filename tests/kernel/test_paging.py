"""Paging in the kernel: a process whose conversation is longer than its window, what it journals and shows."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from llmasos.boot import Kernel, pager_maker
from llmasos.config import Config, MemorySection
from llmasos.drivers.sim import Sim
from llmasos.errors import ConfigError
from llmasos.kernel.events import Answered, Paged
from llmasos.kernel.handle import ProcessHandle
from llmasos.kernel.program import Program
from llmasos.kernel.task import Task
from llmasos.memory.store import open_store

NUMBERS = itertools.count()  # so that no two answers are the same
Boot = Callable[..., AbstractAsyncContextManager[Kernel]]
PLAIN = Config(security=type(Config().security)(capabilities=("memory",)))


def read(task: Task, sim: Sim) -> str:
    """What the model has in its window."""
    return b"".join(sim.tokenizer.token_bytes(token) for token in task.process.context.tokens).decode(errors="replace")


async def converse(process: ProcessHandle, sim: Sim, turns: int) -> int:
    """Say so many things; how many pages came back meanwhile."""
    events = process.events()
    num_back = 0
    for n in range(turns):
        sim.enqueue(answer := f"I have understood number {next(NUMBERS)}.")
        process.say(f"today item {n} of the list was looked at by two people and they found nothing wrong with it")
        async for event in events:
            num_back += event.num_in if isinstance(event, Paged) else 0
            if isinstance(event, Answered):
                assert event.error is None
                if event.answer == answer:
                    break
    return num_back


@pytest.mark.anyio
async def test_a_conversation_outgrows_its_window_and_a_fact_returns(boot: Boot, tmp_path: Path) -> None:
    sim = Sim(window_tokens=2048, num_cells=8192)
    async with boot(sim, config=Config(tmp_path / "home", security=PLAIN.security)) as kernel:
        sim.enqueue("Noted.")
        process = await kernel.spawn("the door code is 4512", interactive=True)
        await converse(process, sim, 40)
        task = kernel.task(process.pid)
        assert task.paging is not None
        assert "4512" not in read(task, sim)
        rows = kernel.memory_map(process.pid)
        (left,) = [row for row in rows if row["archived"] and "4512" in row["text"]]
        assert (left["role"], left["turn"], left["source"]) == ("user", 1, "user, assistant")
        assert process.process.started <= left["left"] <= time.time()
        assert all(row["archived"] is (row["left"] is not None) for row in rows)
        assert [found.text for found in task.paging.archived("the door code", 3)] == ["the door code is 4512"]
        sim.enqueue("It is 4512.")
        process.say("what is the door code?")
        process.close_input()
        assert await process.wait() == "It is 4512."
        assert "the door code is 4512" in read(task, sim)
        assert task.process.accounting.page_faults >= 1
        assert kernel.memory_rates()[0]["page_faults"] == task.process.accounting.page_faults
        moves = kernel.journal.read(process.pid, ["page"])
        assert any("4512" in json.dumps(record.body["out"]) for record in moves)
        assert any("4512" in json.dumps(record.body["in"]) for record in moves)


@pytest.mark.anyio
async def test_a_file_longer_than_the_window_is_read_in_part_and_asked_about(boot: Boot, sim: Sim) -> None:
    sim.enqueue('<tool_call>\n{"name": "read_file", "arguments": {"path": "big.txt"}}\n</tool_call>')
    sim.enqueue("It is long.")
    sim.enqueue('<tool_call>\n{"name": "recall", "arguments": {"query": "trumpet"}}\n</tool_call>')
    sim.enqueue("In room 7.")
    async with boot() as kernel:
        lines = [f"line {n}: nothing of note here, we only count sheep\n" for n in range(400)]
        lines[200] = "line 200: the trumpet is kept in room 7\n"
        (kernel.workspace / "big.txt").write_text("".join(lines))
        process = await kernel.spawn("read big.txt", interactive=True)
        async for event in process.events():
            if isinstance(event, Answered):
                assert (event.answer, event.error) == ("It is long.", None)
                break
        (whole,) = [row for row in kernel.memory_map(process.pid) if row["archived"]]
        assert (whole["role"], whole["source"], whole["turn"]) == ("tool", "tool:read_file", 1)
        process.say("look it up")
        process.close_input()
        assert await process.wait() == "In room 7."
        recalled = kernel.task(process.pid).calls[-1]
        assert "the trumpet is kept in room 7" in (recalled.result or "")


@pytest.mark.anyio
async def test_a_fork_pages_alone(boot: Boot, tmp_path: Path) -> None:
    sim = Sim(window_tokens=2048, num_cells=16384)

    async def child(task: Task, request: str) -> str:
        await task.add("user", request)
        return (await task.complete()).text

    async with boot(sim, config=Config(tmp_path / "home", security=PLAIN.security)) as kernel:
        sim.enqueue("Noted.")
        process = await kernel.spawn("the door code is 4512", interactive=True)
        await converse(process, sim, 40)
        sim.enqueue("It is 4512.")
        parent = kernel.task(process.pid)
        twin = await kernel.spawn(Program("child", child), "what is the door code?", share=parent)
        assert await twin.wait() == "It is 4512."
        shared = kernel.task(twin.pid)
        assert "the door code is 4512" in read(shared, sim) and "4512" not in read(parent, sim)


@pytest.mark.anyio
async def test_pin_unpin_and_note_as_calls(boot: Boot, tmp_path: Path) -> None:
    sim = Sim(window_tokens=4096, num_cells=16384)
    config = Config(tmp_path / "home", security=type(Config().security)(capabilities=("context", "memory")))
    async with boot(sim, config=config) as kernel:
        sim.enqueue("Noted.")
        process = await kernel.spawn("the door code is 4512", interactive=True)
        await converse(process, sim, 1)
        task = kernel.task(process.pid)
        assert (await task.trap("pin", {"query": "door code"})).result == "pinned: the door code is 4512 Noted."
        assert (await task.trap("note", {"name": "plan", "text": "finish by friday"})).result == "noted plan"
        await converse(process, sim, 60)
        assert "4512" in read(task, sim) and "[plan] finish by friday" in read(task, sim)
        assert (
            await task.trap("pin", {"query": "zebras"})
        ).error == "ENOENT: nothing in this conversation is about that"
        assert (await task.trap("unpin", {"query": "door"})).result == "unpinned: the door code is 4512 Noted."
        assert (await task.trap("note", {"name": "plan", "text": ""})).result == "removed plan"
        assert (
            await task.trap("note", {"name": "a b", "text": "x"})
        ).error == "EINVAL: 'a b' is no name: letters, digits and _ please"


@pytest.mark.anyio
async def test_a_result_brings_back_what_it_names_in_the_middle_of_a_turn(boot: Boot, tmp_path: Path) -> None:
    sim = Sim(window_tokens=4096, num_cells=16384)
    able = type(Config().security)(capabilities=("files", "memory"))
    config = Config(tmp_path / "home", security=able, memory=MemorySection(embedding="hashed"))
    async with boot(sim, config=config) as kernel:
        (kernel.workspace / "note.txt").write_text("see parcel 5521\n")
        sim.enqueue("All right.")
        process = await kernel.spawn("the parcel 5521 is for Mrs Hill", interactive=True)
        await converse(process, sim, 60)
        task = kernel.task(process.pid)
        assert "Mrs Hill" not in read(task, sim)
        before = task.process.accounting.page_faults
        sim.enqueue('<tool_call>\n{"name": "read_file", "arguments": {"path": "note.txt"}}\n</tool_call>')
        sim.enqueue("It is for Mrs Hill.")
        process.say("what does note.txt say?")
        process.close_input()
        assert await process.wait() == "It is for Mrs Hill."
        assert "see parcel 5521\n[archived, turn 1] the parcel 5521 is for Mrs Hill" in read(task, sim)
        assert task.process.accounting.page_faults > before
        assert any("Mrs Hill" in json.dumps(r.body["in"]) for r in kernel.journal.read(process.pid, ["page"]))


@pytest.mark.anyio
async def test_an_answer_longer_than_what_is_free_goes_on_when_pages_have_left(boot: Boot, tmp_path: Path) -> None:
    sim = Sim(window_tokens=4096, num_cells=16384)
    async with boot(sim, config=Config(tmp_path / "home", security=PLAIN.security)) as kernel:
        sim.enqueue("Noted.")
        process = await kernel.spawn("the door code is 4512", interactive=True)
        await converse(process, sim, 16)
        task = kernel.task(process.pid)
        used, long = len(task.process.context.tokens), "".join(f"line {n} of it. " for n in range(100))
        assert used + len(long) > 4096 > 0.85 * 4096 > used
        sim.enqueue(long)
        process.say("tell me all of it")
        process.close_input()
        assert await process.wait() == long
        text, records = read(task, sim), kernel.journal.read(process.pid, ["message", "tokens"])
        assert text.endswith(long) or f"{long}<|im_end|>" in text, "the whole answer stands in the window"
        assert sum(record.body == {"role": "assistant", "content": long} for record in records) == 1


@pytest.mark.anyio
async def test_what_is_forgotten_is_in_no_archive(boot: Boot, tmp_path: Path) -> None:
    sim = Sim(window_tokens=2048, num_cells=8192)
    async with boot(sim, config=Config(tmp_path / "home", security=PLAIN.security)) as kernel:
        sim.enqueue("Noted.")
        process = await kernel.spawn("the door code is 4512", interactive=True)
        await converse(process, sim, 40)
        task = kernel.task(process.pid)
        assert (await task.trap("recall", {"query": "door code"})).result == "the door code is 4512"
        forgotten = await task.trap("forget", {"query": "door code"})
        assert forgotten.result == "forgot: the door code is 4512 Noted."
        assert (await task.trap("recall", {"query": "door code"})).result == "(nothing)"
        assert (await task.trap("forget", {"query": "door code"})).result == "(nothing)"
        assert "4512" not in json.dumps([r.body for r in kernel.journal.read(process.pid, ["forget"])])


@pytest.mark.anyio
async def test_a_note_that_would_leave_no_room_is_refused_with_its_size(boot: Boot, tmp_path: Path) -> None:
    sim = Sim(window_tokens=2048, num_cells=8192)
    config = Config(tmp_path / "home", security=type(Config().security)(capabilities=("context",)))
    async with boot(sim, config=config) as kernel:
        sim.enqueue("Noted.")
        process = await kernel.spawn("hello", interactive=True)
        await converse(process, sim, 1)
        task = kernel.task(process.pid)
        refused = (await task.trap("note", {"name": "plan", "text": "x" * 1500})).error
        assert refused is not None and refused.startswith("ENOSPC: the note plan does not fit: ")
        assert "the notes 1507" in refused
        await converse(process, sim, 20)


def test_watermarks_the_wrong_way_round_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="low_watermark"):
        pager_maker(MemorySection(high_watermark=0.5, low_watermark=0.6), open_store(tmp_path))
