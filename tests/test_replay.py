"""What the journal's tokens say, without a model, is what the model was given and gave: bit for bit."""

from __future__ import annotations

import json
from pathlib import Path

import anyio
import pytest

from llmasos import Kernel, Sampling, history
from llmasos.config import Config
from llmasos.kernel.program import Program
from llmasos.kernel.task import Task
from llmasos.replaying import raw, replayed

pytestmark = pytest.mark.anyio


async def test_a_process_that_babbles_is_replayed_to_the_bit(tmp_path: Path) -> None:
    """Hot, cut by stop strings and limits, as messages and as plain text: whatever bytes come."""
    went: list[bytes] = []

    async def body(task: Task, request: str) -> str:
        for seed in range(12):
            sampling = Sampling(temperature=3.0, seed=seed)
            await task.add("user", f"{request} {seed}")
            await task.complete(max_tokens=5 + seed, sampling=sampling, stop=["e", "the"] if seed % 2 else ())
            if seed % 3 == 0:
                await task.continue_text(
                    f"once {seed}", max_tokens=6, sampling=sampling, stop=["a"] if seed % 2 else ()
                )
        tokenizer = (await task.kernel.model(task.process.model)).driver.tokenizer
        went.append(tokenizer.decode(task.process.context.tokens, special=True))
        return "done"

    home = tmp_path / "home"
    async with Kernel.boot(Config(home), workspace=tmp_path) as kernel:
        process = await kernel.spawn(Program("babbler", body), "say something about")
        assert await process.wait() == "done"
    records = history.whole(home, process.pid)
    assert b"".join(raw(home, records)) == went[0]
    found = list(replayed(home, records))
    assert len([one for one in found if one.num_tokens]) == 16 and all(one.text for one in found if one.num_tokens)


async def test_what_a_restart_cut_and_went_on_with_is_one_message(tmp_path: Path) -> None:
    home, request = tmp_path / "home", "what is 17 times 23?"
    config = Config(home)
    async with Kernel.boot(config, workspace=tmp_path, keeps=True) as kernel:
        pid = (await kernel.spawn(request)).pid
        with anyio.fail_after(30):
            while True:
                if kernel.journal.read(pid, ["tokens"]):
                    break
                await anyio.sleep(0.001)
    assert history.process(home, pid).status == "lost"
    async with Kernel.boot(config, workspace=tmp_path, keeps=True):
        with anyio.fail_after(60):
            assert (await anyio.to_thread.run_sync(history.wait, home, pid)).answer == "The result is 391."
    found = list(replayed(home, history.whole(home, pid)))
    assert [one.message["role"] for one in found if one.message] == ["user", "assistant", "tool", "assistant"]
    said = [one.text for one in found if one.num_tokens]
    call = json.dumps({"name": "calculate", "arguments": {"expression": "17*23"}})
    assert said == [f"<tool_call>\n{call}\n</tool_call>", "The result is 391.<|im_end|>"]
