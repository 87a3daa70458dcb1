"""The whole of it on the embedded model: real GGUF, real decode, real syscalls, real files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from llmasos import LLM, App, Kernel
from llmasos.config import Config

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def booted(tmp_path: Path) -> AsyncIterator[Kernel]:
    (tmp_path / "work").mkdir(exist_ok=True)
    async with Kernel.boot(Config(tmp_path / "home"), workspace=tmp_path / "work") as kernel:
        yield kernel


async def test_what_is_17_times_23(tmp_path: Path) -> None:
    async with booted(tmp_path) as kernel:
        process = await kernel.spawn("what is 17 times 23?")
        assert await process.wait() == "The result is 391."
        (made,) = process.syscalls
        assert made["name"] == "calculate" and made["result"] == "391"


async def test_a_file_lives_across_two_kernels(tmp_path: Path) -> None:
    async with booted(tmp_path) as kernel:
        await (await kernel.spawn("write hello to greeting.txt")).wait()
    assert (tmp_path / "work" / "greeting.txt").read_text() == "hello"
    async with booted(tmp_path) as kernel:
        assert await (await kernel.spawn("what does greeting.txt say?")).wait() == "greeting.txt says: hello"


async def test_memory_lives_across_two_kernels(tmp_path: Path) -> None:
    async with booted(tmp_path) as kernel:
        await (await kernel.spawn("remember that my sister lives in Rome")).wait()
    async with booted(tmp_path) as kernel:
        answer = await (await kernel.spawn("do you remember where my sister lives?")).wait()
        assert "my sister lives in Rome" in answer


async def test_two_steps(tmp_path: Path) -> None:
    async with booted(tmp_path) as kernel:
        (tmp_path / "work" / "a.txt").write_text("the cat sat on the mat")
        process = await kernel.spawn("read a.txt and put what it says, upper limit 20 words, in b.txt")
        await process.wait()
        assert (tmp_path / "work" / "b.txt").read_text() == "the cat sat on the mat"


async def test_it_says_what_it_cannot_do(tmp_path: Path) -> None:
    async with booted(tmp_path) as kernel:
        process = await kernel.spawn("what is the capital of France?")
        assert await process.wait() == "I cannot do that with the tools I have."
        assert process.syscalls == []


@pytest.mark.parametrize(
    ("request_text", "answer"),
    [
        ("read nofile.txt", "That did not work: no such file: nofile.txt"),
        ("read ../secret.txt", "That did not work: outside the workspace: ../secret.txt"),
        ("read ../../etc/passwd", "That did not work: outside the workspace: ../../etc/passwd"),
    ],
)
async def test_a_call_that_fails_is_answered_with_its_reason(tmp_path: Path, request_text: str, answer: str) -> None:
    async with booted(tmp_path) as kernel:
        process = await kernel.spawn(request_text)
        assert await process.wait() == answer
        assert [c["name"] for c in process.syscalls] == ["read_file"]


@pytest.mark.parametrize("file", ["greeting.txt", "a.txt"])
async def test_a_conversation(tmp_path: Path, file: str) -> None:
    async with booted(tmp_path) as kernel:
        process = await kernel.spawn("what is 17 times 23?", interactive=True)
        process.say(f"write hello to {file}")
        process.close_input()
        assert await process.wait() == f"I wrote it to {file}."
        assert [c["name"] for c in process.syscalls] == ["calculate", "write_file"]
        assert process.usage()["cached_tokens"] > 0


async def test_an_app_with_a_call_the_model_never_saw(tmp_path: Path) -> None:
    app = App("weather", system="You answer questions about the weather.", capabilities=["net:api.example.org"])
    asked: list[tuple[str, int]] = []

    @app.syscall(effect="read", capability="weather")
    async def forecast(city: str, days: int = 1) -> str:
        """Weather forecast for a city."""
        asked.append((city, days))
        return f"sunny in {city}, 21 degrees"

    async with booted(tmp_path) as kernel:
        process = await kernel.spawn(app, "What is the weather forecast for Rome?")
        assert (await process.wait()).startswith("Here is the result: ")
        assert process.syscalls[0]["result"] == "sunny in Rome, 21 degrees"
    assert asked == [("Rome", 1)]


def test_llm_in_three_lines() -> None:
    with LLM.from_pretrained("nano") as model:
        assert model.generate_text(prompt="what is 17 times 23?", tools=True) == "The result is 391."
        assert len(model.generate_text(prompt="The world is", max_tokens=5, raw=True)) > 0


async def test_buy_milk_goes_to_todo_and_comes_back(tmp_path: Path) -> None:
    async with booted(tmp_path) as kernel:
        await (await kernel.spawn("write buy milk to todo.txt")).wait()
    assert (tmp_path / "work" / "todo.txt").read_text() == "buy milk"
    async with booted(tmp_path) as kernel:
        assert await (await kernel.spawn("what does todo.txt say?")).wait() == "todo.txt says: buy milk"


async def test_the_result_is_remembered_as_the_total(tmp_path: Path) -> None:
    async with booted(tmp_path) as kernel:
        process = await kernel.spawn("add 17 and 25 and remember the result as the total")
        await process.wait()
        assert [c["name"] for c in process.syscalls] == ["calculate", "remember"]
        assert process.syscalls[1]["arguments"] == {"text": "the total is 42"}


def test_llm_greets_without_tools() -> None:
    with LLM.from_pretrained("nano") as model:
        assert model.generate_text(prompt="hello") == "Hello! What can I do for you?"
