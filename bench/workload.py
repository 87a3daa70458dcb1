"""What both sides of the jobs against llama-server do: agents that share a prompt, speak, wait for a tool and go on.

- `Agents(...)` says how many and how much; texts and waits follow from the seed, alike for both sides.
- In `run_ours` each is a process of a kernel, whose tool is a syscall; in `run_theirs` a client with a slot of its own.
- A token is a letter (`letters`): nobody's tokenizer counts. End tokens are forbidden on both sides.
"""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
import model_135m
from llama_peer import Server

from llmasos import App, Kernel, Sampling
from llmasos.config import Config
from llmasos.drivers import llama_lanes
from llmasos.kernel.limits import Limits
from llmasos.kernel.program import Program
from llmasos.kernel.task import Task

ALPHABET = "abcdefgijklmnopqrsuvwxyz"  # neither t nor h: "th" would be one token


def letters(num_tokens: int, seed: int) -> str:
    """A text of so many tokens, another for each seed."""
    return "".join(random.Random(seed).choices(ALPHABET, k=num_tokens))


@dataclass(frozen=True)
class Agents:
    """Sizes in tokens, waits in seconds."""

    num: int
    shared: int  # system prompt that all begin with
    own: int  # request that follows it
    turns: int = 1
    said: int = 24  # a turn
    result: int = 96  # of the tool, between two turns
    waits: tuple[float, float] = (0.2, 1.0)
    seed: int = 1

    @property
    def window(self) -> int:
        return self.shared + self.own + self.turns * self.said + (self.turns - 1) * self.result

    @property
    def unique(self) -> int:
        """Tokens that somebody has to compute before they can be gone on from; the last of a turn among them."""
        return self.shared + self.num * (self.own + (self.turns - 1) * (self.result + 1))

    def prompt(self, agent: int) -> str:
        return letters(self.shared, self.seed) + letters(self.own, self.seed + 1000 + agent)

    def tool(self, agent: int, turn: int) -> tuple[float, str]:
        """How long a call takes, and its result."""
        seed = self.seed + 2000 + 100 * agent + turn
        return random.Random(seed).uniform(*self.waits), letters(self.result, seed)


@asynccontextmanager
async def kernel(*, rows: int, cells: int, window: int) -> AsyncIterator[Kernel]:
    """One on the 135M shape, with KV room for `cells` tokens."""

    def load(name: str) -> llama_lanes.Driver:
        return llama_lanes.load(model_135m.path(), num_sequences=rows, num_cells=cells, window_tokens=window)

    with TemporaryDirectory() as home:
        config = Config(Path(home), limits=Limits(children=None))
        async with Kernel.boot(config, load_driver=load, model="135m") as booted:
            booted.init.budget.limits = Limits(children=None, depth=None)
            yield booted


async def greedy(kernel: Kernel) -> Sampling:
    """Greedy, and no end token."""
    model = await kernel.model("135m")
    return Sampling(logit_bias=dict.fromkeys(model.driver.tokenizer.end_tokens, -1e9))


async def run_ours(kernel: Kernel, agents: Agents) -> float:
    """Seconds from the first process to the end of the last."""
    sampling = await greedy(kernel)
    app = App("bench")

    @app.syscall(effect="read", capability="bench", timeout_s=600)
    async def look_up(agent: int, turn: int) -> str:
        """What a tool would answer after a while."""
        seconds, result = agents.tool(agent, turn)
        await anyio.sleep(seconds)
        return result

    async def body(task: Task, request: str) -> str:
        agent, text, said = int(request), agents.prompt(int(request)), 0
        for turn in range(agents.turns):
            if turn:
                text = (await task.trap("look_up", {"agent": agent, "turn": turn})).result or ""
            said += len((await task.continue_text(text, max_tokens=agents.said, sampling=sampling)).logprobs)
        return str(said)

    program = Program("bench", body, calls=tuple(app.calls))
    began = time.perf_counter()
    processes = [await kernel.spawn(program, str(agent)) for agent in range(agents.num)]
    said = [int(await process.wait()) for process in processes]
    seconds = time.perf_counter() - began
    assert said == [agents.turns * agents.said] * agents.num, said
    return seconds


async def run_theirs(server: Server, agents: Agents, ids: Mapping[str, int]) -> float:
    """The same by llama-server; `ids` are the tokens of the letters."""

    async def agent(number: int) -> None:
        context = [ids[letter] for letter in agents.prompt(number)]
        for turn in range(agents.turns):
            if turn:
                seconds, result = agents.tool(number, turn)
                await anyio.sleep(seconds)
                context += [ids[letter] for letter in result]
            context += await server.complete(number, context, agents.said)

    began = time.perf_counter()
    async with anyio.create_task_group() as group:
        for number in range(agents.num):
            group.start_soon(agent, number)
    return time.perf_counter() - began


async def warm_up(kernel: Kernel) -> None:
    """A few tokens, so that nothing is paged in or made while the clock runs."""
    await run_ours(kernel, Agents(num=2, shared=0, own=8, turns=1, said=4, seed=77))


def token_ids(kernel: Kernel) -> dict[str, int]:
    encode = kernel.models["135m"].driver.tokenizer.encode
    return {letter: encode(letter)[0] for letter in ALPHABET}
