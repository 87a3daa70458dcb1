"""`llmasos serve`, `status` and `stop` as processes: real signals, real sockets, the sim driver."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from llmasos import client, history
from llmasos.errors import LLMasOSError, NoSuchProcess, UsageError

Run = Callable[..., subprocess.CompletedProcess[str]]
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("LLMASOS_", "XDG_"))}
    return {
        **clean,
        "LLMASOS_HOME": str(home),
        "LLMASOS_MODEL_DRIVER": "sim",
        "LLMASOS_MODEL_WINDOW_TOKENS": "60000",
        "LLMASOS_SECURITY_CAPABILITIES": "clock",
        "NO_COLOR": "1",
    }


@pytest.fixture
def llmasos(tmp_path: Path, environment: dict[str, str]) -> Run:
    def run(*args: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "llmasos.apps.cli", *args]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=60)
        assert "Traceback" not in done.stderr
        return done

    return run


@pytest.fixture
def serve(tmp_path: Path, home: Path, environment: dict[str, str]) -> Iterator[Start]:
    """Starts a daemon and waits until it is found."""
    started: list[subprocess.Popen[str]] = []

    def start(*args: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "llmasos.apps.cli", "serve", *args]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environment)
        started.append(process)
        while client.find(home) is None:
            assert process.poll() is None, process.stderr and process.stderr.read()
            time.sleep(0.02)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def found(home: Path) -> client.Daemon:
    daemon = client.find(home)
    assert daemon is not None
    return daemon


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
        assert (done.returncode, done.stdout) == (3, "no daemon runs\n")
    assert json.loads(llmasos("status", "--json").stdout) == {"running": False, "owner": None}


def journaled_tokens(home: Path, pid: int) -> list[int]:
    return [t for record in history.records(home, pid) if record.kind == "tokens" for t in record.body["tokens"]]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_at_work_ends_it_within_five_seconds(serve: Start, home: Path, number: signal.Signals) -> None:
    """Nothing that was said is lost: the next daemon goes on with the agent where it was."""
    process = serve()
    daemon = found(home)
    pid = daemon.request("POST", "/api/processes", {"request": "talk", "capabilities": []})["pid"]
    events = daemon.events(pid)
    while next(events)[1] != "text":
        pass
    process.send_signal(number)
    assert all(kind == "text" for _, kind, _ in events), "the stream ends, the process does not"
    assert process.wait(5) == 0
    assert history.process(home, pid).status == "lost"
    said = journaled_tokens(home, pid)
    serve()
    daemon = found(home)
    assert daemon.request("GET", f"/api/processes/{pid}")["status"] in ("ready", "running")
    assert next(daemon.events(pid))[0] == 0
    daemon.request("DELETE", f"/api/processes/{pid}")
    for _ in daemon.events(pid):
        pass
    assert journaled_tokens(home, pid)[: len(said)] == said
    assert history.process(home, pid).status == "exited"


def test_a_second_owner_is_refused_and_told_who_holds_it(serve: Start, llmasos: Run, home: Path) -> None:
    process = serve()
    done = llmasos("serve")
    assert done.returncode == 1 and done.stderr == f"llmasos: {home} is in use by pid {process.pid}\n"
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
    ("args", "code", "says"),
    [
        (["--http", "8080"], 2, "--http takes HOST:PORT"),
        (["--http", "no.such.host.invalid:80"], 1, "--http no.such.host.invalid:80"),
        (["--token-file", "t"], 2, "--token-file goes with --http"),
        (["--socket", "/nowhere/at/all/s"], 1, "/nowhere"),
    ],
)
def test_what_cannot_be_served_is_said_in_one_line(llmasos: Run, args: list[str], code: int, says: str) -> None:
    if "/nowhere/at/all/s" in args and os.geteuid() == 0:
        pytest.skip("root may make any folder")
    done = llmasos("serve", *args)
    assert done.returncode == code and says in done.stderr and done.stderr.count("\n") == 1


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
