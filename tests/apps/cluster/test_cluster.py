"""`llmasos cluster` over daemons in processes of their own: who is there, what runs, one that is killed meanwhile."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from llmasos.apps.cluster.nodes import Entry
from llmasos.apps.cluster.survey import Look, least_loaded
from llmasos.client import DaemonUnreachable
from llmasos.errors import ModelNotFound
from tests.apps.cluster.conftest import Done, Served

Cluster = Callable[..., Done]
Serve = Callable[[str], Served]


def added(cluster: Cluster, name: str, served: Served) -> None:
    assert cluster("add", name, served.url, "--token-file", served.token_file) == (0, "", "")


def states(cluster: Cluster) -> dict[str, str]:
    return {node["node"]: node["state"] for node in json.loads(cluster("nodes", "--json").stdout)}


def test_nodes_processes_and_a_node_that_is_killed(cluster: Cluster, serve: Serve) -> None:
    a, b = serve("a"), serve("b")
    added(cluster, "a", a)
    added(cluster, "b", b)
    assert states(cluster) == {"local": "down", "a": "up", "b": "up"}
    done = cluster("run", "--on", "b", "--limit", "tokens=12", "hello")
    assert (done.returncode, len(done.stdout.rstrip("\n"))) == (5, 12)
    assert done.stderr == "b:2\nllmasos: limit reached: tokens (12)\n"
    detached = cluster("run", "--on", "a", "--detach", "hello")
    assert detached == (0, "a:2\n", "")
    found = {(p["node"], p["pid"]): p for p in json.loads(cluster("ps", "-a", "--json").stdout)}
    assert set(found) == {("a", 2), ("b", 2)} and found["b", 2]["exit_code"] == 5
    listed = cluster("ps")
    assert listed.returncode == 0 and "a:2" in listed.stdout and "b:2" not in listed.stdout
    assert listed.stderr == "llmasos: local is down: no daemon runs: llmasos serve\n"
    assert "spawn agent on nano" in cluster("logs", "b:2").stdout
    assert cluster("run", "--detach", "hello").stdout == "b:3\n", "a is busy"

    os.kill(a.process.pid, signal.SIGKILL)
    a.process.wait()
    assert states(cluster) == {"local": "down", "a": "down", "b": "up"}
    listed = cluster("ps")
    assert listed.returncode == 0 and "b:3" in listed.stdout and "a is down" in listed.stderr
    assert cluster("run", "--detach", "hello").stdout == "b:4\n"
    done = cluster("kill", "a:2")
    assert done.returncode == 1 and done.stderr.startswith("llmasos: node a (http://127.0.0.1:")

    for pid in (3, 4):
        assert cluster("kill", "-KILL", f"b:{pid}") == (0, "", "")
    assert cluster("kill", "b:77").returncode == 3
    assert cluster("logs", "b:77").returncode == 3


def test_a_node_that_takes_the_call_and_says_nothing_is_down_in_time(
    cluster: Cluster, serve: Serve, tmp_path: Path
) -> None:
    a = serve("a")
    added(cluster, "a", a)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        done = cluster("add", "silent", url, "--token-file", a.token_file)
        assert done.returncode == 0 and "added, but node silent" in done.stderr
        began = time.monotonic()
        assert states(cluster) == {"local": "down", "a": "up", "silent": "down"}
        assert time.monotonic() - began < 30


def test_the_list_keeps_no_token_and_looks_at_its_file_each_time(
    cluster: Cluster, serve: Serve, tmp_path: Path
) -> None:
    a = serve("a")
    added(cluster, "a", a)
    listed = tmp_path / "home" / "cluster.json"
    assert a.token_file.read_text().strip() not in listed.read_text()
    assert stat.S_IMODE(listed.stat().st_mode) == 0o600
    a.token_file.chmod(0o644)
    assert "others may read" in cluster("nodes").stdout
    done = cluster("run", "--on", "a", "hello")
    assert done.returncode == 2 and "chmod 600" in done.stderr
    a.token_file.chmod(0o600)
    wrong = tmp_path / "wrong"
    wrong.write_text("x" * 40)
    wrong.chmod(0o600)
    assert cluster("add", "b", a.url, "--token-file", wrong).returncode == 4
    assert set(states(cluster)) == {"local", "a"}
    a.token_file.write_text("y" * 40)
    assert states(cluster)["a"] == "denied"
    assert cluster("remove", "a") == (0, "", "")
    assert set(states(cluster)) == {"local"}


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        ([], 2, "add, remove, nodes"),
        (["add", "local", "http://h:1", "--token-file", "t"], 2, "not local"),
        (["add", "A b", "http://h:1", "--token-file", "t"], 2, "small letters"),
        (["add", "b", "h:1", "--token-file", "t"], 2, "http://HOST:PORT"),
        (["add", "b", "http://u:p@h:1", "--token-file", "t"], 2, "http://HOST:PORT"),
        (["add", "b", "http://h:1", "--token-file", "none"], 3, "No such file"),
        (["add", "b", "http://h:1", "--token-file", "."], 2, "no plain file"),
        (["remove", "rome"], 3, "there are: local"),
        (["remove", "local"], 2, "llmasos stop"),
        (["kill", "7"], 2, "NODE:PID"),
        (["kill", "-FOO", "a:7"], 2, "unknown signal"),
        (["kill", "rome:7"], 3, "no node 'rome'"),
        (["logs", "local:7"], 1, "no daemon runs"),
        (["run", "hello"], 1, "no node is up: local down"),
        (["run"], 2, "needs a request"),
        (["move", "local:7", "rome"], 3, "no node 'rome'"),
    ],
)
def test_a_mistake_is_one_line(cluster: Cluster, tmp_path: Path, args: list[str], code: int, says: str) -> None:
    (tmp_path / "t").write_text("x" * 40)
    (tmp_path / "t").chmod(0o600)
    done = cluster(*args)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("llmasos: ") and done.stderr.count("\n") == 1 and says in done.stderr


def test_a_list_that_is_damaged_or_newer_is_said(cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    for text, says in (("{", "no list of nodes"), ('{"format": 2, "nodes": []}', "format 2")):
        (tmp_path / "home" / "cluster.json").write_text(text)
        done = cluster("nodes")
        assert done.returncode == 1 and says in done.stderr


def look(name: str, runnable: int, load: float, cores: int = 2, model: str = "nano") -> Look:
    system = {"ready": True, "runnable": runnable, "load": load, "cores": cores}
    return Look(Entry(name), system, [model])


def test_the_least_loaded_has_fewest_that_would_run_a_core() -> None:
    busy, idle, large = look("a", 3, 0.1), look("b", 1, 3.0), look("c", 2, 9.0, 16)
    assert least_loaded([busy, idle, large], None).entry.name == "c"
    assert least_loaded([look("a", 0, 2.0), look("b", 0, 1.0)], None).entry.name == "b"
    assert least_loaded([busy, look("d", 9, 9.0, 2, "qwen")], "qwen").entry.name == "d"
    with pytest.raises(ModelNotFound, match="there are: nano"):
        least_loaded([busy, idle], "qwen")
    with pytest.raises(DaemonUnreachable, match="a down"):
        least_loaded([Look(Entry("a"), error=DaemonUnreachable("x"))], None)
