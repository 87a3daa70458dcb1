"""The native routes over the sim driver: processes from their spawn to their journal."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from llmasos import __version__
from llmasos.drivers.driver import Driver
from llmasos.drivers.sim import Sim
from llmasos.errors import ModelNotFound
from tests.apps.daemon.conftest import Serve, Served

pytestmark = pytest.mark.anyio


async def spawned(daemon: Served, **body: Any) -> int:
    answer = await daemon.post("/api/processes", {"request": "hello", "capabilities": [], **body})
    assert answer.status_code == 201, answer.text
    pid: int = answer.json()["pid"]
    return pid


async def events(daemon: Served, pid: int, **headers: str) -> list[tuple[str, str, dict[str, Any]]]:
    """To its exit."""
    text = (await daemon.client.get(f"/api/processes/{pid}/events", headers=headers)).text
    found = []
    for part in filter(None, text.strip().split("\n\n")):
        fields = dict(line.split(": ", 1) for line in part.splitlines())
        found.append((fields["id"], fields["event"], json.loads(fields["data"])))
    return found


async def test_a_process_from_its_spawn_to_its_answer(served: Serve, sim: Sim) -> None:
    async with served() as daemon:
        sim.enqueue("Hi.")
        pid = await spawned(daemon)
        found = await events(daemon, pid)
        assert [int(event_id.split(".")[3]) for event_id, _, _ in found[:-1]] == list(range(len(found) - 1))
        assert found[-1][0] == "1.3.end", "behind one event that is no text, and three characters"
        assert "".join(data["text"] for _, kind, data in found if kind == "text") == "Hi."
        assert found[-1][1] == "exited" and found[-1][2]["answer"] == "Hi."
        shown = (await daemon.client.get(f"/api/processes/{pid}")).json()
        assert (shown["status"], shown["exit_code"], shown["answer"]) == ("zombie", 0, "Hi.")
        assert shown["usage"]["completion_tokens"] == 4 and shown["syscalls"] == []
        assert [p["pid"] for p in (await daemon.client.get("/api/processes")).json()] == [1]
        everyone = (await daemon.client.get("/api/processes", params={"zombies": "true"})).json()
        assert [p["pid"] for p in everyone] == [1, pid]


async def test_events_are_resumed_behind_the_last_one_seen(served: Serve, sim: Sim) -> None:
    async with served() as daemon:
        sim.enqueue("Hi there.")
        pid = await spawned(daemon)
        whole = await events(daemon, pid)
        for number, (event_id, _, _) in enumerate(whole):
            assert await events(daemon, pid, **{"Last-Event-ID": event_id}) == whole[number + 1 :]
        for strange in ("soon", "", "another.7", "1.2.3", "0.0", "1.3.7b.2", f"{whole[0][0]}99", "9" * 400):
            wrong = await daemon.client.get(f"/api/processes/{pid}/events", headers={"Last-Event-ID": strange})
            assert wrong.status_code == 400 and "Last-Event-ID" in wrong.json()["error"]["message"], strange


async def test_a_process_outlives_the_client_that_started_it(served: Serve) -> None:
    async with served(driver=Sim(window_tokens=60_000, num_cells=200_000)) as daemon:
        pid = await spawned(daemon)
        await daemon.client.aclose()
        assert daemon.live() == [pid]


async def test_a_conversation_goes_on_by_input(served: Serve, sim: Sim) -> None:
    async with served() as daemon:
        sim.enqueue("first", "second")
        pid = await spawned(daemon, request="", interactive=True)
        path = f"/api/processes/{pid}/input"
        for body in ({"text": "one"}, {"text": "two"}, {"close": True}):
            assert (await daemon.post(path, body)).status_code == 202
        found = await events(daemon, pid)
        assert [data["answer"] for _, kind, data in found if kind == "answered"] == ["first", "second"]
        assert (await daemon.post(path, {"text": "late"})).status_code == 404
        assert (await daemon.post(path, {"text": "a", "close": True})).status_code == 400


async def test_what_a_process_asks_is_answered_by_input(served: Serve, sim: Sim) -> None:
    async with served() as daemon:
        sim.enqueue('<tool_call>\n{"name": "ask", "arguments": {"question": "Which?"}}\n</tool_call>', "The left one.")
        pid = await spawned(daemon, capabilities=["user"], attended=True)
        asked = daemon.kernel.handle(pid).events()
        async for event in asked:
            if type(event).__name__ == "Asked":
                break
        assert (await daemon.post(f"/api/processes/{pid}/input", {"reply": "left"})).status_code == 202
        found = await events(daemon, pid)
        assert found[-1][2]["answer"] == "The left one."
        assert [data["result"] for _, kind, data in found if kind == "call_ended"] == ["left"]


async def test_signals_stop_continue_and_kill(served: Serve) -> None:
    async with served(driver=Sim(window_tokens=60_000, num_cells=200_000)) as daemon:
        pid = await spawned(daemon)
        path = f"/api/processes/{pid}"
        process = daemon.kernel.handle(pid).process
        for name, state in (("STOP", {"stopped"}), ("SIGCONT", {"ready", "running"})):
            assert (await daemon.post(f"{path}/signal", {"signal": name})).status_code == 202
            await daemon.until(lambda states=state: process.state.value in states)  # type: ignore[misc]
        assert (await daemon.client.delete(path)).json() == {"pid": pid, "signal": "KILL", "recorded": True}
        await daemon.until(lambda: not process.alive)
        assert (await daemon.client.get(path)).json()["exit_code"] == 137
        gone = await daemon.client.delete(path)
        assert gone.status_code == 404 and "already ended" in gone.json()["error"]["message"]
        assert (await daemon.post(f"{path}/signal", {"signal": "HUP"})).status_code == 400
        assert (await daemon.client.delete("/api/processes/1")).status_code == 403


async def test_limits_and_nice_are_the_process_s(served: Serve) -> None:
    async with served() as daemon:
        pid = await spawned(daemon, limits={"tokens": 7, "depth": None}, nice=5)
        found = await events(daemon, pid)
        assert found[-1][2]["exit_code"] == 5 and "tokens (7)" in found[-1][2]["error"]
        process = daemon.kernel.handle(pid).process
        assert process.nice == 5
        assert (process.budget.limits.depth, process.budget.limits.children) == (None, 32)


async def test_a_fork_goes_on_from_a_copy(served: Serve, sim: Sim) -> None:
    """Nothing that the parent has read is read again, and what the child is told the parent never knows."""
    async with served() as daemon:
        sim.enqueue("Hi.", "Forked.", "And you?")
        pid = await spawned(daemon, request="", interactive=True)
        await daemon.post(f"/api/processes/{pid}/input", {"text": "hello"})
        await daemon.until(lambda: daemon.kernel.handle(pid).process.waiting_on == "input" and len(sim._scripts) == 2)
        answer = await daemon.post(f"/api/processes/{pid}/fork", {"request": "again", "limits": {"tokens": 50}})
        assert answer.status_code == 201 and answer.json()["ppid"] == pid, answer.text
        child = answer.json()["pid"]
        assert (await events(daemon, child))[-1][2]["answer"] == "Forked."
        used = daemon.kernel.handle(child).process.accounting
        assert used.cached_tokens > used.prefill_tokens > 0, used
        rows = (await daemon.client.get(f"/api/processes/{child}/context")).json()
        assert [row["role"] for row in rows] == ["user", "assistant", "user", "assistant"]
        await daemon.post(f"/api/processes/{pid}/input", {"text": "bye"})
        await daemon.until(lambda: not sim._scripts)
        rows = (await daemon.client.get(f"/api/processes/{pid}/context")).json()
        assert [row["text"] for row in rows if row["role"] == "user"] == ["hello", "bye"]


async def test_a_process_at_work_is_not_forked(served: Serve) -> None:
    async with served(driver=Sim(window_tokens=60_000, num_cells=200_000)) as daemon:
        pid = await spawned(daemon)
        busy = await daemon.post(f"/api/processes/{pid}/fork", {"request": "again"})
        assert busy.status_code == 409 and busy.json()["error"]["code"] == "process_busy"
        assert (await daemon.post("/api/processes/99/fork", {"request": "x"})).status_code == 404
        assert (await daemon.post(f"/api/processes/{pid}/fork", {})).status_code == 400
        assert len(daemon.live()) == 1


async def test_the_apps_are_listed(served: Serve) -> None:
    async with served() as daemon:
        apps = (await daemon.client.get("/api/apps")).json()
        assert [{**app, "name": "agent", "capabilities": None, "calls": []} for app in apps] == apps
        assert [app["source"] for app in apps] == ["built-in"]


async def test_context_and_journal_are_shown(served: Serve, sim: Sim) -> None:
    async with served() as daemon:
        sim.enqueue("Hi.")
        pid = await spawned(daemon, request="", interactive=True)
        await daemon.post(f"/api/processes/{pid}/input", {"text": "hello"})
        await daemon.until(lambda: daemon.kernel.handle(pid).process.waiting_on == "input" and not sim._scripts)
        rows = (await daemon.client.get(f"/api/processes/{pid}/context")).json()
        assert [row["role"] for row in rows] == ["user", "assistant"] and rows[0]["resident"] == rows[0]["tokens"] > 0
        records = (await daemon.client.get(f"/api/processes/{pid}/journal")).json()
        assert records[0]["kind"] == "spawn" and {"segment", "tokens"} <= {record["kind"] for record in records}


async def test_a_process_that_never_was_is_not_found(served: Serve) -> None:
    async with served() as daemon:
        for pid, what in itertools.product((99, -1, 2**63, 2**90), ("", "/events", "/context", "/journal")):
            answer = await daemon.client.get(f"/api/processes/{pid}{what}")
            assert answer.status_code == 404 and answer.json()["error"]["code"] == "process_not_found"


async def test_a_spawn_that_makes_no_sense_is_refused(served: Serve) -> None:
    refused: list[tuple[dict[str, Any], int, str]] = [
        ({}, 400, "request"),
        ({"request": "x", "app": "nope"}, 404, "no app 'nope'"),
        ({"request": "x", "model": "gpt-4"}, 404, "gpt-4"),
        ({"request": "x", "capabilities": ["clok"]}, 400, "unknown capability 'clok'"),
        ({"request": "x", "workspace": "here"}, 400, "absolute path"),
        ({"request": "x", "nice": 99}, 400, "nice"),
        ({"request": "x", "limits": {"toknes": 3}}, 400, "limits.toknes is not supported"),
        ({"request": "x", "limits": {"tokens": -3}}, 400, "limits.tokens"),
    ]
    async with served() as daemon:
        for body, status, says in refused:
            answer = await daemon.post("/api/processes", body)
            assert answer.status_code == status and says in answer.json()["error"]["message"], body
        assert daemon.live() == []


async def test_a_workspace_is_where_its_files_are(served: Serve, tmp_path: Any) -> None:
    async with served() as daemon:
        (tmp_path / "elsewhere").mkdir()
        pid = await spawned(daemon, workspace=str(tmp_path / "elsewhere"), request="", interactive=True)
        assert daemon.kernel.handle(pid).process.workspace == tmp_path / "elsewhere"


async def test_the_system_says_who_it_is(served: Serve) -> None:
    async with served() as daemon:
        await daemon.chat(max_tokens=3)
        facts = (await daemon.client.get("/api/system")).json()
        assert facts["version"] == __version__ and facts["ready"] and facts["models"] == ["nano"]
        assert facts["memory"][0]["decode_tokens"] == 3
        (nano,) = (await daemon.client.get("/api/models")).json()
        assert nano["name"] == "nano" and nano["loaded"]


async def test_prometheus_reads_what_has_been_done(served: Serve) -> None:
    async with served() as daemon:
        assert (await daemon.client.get("/healthz")).json() == {"status": "ok"}
        await daemon.until(lambda: not daemon.daemon.unready)
        assert (await daemon.client.get("/readyz")).status_code == 200
        await daemon.chat(max_tokens=3)
        await daemon.client.get("/nowhere")
        text = (await daemon.client.get("/metrics")).text
        assert 'llmasos_requests_total{method="POST",route="/v1/chat/completions",status="200"} 1' in text
        assert 'llmasos_requests_total{method="GET",route="other",status="404"} 1' in text
        assert 'llmasos_decode_tokens_total{model="nano"} 3' in text
        assert 'llmasos_processes{state="waiting"} 1' in text
        assert "llmasos_schedules 0" in text and "llmasos_schedule_runs_total 0" in text
        names = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
        assert len(names) == len(set(names))


async def test_a_model_that_does_not_load_is_said(served: Serve) -> None:
    def load(name: str) -> Driver:
        raise ModelNotFound(f"no model {name}")

    async with served(load=load) as daemon:
        await daemon.until(lambda: daemon.daemon.unready == "no model nano")
        answer = await daemon.client.get("/readyz")
        assert answer.status_code == 503 and answer.json()["reason"] == "no model nano"
