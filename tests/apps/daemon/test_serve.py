"""`llmasos serve`, `status` and `stop` as processes: real signals, real sockets, the sim driver."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import anyio
import pytest

from llmasos import client, history
from llmasos.errors import LLMasOSError, NoSuchProcess, UsageError
from llmasos.events import Event, Exited, Text
from tests.apps.daemon.conftest import Run, Start, found


async def to_the_end(daemon: client.Daemon, pid: int) -> list[Event]:
    return [event async for event in daemon.events(pid)]


async def _signalling(events: AsyncIterator[Event], at_work: Callable[[], None]) -> AsyncIterator[Event]:
    told = False
    async for event in events:
        if isinstance(event, Text) and not told:
            at_work()
            told = True
        yield event


def test_serve_status_stop(serve: Start, llmasos: Run, home: Path) -> None:
    process = serve()
    said = llmasos("status")
    assert said.returncode == 0 and said.stdout.startswith(f"running, pid {process.pid}, ")
    assert said.stdout.count("\n") == 1 and said.stdout.endswith(f"on {home}/daemon.sock\n")
    facts = json.loads(llmasos("status", "--json").stdout)
    assert facts["running"] and facts["pid"] == process.pid and facts["processes"] == 0
    assert llmasos("stop").stdout == f"stopped pid {process.pid}\n"
    _, log = process.communicate(timeout=5)
    assert process.returncode == 0 and "Traceback" not in log
    assert [line.split(" ", 1)[1].rsplit(" ", 1)[0] for line in log.splitlines()[1:]] == [
        "GET /api/system 200",
        "GET /api/system 200",
        "stopping:",
    ]
    assert not {"daemon.sock", "daemon.json"} & {file.name for file in home.iterdir()}


def test_where_no_daemon_runs_is_said_and_ends_with_3(llmasos: Run) -> None:
    for command in ("status", "stop"):
        done = llmasos(command)
        assert (done.returncode, done.stdout, done.stderr) == (3, "no daemon runs\n", "")
    assert json.loads(llmasos("status", "--json").stdout) == {"running": False, "owner": None}


def journaled_tokens(home: Path, pid: int) -> list[int]:
    return [t for record in history.records(home, pid) if record.kind == "tokens" for t in record.body["tokens"]]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_at_work_ends_it_within_five_seconds(
    serve: Start, llmasos: Run, home: Path, number: signal.Signals
) -> None:
    """Nothing that was said is lost: the next daemon goes on with the agent where it was."""
    process = serve()
    daemon = found(home)
    pid = daemon.request("POST", "/api/processes", {"request": "talk", "capabilities": []})["pid"]

    async def signalled_while_it_talks() -> list[Event]:
        seen = []
        with pytest.raises(client.DaemonUnreachable, match="has gone"):
            async for event in _signalling(daemon.events(pid), lambda: process.send_signal(number)):
                seen.append(event)
        return seen

    seen = anyio.run(signalled_while_it_talks)
    assert not any(isinstance(event, Exited) for event in seen), "the stream ends, the process does not"
    assert process.wait(5) == 0
    assert history.process(home, pid).status == "lost"
    for words, code in ((["kill", str(pid)], 3), (["wait", str(pid)], 1)):
        done = llmasos(*words)
        assert done.returncode == code and "go on with the next one: llmasos serve" in done.stderr
    said = journaled_tokens(home, pid)
    serve()
    daemon = found(home)
    assert daemon.request("GET", f"/api/processes/{pid}")["status"] in ("ready", "running")
    daemon.request("DELETE", f"/api/processes/{pid}")
    assert isinstance(anyio.run(to_the_end, daemon, pid)[-1], Exited)
    assert journaled_tokens(home, pid)[: len(said)] == said
    assert history.process(home, pid).status == "exited"


def test_a_second_owner_is_refused_and_told_who_holds_it(serve: Start, llmasos: Run, home: Path) -> None:
    process = serve()
    done = llmasos("serve")
    assert done.returncode == 1 and done.stderr == f"llmasos: {home}: {client.runs_here(process.pid)}\n"
    assert found(home).request("GET", "/healthz") == {"status": "ok"}


def test_what_was_left_by_a_daemon_that_was_killed_is_in_nobody_s_way(serve: Start, llmasos: Run, home: Path) -> None:
    process = serve()
    process.kill()
    process.wait()
    assert (home / "daemon.sock").exists() and llmasos("status").returncode == 3
    again = serve()
    assert found(home).pid == again.pid


def test_another_socket_is_found_too(serve: Start, llmasos: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir(mode=0o700)
    serve("--socket", str(tmp_path / "run" / "s"))
    assert llmasos("status").stdout.endswith(f"on {tmp_path}/run/s\n")
    assert not (home / "daemon.sock").exists()


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--http", "8080"], "--http takes HOST:PORT"),
        (["--token-file", "t"], "--token-file goes with --http"),
    ],
)
def test_what_cannot_be_meant_is_said_in_one_line(llmasos: Run, args: list[str], says: str) -> None:
    done = llmasos("serve", *args)
    assert done.returncode == 2 and says in done.stderr and done.stderr.count("\n") == 1


def test_what_cannot_be_served_is_said_in_one_line(tmp_path: Path, home: Path, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "llmasos.apps.cli", "serve", "--http", "192.0.2.1:8080"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=60)
    assert done.returncode == 1 and done.stderr.startswith("llmasos: --http 192.0.2.1:8080: ")
    assert done.stderr.count("\n") == 1 and history.owner(home) is None


def test_a_client_is_told_the_daemon_s_errors_as_ours(serve: Start, home: Path) -> None:
    process = serve()
    daemon = found(home)
    with pytest.raises(NoSuchProcess, match="no process 99"):
        daemon.request("GET", "/api/processes/99")
    with pytest.raises(UsageError, match="unknown signal"):
        daemon.request("POST", "/api/processes/1/signal", {"signal": "HUP"})
    process.kill()
    process.wait()
    with pytest.raises(client.DaemonUnreachable, match="does not answer"):
        daemon.request("GET", "/healthz")
    assert issubclass(client.DaemonUnreachable, LLMasOSError)


def test_run_goes_through_the_daemon_and_looks_the_same(serve: Start, llmasos: Run) -> None:
    local = llmasos("run", "hello", "--cap", "clock", "--limit", "tokens=5", "--json")
    serve()
    there = llmasos("run", "hello", "--cap", "clock", "--limit", "tokens=5", "--json")
    assert there.returncode == local.returncode == 5
    assert there.stderr == local.stderr == "llmasos: limit reached: tokens (5)\n"
    mine, theirs = json.loads(local.stdout), json.loads(there.stdout)
    assert list(mine) == list(theirs) and list(mine["usage"]) == list(theirs["usage"])
    assert theirs["pid"] == mine["pid"] + 1 and theirs["usage"]["completion_tokens"] == 5
    said = llmasos("run", "hello", "--limit", "tokens=5")
    assert said.returncode == 5 and len(said.stdout) == 6, "five bytes and the end of the line"
    assert llmasos("run", "hello", "--cap", "clok").stderr.startswith("llmasos: unknown capability 'clok'")
    assert llmasos("run", "hello", "--model", "nanu").returncode == 3


def test_what_is_left_to_the_daemon_is_followed_and_killed(serve: Start, llmasos: Run) -> None:
    assert llmasos("run", "hello", "--detach").returncode == 2, "there is none to leave it to"
    serve()
    pid = llmasos("run", "hello", "--detach").stdout.strip()
    assert llmasos("kill", "-STOP", pid).returncode == 0
    assert pid in llmasos("ps").stdout
    assert llmasos("kill", pid).returncode == 0
    for command in ("wait", "attach"):
        done = llmasos(command, pid)
        assert done.returncode == 128 + 15 and "killed by SIGTERM" in done.stderr
    assert llmasos("kill", pid).returncode == 3
    assert llmasos("attach", "99").returncode == 3


def test_what_runs_in_the_foreground_goes_with_its_terminal(
    serve: Start, home: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    serve()
    daemon = found(home)
    command = [sys.executable, "-m", "llmasos.apps.cli", "run", "talk"]
    nothing = subprocess.DEVNULL
    for number, code in ((signal.SIGKILL, 137), (signal.SIGINT, 130)):
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stdin=nothing, stderr=nothing, cwd=tmp_path, env=environment
        ) as process:
            assert process.stdout is not None and process.stdout.read(1), "it talks"
            process.send_signal(number)
            process.stdout.read()
        deadline = time.monotonic() + 1
        while len(alive := daemon.request("GET", "/api/processes")) > 1:
            assert time.monotonic() < deadline, alive
            time.sleep(0.02)
        ended = daemon.request("GET", "/api/processes?zombies=true")[-1]["pid"]
        assert daemon.request("GET", f"/api/processes/{ended}")["exit_code"] == code


def test_attach_is_a_conversation(serve: Start, llmasos: Run, home: Path) -> None:
    serve()
    body = {"interactive": True, "capabilities": [], "limits": {"tokens": 6}}
    pid = found(home).request("POST", "/api/processes", body)["pid"]
    done = llmasos("attach", str(pid), stdin="hello\n")
    assert done.returncode == 5 and len(done.stdout) == 7
