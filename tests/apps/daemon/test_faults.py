"""A daemon in a process of its own, and what may happen to it: a disk that takes no writes."""

from __future__ import annotations

import resource
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest

from llmasos import client
from llmasos.errors import StorageError
from llmasos.events import Exited
from tests.apps.daemon.conftest import Start, found

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
    with no_writes(process):
        for path, body in (
            ("/api/processes", {"request": "x"}),
            ("/v1/chat/completions", CHAT),
            (f"/api/processes/{pid}/input", {"text": "hello"}),
        ):
            with pytest.raises(StorageError, match=r"journal .*: disk I/O error"):
                daemon.request("POST", path, body)
        assert [p["pid"] for p in daemon.request("GET", "/api/processes")] == [1, pid]
        assert daemon.request("GET", f"/api/processes/{pid}/journal")[0]["kind"] == "spawn"
        assert daemon.request("GET", "/v1/models")["data"] and daemon.request("GET", "/healthz")
    began = time.monotonic()
    assert daemon.request("POST", "/v1/chat/completions", CHAT)["usage"]["completion_tokens"] == 5
    assert time.monotonic() - began < 1.0, "work goes on within a second"
    daemon.request("POST", f"/api/processes/{pid}/input", {"text": "hello"})
    end = anyio.run(the_end, daemon, pid)
    assert end.error == "limit reached: tokens (20)", "it never heard what was refused"
    process.terminate()
    _, log = process.communicate(timeout=10)
    assert "bug:" not in log and "Traceback" not in log and " 507 " in log
