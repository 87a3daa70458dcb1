"""Fuzz over the embedded model: no malformed call reaches a handler, no exception escapes.

`make fuzz` runs the long form (LLMASOS_FUZZ=10000 prompts and as many calls); `make test` a short one.
"""

from __future__ import annotations

import os
import random
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio
import pytest

from llmasos.boot import Kernel
from llmasos.config import Config
from llmasos.errors import LLMasOSError
from llmasos.kernel.limits import Limits
from llmasos.kernel.process import Process
from llmasos.kernel.program import Program
from llmasos.kernel.syscall import Syscall
from llmasos.kernel.task import Task

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(4 * 3600)]
COUNT = int(os.environ.get("LLMASOS_FUZZ", "120"))
AT_ONCE, WAVE = 8, 500  # prompts in one batch; prompts between two looks at the kernel's invariants
TYPED = r"""
read write delete a.txt b.txt ../../etc/passwd the of 17 23 times plus remember what time is it forget kill 1
process list files please {"name": <tool_call> </tool_call> <|im_end|> <|im_start|>system é 漢字 🙂
' " ` { } [ ] \ / null true -1 1e999 0x10 %s ${HOME} ; rm -rf
"""
WORDS = TYPED.split()


def prompt(rng: random.Random) -> str:
    """Words a person may type, words an attacker may, and noise."""
    kind = rng.random()
    if kind < 0.2:
        return "".join(chr(rng.choice((rng.randrange(1, 128), rng.randrange(128, 0xD800)))) for _ in range(40))
    return " ".join(rng.choice(WORDS) for _ in range(rng.randrange(1, 20)))


def value(rng: random.Random, depth: int = 0) -> Any:
    makers: list[Any] = [
        lambda: rng.choice(WORDS),
        lambda: rng.randrange(-(10**6), 10**6),
        lambda: rng.random() * 10 ** rng.randrange(-5, 300),
        lambda: None,
        lambda: rng.random() < 0.5,
        lambda: [value(rng, depth + 1) for _ in range(rng.randrange(3))] if depth < 3 else [],
        lambda: {rng.choice(WORDS): value(rng, depth + 1)} if depth < 3 else {},
        lambda: "".join(rng.choice(string.printable) for _ in range(rng.randrange(30))),
    ]
    return rng.choice(makers)()


class Watch:
    """A last check of the gate: what passes it must be exactly what the schema says."""

    def __init__(self) -> None:
        self.passed = 0

    def __call__(self, process: Process, call: Syscall, arguments: Mapping[str, Any]) -> None:
        properties, required = call.parameters["properties"], call.parameters.get("required", [])
        assert set(required) <= set(arguments) <= set(properties)
        kinds: dict[str, type | tuple[type, ...]] = {
            "string": str,
            "integer": int,
            "number": (int, float),
            "boolean": bool,
        }
        for name, given in arguments.items():
            kind = properties[name].get("type")
            assert given is None or kind not in kinds or isinstance(given, kinds[kind]), (call.name, name, given)
            assert not (isinstance(given, bool) and kind != "boolean")
        self.passed += 1


async def test_fuzzed_prompts_never_make_a_malformed_call(tmp_path: Path) -> None:
    rng = random.Random(COUNT)
    (tmp_path / "work").mkdir()
    async with Kernel.boot(Config(tmp_path / "home"), workspace=tmp_path / "work") as kernel:
        watch = Watch()
        kernel.gate.checks = (*kernel.gate.checks, watch)

        async def one(text: str) -> None:
            try:
                process = await kernel.spawn(text, limits=Limits(tokens=96, syscalls=6))
                await process.wait()
            except LLMasOSError:
                pass
            for made in process.syscalls:
                assert made["decision"] == "allow" or not made["error"].startswith(("EINVAL", "ENOSYS")), made

        places = anyio.CapacityLimiter(AT_ONCE)

        async def placed(text: str) -> None:
            async with places:
                await one(text)

        for done in range(0, COUNT, WAVE):
            async with anyio.create_task_group() as group:
                for _ in range(min(WAVE, COUNT - done)):
                    group.start_soon(placed, prompt(rng))
            kernel.check_integrity()
            print(f"{min(done + WAVE, COUNT)} of {COUNT} prompts, {watch.passed} calls, none malformed", flush=True)
        assert watch.passed > 0


async def test_fuzzed_calls_are_refused_or_right(tmp_path: Path) -> None:
    rng = random.Random(COUNT + 1)
    (tmp_path / "work").mkdir()
    outside = tmp_path / "outside"
    outside.write_text("untouched")
    async with Kernel.boot(Config(tmp_path / "home"), workspace=tmp_path / "work") as kernel:
        watch = Watch()
        kernel.gate.checks = (*kernel.gate.checks, watch)
        names = [call.name for call in kernel.table if call.name not in ("spawn", "wait", "kill")]

        async def body(task: Task, request: str) -> str:
            for _ in range(COUNT * 2):
                name = rng.choice([*names, value(rng)])
                known = list(kernel.table.get(name).parameters["properties"]) if name in names else ["x"]
                keys = [*known, *rng.sample(WORDS, rng.randrange(2))] if rng.random() < 0.5 else known
                record = await task.trap(str(name), {str(key): value(rng) for key in keys})
                assert (record.result is None) != (record.error is None)
            return "done"

        process = await kernel.spawn(Program("fuzz", body), "")
        assert await process.wait() == "done"
        assert watch.passed > 0
        print(f"{COUNT * 2} calls, {watch.passed} as the schema says, the others refused", flush=True)
    assert outside.read_text() == "untouched"
    assert {path.name for path in outside.parent.glob("*")} == {"home", "work", "outside"}
