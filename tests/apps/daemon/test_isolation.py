"""A daemon whose driver is a process of its own, with nano: what is seen of its deaths, from outside."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest

from llmasos.apps.cli import execute
from llmasos.apps.daemon.order import Order
from llmasos.apps.daemon.serve import running
from llmasos.apps.daemon.status import _line
from llmasos.boot import Kernel
from llmasos.config import Config, ModelSection
from llmasos.drivers import worker_process


@asynccontextmanager
async def daemon(home: Path, log: list[str], **model: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """As `llmasos serve` has it, ready."""
    config = Config(home, model=ModelSection(**model))
    async with Kernel.boot(config, keeps=True) as kernel, running(kernel, Order(), log.append) as found:
        transport = httpx2.AsyncHTTPTransport(uds=found.socket)
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost", timeout=60) as client:
            while (await client.get("/readyz")).status_code == 503:  # noqa: ASYNC110  a client cannot wait otherwise
                await anyio.sleep(0.02)
            yield client


async def driver(client: httpx2.AsyncClient) -> dict[str, Any]:
    (found,) = (await client.get("/api/system")).json()["drivers"]
    assert isinstance(found, dict)
    return found


async def asked(client: httpx2.AsyncClient, number: int) -> httpx2.Response:
    messages = [{"role": "user", "content": "hello"}]
    return await client.post("/v1/chat/completions", json={"model": "nano", "messages": messages, "seed": number})


@pytest.mark.anyio
async def test_a_death_costs_nobody_an_answer_and_is_seen(tmp_path: Path) -> None:
    async with daemon(tmp_path / "home", []) as client:
        whole = (await asked(client, 1)).json()["choices"][0]["message"]["content"]
        before = await driver(client)
        assert before["pid"] not in (None, os.getpid()) and before["restarts"] == 0
        os.kill(before["pid"], signal.SIGSEGV)
        assert (await asked(client, 2)).json()["choices"][0]["message"]["content"] == whole
        after = await driver(client)
        assert after["restarts"] == 1 and after["pid"] != before["pid"]
        assert after["last_death"] == "was killed by SIGSEGV" and not after["down"]
        facts = (await client.get("/api/system")).json()
        assert "nano (driver restarted 1 time) loaded" in _line(facts)
        assert 'llmasos_driver_restarts_total{model="nano"} 1' in (await client.get("/metrics")).text


@pytest.mark.anyio
async def test_a_driver_that_dies_on_and_on_is_left_alone_and_the_daemon_stays(tmp_path: Path) -> None:
    async with daemon(tmp_path / "home", []) as client:
        for number in range(6):
            os.kill((await driver(client))["pid"], signal.SIGKILL)
            answer = await asked(client, number)
            assert answer.status_code == (200 if number < 5 else 500)
        says = "its driver was killed by SIGKILL (out of memory?); after 5 restarts in 60 s it is not started again for"
        error = answer.json()["error"]
        assert says in error["message"] and error["type"] == "server_error"
        ready = await client.get("/readyz")
        assert ready.status_code == 503 and "after 5 restarts in 60 s" in ready.json()["reason"]
        assert says in _line((await client.get("/api/system")).json())
        assert 'llmasos_driver_down{model="nano"} 1.0' in (await client.get("/metrics")).text
        assert (await client.get("/healthz")).status_code == 200


@pytest.mark.anyio
async def test_how_often_it_is_started_again_is_configured(tmp_path: Path) -> None:
    async with daemon(tmp_path / "home", [], restarts_per_minute=1) as client:
        for status in (200, 500):
            os.kill((await driver(client))["pid"], signal.SIGKILL)
            answer = await asked(client, status)
            assert answer.status_code == status
        assert "after 1 restart in 60 s" in answer.json()["error"]["message"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("isolation", "keeps", "isolated"),
    [("auto", False, False), ("auto", True, True), ("process", False, True), ("none", True, False)],
)
async def test_who_gets_a_process_of_its_own(tmp_path: Path, isolation: Any, keeps: bool, isolated: bool) -> None:
    config = Config(tmp_path / "home", model=ModelSection(isolation=isolation))
    async with Kernel.boot(config, keeps=keeps) as kernel:
        pid = (await kernel.model("nano")).driver.health.pid
        assert (pid is not None) == isolated
        assert await (await kernel.spawn("what is 17 times 23?")).wait() == "The result is 391."


def test_a_file_that_kills_its_loader_is_one_line_and_an_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "loader_that_dies.py").write_text("import ctypes; ctypes.string_at(0)")
    (tmp_path / "stdin").touch()
    for name, value in {"PYTHONPATH": tmp_path, "LLMASOS_HOME": tmp_path, "LLMASOS_MODEL_ISOLATION": "process"}.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(worker_process, "MAIN", "loader_that_dies")
    with (tmp_path / "stdin").open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        assert execute(["run", "hello"]) == 1
    out, err = capsys.readouterr()
    assert not out and err.startswith("llmasos: ") and err.count("\n") == 1
    assert err.endswith("nano-q8_0.gguf: the driver was killed by SIGSEGV while it loaded this model\n")
