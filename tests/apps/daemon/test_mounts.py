"""mount, mounts and umount: on the command line without and with a daemon, and over the API."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

from llmasos.apps.daemon.order import Order
from tests.apps.daemon.conftest import Run, Serve, Start

STRANGER = Path(__file__).parent.parent.parent / "syscalls" / "mcp_stranger.py"
COMMAND = (sys.executable, str(STRANGER))


def body(folder: Path, /, **more: Any) -> dict[str, Any]:
    return {"name": "s", "command": list(COMMAND), "folder": str(folder), "reach": "unsandboxed"} | more


@pytest.mark.anyio
async def test_a_daemon_has_it_at_once_and_not_any_more(served: Serve, tmp_path: Path) -> None:
    async with served() as daemon:
        made = await daemon.post("/api/mounts", body(tmp_path))
        assert made.status_code == 201, made.text
        assert (await daemon.client.get("/api/mounts")).json() == [made.json()]
        spawn = {"request": "hello", "capabilities": ["mcp:s"], "limits": {"tokens": 3}}
        pid = (await daemon.post("/api/processes", spawn)).json()["pid"]
        task = daemon.kernel.task(pid)
        assert [call.name for call in task.allowed()][:2] == ["s__echo", "s__hang"]
        assert (await daemon.client.delete("/api/mounts/s")).status_code == 200
        again = await daemon.client.delete("/api/mounts/s")
        assert (again.status_code, again.json()["error"]["code"]) == (404, "mount_not_found")
        refused = await daemon.post("/api/processes", spawn)
        assert "unknown capability 'mcp:s'" in refused.json()["error"]["message"]


@pytest.mark.anyio
async def test_who_comes_by_tcp_mounts_nothing(served: Serve, tmp_path: Path) -> None:
    async with served(Order(http="127.0.0.1:0", token_file=tmp_path / "token")) as daemon:
        headers = {"Authorization": f"Bearer {(tmp_path / 'token').read_text().strip()}"}
        async with httpx2.AsyncClient(base_url=daemon.daemon.http or "", headers=headers) as client:
            refused = await client.post("/api/mounts", json=body(tmp_path))
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, "permission_denied")
            assert (await client.delete("/api/mounts/s")).status_code == 403
            assert (await client.get("/api/mounts")).json() == []


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("more", "status", "says"),
    [
        ({"name": "a b"}, 400, "is no name"),
        ({"name": "nothing", "command": []}, 404, "nothing is mounted as 'nothing'"),
        ({"folder": "/nowhere"}, 400, "'/nowhere' is not the absolute path of a folder"),
        ({"folder": "."}, 400, "'.' is not the absolute path of a folder"),
        ({"reach": "all"}, 400, "reach"),
        ({"effects": {"echo": "nothing"}}, 400, "effects"),
        ({"environment": {"A=": "b"}}, 400, "no environment variable"),
        ({"command": ["/bin/false"]}, 400, "s is not mounted: it ended with exit code 1"),
        ({"command": ["\0"]}, 400, "NUL"),
        ({"more": 1}, 400, "more is not supported"),
    ],
)
async def test_what_cannot_be_mounted_is_said(
    served: Serve, tmp_path: Path, more: dict[str, Any], status: int, says: str
) -> None:
    async with served() as daemon:
        refused = await daemon.post("/api/mounts", body(tmp_path, **more))
        assert refused.status_code == status, refused.text
        assert says in refused.json()["error"]["message"]
        assert daemon.kernel.mounts.facts() == []


def _in_turn(llmasos: Run) -> None:
    """What a person types, with a daemon or without."""
    assert llmasos("mounts", "--json").stdout == "[]\n"
    made = llmasos("mount", "mcp", "s", "--unsandboxed", "--effect", "echo=read", "--", *COMMAND)
    assert made.returncode == 0, made.stderr
    lines = made.stdout.splitlines()
    assert lines[0] == "s: 19 tools, for agents with --cap mcp:s"
    assert lines[2].split() == ["s__echo", "read", "It", "does", "echo."]
    assert lines[3].split()[:2] == ["s__hang", "admin"]
    assert lines[-1].startswith("It runs without a sandbox in ") and "it is given PATH" in lines[-1]
    assert llmasos("mounts").stdout.splitlines()[1].split()[:4] == ["s", "19", "none", "idle"]
    assert llmasos("mount", "mcp", "s").returncode == 0
    assert llmasos("umount", "x").stderr == "llmasos: nothing is mounted as 'x'; mounted: s\n"
    assert llmasos("umount", "x").returncode == 3
    assert llmasos("umount", "s").returncode == 0
    assert json.loads(llmasos("mounts", "--json").stdout) == []
    told = [line.split(" ", 1)[1] for line in llmasos("logs", "1").stdout.splitlines()]
    assert told == [*[f"mounted s (unsandboxed): {' '.join(COMMAND)}"] * 2, "unmounted s"]


def test_a_program_that_agents_could_change_is_said(llmasos: Run, tmp_path: Path) -> None:
    assert "may change what it does" not in llmasos("mount", "mcp", "s", "--unsandboxed", "--", *COMMAND).stdout
    (tmp_path / "server.py").write_bytes(STRANGER.read_bytes())
    made = llmasos("mount", "mcp", "s", "--unsandboxed", "--force", "--", sys.executable, "server.py")
    assert made.stdout.splitlines()[-1].endswith("an agent that may write there may change what it does.")
    script = f"exec {' '.join(COMMAND)} # {'x' * 5000}"
    assert llmasos("mount", "mcp", "s", "--unsandboxed", "--force", "--", "sh", "-c", script).returncode == 0


def test_the_command_line_without_a_daemon(llmasos: Run) -> None:
    _in_turn(llmasos)


def test_the_command_line_with_a_daemon(llmasos: Run, serve: Start) -> None:
    serve()
    _in_turn(llmasos)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["nfs", "s", "--", "true"], "mount knows mcp alone, not 'nfs'"),
        (["mcp", "s", "--", "no-such-program"], "no program 'no-such-program' here"),
        (["mcp", "s", "--net", "--unsandboxed", "--", "true"], "say one of them"),
        (["mcp", "s", "--read", "/nowhere", "--", "true"], "--read /nowhere: not a folder"),
        (["mcp", "s", "--env", "NO_SUCH_VARIABLE", "--", "true"], "--env NO_SUCH_VARIABLE: there is no such variable"),
        (["mcp", "s", "--effect", "echo", "--", "true"], "--effect echo: say TOOL=EFFECT"),
        (["mcp", "s", "--net"], "options go with a command"),
        (["mcp"], "Missing argument 'NAME'"),
    ],
)
def test_wrong_words_are_said(llmasos: Run, args: list[str], says: str) -> None:
    done = llmasos("mount", *args)
    assert done.returncode == 2 and says in done.stderr and done.stderr.count("\n") == 1


def test_a_program_that_the_sandbox_would_not_show_is_said_with_what_to_type(llmasos: Run, tmp_path: Path) -> None:
    program = tmp_path / "other" / "bin" / "server"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    (tmp_path / "here").mkdir()
    done = llmasos("mount", "mcp", "s", "--workspace", "here", "--", str(program))
    assert done.returncode == 2
    assert (
        f"the sandbox does not show {program}: say --read {tmp_path / 'other'} (to read), or --unsandboxed"
        in done.stderr
    )
