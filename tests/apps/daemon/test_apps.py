"""Installed apps in a daemon: run by name, listed, refused when they have changed, and back after `kill -9`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from llmasos import installed
from llmasos.client import Daemon
from llmasos.drivers.sim import Sim
from llmasos.errors import ProcessFailed
from llmasos.installed import AppRecord
from tests.apps.daemon.conftest import Run, Serve, Start, found
from tests.conftest import keep_app

KEEPER = """\
from llmasos import App

app = App("keeper", system="You keep a shop.", capabilities=[])


@app.syscall(effect="read", capability="prices")
async def get_price(item: str) -> str:
    \"\"\"Price of an item in the shop.\"\"\"
    return {"bread": "3 euros", "milk": "2 euros"}.get(item, "unknown")
"""
CLERK = """

@app.main
async def main(os, request):
    return f"{request}: {await os.get_price(request)}"
"""
CALL = '<tool_call>\n{"name": "get_price", "arguments": {"item": "bread"}}\n</tool_call>'
Install = Callable[[str], AppRecord]


@pytest.fixture
def put(home: Path) -> Install:
    """Install an app of that text into the daemon's state directory."""
    return lambda text: keep_app(home, text)


def edited(home: Path, name: str, text: str) -> None:
    (file,) = home.glob(f"apps/{name}/files-*/app.py")
    file.write_text(text)


@pytest.mark.anyio
async def test_an_installed_app_runs_by_its_name_and_is_listed(served: Serve, sim: Sim, put: Install) -> None:
    async with served() as daemon:
        put(KEEPER)
        sim.enqueue(CALL, "It is 3 euros.")
        made = await daemon.post("/api/processes", {"app": "keeper", "request": "bread?"})
        assert made.status_code == 201 and made.json()["app"] == "keeper"
        assert made.json()["status"] in ("ready", "running", "waiting")
        handle = daemon.kernel.handle(made.json()["pid"])
        assert await handle.wait() == "It is 3 euros."
        assert [call["result"] for call in handle.syscalls] == ["3 euros"]
        assert (await daemon.kernel.task(handle.pid).transcript()).messages[0]["content"] == "You keep a shop."
        listed = (await daemon.client.get("/api/apps")).json()
        assert [(app["name"], app["calls"]) for app in listed] == [("agent", []), ("keeper", ["get_price"])]


@pytest.mark.anyio
async def test_what_cannot_be_run_is_refused_in_one_line(served: Serve, put: Install, home: Path) -> None:
    async with served() as daemon:
        put(KEEPER)
        for name in ("keepr", "../keeper", "keeper/files", "."):
            answer = await daemon.post("/api/processes", {"app": name, "request": "bread?"})
            assert answer.status_code == 404 and answer.json()["error"]["code"] == "app_not_found"
            assert "known: agent, keeper" in answer.json()["error"]["message"]
        edited(home, "keeper", KEEPER.replace("3 euros", "9 euros"))
        answer = await daemon.post("/api/processes", {"app": "keeper", "request": "bread?"})
        assert answer.status_code == 409 and answer.json()["error"]["code"] == "app_damaged"
        assert "has changed since it was installed" in answer.json()["error"]["message"]
        assert daemon.live() == []


@pytest.mark.anyio
async def test_code_that_hangs_or_fails_holds_up_nobody(
    served: Serve, put: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it did not do when it was installed."""
    monkeypatch.setattr(installed, "LOAD_S", 0.3)
    switch, go = tmp_path / "switch", tmp_path / "go"
    body = f"import time\nfrom pathlib import Path\nif Path({str(switch)!r}).exists():\n    "
    put(body + f"while not Path({str(go)!r}).exists():\n        time.sleep(0.01)\n{KEEPER}")
    put(body + "raise OSError('no tea')\n" + KEEPER.replace("keeper", "waiter"))
    switch.touch()
    async with served() as daemon:
        for says in ("does not load within 0.3 s", "its code hangs"):
            answer = await daemon.post("/api/processes", {"app": "keeper", "request": "bread?"})
            assert answer.status_code == 409 and says in answer.json()["error"]["message"]
        answer = await daemon.post("/api/processes", {"app": "waiter", "request": "bread?"})
        assert answer.status_code == 409 and "OSError: no tea" in answer.json()["error"]["message"]
        go.touch()
        for _ in range(100):
            answer = await daemon.post("/api/processes", {"app": "keeper", "interactive": True})
            if answer.status_code == 201:
                break
            await anyio.sleep(0.02)
        assert answer.status_code == 201, "it has loaded after all"


@pytest.mark.anyio
async def test_a_conversation_with_an_app_is_forked_with_its_calls(served: Serve, sim: Sim, put: Install) -> None:
    async with served() as daemon:
        put(KEEPER)
        sim.enqueue("Hello.")
        made = await daemon.post("/api/processes", {"app": "keeper", "request": "hi", "interactive": True})
        pid = made.json()["pid"]
        await daemon.until(lambda: daemon.kernel.task(pid).process.waiting_on == "input")
        sim.enqueue(CALL, "It is 3 euros.")
        twin = (await daemon.post(f"/api/processes/{pid}/fork", {"request": "bread?"})).json()
        handle = daemon.kernel.handle(twin["pid"])
        assert twin["app"] == "keeper" and await handle.wait() == "It is 3 euros."
        assert [call["result"] for call in handle.syscalls] == ["3 euros"]


@pytest.fixture
def command(serve: Start, llmasos: Run, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """With nano, which makes the calls itself."""
    for name in ("LLMASOS_MODEL_DRIVER", "LLMASOS_MODEL_WINDOW_TOKENS"):
        environment.pop(name)
        monkeypatch.delenv(name)
    return llmasos


def until_waits(daemon: Daemon, pid: int, turns: int) -> list[dict[str, Any]]:
    """The calls it has made once it has answered so often and waits for more."""
    for _ in range(1000):
        facts = daemon.request("GET", f"/api/processes/{pid}")
        messages = [r for r in daemon.request("GET", f"/api/processes/{pid}/journal") if r["kind"] == "message"]
        answered = sum(m["body"]["role"] == "assistant" and not m["body"].get("tool_calls") for m in messages)
        if facts.get("waiting_on") == "input" and answered >= turns:
            break
        assert facts["status"] not in ("zombie", "exited"), facts
        time.sleep(0.02)
    calls: list[dict[str, Any]] = facts["syscalls"]
    return calls


def test_an_agent_of_an_app_s_comes_back_with_its_own_calls_after_kill_9(
    serve: Start, command: Run, put: Install, home: Path
) -> None:
    put(KEEPER)
    first = serve()
    assert command("run", "keeper", "what is the price of bread?").stdout == "Here is the result: 3 euros\n"
    body = {"app": "keeper", "request": "what is the price of bread?", "interactive": True}
    pid = found(home).request("POST", "/api/processes", body)["pid"]
    assert [call["result"] for call in until_waits(found(home), pid, 1)] == ["3 euros"]
    first.kill()
    first.wait()
    serve()
    daemon = found(home)
    assert daemon.request("GET", f"/api/processes/{pid}")["app"] == "keeper"
    daemon.request("POST", f"/api/processes/{pid}/input", {"text": "what is the price of milk?"})
    assert [call["result"] for call in until_waits(daemon, pid, 2)] == ["3 euros", "2 euros"]
    twin = daemon.request("POST", f"/api/processes/{pid}/fork", {"request": "what is the price of bread?"})["pid"]
    assert command("wait", str(twin)).stdout == "Here is the result: 3 euros\n"
    assert command("branch", str(twin), "--say", "what is the price of milk?").stdout == "Here is the result: 2 euros\n"


def test_an_app_that_is_not_what_it_was_ends_its_agents_with_an_end_that_says_so(
    serve: Start, llmasos: Run, put: Install, home: Path
) -> None:
    names = ("removed", "edited", "another", "same")
    texts = {name: KEEPER.replace("keeper", name) for name in names}
    for text in texts.values():
        put(text)
    first = serve()
    daemon = found(home)
    pids = {
        name: daemon.request("POST", "/api/processes", {"app": name, "interactive": True})["pid"]
        for name in (*names, "agent")
    }
    first.kill()
    first.wait()
    assert llmasos("remove", "removed").returncode == 0
    edited(home, "edited", texts["edited"] + "# more\n")
    put(texts["another"] + "# more\n")
    put(texts["same"])
    serve()
    live = {process["pid"]: process["app"] for process in found(home).request("GET", "/api/processes")}
    assert {live.get(pid) for pid in pids.values()} == {None, "same", "agent"}
    for name, says in (
        ("removed", "no app named removed"),
        ("edited", "has changed since it was installed"),
        ("another", "app another is another since"),
    ):
        done = llmasos("wait", str(pids[name]))
        assert done.returncode == 1 and f"{name} did not come back with its kernel: " in done.stderr
        assert says in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.anyio
@pytest.mark.parametrize("place", ["call", "body"])
async def test_an_app_that_exits_ends_itself_and_not_the_daemon(served: Serve, put: Install, place: str) -> None:
    text = KEEPER.replace('    return {"bread"', '    raise SystemExit(3)\n    return {"bread"') + CLERK
    put(text if place == "call" else KEEPER + CLERK.replace("    return f", "    raise SystemExit(3)\n    return f"))
    async with served() as daemon:
        made = await daemon.post("/api/processes", {"app": "keeper", "request": "bread"})
        process = daemon.kernel.handle(made.json()["pid"])
        with pytest.raises(ProcessFailed, match="keeper failed: SystemExit: 3"):
            await process.wait()
        assert (await daemon.client.get("/api/apps")).status_code == 200


def test_the_command_line_runs_it_through_the_daemon(
    serve: Start, llmasos: Run, put: Install, home: Path, tmp_path: Path
) -> None:
    serve()
    put(KEEPER.replace("keeper", "clerk") + CLERK)
    assert llmasos("run", "clerk", "bread").stdout == "bread: 3 euros\n"
    assert llmasos("run", "clerk", stdin="milk").stdout == "milk: 2 euros\n"
    shown = json.loads(llmasos("run", "--json", "clerk", "bread").stdout)
    assert (shown["app"], shown["answer"], shown["syscalls"][0]["name"]) == ("clerk", "bread: 3 euros", "get_price")
    pid = llmasos("run", "--detach", "clerk", "bread").stdout.strip()
    assert llmasos("wait", pid).stdout == "bread: 3 euros\n"
    edited(home, "clerk", KEEPER)
    done = llmasos("run", "clerk", "bread")
    assert done.returncode == 1 and "has changed since it was installed" in done.stderr
    (tmp_path / "clerk.py").write_text(KEEPER)
    done = llmasos("run", str(tmp_path / "clerk.py"), "bread")
    assert done.returncode == 2 and "llmasos install" in done.stderr
    assert llmasos("at", "in 1 hour", "clerk", "bread").returncode == 0
    assert found(home).request("GET", "/api/schedules")[0]["app"] == "clerk"


def test_a_new_version_is_run_beside_what_runs_of_the_old(serve: Start, llmasos: Run, put: Install, home: Path) -> None:
    serve()
    put(KEEPER.replace("keeper", "clerk") + CLERK)
    daemon = found(home)
    old = daemon.request("POST", "/api/processes", {"app": "clerk", "request": "bread"})["pid"]
    put(KEEPER.replace("keeper", "clerk").replace("3 euros", "4 euros") + CLERK)
    assert llmasos("run", "clerk", "bread").stdout == "bread: 4 euros\n"
    assert llmasos("wait", str(old)).stdout == "bread: 3 euros\n"
