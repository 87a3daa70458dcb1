"""What is kept of processes that have ended, and that an edited journal is found out."""

from __future__ import annotations

import contextlib
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from llmasos.errors import LLMasOSError
from llmasos.kernel.journal import Journal, Record
from llmasos.kernel.journal_audit import verify
from llmasos.kernel.retention import ERASED, Keep

DAY = 86400.0
NUM_TOKENS = 20


def life(journal: Journal, pid: int, *, ended: float | None, num_tokens: int = NUM_TOKENS) -> None:
    """A process's records, one commit each."""
    at = (ended or time.time()) - 5
    journal.append([Record(pid, "spawn", {"request": f"request {pid}"}, at)])
    for number in range(num_tokens):
        journal.append([Record(pid, "tokens", {"tokens": [number] * 50}, at)])
    if ended is not None:
        journal.append([Record(pid, "exit", {"exit_code": 0, "answer": f"answer {pid}"}, ended)])


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """Processes 2, 3 and 4 ended 30, 10 and 1 days ago, interleaved with process 5, which lives."""
    opened = Journal(tmp_path / "j.db", say=pytest.fail)
    life(opened, 5, ended=None, num_tokens=3)
    for pid, days in ((2, 30), (3, 10), (4, 1)):
        life(opened, pid, ended=time.time() - days * DAY)
        opened.append([Record(5, "tokens", {"tokens": [pid]})])
    return opened


def kinds(journal: Journal, pid: int) -> list[str]:
    return [record.kind for record in journal.read(pid)]


def test_old_processes_keep_their_beginning_and_their_end(journal: Journal, tmp_path: Path) -> None:
    count, freed = journal.compact(Keep(days=7))
    assert count == 2 and freed > 2 * NUM_TOKENS * 100
    for pid in (2, 3):
        assert kinds(journal, pid) == ["spawn", "compacted", "exit"]
        assert journal.read(pid)[1].body["records"] == NUM_TOKENS
    assert len(kinds(journal, 4)) == NUM_TOKENS + 2 and len(kinds(journal, 5)) == 7
    ends = {spawn.pid: end and end.body["answer"] for spawn, end in journal.processes()}
    assert ends == {2: "answer 2", 3: "answer 3", 4: "answer 4", 5: None}
    assert journal.compact(Keep(days=7)) == (0, 0), "once"
    journal.append([Record(2, "signal", {"signal": "TERM"}), Record(6, "spawn", {})])
    journal.close()
    assert verify(tmp_path / "j.db").wrong == []
    again = Journal(tmp_path / "j.db", say=pytest.fail)
    assert [size.compacted for size in again.sizes()] == [True, True, False, False, False]
    again.close()


def test_what_an_app_wrote_behind_the_exit_goes_too(journal: Journal, tmp_path: Path) -> None:
    """Also where an older llmasos compacted the process and left it there."""
    at = time.time() - 10 * DAY
    journal.append([Record(3, "response", {"answer": "secret"}, at)])
    assert journal.compact(Keep(days=7))[0] == 2
    assert kinds(journal, 3) == ["spawn", "compacted", "exit", "compacted"]
    journal.append([Record(2, "response", {"answer": "secret"}, at), Record(3, "signal", {"signal": "TERM"})])
    assert journal.compact(Keep(days=7))[0] == 2
    assert kinds(journal, 2) == ["spawn", "compacted", "exit", "compacted"]
    assert kinds(journal, 3) == ["spawn", "compacted", "exit", "compacted", "compacted"]
    assert journal.compact(Keep(days=7)) == (0, 0)
    journal.close()
    assert verify(tmp_path / "j.db").wrong == [] and verify(tmp_path / "j.db").compacted == 2
    again = Journal(tmp_path / "j.db", say=pytest.fail)
    again.append([Record(3, "signal", {"signal": "INT"})])
    again.close()
    assert verify(tmp_path / "j.db").wrong == []


SECRET = "xylophone"


def holds(folder: Path, text: str) -> list[str]:
    """The files with a text in any of their bytes."""
    return sorted(path.name for path in folder.iterdir() if text.encode() in path.read_bytes())


@pytest.mark.parametrize("compacted", [False, True])
@pytest.mark.parametrize("num_tokens", [0, 1, 400])
def test_an_erased_process_leaves_no_text_in_any_byte(tmp_path: Path, compacted: bool, num_tokens: int) -> None:
    path = tmp_path / "j.db"
    journal = Journal(path, say=pytest.fail)
    life(journal, 2, ended=time.time(), num_tokens=400)
    journal.append([Record(3, "spawn", {"request": SECRET, "app": "response"})])
    for number in range(num_tokens):
        journal.append([Record(3, "message", {"content": f"{SECRET} {number}" * 9})])
    journal.append([Record(3, "exit", {"exit_code": 0, "answer": SECRET * 900, "error": None})])
    journal.append([Record(3, "response", {"answer": SECRET * 900})])
    journal.append([Record(4, "spawn", {"request": "another"})])
    if compacted:
        assert journal.compact(Keep(days=0))[0] == 2
        assert journal.compact(Keep(days=0))[0] == 0
    assert holds(tmp_path, SECRET)
    journal.erase(3)
    assert holds(tmp_path, SECRET) == [], "with the journal open"
    records = journal.read(3)
    assert [record.kind for record in records if record.kind != "compacted"] == ["spawn", "exit"]
    assert records[0].body == {"request": ERASED, "app": "response"}
    assert journal.read(3, ["exit"])[0].body == {"exit_code": 0, "answer": None, "error": None}
    assert all(record.body["erased"] for record in records if record.kind == "compacted")
    journal.append([Record(3, "signal", {"signal": "TERM"}), Record(5, "spawn", {"request": "more"})])
    journal.erase(3)
    with pytest.raises(LLMasOSError, match="process 5 has not ended"):
        journal.erase(5)
    journal.close()
    assert verify(path).wrong == [] and holds(tmp_path, SECRET) == []
    again = Journal(path, say=pytest.fail)
    assert again.last_pid() == 5 and len(kinds(again, 2)) == (3 if compacted else 402)
    again.close()


def test_a_reader_delays_only_the_last_trace(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    journal = Journal(path, say=pytest.fail)
    journal.append([Record(2, "spawn", {"request": SECRET}), Record(2, "exit", {"answer": SECRET, "error": None})])
    with contextlib.closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM record").fetchone()
        journal.erase(2)
        assert SECRET not in str(journal.read(2)) and holds(tmp_path, SECRET)
    journal.close()
    assert holds(tmp_path, SECRET) == []


def test_a_size_is_kept_by_the_oldest_going_first(journal: Journal) -> None:
    whole = sum(size.num_bytes for size in journal.sizes())
    third = next(size.num_bytes for size in journal.sizes() if size.pid == 2)
    assert journal.compact(Keep(mb=(whole - third / 2) / 2**20))[0] == 1
    assert [size.pid for size in journal.sizes() if size.compacted] == [2]
    assert journal.compact(Keep(mb=0))[0] == 2, "who lives is never touched"
    assert len(kinds(journal, 5)) == 7
    assert journal.compact(Keep()) == (0, 0)
    journal.close()


def test_the_file_gets_smaller(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.db", say=pytest.fail)
    life(journal, 2, ended=time.time() - DAY, num_tokens=0)
    for pid in range(3, 23):
        body = {"text": "x" * 100_000}
        journal.append([Record(pid, "spawn", {}), *[Record(pid, "message", body)] * 3, Record(pid, "exit", {})])
    journal.compact(Keep(days=0), give_back=True)
    assert (tmp_path / "j.db").stat().st_size < 1_000_000
    assert len(list(journal.processes())) == 21
    journal.close()
    assert verify(tmp_path / "j.db").wrong == []


def test_kill_9_leaves_each_process_whole_or_compacted(tmp_path: Path) -> None:
    """Killed again and again while it compacts and gives back: nothing is damaged, nothing else is lost."""
    path = tmp_path / "j.db"
    num_compacted = 0
    program = (
        "import sys\nfrom pathlib import Path\nfrom llmasos.kernel.journal import Journal\n"
        "from llmasos.kernel.retention import Keep\n"
        f"j = Journal(Path({str(path)!r}))\nprint('at work', flush=True)\n"
        "j.compact(Keep(days=0), give_back=True)\n"
    )
    for round_ in range(6):
        path.unlink(missing_ok=True)
        for beside in tmp_path.glob("j.db*"):
            beside.unlink()
        journal = Journal(path, say=pytest.fail)
        for pid in range(2, 200):
            tokens = [Record(pid, "tokens", {"tokens": [pid] * 2000})] * 4
            journal.append([Record(pid, "spawn", {}), *tokens, Record(pid, "exit", {"answer": str(pid)})])
        journal.close()
        child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
        assert child.stdout is not None and child.stdout.readline()
        time.sleep(random.Random(round_).random() * 0.05)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        journal = Journal(path, say=pytest.fail)
        found = {pid: kinds(journal, pid) for pid in range(2, 200)}
        assert all(k in (["spawn", *["tokens"] * 4, "exit"], ["spawn", "compacted", "exit"]) for k in found.values())
        num_compacted += sum(len(k) == 3 for k in found.values())
        assert [end and end.body["answer"] for _, end in journal.processes()] == [str(pid) for pid in range(2, 200)]
        journal.close()
        assert verify(path).wrong == []
    assert num_compacted > 0


@pytest.mark.parametrize("compacted", [False, True])
@pytest.mark.parametrize(
    ("edit", "says"),
    [
        ("UPDATE record SET body = replace(body, '0', '1') WHERE pid = 4 AND kind = 'exit'", "process 4: record"),
        ("UPDATE record SET at = at + 60 WHERE pid = 2 AND kind = 'spawn'", "process 2: record"),
        ("UPDATE record SET kind = 'message' WHERE pid = 5 AND kind = 'spawn'", "process 5: record"),
        ("DELETE FROM record WHERE pid = 4 AND kind = 'spawn'", "process 4: record"),
        ("DELETE FROM record WHERE pid = 3", "records are missing"),
        ("DELETE FROM record WHERE seq = (SELECT max(seq) FROM record)", "the last 1 records are gone"),
        ("UPDATE record SET pid = 4 WHERE pid = 5 AND kind = 'spawn'", "does not follow"),
        ("INSERT INTO record VALUES (1000, 9, 'spawn', 1.0, '{}', x'00')", "process 9: record 1000"),
    ],
)
def test_an_edit_is_found(journal: Journal, tmp_path: Path, edit: str, says: str, compacted: bool) -> None:
    if compacted:
        assert journal.compact(Keep(days=7))[0] == 2
    journal.close()
    path = tmp_path / "j.db"
    assert verify(path).wrong == []
    with sqlite3.connect(path) as db:
        assert db.execute(edit).rowcount >= 1
    db.close()
    assert any(says in line for line in verify(path).wrong), verify(path).wrong


def test_a_compacted_record_that_was_edited_is_found_and_mended(journal: Journal, tmp_path: Path) -> None:
    journal.compact(Keep(days=7))
    journal.close()
    path = tmp_path / "j.db"
    for body in ('{"records": 3}', "[]", '{"records": 2, "bytes": 1, "chain": "zz"}'):
        with sqlite3.connect(path) as db:
            db.execute("UPDATE record SET body = ? WHERE kind = 'compacted' AND pid = 3", (body,))
        db.close()
        assert any("process 3: " in line for line in verify(path).wrong)
    said: list[str] = []
    mended = Journal(path, say=said.append)
    assert "process 3: its chain of hashes is broken" in said[0]
    assert kinds(mended, 2) == ["spawn", "compacted", "exit"] and kinds(mended, 3) == ["spawn"]
    mended.append([Record(6, "spawn", {})])
    mended.close()
    (line,) = verify(path).wrong
    assert "damaged" in line and "set aside" in line
    Journal(path, say=pytest.fail).close()


def test_there_must_be_a_journal(tmp_path: Path) -> None:
    with pytest.raises(LLMasOSError, match="no journal"):
        verify(tmp_path / "j.db")
    (tmp_path / "j.db").write_bytes(b"no database" * 100)
    assert "cannot be read" in verify(tmp_path / "j.db").wrong[0]


def test_a_journal_that_is_written_to_meanwhile_is_whole(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.db", say=pytest.fail)
    journal.append([Record(2, "spawn", {})])
    ends = threading.Event()

    def write() -> None:
        while not ends.is_set():
            journal.append([Record(2, "tokens", {"tokens": [1] * 20})] * 3)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(30):
            assert verify(tmp_path / "j.db").wrong == []
    finally:
        ends.set()
        writer.join()
        journal.close()
