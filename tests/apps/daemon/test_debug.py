"""run --break, step, step --back and branch: through the daemon, over the API, and at a terminal without one."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pexpect
import pytest

from llmasos.drivers.sim import Sim
from tests.apps.daemon.conftest import Run, Serve, Start, found
from tests.apps.daemon.test_native_routes import spawned
from tests.apps.daemon.test_schedules import until

TALK = ("run", "hello", "--detach", "--limit", "tokens=40")


def test_a_process_is_stopped_stepped_and_branched(serve: Start, llmasos: Run, home: Path) -> None:
    assert llmasos("run", "hello", "--break", "text:a").returncode == 2, "nobody could let it go on"
    serve()
    pid = llmasos(*TALK, "--break", "text:.{5}").stdout.strip()
    daemon = found(home)
    until(lambda: daemon.request("GET", f"/api/processes/{pid}")["status"] == "stopped")
    assert daemon.request("GET", f"/api/processes/{pid}")["waiting_on"] == "breakpoint text:.{5}"
    assert "stopped on breakpoint text:.{5}" in llmasos("ps").stdout
    assert json.loads(llmasos("ps", "--json").stdout)[0]["state"] == "stopped"
    assert len(llmasos("step", pid, "2").stdout) == 3
    assert llmasos("step", pid, "20").stdout.endswith("\n[stopped on breakpoint text:.{5}]\n")
    daemon.request("PUT", f"/api/processes/{pid}/breaks", {"breaks": []})
    said = llmasos("step", pid, "3").stdout.removesuffix("\n")
    back = llmasos("step", pid, "3", "--back").stdout
    assert back == f"process 3 stands where process {pid} was 3 tokens ago, stopped\n"
    assert json.loads(llmasos("step", "3", "3", "--json").stdout)["text"] == said, "it says the same again"
    assert llmasos("step", pid, "1000", "--back").returncode == 2
    assert llmasos("step", pid, "1000").stdout.endswith("\n[ended]\n")
    branched = llmasos("branch", pid)
    assert branched.returncode == 5 and "limit reached" in branched.stderr
    assert llmasos("checkpoint", pid, "x.json").returncode == 0
    restored = llmasos("restore", "x.json")
    assert restored.returncode == 5 and "limit reached" in restored.stderr
    assert llmasos("step", pid).returncode == 3
    assert llmasos("branch", pid, "--at", "0").returncode == 2
    beyond = llmasos("branch", pid, "--at", "99999")
    assert (beyond.returncode, beyond.stderr.count("\n")) == (2, 1)
    assert "not 99999" in beyond.stderr
    assert llmasos("every", "1h", "hello").returncode == 0
    for words in (["branch", "1"], ["checkpoint", "1", "y.json"]):
        done = llmasos(*words)
        assert done.returncode == 2 and "process 1 has no conversation" in done.stderr
    assert llmasos("compact", "--keep-days", "0").returncode == 0
    assert llmasos("branch", pid).returncode == 3, "compacted: as without a daemon"
    assert json.loads(llmasos("step", "3", "--back", "--json").stdout)["status"] == "stopped"


@pytest.mark.parametrize("bodies", [[{}], [3], [{"request": "x", "model": "nano", "nice": 0}, {"role": "user"}]])
def test_a_file_that_is_no_checkpoint_is_one_line(llmasos: Run, tmp_path: Path, bodies: list[object]) -> None:
    records = [{"pid": 2, "kind": kind, "body": body} for kind, body in zip(("spawn", "message"), bodies, strict=False)]
    (tmp_path / "x.json").write_text(json.dumps({"llmasos_checkpoint": 1, "records": records}))
    done = llmasos("restore", "x.json")
    assert done.returncode == 2 and "x.json: no checkpoint of llmasos" in done.stderr


@pytest.mark.anyio
async def test_what_cannot_be_meant_is_refused_by_name(served: Serve) -> None:
    async with served(driver=Sim(window_tokens=60_000, num_cells=200_000)) as daemon:
        unknown = {"request": "hello", "capabilities": [], "breaks": ["syscall:nothing"]}
        wrong = await daemon.post("/api/processes", unknown)
        assert wrong.status_code == 400 and "no such call" in wrong.json()["error"]["message"]
        assert daemon.live() == []
        pid = await spawned(daemon)
        path = f"/api/processes/{pid}"
        for method, where, body, status in (
            ("PUT", "breaks", {"breaks": ["line:1"]}, 400),
            ("POST", "step", {"tokens": 1}, 400),
            ("POST", "step", {"tokens": 0}, 400),
            ("POST", "branch", {"at": 1, "back": 1}, 400),
            ("POST", "branch", {"say": "x", "stopped": True}, 400),
            ("POST", "branch", {"back": 1_000_000}, 400),
        ):
            answer = await daemon.client.request(method, f"{path}/{where}", json=body)
            assert answer.status_code == status, answer.text
        good = {"request": "x", "model": "nano", "limits": {}, "nice": 0, "capabilities": []}
        for bodies in (
            [],
            [{"request": "x"}],
            [{**good, "limits": {"token": 1}}],
            [{**good, "limits": {"tokens": "many"}}],
            [{**good, "nice": 40}],
            [{**good, "model": "nanu"}],
            [good, {"tokens": [10**9]}],
            [good, {"tokens": 1}],
            [good, {"tokens": ["a"]}],
        ):
            kinds = ("spawn", "tokens")
            records = [{"pid": 2, "kind": kind, "body": body} for kind, body in zip(kinds, bodies, strict=False)]
            answer = await daemon.post("/api/restore", {"records": records})
            assert answer.status_code in (400, 404), answer.text
        for where in ("step", "branch"):
            assert (await daemon.post(f"/api/processes/99/{where}", {})).status_code == 404


def at_terminal(environment: dict[str, str], folder: Path) -> pexpect.spawn:
    return pexpect.spawn(
        sys.executable,
        ["-m", "llmasos.apps.cli", "run", "hello", "--break", "text:.{5}"],
        env={**os.environ, **environment, "TERM": "xterm-256color"},
        cwd=str(folder),
        encoding="utf-8",
        timeout=30,
    )


def test_an_interrupt_at_the_question_ends_it(environment: dict[str, str], tmp_path: Path) -> None:
    child = at_terminal(environment, tmp_path)
    child.expect("q ends it")
    child.sendintr()
    child.expect("interrupted")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130


def test_at_a_terminal_it_is_let_go_on_in_place(environment: dict[str, str], tmp_path: Path) -> None:
    child = at_terminal(environment, tmp_path)
    child.expect(r"stopped on breakpoint text:\.\{5\}: Enter goes on")
    child.send("2\r")
    child.expect("stopped on step: ")
    child.send("\r")
    child.expect("stopped on breakpoint")
    child.send("q\r")
    child.expect("killed by SIGTERM")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 128 + 15
