"""Facts planted in a long conversation over nano's window of 2,048 tokens, asked for in other words.

A fact is resident when its words stand in the window at the moment the model answers the question. The peers, in the
same run: the window alone, which forgets the oldest (page_in never: what truncation gives), and the other policies.
`LLMASOS_BENCH_TOKENS` sets the length of the long conversation (200,000 take a quarter of an hour and more); the short
ones compare the policies.
"""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import anyio

from llmasos import Kernel
from llmasos.config import Config, MemorySection
from llmasos.kernel.program import Program
from llmasos.kernel.task import Task

NUM_TOKENS = int(os.environ.get("LLMASOS_BENCH_TOKENS", "40000"))
SHORT_TOKENS = 20_000
ANSWER_TOKENS = 6
EARLY_TOKENS = 5000  # what a turn costs is compared with here
NUM_TIMED = 60  # turns behind a mark that are timed
POLICIES = (("lru", "recent"), ("oldest", "relevant"), ("largest", "recent"), ("lru", "never"))
CHAIN = 8  # hops of a nested lookup
PAIRS = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "paging_facts.txt").read_text("utf-8").splitlines()
    if "\t" in line and not line.startswith("#")
]
SUBJECTS = "the team,my brother,a visitor,the old lady,our driver,the baker,a student,the nurse,the captain,a farmer"
VERBS = "looked at,talked about,drew,counted,cleaned,painted,forgot,praised,sold,carried"
THINGS = (
    "seven boxes,the long fence,a map of the hills,two ladders,the wooden bridge,some apples,a heavy stone,the boat"
)
WHENS = "in the morning,after lunch,for an hour,with great care,once more,without a word,in the rain,near the lake"


def measure() -> dict[str, Any]:
    return anyio.run(_measure)


async def _measure() -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for eviction, page_in in POLICIES:
        rows[f"{SHORT_TOKENS} tokens, {eviction}/{page_in}"] = await _run(SHORT_TOKENS, eviction, page_in)
    rows[f"{NUM_TOKENS} tokens, lru/recent"] = await _run(NUM_TOKENS, "lru", "recent")
    return {"model": "nano", "facts": len(PAIRS), "rows": rows}


async def _run(num_tokens: int, eviction: Any, page_in: Any) -> dict[str, Any]:
    async with _kernel(MemorySection(eviction=eviction, page_in=page_in)) as kernel:
        talk = Talk(num_tokens)
        process = await kernel.spawn(Program("bench", talk.body), "", capabilities=frozenset())
        await process.wait()
        return talk.result()


@asynccontextmanager
async def _kernel(memory: MemorySection) -> AsyncIterator[Kernel]:
    with TemporaryDirectory() as home:
        async with Kernel.boot(Config(Path(home), memory=memory), model="nano") as kernel:
            yield kernel


class Talk:
    """One conversation: facts and nested keys early and late, small talk between, questions at random distances."""

    def __init__(self, num_tokens: int) -> None:
        self.chance = random.Random(1)
        self.num_tokens = num_tokens
        self.said = 0  # tokens that entered the context, whether they are still there or not
        self.seconds: dict[str, list[float]] = {"early": [], "late": []}
        self.found = self.asked = self.hops = self.hops_found = 0

    async def body(self, task: Task, request: str) -> str:
        script = self._script()
        while self.said < self.num_tokens:
            line = next(script, None) or (self._small_talk(), None)
            await self._turn(task, *line)
        await self._follow(task)
        return ""

    def _script(self) -> Any:
        """Every fact, later its question, spread over the conversation; None is small talk."""
        num_turns = self.num_tokens // 45
        places: dict[int, tuple[str, str | None]] = {}

        def put(at: int, line: tuple[str, str | None]) -> int:
            while at in places:
                at += 1
            places[at] = line
            return at

        for fact, question in PAIRS:
            at = put(self.chance.randrange(1, num_turns // 2), (fact, None))
            put(self.chance.randrange(at + 40, int(num_turns * 0.95)), (question, fact))
        self.chain = self.chance.sample(range(1000, 9999), CHAIN + 1)
        for key, value in zip(self.chain, self.chain[1:], strict=False):
            put(self.chance.randrange(1, num_turns // 2), (f"box {key} holds the number {value}", None))
        return (places.get(n) for n in range(num_turns))

    def _small_talk(self) -> str:
        parts = (self.chance.choice(words.split(",")) for words in (SUBJECTS, VERBS, THINGS, WHENS))
        return (
            " ".join(parts) + ", and " + " ".join(self.chance.choice(w.split(",")) for w in (SUBJECTS, VERBS, THINGS))
        )

    async def _turn(self, task: Task, text: str, wanted: str | None) -> None:
        began = time.perf_counter()
        await task.add("user", text)
        said = await task.complete(max_tokens=ANSWER_TOKENS)
        spent = time.perf_counter() - began
        transcript = await task.transcript()
        self.said += transcript.count(text) + transcript.count(said.text) + 10
        if wanted is not None:
            self.asked += 1
            self.found += await self._is_resident(task, wanted)
        for mark, at in (("early", EARLY_TOKENS), ("late", int(self.num_tokens * 0.96))):
            if self.said >= at and len(self.seconds[mark]) < NUM_TIMED:
                self.seconds[mark].append(spent)

    async def _follow(self, task: Task) -> None:
        """A nested lookup: what each answer names is asked for next, read from the window."""
        key = self.chain[0]
        for value in self.chain[1:]:
            self.hops += 1
            await self._turn(task, f"what does box {key} hold?", None)
            window = "\n".join(str(message["content"]) for message in (await task.transcript()).messages)
            match = re.search(rf"box {key} holds the number (\d+)", window)
            self.hops_found += match is not None and int(match[1]) == value
            key = value

    async def _is_resident(self, task: Task, fact: str) -> bool:
        return any(fact in str(message["content"]) for message in (await task.transcript()).messages)

    def result(self) -> dict[str, Any]:
        early, late = (sum(self.seconds[mark]) / max(1, len(self.seconds[mark])) for mark in ("early", "late"))
        return {
            "resident_percent": round(100 * self.found / max(1, self.asked), 1),
            "nested_percent": round(100 * self.hops_found / self.hops, 1),
            "asked": self.asked,
            "turn_ms_at_5000": round(1000 * early, 1),
            "turn_ms_at_end": round(1000 * late, 1),
            "median_ms_at_end": round(1000 * median(self.seconds["late"] or [0.0]), 1),
        }
