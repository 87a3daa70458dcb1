"""audit, compact and du: without a daemon, through one, and by its settings."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from pathlib import Path

import pytest

from llmasos import history
from tests.apps.daemon.conftest import Run, Start, found
from tests.apps.daemon.test_schedules import until

pytestmark = pytest.mark.filterwarnings("error")
TALK = ("run", "hello", "--limit", "tokens=20")


def test_a_compacted_process_says_so_wherever_it_is_asked_for(llmasos: Run) -> None:
    assert llmasos(*TALK).returncode == 5
    assert llmasos("compact").returncode == 2
    assert llmasos("compact", "--keep-mb", "inf").returncode == 2
    assert json.loads(llmasos("compact", "--keep-days", "1", "--json").stdout) == {"processes": 0, "bytes": 0}
    assert llmasos("compact", "--keep-days", "1").stdout == "compacted 0 processes, 0.00 MB\n"
    assert llmasos("replay", "2").returncode == 0
    assert llmasos("compact", "--keep-days", "0").stdout.startswith("compacted 1 process, ")
    for words in (["strace", "2"], ["strace", "2", "-f"], ["replay", "2"], ["diff", "2", "2"]):
        done = llmasos(*words)
        assert done.returncode == 3 and "process 2 was compacted on 20" in done.stderr
    for words in (["checkpoint", "2", "x.json"], ["branch", "2"]):
        assert llmasos(*words).returncode == 3
    shown = llmasos("logs", "2").stdout.splitlines()
    assert ["spawn agent" in shown[0], "records of" in shown[1], "exit 5" in shown[2]] == [True] * 3
    assert "exited 5" in llmasos("ps", "-a").stdout
    assert llmasos("wait", "2").returncode == 5
    assert "compacted" in llmasos("du", "-a").stdout
    assert llmasos("audit", "--verify").stdout == "whole: 3 records of 1 processes, 1 of them compacted\n"


def test_a_daemon_compacts_when_asked_and_by_its_settings(
    serve: Start,
    llmasos: Run,
    home: Path,
    environment: dict[str, str],
) -> None:
    llmasos(*TALK)
    process = serve()
    llmasos(*TALK)
    assert llmasos("compact", "--keep-mb", "0").stdout.startswith("compacted 2 processes, ")
    llmasos(*TALK)
    assert llmasos("stop").returncode == 0
    process.wait()
    environment["LLMASOS_JOURNAL_KEEP_DAYS"] = "0"
    serve()
    until(lambda: all(size.compacted for size in history.sizes(home)))
    kinds = [record["kind"] for record in found(home).request("GET", "/api/processes/4/journal")]
    assert kinds == ["spawn", "compacted", "exit"]
    for words in (["branch", "4"], ["step", "4", "--back", "1"]):
        done = llmasos(*words)
        assert done.returncode == 3 and "process 4 was compacted on 20" in done.stderr


def test_an_edited_journal_is_found(llmasos: Run, home: Path) -> None:
    assert llmasos("audit", "--verify").returncode == 1, "there is none"
    llmasos(*TALK)
    assert llmasos("audit", "--verify").returncode == 0
    assert llmasos("audit", "2", "--verify").returncode == 2
    with sqlite3.connect(home / "journal.db") as db:
        db.execute("UPDATE record SET body = replace(body, 'hello', 'hallo') WHERE kind = 'spawn'")
    db.close()
    done = llmasos("audit", "--verify")
    assert done.returncode == 1 and done.stdout.startswith("process 2: record 1 (spawn, ")
    assert json.loads(llmasos("audit", "--verify", "--json").stdout)["wrong"]
    assert llmasos("run", "hello", "--limit", "tokens=1").returncode == 5
    done = llmasos("audit", "--verify")
    assert done.returncode == 1 and "was set aside" in done.stdout, "the mended journal does not hide it"


def test_a_journal_that_was_cut_is_mended_said_and_gone_on_with(serve: Start, llmasos: Run, home: Path) -> None:
    process = serve()
    living = llmasos("run", "--detach", "hello").stdout.strip()
    assert llmasos("kill", "-STOP", living).returncode == 0
    for _ in range(6):
        assert llmasos("run", "hello", "--limit", "tokens=100").returncode == 5
    assert llmasos("stop").returncode == 0
    process.wait()
    size = (home / "journal.db").stat().st_size
    os.truncate(home / "journal.db", size - 5000)
    process = serve()
    assert process.stderr is not None
    said = process.stderr.readline()
    assert re.search(r"journal was damaged .*: set aside as .*; [1-9]\d* records kept, [1-9]\d* records lost$", said)
    [aside] = [path for path in home.glob("journal.db.damaged-*") if path.stat().st_size == size - 5000]
    assert aside.name in said
    shown = {line.split()[0]: line for line in llmasos("ps").stdout.splitlines()[1:]}
    assert " stopped " in shown[living]
    assert llmasos("kill", "-CONT", living).returncode == 0
    until(lambda: len(found(home).request("GET", f"/api/processes/{living}/journal")) > 5)
    assert llmasos("kill", "-KILL", living).returncode == 0


def test_calls_and_what_was_decided(llmasos: Run, home: Path) -> None:
    assert llmasos("audit").stdout == "TIME  PID  DECISION  CALL  ERROR\n"
    llmasos("run", "hello", "--limit", "tokens=1")
    from llmasos.kernel.journal import Journal, Record

    body = {"seq": 1, "name": "clock", "arguments": {}, "result": "now", "error": None, "seconds": 0.1}
    journal = Journal(home / "journal.db")
    journal.append([Record(2, "result", {**body, "decision": "allow"})])
    journal.append([Record(2, "result", {**body, "seq": 2, "decision": "deny", "error": "EPERM: no"})])
    journal.close()
    lines = llmasos("audit").stdout.splitlines()
    assert len(lines) == 3 and "clock()" in lines[1] and lines[2].endswith("EPERM: no")
    assert len(llmasos("audit", "--denied").stdout.splitlines()) == 2
    assert json.loads(llmasos("audit", "2", "--json").stdout)[1]["decision"] == "deny"
    assert llmasos("audit", "9").returncode == 3


def test_what_the_state_directory_holds(llmasos: Run, home: Path) -> None:
    assert llmasos("du").returncode == 0, "before there is one, too"
    llmasos(*TALK)
    (home / "journal.db.damaged-2026-01-01").write_bytes(b"x" * 100_000)
    held = json.loads(llmasos("du", "--json").stdout)["bytes"]
    assert held["journal"] > 4096 and held["set aside: damaged or of an older format"] >= 100_000
    assert sum(held.values()) == 2 * held["total"]
    assert llmasos("du").stdout.splitlines()[-1].endswith(f"total in {home}")
    assert json.loads(llmasos("du", "-a", "--json").stdout)[0]["pid"] == 2
