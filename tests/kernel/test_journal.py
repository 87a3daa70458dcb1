"""The journal: commits before it answers, keeps its order, survives what a file may suffer."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from llmasos.errors import LLMasOSError, StateLocked, StorageError
from llmasos.kernel.journal import Journal, Record, StateLock
from llmasos.kernel.journal_audit import verify


def test_records_come_back_in_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.db")
    first = journal.append([Record(2, "spawn", {"app": "agent"}), Record(2, "segment", {"text": "h\ud800i é"})])
    last = journal.append([Record(3, "spawn", {"app": "other"})])
    assert first < last
    assert [r.kind for r in journal.read(2)] == ["spawn", "segment"]
    assert journal.read(2, ["segment"])[0].body == {"text": "h\ud800i é"}
    assert journal.last_pid() == 3
    journal.close()


def test_processes_pair_their_spawn_with_their_exit(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.db")
    journal.append(
        [Record(2, "spawn", {"app": "a"}), Record(3, "spawn", {"app": "b"}), Record(2, "exit", {"exit_code": 0})]
    )
    assert [(s.pid, e and e.body) for s, e in journal.processes()] == [(2, {"exit_code": 0}), (3, None)]
    journal.close()


def test_a_reader_beside_the_writer_sees_what_was_committed(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.db")
    journal.append([Record(2, "spawn", {})])
    reader = Journal(tmp_path / "j.db", read_only=True)
    assert reader.last_pid() == 2
    with pytest.raises(LLMasOSError, match="readonly"):
        reader.append([Record(3, "spawn", {})])
    reader.close()
    journal.close()


def _mounted(folder: Path) -> bool:
    """A small file system of its own there, where that is permitted."""
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    return shutil.which("mount") is not None and subprocess.run(command, capture_output=True).returncode == 0


def test_a_full_disk_refuses_whole_commits_and_work_goes_on_when_there_is_room(tmp_path: Path) -> None:
    """On a file system of its own, where one may be mounted; else within SQLite's own limit on pages."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = _mounted(disk)
    try:
        journal = Journal(disk / "j.db")
        journal.append([Record(2, "spawn", {})])
        if mounted:
            (disk / "ballast").write_bytes(b"x" * (os.statvfs(disk).f_bavail * os.statvfs(disk).f_bsize - 65536))
        else:
            journal._db.execute("PRAGMA max_page_count = 20")
        written = 0
        with pytest.raises(StorageError, match="full"):
            for written in range(1000):
                journal.append([Record(2, "tokens", {"n": written, "pad": "x" * 1000}), Record(2, "tokens", {})])
        with pytest.raises(StorageError):
            journal.append([Record(2, "tokens", {"pad": "x" * 100_000})])
        assert len(journal.read(2)) == 1 + 2 * written, "a commit is whole or not there"
        if mounted:
            (disk / "ballast").unlink()
        else:
            journal._db.execute("PRAGMA max_page_count = 1000000")
        journal.append([Record(2, "exit", {"exit_code": 0})])
        journal.close()
        said: list[str] = []
        again = Journal(disk / "j.db", say=said.append)
        assert [r.kind for r in again.read(2)][-1] == "exit" and said == [], "its chain is whole"
        again.close()
    finally:
        if mounted:
            subprocess.run(["umount", disk], check=True)


def test_what_is_owed_is_written_before_it_closes(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.db")
    journal.append([Record(2, "spawn", {})])
    journal.owe([Record(2, "exit", {"exit_code": 1})])
    journal.close()
    journal = Journal(tmp_path / "j.db")
    assert [record.kind for record in journal.read(2)] == ["spawn", "exit"]
    journal.close()


def test_threads_append_whole_commits(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.db")

    def write(pid: int) -> None:
        for n in range(50):
            journal.append([Record(pid, "tokens", {"n": n}), Record(pid, "tokens", {"n": n + 0.5})])

    threads = [threading.Thread(target=write, args=(pid,)) for pid in range(2, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for pid in range(2, 6):
        values = [r.body["n"] for r in journal.read(pid)]
        assert values == [n / 2 for n in range(100)]
    journal.close()


def test_nothing_acknowledged_is_lost_to_kill_9(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom llmasos.kernel.journal import Journal, Record\n"
        f"j = Journal(Path({str(tmp_path / 'j.db')!r}))\n"
        "for n in range(10**9):\n    j.append([Record(2, 'tokens', {'n': n})]); print(n, flush=True)\n"
    )
    for round_ in range(5):
        child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        seen = [int(child.stdout.readline()) for _ in range(20 + 30 * round_)]
        os.kill(child.pid, signal.SIGKILL)
        rest = [int(line) for line in child.stdout.read().split("\n")[:-1]]
        child.stdout.close()
        child.wait()
        journal = Journal(tmp_path / "j.db")
        kept = [r.body["n"] for r in journal.read(2)]
        journal.close()
        last = (seen + rest)[-1]
        restart = len(kept) - 1 - kept[::-1].index(0)
        assert kept[restart:][: last + 1] == list(range(last + 1))


def test_a_file_that_is_no_journal_is_set_aside_and_said(tmp_path: Path) -> None:
    junk = b"not a database at all, but long enough to have a header" * 20
    (tmp_path / "j.db").write_bytes(junk)
    said: list[str] = []
    journal = Journal(tmp_path / "j.db", say=said.append)
    assert journal.last_pid() == 0
    journal.close()
    assert "not a database" in said[0] and "nothing could be read" in said[0]
    assert [p.read_bytes() for p in tmp_path.glob("j.db.damaged-*")] == [junk]


def test_a_newer_format_is_refused_and_an_older_one_migrated(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "j.db") as db:
        db.executescript(
            "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL); INSERT INTO meta VALUES ('format', '1');"
            "CREATE TABLE record (seq INTEGER PRIMARY KEY AUTOINCREMENT, pid INTEGER NOT NULL, kind TEXT NOT NULL,"
            " at REAL NOT NULL, body TEXT NOT NULL);"
            "INSERT INTO record (pid, kind, at, body) VALUES"
            """ (2, 'spawn', 1.5, '{"app": "a"}'), (2, 'exit', 2.5, '{}');"""
        )
    db.close()
    said: list[str] = []
    journal = Journal(tmp_path / "j.db", say=said.append)
    assert [r.kind for r in journal.read(2)] == ["spawn", "exit"]
    journal.append([Record(2, "tokens", {})])
    journal.close()
    assert len(said) == 1 and "format 1 to 2" in said[0] and len(list(tmp_path.glob("j.db.format1-*"))) == 1
    with sqlite3.connect(tmp_path / "j.db") as db:
        db.execute("UPDATE meta SET value = '4'")
    db.close()
    with pytest.raises(LLMasOSError, match="format 4, this llmasos reads 2 and 3"):
        Journal(tmp_path / "j.db")


def filled(path: Path, *, closed: bool) -> list[Record]:
    """A journal of some processes, as `kill -9` would leave it or closed in order."""
    journal = Journal(path)
    for n in range(40):
        journal.append([Record(2 + n % 3, "tokens", {"n": n, "text": "x" * (n * 7 % 300)}, at=float(n + 1))])
    records = [record for pid in (2, 3, 4) for record in journal.read(pid)]
    if closed:
        journal.close()
    else:
        for name in (path.name, f"{path.name}-wal", f"{path.name}.tail"):
            shutil.copy(path.with_name(name), path.with_name("k" + name))
        journal.close()
        for name in (path.name, f"{path.name}-wal", f"{path.name}.tail"):
            path.with_name("k" + name).replace(path.with_name(name))
    return records


def opened(path: Path) -> tuple[list[str], list[Record]]:
    said: list[str] = []
    journal = Journal(path, say=said.append)
    found = [record for pid in (2, 3, 4) for record in journal.read(pid)]
    journal.append([Record(2, "exit", {})])
    journal.close()
    return said, found


def check_prefixes(before: list[Record], after: list[Record]) -> None:
    for pid in (2, 3, 4):
        one, other = ([r for r in records if r.pid == pid] for records in (before, after))
        assert other == one[: len(other)], "what is kept is the beginning, as it was"


@pytest.mark.timeout(600)
def test_cut_at_any_byte_it_opens_and_keeps_the_beginning(tmp_path: Path) -> None:
    """Cuts of what a crash leaves: the log of writes, whose end may never have reached the disk."""
    chance = random.Random(3)
    before = filled(tmp_path / "j.db", closed=False)
    wal, whole = tmp_path / "j.db-wal", (tmp_path / "j.db-wal").read_bytes()
    main, tail = (tmp_path / "j.db").read_bytes(), (tmp_path / "j.db.tail").read_bytes()
    num_cuts = int(os.environ.get("LLMASOS_CUTS", "60"))
    for n in range(num_cuts):
        at = chance.randrange(len(whole) + 1) if n else 0
        (tmp_path / "j.db").write_bytes(main)
        (tmp_path / "j.db.tail").write_bytes(tail)
        wal.write_bytes(whole[:at])
        said, after = opened(tmp_path / "j.db")
        check_prefixes(before, after)
        assert said or after == before, "what is lost is said"
    print(f"{num_cuts} truncations of the log that a crash leaves: all opened, with the beginning, and all loss said")


@pytest.mark.timeout(600)
def test_damaged_anywhere_it_opens_and_what_is_lost_is_said(tmp_path: Path) -> None:
    chance = random.Random(5)
    num_said = 0
    num_damages = int(os.environ.get("LLMASOS_DAMAGES", "40"))
    for n in range(num_damages):
        folder = tmp_path / str(n)
        folder.mkdir()
        before = filled(folder / "j.db", closed=chance.random() < 0.5)
        victim = chance.choice([p for p in (folder / "j.db", folder / "j.db-wal") if p.exists()])
        data = bytearray(victim.read_bytes())
        at = chance.randrange(len(data))
        for i in range(at, min(len(data), at + chance.choice((1, 8, 512)))):
            data[i] ^= chance.randrange(1, 256)
        victim.write_bytes(data)
        said, after = opened(folder / "j.db")
        check_prefixes(before, after)
        assert said or after == before, f"damage {n} at {at} of {victim.name} was not said"
        num_said += bool(said)
    print(f"{num_damages} damages of small files: all opened, {num_said} of them said, no loss without a word")
    assert num_said >= 5, "some damage hits free space and old copies of pages"


def test_a_second_owner_is_told_who_holds_the_state(tmp_path: Path) -> None:
    first, second = StateLock(tmp_path), StateLock(tmp_path)
    first.acquire()
    with pytest.raises(StateLocked, match=f"pid {os.getpid()}"):
        second.acquire()
    first.release()
    second.acquire()
    second.release()


@pytest.mark.parametrize("tail", [b"?" * 16, b"?" * 5, b"?" * 40])
def test_a_damaged_count_is_said_and_is_no_number(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, tail: bytes
) -> None:
    path = tmp_path / "j.db"
    journal = Journal(path)
    journal.append([Record(2, "spawn", {"request": "hi"})])
    journal.close()
    assert len((tmp_path / "j.db.tail").read_bytes()) == 16
    (tmp_path / "j.db.tail").write_bytes(tail)
    assert "cannot be told" in verify(path).wrong[0]
    Journal(path).close()
    assert "j.db.tail is damaged" in caplog.text
    assert verify(path).wrong == []
    (tmp_path / "j.db.tail").write_bytes(struct.pack("<Q", 9))  # as an older llmasos wrote it
    Journal(path).close()
    assert "last 8 records are gone" in caplog.text
