"""Agents that make a call and answer from it: ours side by side, the peer's one at a time behind its lock.

Each asks `nano` "what is A times B?": the prompt with all built-in calls, a call, its result, the answer. The peer is
one high-level `llama_cpp.Llama` of llama-cpp-python at its defaults, given the very same prompts; it keeps the prefix
that two calls share, as it does for everybody, and decodes without a grammar (which would only slow it). Tokens count
alike on both sides: whatever the messages of the model came to, right or wrong (it is a small model, and other batches
round otherwise).
"""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anyio
from peer import high_level

from llmasos import Kernel
from llmasos.boot import embedded_nano
from llmasos.config import Config

AGENTS = (1, 8, 32)
ENDS = ("<|im_end|>", "</tool_call>")


def request(n: int) -> str:
    return f"what is {17 + n} times {23 + 3 * n}?"


def measure() -> dict[str, Any]:
    """Tokens/s and requests/s of both by number of agents, and their ratio."""
    ours, tools = anyio.run(_ours)
    theirs = _theirs(tools)
    rows = {
        str(n): {
            "llmasos_tokens_per_s": round(ours[n][0], 1),
            "locked_llama_tokens_per_s": round(theirs[n][0], 1),
            "ratio": round(ours[n][0] / theirs[n][0], 2),
            "llmasos_requests_per_s": round(ours[n][1], 2),
            "locked_llama_requests_per_s": round(theirs[n][1], 2),
        }
        for n in AGENTS
    }
    return {"model": embedded_nano().name, "rows": rows}


async def _ours() -> tuple[dict[int, tuple[float, float]], list[dict[str, Any]]]:
    with TemporaryDirectory() as home:
        async with Kernel.boot(Config(Path(home))) as kernel:
            await _round(kernel, 2)  # warm up
            return {n: await _round(kernel, n) for n in AGENTS}, [call.tool for call in kernel.table]


async def _round(kernel: Kernel, num_agents: int) -> tuple[float, float]:
    started = time.perf_counter()
    processes = [await kernel.spawn(request(n)) for n in range(num_agents)]
    for process in processes:
        await process.wait()
    seconds = time.perf_counter() - started
    tokens = sum(int(process.usage()["completion_tokens"]) for process in processes)
    return tokens / seconds, num_agents / seconds


def _theirs(tools: list[dict[str, Any]]) -> dict[int, tuple[float, float]]:
    from llmasos.drivers.template import ChatTemplate

    llama = high_level(2048)
    template = ChatTemplate(llama.metadata["tokenizer.chat_template"])
    lock = threading.Lock()
    counts: list[int] = []

    def say(messages: list[dict[str, Any]]) -> str:
        prompt = llama.tokenize(template.render(messages, tools).encode(), add_bos=False, special=True)
        with lock:
            answer: Any = llama.create_completion(
                prompt, max_tokens=200, temperature=0.0, repeat_penalty=1.0, stop=list(ENDS)
            )
        counts.append(answer["usage"]["completion_tokens"] + 1)  # the end token
        return str(answer["choices"][0]["text"])

    def agent(n: int) -> None:
        messages: list[dict[str, Any]] = [{"role": "user", "content": request(n)}]
        said = say(messages)
        call = json.loads(said.removeprefix("<tool_call>"))
        messages.append({"role": "assistant", "content": "", "tool_calls": [{"type": "function", "function": call}]})
        messages.append({"role": "tool", "content": str(eval(call["arguments"]["expression"]))})
        say(messages)

    rates: dict[int, tuple[float, float]] = {}
    for num_agents in (2, *AGENTS):  # the first is the warm-up
        counts.clear()
        threads = [threading.Thread(target=agent, args=(n,)) for n in range(num_agents)]
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - started
        rates[num_agents] = (sum(counts) / seconds, num_agents / seconds)
    llama.close()
    return rates
