"""A cut or damaged journal: all that its pages still hold is kept, what is lost is said, the original is untouched."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pytest

from llmasos.errors import LLMasOSError
from llmasos.kernel.journal import Journal, Record
from llmasos.kernel.journal_audit import verify
from llmasos.kernel.journal_pages import rows
from llmasos.kernel.journal_schema import PAGES
from llmasos.kernel.retention import Keep

PAGE = 4096
FRAME = PAGE + 24
PIDS = (2, 3, 4)
NAMES = ("journal.db", "journal.db-wal", "journal.db.tail")
CUTS = int(os.environ.get("LLMASOS_CUTS", "60"))
DAMAGES = int(os.environ.get("LLMASOS_DAMAGES", "40"))
Files = dict[str, bytes]


@dataclass(frozen=True)
class State:
    """The files of a journal as they were left, and what was in it."""

    files: Files
    records: list[Record]


def text(n: int, size: int) -> str:
    """Every few bytes of it are found nowhere else."""
    return "".join(f"<{n}.{i}>" for i in range(size // 8))


def records(journal: Journal) -> list[Record]:
    return sorted((record for pid in PIDS for record in journal.read(pid)), key=lambda record: record.seq)


def held(folder: Path) -> Files:
    return {name: (folder / name).read_bytes() for name in NAMES if (folder / name).exists()}


def left(folder: Path, *, closed: bool, num_records: int = 240, half: bool = True) -> State:
    """A journal of three processes, with bodies within a page and over many: stopped in order, or by `kill -9`.

    With `half` its file has all that it had at the half, else its log has it all.
    """
    folder.mkdir()
    chance = random.Random(11)
    journal = Journal(folder / "journal.db")
    for n in range(num_records):
        size = 20_000 if n % 29 == 7 else chance.randrange(900)
        journal.append([Record(PIDS[n % 3], "tokens", {"n": n, "text": text(n, size)}, at=n + 1.0)])
        if half and n == num_records // 2:
            journal._db.execute("PRAGMA wal_checkpoint(PASSIVE)")
    found, files = records(journal), held(folder)
    journal.close()
    return State(held(folder) if closed else files, found)


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> State:
    return left(tmp_path_factory.mktemp("stopped") / "state", closed=True)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> State:
    return left(tmp_path_factory.mktemp("killed") / "state", closed=False)


def pieces(data: bytes) -> set[bytes]:
    return set(re.findall(rb'<[\d.]+>|"n": \d+,', data))


def promised(state: State, files: Files) -> dict[int, int]:
    """How many records of each process must be kept: up to the first of which a page is not whole any more.

    Found without knowing how pages are read: by the bytes of the records.
    """
    gone = pieces(whole_pages(state.files)) - pieces(whole_pages(files))
    counts = dict.fromkeys(PIDS, 0)
    broken = set()
    for record in state.records:
        if not gone.isdisjoint(pieces(json.dumps(record.body).encode())):
            broken.add(record.pid)
        counts[record.pid] += record.pid not in broken
    return counts


def whole_pages(files: Files) -> bytes:
    main, log = files["journal.db"], files.get("journal.db-wal", b"")
    frames = [log[at : at + FRAME] for at in range(32, len(log) - FRAME + 1, FRAME)]
    last = max((n for n, frame in enumerate(frames) if frame[4:8] != bytes(4)), default=-1)
    return main[: len(main) // PAGE * PAGE] + b"".join(frames[: last + 1])


def opened(folder: Path, files: Files) -> tuple[list[str], list[Record]]:
    """What is said and what is there when it is opened; that it can be written to, and is whole from then on."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    said: list[str] = []
    journal = Journal(folder / "journal.db", say=said.append)
    found = records(journal)
    journal.append([Record(2, "exit", {})])
    journal.close()
    check_aside(folder, files)
    return said, found


def check_aside(folder: Path, files: Files) -> None:
    aside = [path for path in folder.glob("journal.db.damaged-*") if not path.name.endswith(("-shm", "-wal"))]
    for path in aside:
        assert path.read_bytes() == files["journal.db"], "what is set aside is as it was"
        log = path.with_name(path.name + "-wal")
        assert (log.read_bytes() if log.exists() else b"") == files.get("journal.db-wal", b"")
    wrong = [line for line in verify(folder / "journal.db").wrong if "set aside" not in line]
    assert wrong == [] and len(aside) <= 1


def without(files: Files, name: str, at: int, num_bytes: int) -> Files:
    """With nothing in the pages that those bytes touch."""
    start, size = (32, FRAME) if name.endswith("-wal") else (0, PAGE)
    first, last = max(at - start, 0) // size, max(at + num_bytes - 1 - start, 0) // size
    data, end = files[name], start + (last + 1) * size
    blank = bytes(min(end, len(data)) - start - first * size)
    return files | {name: data[: start + first * size] + blank + data[end:]}


def num_lost(said: list[str]) -> int:
    """As many as are said in all lines."""
    patterns = (r"(\d+) records lost", r"last (\d+) records are gone")
    return sum(int(number) for line in said for pattern in patterns for number in re.findall(pattern, line))


def check(state: State, files: Files, said: list[str], found: list[Record], what: str) -> None:
    """`files`: what is surely left."""
    counts = promised(state, files)
    for pid in PIDS:
        before, after = ([r for r in records if r.pid == pid] for records in (state.records, found))
        assert after == before[: len(after)], f"{what}: what is kept is the beginning, as it was"
        assert len(after) >= counts[pid], f"{what}: {said}"
    assert num_lost(said) == len(state.records) - len(found), f"{what}: {said}"


def cut(state: State, name: str, chance: random.Random) -> Files:
    whole = state.files[name]
    return state.files | {name: whole[: chance.randrange(len(whole) + 1)]}


@pytest.mark.timeout(600)
def test_cut_anywhere_it_opens_with_all_that_is_left(tmp_path: Path, stopped: State, killed: State) -> None:
    """Cuts of the main file after a stop, and after a `kill -9` of it, of the log beside it, and of both."""
    chance = random.Random(7)
    kept = total = num_said = 0
    for n in range(CUTS):
        state = stopped if n % 4 == 0 else killed
        files = cut(state, "journal.db-wal" if n % 4 == 1 else "journal.db", chance)
        if n % 4 == 3:
            files |= {"journal.db-wal": cut(state, "journal.db-wal", chance)["journal.db-wal"]}
        said, found = opened(tmp_path / "state", files)
        check(state, files, said, found, f"cut {n} to {[len(data) for data in files.values()]}")
        kept, total, num_said = kept + len(found), total + len(state.records), num_said + bool(said)
    counts = [len(range(first, CUTS, 4)) for first in range(4)]
    of = "{} truncations of the main file after a stop and {} after kill -9, {} of the log, {} of both"
    print(
        of.format(counts[0], counts[2], counts[1], counts[3]) + f": all opened, {kept} of {total} records kept, every"
        f" one whose pages were whole (of each process up to the first lost), {total - kept} lost and said"
    )
    assert num_said > CUTS // 2


@pytest.mark.timeout(600)
def test_damaged_anywhere_all_that_is_left_is_kept(tmp_path: Path, stopped: State, killed: State) -> None:
    """Of a few bytes or some pages; every fourth in the header that SQLite needs to read anything."""
    chance = random.Random(9)
    kept = total = num_said = 0
    for n in range(DAMAGES):
        state = stopped if n % 2 else killed
        name = "journal.db-wal" if n % 4 == 2 else "journal.db"
        data = bytearray(state.files[name])
        at = chance.randrange(100) if n % 4 == 0 else chance.randrange(len(data))
        num_bytes = min(chance.choice((1, 8, 512, 3 * PAGE)) if n % 4 else 4, len(data) - at)
        data[at : at + num_bytes] = chance.randbytes(num_bytes)
        said, found = opened(tmp_path / "state", state.files | {name: bytes(data)})
        surely = without(state.files, name, at, num_bytes)
        check(state, surely, said, found, f"damage {n}, {num_bytes} at {at} of {name}")
        kept, total, num_said = kept + len(found), total + len(state.records), num_said + bool(said)
    print(
        f"{DAMAGES} damages of the files, every fourth of the header: all opened, {num_said} of them said, {kept} of"
        f" {total} records kept, every one whose pages were untouched (as above), {total - kept} lost and said"
    )


@pytest.mark.parametrize("which", ["stopped", "killed"])
def test_a_header_that_is_damaged_costs_nothing(tmp_path: Path, which: str, request: pytest.FixtureRequest) -> None:
    """Each field of it, and all."""
    state = request.getfixturevalue(which)
    fields = [(0, 16), (16, 18), *((at, at + 1) for at in range(18, 24)), *((at, at + 4) for at in range(24, 100, 4))]
    for start, end in [*fields, (0, 100)]:
        for byte in (b"\0", b"\3", b"\xff"):
            data = state.files["journal.db"]
            damaged = data[:start] + byte * (end - start) + data[end:]
            said, found = opened(tmp_path / "state", state.files | {"journal.db": damaged})
            assert found == state.records, f"bytes {start} to {end}: {said}"
            assert all(line.count("\n") == 0 and " 0 records lost" in line for line in said)


@pytest.mark.parametrize("cut_to", [None, 0, 700, PAGE])
def test_what_is_in_the_log_is_kept_when_the_file_is_gone(tmp_path: Path, cut_to: int | None) -> None:
    """SQLite removes the log of a file that is empty or not there."""
    state = left(tmp_path / "left", closed=False, num_records=100, half=False)
    files = state.files | {"journal.db": state.files["journal.db"][:cut_to]}
    if cut_to is None:
        files.pop("journal.db")
    said, found = opened(tmp_path / "state", files)
    assert found == state.records
    assert bool(said) == (not cut_to), "with any of its file SQLite has all it needs"


@pytest.mark.parametrize("at", [0, 16, 24, 32, 40, 100, 5 * FRAME + 2000])
def test_a_log_is_read_behind_what_is_wrong_in_it(tmp_path: Path, killed: State, at: int) -> None:
    """SQLite takes the first wrong byte for the log's end, as after a power failure."""
    log = killed.files["journal.db-wal"]
    files = killed.files | {"journal.db-wal": log[:at] + b"\xff" * 8 + log[at + 8 :]}
    said, found = opened(tmp_path / "state", files)
    assert len(said) == 1 and "set aside" in said[0]
    assert len(found) >= len(killed.records) - 6 and num_lost(said) == len(killed.records) - len(found)


def test_a_record_over_many_pages_goes_with_any_of_them(tmp_path: Path, stopped: State) -> None:
    long = next(record for record in stopped.records if len(record.body["text"]) > 10_000)
    data = bytearray(stopped.files["journal.db"])
    at = data.index(f"<{long.body['n']}.1500>".encode())
    data[at] ^= 1
    said, found = opened(tmp_path / "state", stopped.files | {"journal.db": bytes(data)})
    of_it = [record for record in found if record.pid == long.pid]
    assert of_it == [record for record in stopped.records if record.pid == long.pid and record.seq < long.seq]
    assert len(found) - len(of_it) == sum(record.pid != long.pid for record in stopped.records) and len(said) == 1


def test_a_second_repair_says_what_it_lost_itself(tmp_path: Path, stopped: State) -> None:
    data = stopped.files["journal.db"]
    first, found = opened(tmp_path / "state", stopped.files | {"journal.db": data[: len(data) - 20_000]})
    assert num_lost(first) == len(stopped.records) - len(found) > 0
    files = held(tmp_path / "state")
    again, _ = opened(tmp_path / "again", files | {"journal.db": b"\0" * 100 + files["journal.db"][100:]})
    assert f"{len(found) + 1} records kept, 0 records lost" in again[0]


@pytest.mark.parametrize("step", ["the journal is set aside", "its log is set aside"])
def test_a_repair_that_is_killed_is_done_by_the_next_start(
    tmp_path: Path, killed: State, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    files = killed.files | {"journal.db": killed.files["journal.db"][:-30_000]}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    rename, renamed = Path.rename, list[Path]()

    def dying(path: Path, target: Path) -> Path:
        if len(renamed) == (2 if step == "the journal is set aside" else 3):
            raise KeyboardInterrupt
        renamed.append(path)
        return rename(path, target)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Path, "rename", dying)
        Journal(folder / "journal.db")
    assert renamed[1].name == "journal.db" and not (folder / "journal.db").exists()
    journal = Journal(folder / "journal.db", say=lambda said: None)
    found = records(journal)
    journal.close()
    assert found == opened(tmp_path / "other", files)[1]
    logs = [path.read_bytes() for path in folder.glob("journal.db.damaged-*-wal")]
    assert logs == [files["journal.db-wal"]] and not list(folder.glob("*.mend*"))


def test_a_change_that_was_cut_off_before_there_was_a_log_is_no_damage(tmp_path: Path, stopped: State) -> None:
    for name, data in stopped.files.items():
        (tmp_path / name).write_bytes(data)
    path = tmp_path / "journal.db"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA cache_size = 1")
        db.execute("BEGIN")
        db.execute("UPDATE record SET body = '{}', chain = x''")
        (tmp_path / "killed").mkdir()
        for file in (path, tmp_path / "journal.db-journal"):
            shutil.copy(file, tmp_path / "killed")
    said: list[str] = []
    journal = Journal(tmp_path / "killed" / "journal.db", say=said.append)
    assert records(journal) == stopped.records and said == []
    journal.close()


def test_a_repair_that_finds_no_room_leaves_all_as_it_was(tmp_path: Path, stopped: State) -> None:
    files = stopped.files | {"journal.db": stopped.files["journal.db"][:-5000]}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "journal.db.mending").mkdir()
    with pytest.raises(LLMasOSError, match="cannot be mended"):
        Journal(tmp_path / "journal.db")
    assert {name: data for name, data in held(tmp_path).items() if data} == files


def test_what_was_taken_away_does_not_come_back(tmp_path: Path) -> None:
    """A process was compacted; older pages, in the file beneath its log, still have what it said."""
    (tmp_path / "state").mkdir()
    journal = Journal(tmp_path / "state" / "journal.db")
    journal.append([Record(2, "spawn", {"app": "a", "request": "r"})])
    journal.append([Record(2, "tokens", {"text": text(n, 500)}) for n in range(30)])
    journal.append([Record(2, "exit", {"exit_code": 0}), Record(3, "spawn", {})])
    journal._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    journal.compact(Keep(days=0))
    retained = [record.kind for record in journal.read(2)]
    files = held(tmp_path / "state")
    journal.close()
    assert retained == ["spawn", "compacted", "exit"]
    damaged = b"\0" * 100 + files["journal.db"][100:]
    said, found = opened(tmp_path / "again", {**files, "journal.db": damaged})
    assert [record.kind for record in found if record.pid == 2] == retained and "0 records lost" in said[0]


def test_rows_are_read_as_sqlite_reads_them(tmp_path: Path) -> None:
    """Numbers of every length, floats stored as whole numbers, and values on overflow pages of every length."""
    path = tmp_path / "any.db"
    numbers = [sign * (1 << bits) + by for bits in range(0, 63, 3) for sign in (1, -1) for by in (-1, 0, 1)]
    sizes = [*range(40), *range(4020, 4080), 8150, 8151, 8200, 100_000]
    with sqlite3.connect(path) as db:
        db.execute(PAGES)
        db.execute("CREATE TABLE t (i INTEGER, r REAL, s TEXT, b BLOB, n)")
        db.executemany("INSERT INTO t VALUES (?, ?, 'é', x'00', NULL)", [(n, n / 2) for n in numbers])
        db.executemany("INSERT INTO t VALUES (0, 1, ?, ?, 1.5)", [("é" * n, bytes(n)) for n in sizes])
        db.executemany("INSERT INTO t (rowid, i) VALUES (?, 1)", [(n,) for n in numbers if n < -1 or n > 1 << 12])
        wanted = sorted(db.execute("SELECT rowid, * FROM t").fetchall())
    db.close()
    got = sorted((row.number, *row.values) for row in rows(path) if len(row.values) == 5 and row.values[0] != "table")
    assert got == wanted
