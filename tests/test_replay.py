"""What the journal's tokens say, without a model, is what the model was given and gave: bit for bit."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from llmasos import Kernel, Sampling, Signal, history
from llmasos.apps.time_travel import thin
from llmasos.boot import embedded_nano
from llmasos.config import Config
from llmasos.drivers import llama_lanes
from llmasos.drivers.driver import Driver
from llmasos.drivers.llama_cpp import LlamaCpp
from llmasos.drivers.worker import Worker
from llmasos.events import Answered, Record, State, go_on, remains
from llmasos.kernel.debugger import break_at
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


def a_process_of_its_own(path: Path) -> Driver:
    return Worker.load(path, num_sequences=8)


def one_context(path: Path) -> Driver:
    return LlamaCpp.load(path, num_sequences=4, threads=1)


def lanes(path: Path) -> Driver:
    return llama_lanes.load(path, num_sequences=8, lanes=2)


@pytest.mark.parametrize(
    ("here", "there"), [(a_process_of_its_own, one_context), (one_context, lanes), (lanes, a_process_of_its_own)]
)
async def test_a_checkpoint_from_the_middle_of_a_word_goes_on_under_another_driver(
    tmp_path: Path, here: Callable[[Path], Driver], there: Callable[[Path], Driver]
) -> None:
    """Of the same model, in another state directory: the sentence is the one it would have been."""
    nano = embedded_nano()
    homes = tmp_path / "here", tmp_path / "there"
    async with Kernel.boot(Config(homes[0]), load_driver=lambda name: here(nano), keeps=True) as kernel:
        process = await kernel.spawn("what is 17 times 23?", interactive=True)
        await break_at(kernel, process.pid, ["text:The resu"])
        with anyio.fail_after(60):
            while True:
                if kernel.task(process.pid).process.state is State.STOPPED:
                    break
                await anyio.sleep(0.005)
        checkpoint = json.dumps(thin(history.whole(homes[0], process.pid)))
    found = remains([Record(**record) for record in json.loads(checkpoint)])
    assert found.partial, "it is in the middle of a message"
    async with Kernel.boot(Config(homes[1]), load_driver=lambda name: there(nano), keeps=True) as kernel:
        restored = await go_on(kernel, replace(found, breaks=[]))
        kernel.kill(restored.pid, Signal.CONT)
        with anyio.fail_after(60):
            async for event in restored.events():
                if isinstance(event, Answered):
                    assert event.answer == "The result is 391."
                    break
    said = [one.text for one in replayed(homes[1], history.whole(homes[1], restored.pid)) if one.num_tokens]
    assert said == ["The result is 391.<|im_end|>"], "and its tokens, those from there too, say so"
