"""What may happen to a daemon: a disk that takes no writes, clients that do not read, agents without end."""

from __future__ import annotations

import json
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from llmasos import client
from llmasos.errors import QuotaExceeded, StorageError
from llmasos.events import Exited, Program, Task
from tests.apps.daemon.conftest import Serve, Start, found
from tests.pace import allowed

CHAT = {"model": "nano", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 5}


@contextmanager
def no_writes(process: subprocess.Popen[str]) -> Iterator[None]:
    """No file of the process takes a byte: each write fails, as on a disk that does."""
    before = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, before)


async def the_end(daemon: client.Daemon, pid: int) -> Exited:
    return [event async for event in daemon.events(pid) if isinstance(event, Exited)][-1]


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="Linux")
def test_while_the_disk_takes_no_writes_reads_go_on_and_then_work_does(serve: Start, home: Path) -> None:
    process = serve()
    daemon = found(home)
    agent: dict[str, Any] = {"request": "", "interactive": True, "capabilities": [], "limits": {"tokens": 20}}
    pid = daemon.request("POST", "/api/processes", agent)["pid"]
    while not daemon.request("GET", "/api/system")["ready"]:
        time.sleep(0.02)
    talker = daemon.request("POST", "/api/processes", {"request": "talk", "capabilities": []})["pid"]
    while daemon.request("GET", f"/api/processes/{talker}/journal")[-1]["kind"] != "tokens":
        time.sleep(0.02)
    with no_writes(process):
        ended = anyio.run(the_end, daemon, talker)
        assert "disk I/O error" in (ended.error or "") and ended.exit_code == 1
        for path, body in (
            ("/api/processes", {"request": "x"}),
            ("/v1/chat/completions", CHAT),
            (f"/api/processes/{pid}/input", {"text": "hello"}),
        ):
            with pytest.raises(StorageError, match=r"journal .*: disk I/O error"):
                daemon.request("POST", path, body)
        assert [p["pid"] for p in daemon.request("GET", "/api/processes")] == [1, pid]
        assert daemon.request("GET", f"/api/processes/{talker}/journal")[-1]["kind"] == "tokens"
        assert daemon.request("GET", f"/api/processes/{pid}/journal")[0]["kind"] == "spawn"
        assert daemon.request("GET", "/v1/models")["data"] and daemon.request("GET", "/healthz")
    began = time.monotonic()
    assert daemon.request("POST", "/v1/chat/completions", CHAT)["usage"]["completion_tokens"] == 5
    assert (took := time.monotonic() - began) < 1.0 or took < allowed(1.0), "work goes on within a second"
    last = daemon.request("GET", f"/api/processes/{talker}/journal")[-1]
    assert (last["kind"], last["body"]["error"]) == ("exit", ended.error), "its end was written late"
    daemon.request("POST", f"/api/processes/{pid}/input", {"text": "hello"})
    end = anyio.run(the_end, daemon, pid)
    assert end.error == "limit reached: tokens (20)", "it never heard what was refused"
    process.terminate()
    _, log = process.communicate(timeout=10)
    assert "bug:" not in log and "Traceback" not in log and " 507 " in log


def stall(path: str) -> socket.socket:
    """A streaming client that reads the first of its answer and no more."""
    body = json.dumps({**CHAT, "max_tokens": 50_000, "stream": True})
    head = "POST /v1/chat/completions HTTP/1.0\r\nHost: x\r\nContent-Type: application/json\r\n"
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    client.connect(path)
    client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
    client.recv(64)
    return client


def test_clients_that_do_not_read_do_not_hold_up_the_end(serve: Start, home: Path) -> None:
    process = serve()
    stalled = [stall(found(home).socket) for _ in range(12)]
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 0
    for one in stalled:
        one.close()


@pytest.mark.anyio
async def test_a_tree_that_grows_without_end_leaves_the_daemon_responsive(served: Serve) -> None:
    async def bomb(task: Task, request: str) -> str:
        while True:
            with suppress(QuotaExceeded):
                await task.kernel.spawn(Program("bomb", bomb), "", parent=task.process)
            await anyio.lowlevel.checkpoint()

    async with served() as daemon:
        root = await daemon.kernel.spawn(Program("bomb", bomb), "")
        await daemon.until(lambda: len(daemon.live()) == 33)
        with anyio.fail_after(20):
            assert (await daemon.client.get("/healthz")).status_code == 200
            assert (await daemon.chat(max_tokens=3)).status_code == 200
            assert len((await daemon.client.get("/api/processes")).json()) == 34
            assert (await daemon.client.delete(f"/api/processes/{root.pid}")).status_code == 202
            await daemon.until(lambda: daemon.live() == [])
