"""at, every and schedules: on the command line without and with a daemon, over the API, and across kill -9."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from llmasos import history
from llmasos.kernel.journal import Journal, Record
from tests.apps.daemon.conftest import Run, Serve, Start

LIMITED = ("--limit", "tokens=3", "--zone", "UTC")


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_schedule_waits_for_a_daemon_and_survives_its_death(serve: Start, llmasos: Run, home: Path) -> None:
    made = llmasos("at", "in 1 second", "hello", *LIMITED)
    assert made.returncode == 0 and made.stdout.startswith("schedule 1, next 20")
    assert made.stderr == "llmasos: no daemon runs, and only a daemon starts what is scheduled: llmasos serve\n"
    assert json.loads(llmasos("every", "@hourly", "hi", "--json", "--zone", "UTC").stdout)["id"] == 2
    process = serve()
    until(lambda: [p.status for p in history.processes(home)] == ["exited"])
    assert history.processes(home)[0].exit_code == 5, "an ordinary process, with its limits"
    made = llmasos("every", "1s", "hello", *LIMITED)
    assert (made.returncode, made.stderr) == (0, "")
    until(lambda: len(history.processes(home)) >= 3)
    process.kill()
    process.wait()
    num_before = len(history.processes(home))
    serve()
    until(lambda: len(history.processes(home)) >= num_before + 2)
    spawns = [record for p in history.processes(home) for record in history.records(home, p.pid)[:1]]
    dues = [(s.body["origin"]["schedule"], s.body["origin"]["due"]) for s in spawns]
    assert len(dues) == len(set(dues)), "nothing was started twice"
    assert llmasos("schedules", "rm", "3").returncode == 0
    shown = llmasos("schedules").stdout
    assert "every @hourly" in shown and "every 1s" not in shown
    assert [facts["id"] for facts in json.loads(llmasos("schedules", "--json").stdout)] == [2]
    log = llmasos("logs", "1").stdout
    assert "schedule 1: at in 1 second: hello" in log and "schedule 3 taken away" in log


def test_a_time_zone_that_has_vanished_is_said_and_keeps_no_daemon_from_starting(
    serve: Start, llmasos: Run, home: Path
) -> None:
    assert llmasos("every", "0 9 * * *", "hi", "--zone", "Europe/Berlin").returncode == 0
    assert llmasos("every", "@hourly", "hi", "--zone", "UTC").returncode == 0
    journal = Journal(home / "journal.db")
    spec = journal.read(1, ["schedule"])[0].body
    journal.append([Record(1, "schedule", {**spec, "id": 3, "zone": "Mars/Olympus"})])
    journal.close()
    serve()
    shown = llmasos("schedules")
    assert shown.returncode == 0 and "never: no time zone 'Mars/Olympus'" in shown.stdout and "@hourly" in shown.stdout
    assert llmasos("schedules", "rm", "3").returncode == 0
    assert "Mars" not in llmasos("schedules").stdout


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["at", "in", "10", "minutes"], 2, "cannot read the time 'in'"),
        (["at", "2020-01-01", "hello"], 2, "2020-01-01 is past"),
        (["every", "10", "hello"], 2, "cannot read the interval '10'"),
        (["every", "5m"], 2, "Missing argument"),
        (["every", "5m", "agent"], 2, "every needs a request"),
        (["every", "5m", "hello", "--zone", "Mars"], 2, "no time zone 'Mars'"),
        (["every", "5m", "hello", "--model", "nanu"], 3, "did you mean nano?"),
        (["every", "5m", "hello", "--missed", "twice"], 2, "--missed is run"),
        (["every", "5m", "hello", "--cap", "clok"], 2, "unknown capability 'clok'"),
        (["every", "5m", "hello", "--limit", "token=1"], 2, "unknown limit 'token'"),
        (["schedules", "rm", "7"], 3, "no schedule 7"),
    ],
)
def test_first_mistakes_are_said_in_one_line(llmasos: Run, words: list[str], code: int, says: str) -> None:
    done = llmasos(*words)
    assert done.returncode == code and says in done.stderr and done.stderr.count("\n") == 1, done.stderr
    assert json.loads(llmasos("schedules", "--json").stdout) == []


@pytest.mark.anyio
async def test_the_api_keeps_lists_and_takes_away(served: Serve) -> None:
    async with served() as daemon:
        body = {"kind": "every", "when": "0 9 * * *", "request": "hi", "zone": "Europe/Berlin"}
        made = await daemon.post("/api/schedules", body)
        assert made.status_code == 201 and made.json()["id"] == 1
        assert (await daemon.client.get("/api/schedules")).json() == [made.json()]
        for wrong, status, says in (
            ({**body, "when": "0 99 * * *"}, 400, "bad hour"),
            ({**body, "kind": "often"}, 400, "kind"),
            ({**body, "zone": "Mars"}, 400, "no time zone"),
            ({**body, "app": "cook"}, 404, "no app"),
            ({**body, "model": "nanu"}, 404, "does not exist"),
            ({**body, "workspace": "/nowhere"}, 400, "is not the absolute path"),
            ({**body, "often": 1}, 400, "often is not supported"),
        ):
            answer = await daemon.post("/api/schedules", wrong)
            assert answer.status_code == status and says in answer.json()["error"]["message"], answer.text
        assert (await daemon.client.delete("/api/schedules/1")).json() == {"id": 1}
        assert (await daemon.client.delete("/api/schedules/1")).status_code == 404
        await daemon.post("/api/schedules", {"kind": "at", "when": "now", "request": "hi", "limits": {"tokens": 2}})
        await daemon.until(lambda: any("schedule 2: started process 2" in line for line in daemon.log))
        assert (await daemon.client.get("/api/schedules")).json() == []
