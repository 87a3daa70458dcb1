"""Clients that ask a daemon for a bit of everything, by OpenAI's own client, and check what they get.

    python bench/openai_mix.py URL TOKEN CLIENTS FIRST SECONDS

- A process of its own, so that what the clients cost is nobody's latency but theirs. When it has asked for each kind
  once (the client loads much of itself then) it says `ready` on its standard output; at a line on its standard input
  it begins; then comes one JSON document: seconds of every request by kind, and what failed.
- Each client is one `AsyncOpenAI` with its own connections, and asks for one kind after the other, round and round.
- An answer that is wrong in kind is a failure, whatever its status: text that did not come in pieces or is longer than
  asked, a call of another tool, JSON against its schema, vectors that are no vectors, an error of another class.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

import anyio
import openai
from openai import AsyncOpenAI
from pydantic import BaseModel, Field

from llmasos.kernel.syscall import SyscallTable
from llmasos.syscalls.calculate import Calculate

TOKENS = 16
MODEL = "nano"


class Person(BaseModel):
    name: Annotated[str, Field(max_length=8)]
    age: Annotated[int, Field(ge=0, le=99)]


class WrongAnswer(Exception):
    """It is not what was asked for."""


def check(fact: bool, answer: Any) -> None:
    if not fact:
        raise WrongAnswer(repr(answer)[:300])


def user(text: str) -> Any:
    return {"role": "user", "content": text}


def calculate() -> Any:
    """The tool as the model was trained on it."""
    table = SyscallTable()
    table.mount(Calculate())
    return table.get("calculate").tool


TOOL = calculate()


async def streamed_chat(api: AsyncOpenAI, words: str, number: int) -> None:
    stream = await api.chat.completions.create(
        model=MODEL,
        messages=[user(f"tell me about {words}")],
        max_tokens=TOKENS,
        stream=True,
        stream_options={"include_usage": True},
    )
    parts = [part async for part in stream]
    choices = [part.choices[0] for part in parts if part.choices]
    usage = parts[-1].usage
    check(usage is not None and 0 < usage.completion_tokens <= TOKENS, parts[-1])
    check(choices[-1].finish_reason in ("stop", "length"), choices[-1])
    texts = [choice.delta.content for choice in choices if choice.delta.content]
    check(len(texts) > 1 and len({part.id for part in parts}) == 1, texts)


async def tool_call(api: AsyncOpenAI, words: str, number: int) -> None:
    one, other = number % 90 + 3, number % 70 + 11
    answer = await api.chat.completions.create(
        model=MODEL, messages=[user(f"what is {one} times {other}?")], tools=[TOOL]
    )
    check(answer.choices[0].finish_reason == "tool_calls", answer)
    for call in answer.choices[0].message.tool_calls or ():
        assert call.type == "function"
        check(call.function.name == "calculate", call)
        check(json.loads(call.function.arguments) == {"expression": f"{one}*{other}"}, call)


async def tool_result(api: AsyncOpenAI, words: str, number: int) -> None:
    """What a call gave is said; streamed, put together by the client's own hands."""
    one = number % 90 + 3
    function = {"name": "calculate", "arguments": json.dumps({"expression": f"{one}*7"})}
    called = {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "c1", "type": "function", "function": function}],
    }
    told = {"role": "tool", "tool_call_id": "c1", "content": str(one * 7)}
    messages: Any = [user(f"what is {one} times 7?"), called, told]
    async with api.chat.completions.stream(model=MODEL, messages=messages, tools=[TOOL]) as stream:
        final = await stream.get_final_completion()
    check(str(one * 7) in (final.choices[0].message.content or ""), final)


async def json_schema(api: AsyncOpenAI, words: str, number: int) -> None:
    answer = await api.chat.completions.parse(
        model=MODEL, messages=[user(f"a person of {words}")], response_format=Person, max_tokens=99
    )
    check(isinstance(answer.choices[0].message.parsed, Person), answer)


async def embeddings(api: AsyncOpenAI, words: str, number: int) -> None:
    answer = await api.embeddings.create(model=MODEL, input=["a cat", words, "a cat"])
    one, other, same = (row.embedding for row in answer.data)
    check(math.isclose(sum(x * x for x in other), 1, abs_tol=1e-3) and len(one) == len(other), len(other))
    check(all(math.isclose(x, y, abs_tol=1e-3) for x, y in zip(one, same, strict=True)), "a cat is not a cat")


async def responses(api: AsyncOpenAI, words: str, number: int) -> None:
    """Whole, and as a stream of events, by turns."""
    asked: Any = {"model": MODEL, "input": f"tell me about {words}", "max_output_tokens": TOKENS}
    if number % 2:
        whole = await api.responses.create(**asked)
        check(whole.status in ("completed", "incomplete") and len(whole.output_text) > 0, whole)
        return
    text, kinds = "", []
    async for event in await api.responses.create(**asked, stream=True):
        kinds.append(event.type)
        text += event.delta if event.type == "response.output_text.delta" else ""
    check(kinds[0] == "response.created" and kinds[-1] in ("response.completed", "response.incomplete"), kinds)
    check(len(text) > 0, kinds)


async def errors(api: AsyncOpenAI, words: str, number: int) -> None:
    """The client's own classes, with OpenAI's code."""
    hello: Any = {"messages": [user(words)], "max_tokens": TOKENS}
    asked: list[tuple[type[openai.APIStatusError], str, dict[str, Any]]] = [
        (openai.NotFoundError, "model_not_found", {"model": "gpt-4"}),
        (openai.BadRequestError, "unsupported_parameter", {"model": MODEL, "web_search_options": {}}),
        (
            openai.AuthenticationError,
            "invalid_api_key",
            {"model": MODEL, "extra_headers": {"Authorization": "Bearer x"}},
        ),
    ]
    expected, code, more = asked[number % len(asked)]
    try:
        answer = await api.chat.completions.create(**hello, **more)
    except expected as error:
        check(error.code == code, error)
    else:
        check(False, answer)


KINDS: tuple[Callable[[AsyncOpenAI, str, int], Coroutine[Any, Any, None]], ...] = (
    streamed_chat,
    tool_call,
    tool_result,
    json_schema,
    embeddings,
    responses,
    errors,
)


class Seen:
    """What all clients of this process saw."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.failures: list[str] = []

    async def talk(self, api: AsyncOpenAI, client: int, until: float) -> None:
        """One request after the other, each with other words; clients begin at different kinds."""
        count = 0
        while time.monotonic() < until:
            kind = KINDS[(client + count) % len(KINDS)]
            began = time.monotonic()
            try:
                await kind(api, f"number {client} and {count}", client * 7919 + count // len(KINDS))
            except (WrongAnswer, openai.OpenAIError, ValueError) as error:
                self.failures.append(f"{kind.__name__}: {type(error).__name__}: {error}"[:400])
            self.seconds[kind.__name__].append(round(time.monotonic() - began, 4))
            count += 1


async def main(url: str, token: str, num_clients: int, first: int, seconds: float) -> None:
    apis = [AsyncOpenAI(base_url=f"{url}/v1", api_key=token, max_retries=0, timeout=60) for _ in range(num_clients)]
    seen = Seen()
    async with anyio.create_task_group() as group:
        for api in apis:
            group.start_soon(errors, api, "hello", 0)
        for number, kind in enumerate(KINDS * 3):
            group.start_soon(kind, apis[number % num_clients], f"{kind.__name__} {number}", number)
    print("ready", flush=True)
    sys.stdin.readline()
    until = time.monotonic() + seconds
    async with anyio.create_task_group() as group:
        for client, api in enumerate(apis, first):
            group.start_soon(seen.talk, api, client, until)
    print(json.dumps({"seconds": seen.seconds, "failures": seen.failures}), flush=True)


if __name__ == "__main__":
    anyio.run(main, sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]))
