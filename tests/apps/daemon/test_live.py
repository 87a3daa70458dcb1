"""nice, limit, top, pmap and vmstat: through the daemon, over its socket, and across its death."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pexpect
import pytest

from llmasos import history
from tests.apps.daemon.conftest import Run, Serve, Start, found
from tests.apps.daemon.test_native_routes import spawned

anyio_mark = pytest.mark.anyio


@anyio_mark
async def test_a_process_is_changed_by_name_and_what_is_wrong_is_named(served: Serve) -> None:
    async with served() as daemon:
        pid = await spawned(daemon, request="", interactive=True, limits={"syscalls": 3})
        path = f"/api/processes/{pid}"
        facts = (await daemon.client.patch(path, json={"nice": 5, "limits": {"tokens": 90, "depth": None}})).json()
        assert facts["nice"] == 5
        assert facts["limits"] == {
            "tokens": 90, "seconds": None, "syscalls": 3, "children": 32, "depth": None, "context": None,
        }  # fmt: skip
        for body, status, param in (
            ({}, 400, None),
            ({"nice": 20}, 400, "nice"),
            ({"limits": {"tokens": -1}}, 400, "limits.tokens"),
            ({"limits": {"token": 1}}, 400, "limits.token"),
        ):
            answer = await daemon.client.patch(path, json=body)
            assert (answer.status_code, answer.json()["error"]["param"]) == (status, param)
        assert (await daemon.client.patch("/api/processes/99", json={"nice": 1})).status_code == 404
        assert (await daemon.client.patch("/api/processes/1", json={"nice": 1})).status_code == 403


def test_what_was_changed_and_signalled_survives_kill_9(serve: Start, llmasos: Run, home: Path) -> None:
    process = serve()
    body = {"interactive": True, "capabilities": []}
    pid, other = (str(found(home).request("POST", "/api/processes", body)["pid"]) for _ in range(2))
    assert llmasos("nice", pid, "-5")[:2] == (0, "")
    assert llmasos("limit", pid, "tokens=500", "seconds=none")[:2] == (0, "")
    assert llmasos("kill", "-STOP", pid).returncode == 0
    assert llmasos("kill", "-KILL", other).returncode == 0
    process.kill()
    process.wait()
    serve()
    facts = found(home).request("GET", f"/api/processes/{pid}")
    assert (facts["nice"], facts["status"], facts["limits"]["tokens"]) == (-5, "stopped", 500)
    assert "tokens     500\nseconds    none\n" in llmasos("limit", pid).stdout
    assert history.process(home, int(other)).error == "killed by SIGKILL"
    lines = llmasos("logs", pid).stdout.splitlines()
    assert [line.split()[1] for line in lines] == ["spawn", "nice", "limits", "signal"]


def test_looking_at_what_runs(serve: Start, llmasos: Run, home: Path) -> None:
    for command in (["top"], ["vmstat"]):
        done = llmasos(*command)
        assert done.returncode == 3 and done.stderr.startswith("llmasos: no daemon runs: ")
    serve()
    pid = llmasos("run", "hello", "--detach").stdout.strip()
    shown = llmasos("top", "-d", "0.2").stdout
    assert "1 process, 1 " in shown and "TOK/S" in shown and "hello" in shown
    first, second = (json.loads(line) for line in llmasos("top", "-d", "0.2", "-n", "2", "--json").stdout.splitlines())
    assert first["processes"][0]["pid"] == int(pid) and second["models"][0]["model"] == "nano"
    assert f"process {pid}: " in llmasos("pmap", pid).stdout
    assert json.loads(llmasos("pmap", pid, "--json").stdout)[0]["role"]
    assert llmasos("vmstat").stdout.startswith("MODEL")
    assert llmasos("kill", "-KILL", pid).returncode == 0 and llmasos("wait", pid).returncode == 137
    for words in (["nice", pid, "5"], ["limit", pid, "tokens=5"], ["nice", "99", "5"]):
        assert llmasos(*words).returncode == 3


def test_init_is_listed_and_says_what_it_has_not(serve: Start, llmasos: Run, home: Path) -> None:
    says = "llmasos: process 1 is init, the parent of all others: it runs no model, has no context and makes no calls\n"
    asked = (["pmap", "1"], ["pmap", "1", "--json"], ["strace", "1"], ["logs", "1"], ["replay", "1"], ["wait", "1"])
    for words in asked:
        assert llmasos(*words) == (3, "", says), "without a daemon"
    serve()
    for words in asked:
        assert llmasos(*words) == (3, "", says)
    listed = found(home).request("GET", "/api/processes")
    assert found(home).request("GET", "/api/processes/1")["app"] == listed[0]["app"] == "init"
    assert llmasos("pmap", "99") == (3, "", "llmasos: no process 99\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nice", "7"], "nice takes a pid and a number"),
        (["nice", "7", "20"], "nice 20 is not from -20"),
        (["nice", "x", "2"], "nice takes a pid and a number"),
        (["limit", "7", "5"], "limit takes a pid and what to change"),
        (["limit", "7", "token=5"], "unknown limit 'token'"),
        (["limit", "7", "tokens=many"], "tokens='many' is not a number"),
        (["top", "-d", "0"], "greater than or equal to 0.05"),
    ],
)
def test_first_mistakes_are_said_in_one_line(llmasos: Run, words: list[str], says: str) -> None:
    done = llmasos(*words)
    assert done.returncode == 2 and says in done.stderr and done.stderr.count("\n") == 1


def test_top_fills_a_terminal_until_q(serve: Start, environment: dict[str, str], tmp_path: Path) -> None:
    serve()
    child = pexpect.spawn(
        sys.executable,
        ["-m", "llmasos.apps.cli", "top", "-d", "0.1"],
        env={**os.environ, **environment, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"},
        cwd=str(tmp_path),
        encoding="utf-8",
        timeout=30,
    )
    child.expect("0 processes")
    child.send("q")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
