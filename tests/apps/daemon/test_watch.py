"""`/api/watch`, `/api/trainings` and the scheduler's timeline, as the daemon serves them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import anyio
import pytest

from llmasos.apps.training.curve import Log
from llmasos.apps.training.runs import Run, note
from llmasos.drivers.sim import Sim
from tests.apps.daemon.conftest import Serve, Served
from tests.apps.daemon.test_native_routes import events, spawned

pytestmark = pytest.mark.anyio


async def moments(daemon: Served, number: int, **query: Any) -> list[dict[str, Any]]:
    """The first of them; all there are when the daemon ends before."""
    found: list[dict[str, Any]] = []
    async with daemon.client.stream("GET", "/api/watch", params={"seconds": 0.1, **query}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                found.append(json.loads(line.removeprefix("data: ")))
                if len(found) == number:
                    break
    return found


async def test_a_moment_has_the_machine_and_the_steps_since_the_one_before(served: Serve, sim: Sim) -> None:
    async with served() as daemon:
        sim.enqueue("Hi there.")
        pid = await spawned(daemon)
        await events(daemon, pid)
        first, second = await moments(daemon, 2)
        assert [(p["pid"], p["exit_code"]) for p in first["processes"]] == [(1, None), (pid, 0)]
        assert first["system"]["models"] == ["nano"] and first["system"]["memory"][0]["model"] == "nano"
        assert first["approvals"] == []
        steps = first["steps"]
        assert steps == sorted(steps, key=lambda step: step["ended"])
        assert all(step["began"] <= step["ended"] <= first["at"] for step in steps)
        shares = [share for step in steps for share in step["shares"]]
        usage = (await daemon.client.get(f"/api/processes/{pid}")).json()["usage"]
        assert {share[0] for share in shares} == {pid}
        assert sum(prefill for _, prefill, _ in shares) == usage["prefill_tokens"]
        assert sum(new for _, _, new in shares) == usage["decode_tokens"] + usage["forced_tokens"]
        assert second["steps"] == [] and second["at"] > first["at"]


async def test_who_watches_is_let_go_when_the_daemon_ends(served: Serve) -> None:
    async with served() as daemon, anyio.create_task_group() as group:

        async def watch() -> None:
            assert len(await moments(daemon, 99, seconds=60)) <= 1

        group.start_soon(watch)
        await daemon.until(lambda: daemon.daemon.busy == 1)
        daemon.daemon.ending.set()


@pytest.mark.parametrize("seconds", ["0", "0.01", "61", "nan", "x"])
async def test_how_often_has_bounds(served: Serve, seconds: str) -> None:
    async with served() as daemon:
        answer = await daemon.client.get("/api/watch", params={"seconds": seconds})
        assert answer.status_code == 400 and answer.json()["error"]["param"] == "seconds"


def test_a_run_may_come_before_everything_else_in_a_home(tmp_path: Path) -> None:
    note(tmp_path / "home", Run("one", "/nowhere", 1))
    assert (tmp_path / "home").stat().st_mode & 0o077 == 0, "a daemon refuses a folder that others may enter"


async def test_training_runs_are_listed_with_their_curves(served: Serve, tmp_path: Path) -> None:
    async with served() as daemon:
        assert (await daemon.client.get("/api/trainings")).json() == []
        home = daemon.kernel.config.home
        for name in ("one", "gone", "empty"):
            (folder := tmp_path / name).mkdir()
            note(home, Run(name, str(folder), 4000))
            log = Log(folder / "log.csv")
            log.cut(0)
            if name != "empty":
                log.add((1, 1000, 2.5, 0.01, 50.0, 1.0))
                log.add((2, 2000, 1.5, 0.01, 60.0, 2.0))
        note(home, Run("one", str(tmp_path / "one"), 8000))  # the same folder again: the same run
        (tmp_path / "gone" / "log.csv").unlink()
        with (tmp_path / "one" / "log.csv").open("a") as file:
            file.write("3,3000,1.")  # it is being written
        (run,) = (await daemon.client.get("/api/trainings")).json()
        assert (run["name"], run["tokens"], run["step"], run["seen"], run["tokens_s"]) == ("one", 8000, 2, 2000, 60.0)
        assert run["curve"] == [[1000.0, 2.5], [2000.0, 1.5]]
