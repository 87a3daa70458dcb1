"""The agent's loop: what it does with a result that its window has no room for."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from llmasos.boot import Kernel
from llmasos.config import Config, MemorySection
from llmasos.drivers.sim import Sim

Boot = Callable[..., AbstractAsyncContextManager[Kernel]]


@pytest.mark.anyio
async def test_without_paging_a_result_the_window_has_no_room_for_is_an_error_the_model_reads(
    boot: Boot, sim: Sim, tmp_path: Path
) -> None:
    for words in ({}, {"max_words": 3}):
        call = {"name": "read_file", "arguments": {"path": "big.txt", **words}}
        sim.enqueue(f"<tool_call>\n{json.dumps(call)}\n</tool_call>")
    sim.enqueue("It begins so.")
    async with boot(config=Config(tmp_path / "home", memory=MemorySection(paging=False))) as kernel:
        (kernel.workspace / "big.txt").write_text("word " * (sim.info.window_tokens // 5))
        process = await kernel.spawn("read big.txt")
        assert await process.wait() == "It begins so."
        read = [segment.text for segment in process.process.context.segments if segment.role == "tool"]
        assert read[0].startswith("error EFBIG: the result has 81") and read[0].endswith(" fit")
        assert read[1] == "word word word"
