"""A cut or damaged journal: all that its pages still hold is kept, what is lost is said, and the original is untouched."""

from __future__ import annotations

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
from llmasos.kernel import journal_repair
from llmasos.kernel.journal import Journal, Record
from llmasos.kernel.journal_audit import verify
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


def left(folder: Path, *, closed: bool, num_records: int = 240) -> State:
    """A journal of three processes, with bodies within a page and over many: stopped in order, or by `kill -9`."""
    folder.mkdir()
    chance = random.Random(11)
    journal = Journal(folder / "journal.db")
    for n in range(num_records):
        size = 20_000 if n % 29 == 7 else chance.randrange(900)
        journal.append([Record(PIDS[n % 3], "tokens", {"n": n, "text": text(n, size)}, at=n + 1.0)])
        if n == num_records // 2:
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


def num_lost(said: list[str]) -> int:
    """As many as are said in all lines."""
    patterns = (r"(\d+) records lost", r"last (\d+) records are gone")
    return sum(int(number) for line in said for pattern in patterns for number in re.findall(pattern, line))


def check(state: State, files: Files, said: list[str], found: list[Record], what: str) -> None:
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
        assert all(record in state.records for record in found)
        assert num_lost(said) == len(state.records) - len(found), f"damage {n} at {at} of {name}: {said}"
        kept, total, num_said = kept + len(found), total + len(state.records), num_said + bool(said)
    print(f"{DAMAGES} damages: all opened, {kept} of {total} records kept, {total - kept} lost and said ({num_said} said)")
    assert kept > total * 0.8
