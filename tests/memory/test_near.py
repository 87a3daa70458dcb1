"""Tools near in meaning: named by the sentence model, kept with the message, and seen by a template that takes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from llmasos import Kernel
from llmasos.boot import embedding_file
from llmasos.config import Config
from llmasos.drivers.grammar import GrammarCompiler
from llmasos.drivers.sampling import Sampling, TokenSampler
from llmasos.errors import DriverBroken
from llmasos.events import Program, Task
from llmasos.kernel import conversation
from llmasos.memory.near import DOUBT, NearTools, described, near_ones


def tool(name: str, description: str) -> dict[str, Any]:
    parameters = {"type": "object", "properties": {}, "required": []}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


SONG = tool("identify_tune", "Recognise the music that plays.")
DOOR = tool("unlock_door", "Open the lock of a door.")
CLOCK = tool("clock", "Current date and time.")
needs_minilm = pytest.mark.skipif(embedding_file() is None, reason="llmasos pull minilm")


def angles(**by_text: float) -> Any:
    """An embedder in the plane: texts at angles (degrees)."""

    def embed(texts: Any) -> Any:
        return np.array([(np.cos(np.radians(by_text[t])), np.sin(np.radians(by_text[t]))) for t in texts], np.float32)

    return embed


def test_nearest_first_none_that_is_far_and_at_most_three() -> None:
    tools = [tool(name, "") for name in ("a", "b", "c", "d", "far")]
    near = NearTools(angles(**{"x": 0.0, "a: ": 40.0, "b: ": 10.0, "c: ": 20.0, "d: ": 30.0, "far: ": 89.0}))
    assert near.hint("x", tools) == "b, c, d"
    assert near.hint("x", tools[4:]) == ""
    alone = NearTools(angles(**{"x": 0.0, "a: ": 5.0, "b: ": 60.0}))
    assert alone.hint("x", tools[:2]) == "a"  # the other is less than seven tenths as near


def test_tools_that_a_model_knows_by_heart_are_its_own_to_find() -> None:
    near = NearTools(
        angles(**{"x": 0.0, described(CLOCK["function"]): 0.0, described(DOOR["function"]): 80.0}), {"clock"}
    )
    assert not near.concerns([CLOCK]) and not near.concerns([])
    assert near.concerns([CLOCK, DOOR])
    assert near.hint("x", [CLOCK, DOOR]) == "clock"


def test_once_something_is_near_the_tools_of_others_that_are_far_do_not_stand_to_choice() -> None:
    assert near_ones([SONG, CLOCK, DOOR], "unlock_door", {"clock"}) == [CLOCK, DOOR]
    assert near_ones([SONG, DOOR], "unlock_door, identify_tune", ()) == [SONG, DOOR]


def test_where_nothing_is_near_and_nothing_known_by_heart_a_call_is_doubted() -> None:
    near = NearTools(angles(), {"clock"})
    assert near.doubt([SONG, DOOR], "") > 0
    assert near.doubt([SONG, DOOR], "unlock_door") == 0 == near.doubt([SONG, CLOCK], "")


@needs_minilm
@pytest.mark.anyio
async def test_right_after_a_request_only_what_is_near_can_be_called(tmp_path: Path) -> None:
    offered: list[list[str]] = []
    compile_tools = GrammarCompiler.tools

    def seen(self: GrammarCompiler, family: Any, tools: Any) -> Any:
        offered.append([tool["function"]["name"] for tool in tools])
        return compile_tools(self, family, tools)

    async def body(task: Task, request: str) -> str:
        task.tools = [SONG, DOOR]
        for role, text in (("user", "which song am I hearing?"), ("tool", "a waltz"), ("user", "is 7 prime?")):
            await task.add(role, text)
            await task.complete(max_tokens=4)
        return ""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(GrammarCompiler, "tools", seen)
        async with Kernel.boot(Config(), home=tmp_path, model="nano") as kernel:
            await (await kernel.spawn(Program("near", body, streams=False), "")).wait()
    both = ["identify_tune", "unlock_door"]
    assert offered == [["identify_tune"], both, both], "later calls are free, and so is what nothing is near to"


@needs_minilm
@pytest.mark.anyio
async def test_who_has_been_told_nothing_or_lost_the_tool_that_was_near_may_call_what_there_is(tmp_path: Path) -> None:
    async def body(task: Task, request: str) -> str:
        task.tools = [SONG, DOOR]
        if request:
            await task.add("user", request)
            task.tools = [DOOR]
        return (await task.complete(max_tokens=40)).finish_reason

    async with Kernel.boot(Config(), home=tmp_path, model="nano") as kernel:
        for request in ("", "which song am I hearing?"):
            assert await (await kernel.spawn(Program("near", body, system="", streams=False), request)).wait()


@needs_minilm
@pytest.mark.anyio
async def test_the_doubt_is_a_bias_on_what_begins_a_call_beside_what_was_asked_for(tmp_path: Path) -> None:
    seen: list[dict[int, float]] = []

    class Watched(TokenSampler):
        def __init__(self, sampling: Sampling, *rest: Any) -> None:
            seen.append(dict(sampling.logit_bias))
            super().__init__(sampling, *rest)

    async def body(task: Task, request: str) -> str:
        task.tools = [SONG, DOOR]
        for text in ("is 7 prime?", "which song am I hearing?"):
            await task.add("user", text)
            await task.complete(max_tokens=4, sampling=Sampling(temperature=0, logit_bias={5: 1.0}))
        return ""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conversation, "TokenSampler", Watched)
        async with Kernel.boot(Config(), home=tmp_path, model="nano") as kernel:
            await (await kernel.spawn(Program("near", body, streams=False), "")).wait()
            mark = (await kernel.model("nano")).grammars.call_mark("hermes")
    assert mark is not None
    assert seen == [{5: 1.0, mark: -DOUBT}, {5: 1.0}]


@needs_minilm
@pytest.mark.anyio
async def test_a_request_finds_its_tool_by_meaning_and_the_journal_keeps_what_was_found(tmp_path: Path) -> None:
    prompts: list[str] = []

    async def body(task: Task, request: str) -> str:
        task.tools = [SONG, DOOR]
        await task.add("user", "which song am I hearing?")
        await task.add("user", "is 7 prime?")
        await task.complete(max_tokens=4)
        tokenizer = (await task.kernel.model("nano")).driver.tokenizer
        prompts.append(b"".join(map(tokenizer.token_bytes, task.process.context.tokens)).decode())
        return ""

    async with Kernel.boot(Config(), home=tmp_path, model="nano") as kernel:
        handle = await kernel.spawn(Program("near", body, streams=False), "")
        await handle.wait()
        said = [record.body for record in kernel.journal.read(handle.pid, ["message"]) if record.body["role"] == "user"]
    assert prompts[0].count("Near: ") == 1
    assert "hearing?<|im_end|>\n<|im_start|>system\nNear: identify_tune<|im_end|>" in prompts[0]
    assert [message["near"] for message in said] == ["identify_tune", ""]


@needs_minilm
@pytest.mark.anyio
async def test_no_process_ends_for_want_of_a_hint(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def body(task: Task, request: str) -> str:
        model = await task.kernel.model("nano")
        assert model.near is not None
        task.tools = [SONG]
        await task.add("user", "hello")
        return (await task.complete(max_tokens=40)).finish_reason

    def broken(self: NearTools, text: str, tools: Any) -> str:
        raise DriverBroken("the sentence model is gone")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(NearTools, "hint", broken)
        async with Kernel.boot(Config(), home=tmp_path, model="nano") as kernel:
            assert await (await kernel.spawn(Program("near", body, streams=False), "")).wait() == "stop"
    assert "tools are not looked up by meaning: the sentence model is gone" in caplog.text
