"""Approvals through the daemon: by its routes, by command, at a terminal, and over its death; on the embedded model."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pytest

from llmasos.drivers.sim import Sim
from tests.apps.daemon.conftest import Run, Serve, Start, found
from tests.apps.daemon.test_native_routes import spawned
from tests.conftest import keep_app

REQUEST = "write hello to a.txt"
TWICE = """
from llmasos import App
from llmasos.errors import LLMasOSError

app = App("twice", capabilities=["files"])

@app.main
async def main(os, request):
    for path in ("a.txt", "b.txt"):
        try:
            await os.write_file(path, "x")
        except LLMasOSError:
            pass
    return "over"
"""


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """The embedded model, whose writes are asked about."""
    sim = {"LLMASOS_MODEL_DRIVER", "LLMASOS_MODEL_WINDOW_TOKENS"}
    own = {"LLMASOS_SECURITY_CAPABILITIES": "files", "LLMASOS_SECURITY_ASK": "write,destroy"}
    return {**{key: value for key, value in environment.items() if key not in sim}, **own, "TERM": "xterm"}


def waiting(home: Path) -> dict[str, Any]:
    """The one call that waits."""
    deadline = time.monotonic() + 30
    while not (questions := found(home).request("GET", "/api/approvals")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    (question,) = questions
    return dict(question)


@pytest.mark.anyio
async def test_the_routes_list_answer_and_refuse(served: Serve, sim: Sim, tmp_path: Path) -> None:
    async with served() as daemon:
        call = {"name": "remove_file", "arguments": {"path": "a.txt"}}
        sim.enqueue(f"<tool_call>\n{json.dumps(call)}\n</tool_call>", "Done.")
        daemon.kernel.consent.policy = type(daemon.kernel.consent.policy)(ask=frozenset({"destroy"}))
        (tmp_path / "work" / "a.txt").write_text("x")
        pid = await spawned(daemon, capabilities=["files"], attended=True)
        await daemon.until(lambda: bool(daemon.kernel.consent.pending()))
        (question,) = (await daemon.client.get("/api/approvals")).json()
        assert (question["id"], question["name"], question["arguments"]) == (
            f"{pid}.1",
            "remove_file",
            {"path": "a.txt"},
        )
        path = f"/api/approvals/{pid}.1"
        for body, status, code in (
            ({}, 400, "missing_required_parameter"),
            ({"approve": "yes"}, 400, "invalid_value"),
            ({"approve": True, "scope": "process"}, 400, "invalid_value"),
            ({"approve": True, "scope": "always"}, 400, "invalid_value"),
        ):
            answer = await daemon.post(path, body)
            assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
        assert (await daemon.post("/api/approvals/9.9", {"approve": True})).status_code == 404
        answer = await daemon.post(path, {"approve": True})
        assert (answer.status_code, answer.json()) == (200, {"id": f"{pid}.1", "approved": True})
        assert await daemon.kernel.handle(pid).wait() == "Done."
        assert (await daemon.post(path, {"approve": True})).json()["error"]["code"] == "approval_not_found"
        assert (await daemon.client.get("/api/approvals")).json() == []


def test_a_process_waits_for_a_yes_over_kill_9_and_acts_once(
    serve: Start, llmasos: Run, home: Path, tmp_path: Path
) -> None:
    process = serve()
    pid = llmasos("run", "--detach", "append hello to a.txt").stdout.strip()
    number = waiting(home)["id"]
    assert number == f"{pid}.1"
    assert f"waiting on approval {number}" in llmasos("ps").stdout
    assert json.loads(llmasos("approve", "--json").stdout)[0]["id"] == number
    assert f"{number}  " in llmasos("approve").stdout
    process.kill()
    process.wait()
    serve()
    assert waiting(home)["id"] == number
    assert not (tmp_path / "a.txt").exists()
    assert llmasos("approve", number, "--target")[:2] == (0, "")
    assert llmasos("wait", pid).returncode == 0
    assert (tmp_path / "a.txt").read_text() == "hello\n"
    assert "allow (approved, target)" in llmasos("audit", pid).stdout
    (call,) = json.loads(llmasos("audit", pid, "--json").stdout)
    assert (call["consent"]["approved"], call["consent"]["scope"], call["consent"]["by"]) == (True, "target", "api")
    assert f"asks {number} append_file" in llmasos("logs", pid).stdout


def test_a_no_and_what_is_wrong_with_an_answer(serve: Start, llmasos: Run, home: Path, tmp_path: Path) -> None:
    assert "no daemon runs" in llmasos("approve").stderr
    serve()
    (tmp_path / "a.txt").write_text("x")
    pid = llmasos("run", "--detach", "delete a.txt").stdout.strip()
    number = waiting(home)["id"]
    for words, code, said in (
        (["approve", "9.9"], 3, "nothing waits for approval as 9.9"),
        (["approve", "soon"], 2, "is not the id of an approval"),
        (["approve", number, "--once", "--process"], 2, "one of --once, --target, --process"),
        (["approve", "--once"], 2, "takes an ID"),
        (["approve", number, "--process"], 2, "can only be approved with: once"),
        (["deny"], 2, "Missing argument"),
    ):
        done = llmasos(*words)
        assert done.returncode == code and said in done.stderr, (words, done)
    assert llmasos("deny", number)[:2] == (0, "")
    assert "was not approved" in llmasos("wait", pid).stdout
    assert llmasos("deny", number).returncode == 3
    assert (tmp_path / "a.txt").exists()


@pytest.fixture
def terminal(tmp_path: Path, environment: dict[str, str]) -> Callable[..., Any]:
    """A command at a terminal of its own."""

    def run(*words: str) -> Any:
        command, size = ["-m", "llmasos.apps.cli", *words], (40, 200)
        how = {"cwd": str(tmp_path), "env": environment, "timeout": 30, "encoding": "utf-8", "dimensions": size}
        return pexpect.spawn(sys.executable, command, **how)

    return run


def test_at_a_terminal_it_is_asked_in_place_and_may_be_answered_elsewhere(
    serve: Start, llmasos: Run, home: Path, terminal: Callable[..., Any]
) -> None:
    serve()
    here = terminal("run", REQUEST)
    here.expect(r'approval \d+\.1: write_file\r\n +path="a.txt"\r\n +content="hello"\r\n')
    here.expect("approve\\?")
    here.send("y\r")
    here.expect("I wrote it to a.txt.")
    here.expect(pexpect.EOF)
    other = terminal("run", REQUEST)
    other.expect("approve\\?")
    assert llmasos("deny", waiting(home)["id"]).returncode == 0
    other.expect("answered elsewhere")
    other.expect("was not approved")
    other.expect(pexpect.EOF)


def test_what_was_typed_before_a_question_answers_nothing(terminal: Callable[..., Any], tmp_path: Path) -> None:
    early = terminal("run", REQUEST)
    early.send("y\r")  # while it boots
    early.expect("approve\\?")
    with pytest.raises(pexpect.TIMEOUT):
        early.expect("approved, once", timeout=1)
    assert not (tmp_path / "a.txt").exists()
    early.send("y\r")
    early.expect(r"2\.1 approved, once")
    early.expect(pexpect.EOF)
    assert (tmp_path / "a.txt").read_text() == "hello"


def test_half_an_answer_is_none_to_the_next_question(
    serve: Start, llmasos: Run, home: Path, terminal: Callable[..., Any], tmp_path: Path
) -> None:
    keep_app(home, TWICE)
    serve()
    here = terminal("run", "twice", "go")
    here.expect("a.txt")
    here.expect("approve\\?")
    here.send("y")
    here.expect("y")  # it has reached the terminal
    assert llmasos("deny", waiting(home)["id"]).returncode == 0
    here.expect(r"\r\napproval \d+\.1 was answered elsewhere")
    here.expect("b.txt")
    here.expect("approve\\?")
    here.send("\r")
    here.expect(pexpect.EOF)  # what it says and that it was denied come by two ways, in either order
    assert "over" in here.before
    assert re.search(r"\.2 denied", here.before)
    assert not (tmp_path / "b.txt").exists()


def test_attach_answers_a_detached_process(
    serve: Start, llmasos: Run, home: Path, tmp_path: Path, terminal: Callable[..., Any]
) -> None:
    serve()
    pid = llmasos("run", "--detach", REQUEST).stdout.strip()
    waiting(home)
    attached = terminal("attach", pid)
    attached.expect("approve\\?")
    attached.send("p\r")
    attached.expect("I wrote it to a.txt.")
    attached.expect(pexpect.EOF)
    assert (tmp_path / "a.txt").read_text() == "hello"


def test_without_a_daemon_yes_is_given_by_the_flag_and_else_by_nobody(llmasos: Run, tmp_path: Path) -> None:
    assert "needs approval" in llmasos("run", REQUEST).stdout
    assert not (tmp_path / "a.txt").exists()
    document = json.loads(llmasos("run", "--json", "--yes", REQUEST).stdout)
    assert document["syscalls"][0]["decision"] == "allow"
    assert (tmp_path / "a.txt").read_text() == "hello"
