"""The journal: commits before it answers, keeps its order, survives what a file may suffer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from llmasos.errors import LLMasOSError, StateLocked
from llmasos.kernel.journal import Journal, Record, StateLock


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


def test_a_file_that_is_no_journal_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "j.db").write_bytes(b"not a database at all, but long enough to have a header" * 20)
    with pytest.raises(LLMasOSError, match=r"j\.db"):
        Journal(tmp_path / "j.db")


def test_a_second_owner_is_told_who_holds_the_state(tmp_path: Path) -> None:
    first, second = StateLock(tmp_path), StateLock(tmp_path)
    first.acquire()
    with pytest.raises(StateLocked, match=f"pid {os.getpid()}"):
        second.acquire()
    first.release()
    second.acquire()
    second.release()
