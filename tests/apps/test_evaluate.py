"""Evaluation follows a dialogue as an agent and wants every call and answer exact."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from llmasos.apps.evaluate import Judge, same, table, unpaged
from llmasos.boot import Kernel
from llmasos.config import Config
from llmasos.drivers.sim import Sim
from llmasos.models.nano.dialogue import BUILTIN_TOOLS, Dialogue, answer, call, result, user

pytestmark = pytest.mark.anyio
Boot = Callable[..., AbstractAsyncContextManager[Kernel]]
STOP = Dialogue(
    (user("stop 8"), call("kill", {"pid": 8}), result("stopped process 8"), answer("I stopped process 8.")),
    BUILTIN_TOOLS,
    "kill",
)
CALL = '<tool_call>\n{"name": "kill", "arguments": {"pid": 8}}\n</tool_call>'


async def test_a_dialogue_that_is_right_to_the_letter_succeeds(boot: Boot, sim: Sim) -> None:
    for text in (CALL, "I stopped process 8."):
        sim.enqueue(text)
    seen: list[tuple[int, int]] = []
    async with boot() as kernel:
        rate, failures = await Judge(kernel, lambda done, failed: seen.append((done, failed))).rate("single", [STOP])
    assert (rate.percent, failures, seen) == (100.0, [], [(1, 0)])
    assert "100.0%" in table([rate])


@pytest.mark.parametrize("said", [CALL.replace("8", "9"), "I stopped process 8.", CALL.replace("kill", "wait")])
async def test_a_wrong_call_fails_and_is_kept(boot: Boot, sim: Sim, said: str) -> None:
    sim.enqueue(said)
    async with boot() as kernel:
        rate, failures = await Judge(kernel).rate("single", [STOP])
    assert rate.successes == 0
    assert failures[0].expected == STOP.messages[1]
    assert not same(failures[0].expected, failures[0].got)


async def test_what_does_not_fit_the_window_fails(boot: Boot, tmp_path: Path) -> None:
    long = Dialogue((user("stop 8 " * 2000), *STOP.messages[1:]), BUILTIN_TOOLS, "kill")
    async with boot(config=unpaged(Config(tmp_path / "home"))) as kernel:
        rate, failures = await Judge(kernel).rate("single", [long])
    assert rate.successes == 0 and "window" in failures[0].got["error"]
