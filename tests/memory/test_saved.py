"""Saved KV: whole files or none, within their bytes, and never anybody else's or of other tokens."""

from __future__ import annotations

import logging
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmasos.drivers.sampling import Sampling, TokenSampler
from llmasos.drivers.sim import Sim
from llmasos.memory.demand import Demand
from llmasos.memory.residency import Residency
from llmasos.memory.saved import SavedKV
from llmasos.memory.swap import SwapSpace

ROOM = 1 << 20
CONTEXT = list(range(32, 82))


def demand(pid: int, tokens: list[int]) -> Demand:
    return Demand(pid, tokens, TokenSampler(Sampling()), 1_000)


def saved_by_an_earlier_kernel(folder: Path, tokens: list[int]) -> None:
    residency = Residency(Sim(), swap=SwapSpace(saved=SavedKV(folder, ROOM)))
    residency.run([demand(2, tokens)])
    kv = residency.unsaved(2)
    assert kv is not None
    residency.swap.save(2, *kv)
    assert residency.unsaved(2) is None, "its file has it"


def restarted(folder: Path) -> Residency:
    return Residency(Sim(), swap=SwapSpace(saved=SavedKV(folder, ROOM)))


def test_what_was_saved_is_there_for_the_next(tmp_path: Path) -> None:
    space = SavedKV(tmp_path / "kv", ROOM)
    assert space.put(2, [1, 2, 3], b"two") and space.put(3, [4], b"three") and space.put(2, [1, 2, 3, 4], b"more")
    space.check_integrity()
    again = SavedKV(tmp_path / "kv", ROOM)
    again.check_integrity()
    assert (again.tokens(2), again.read(2)) == ([1, 2, 3, 4], b"more")
    assert (again.tokens(3), again.read(3), again.tokens(4)) == ([4], b"three", [])
    assert oct((tmp_path / "kv").stat().st_mode & 0o777) == "0o700"
    assert oct((tmp_path / "kv" / "2.kv").stat().st_mode & 0o777) == "0o600"


def test_the_oldest_make_room_and_what_is_too_large_is_not_saved(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    space = SavedKV(tmp_path, 1000)
    for pid in range(2, 7):
        assert space.put(pid, [pid], b"x" * 250)
        space.check_integrity()
    assert [pid for pid in range(2, 7) if space.tokens(pid)] == [4, 5, 6] and space.num_dropped == 2
    assert not space.put(6, [6], b"x" * 1000) and not space.tokens(6)
    assert "process 6" in caplog.text
    assert not list(SavedKV(tmp_path, 0).folder.iterdir()), "no room: what an earlier configuration left goes too"


def test_files_of_those_who_ended_go_and_so_does_what_is_no_file_of_ours(tmp_path: Path) -> None:
    space = SavedKV(tmp_path, ROOM)
    for pid in (2, 3, 4):
        space.put(pid, [pid], b"x" * 50)
    (tmp_path / "5.partial").write_bytes(b"killed in the middle of it")
    (tmp_path / "6.kv").write_bytes(b"")
    (tmp_path / "7.kv").write_bytes((tmp_path / "2.kv").read_bytes())
    again = SavedKV(tmp_path, ROOM)
    again.check_integrity()
    again.retain({1, 3})
    again.check_integrity()
    assert [path.name for path in tmp_path.iterdir()] == ["3.kv"]


@settings(max_examples=300, deadline=None)
@given(damage=st.tuples(st.integers(0, 400), st.integers(1, 255)), cut=st.integers(0, 400), cuts=st.booleans())
def test_damaged_anywhere_it_is_nothing(
    tmp_path_factory: pytest.TempPathFactory, damage: tuple[int, int], cut: int, cuts: bool
) -> None:
    folder = tmp_path_factory.mktemp("kv")
    SavedKV(folder, ROOM).put(2, CONTEXT, bytes(range(100)))
    file = folder / "2.kv"
    data = bytearray(file.read_bytes())
    if cuts:
        file.write_bytes(data[: min(cut, len(data) - 1)])
    else:
        data[damage[0] % len(data)] ^= damage[1]
        file.write_bytes(data)
    again = SavedKV(folder, ROOM)
    assert not again.tokens(2) or again.read(2) is None
    assert not again.tokens(2)
    again.check_integrity()


def test_a_disk_that_refuses_costs_the_file_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    space = SavedKV(tmp_path, ROOM)
    space.put(2, [2], b"x" * 50)

    def refuse(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", refuse)
        assert not space.put(2, [2, 2], b"x" * 60) and not space.put(3, [3], b"y" * 50)
    assert "No space left on device" in caplog.text
    space.check_integrity()
    assert space.put(3, [3], b"y" * 50)
    (tmp_path / "3.kv").unlink()
    assert space.read(3) is None and not space.tokens(3)


WRITER = """
import sys
from pathlib import Path
from llmasos.memory.saved import SavedKV
space = SavedKV(Path(sys.argv[1]), 1 << 30)
print("ready", flush=True)
n = 0
while True:
    n += 1
    space.put(2 + n % 3, [n % 251] * 100, bytes([n % 251]) * (1 << 22))
"""


def test_kill_9_in_the_middle_of_a_write_leaves_whole_files(tmp_path: Path) -> None:
    chance = random.Random(3)
    for _ in range(10):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None and writer.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0.0, 0.1))
            writer.send_signal(signal.SIGKILL)
        space = SavedKV(tmp_path, 1 << 30)
        space.check_integrity()
        for pid in (2, 3, 4):
            if tokens := space.tokens(pid):
                assert space.read(pid) == bytes([tokens[0]]) * (1 << 22)


def test_after_a_restart_a_process_comes_back_without_prefill(tmp_path: Path) -> None:
    saved_by_an_earlier_kernel(tmp_path, CONTEXT)
    residency, one = restarted(tmp_path), demand(2, [*CONTEXT, 90, 91])
    residency.run([one])
    assert (one.start, one.fed) == (50, 2)
    residency.check_integrity()
    counted = residency.swap.statistics()
    assert (counted["swap_ins"], counted["restores"], counted["swap_drops"]) == (1, 1, 0)
    assert residency.swap.saved_tokens(2) == CONTEXT, "its file stays: the next kernel may die too"
    residency.release(2)
    assert not list(tmp_path.iterdir()), "it has ended"


def test_a_context_that_is_another_takes_what_both_begin_with_and_no_more(tmp_path: Path) -> None:
    saved_by_an_earlier_kernel(tmp_path, CONTEXT)
    residency, one, other = restarted(tmp_path), demand(2, [*CONTEXT[:40], 99, 98]), demand(3, CONTEXT)
    residency.run([one])
    assert (one.start, one.fed) == (40, 2)
    residency.check_integrity()
    residency.run([other])
    assert other.start == 40, "shared by the device's own rules; the file is process 2's alone"


def test_a_file_beside_what_the_device_holds_replaces_what_is_less(tmp_path: Path) -> None:
    saved_by_an_earlier_kernel(tmp_path, CONTEXT)
    residency, one = restarted(tmp_path), demand(2, [99] * 20)
    residency.run([one])
    one.tokens[:], one.fresh, one.max_tokens = [*CONTEXT, 90], True, 1_000
    residency.run([one])
    assert (one.start, one.fed) == (50, 1)
    residency.check_integrity()


@pytest.mark.parametrize("what", ["bytes", "fingerprint"])
def test_what_the_driver_does_not_take_is_said_and_computed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    saved_by_an_earlier_kernel(tmp_path, CONTEXT)
    if what == "bytes":
        data = bytearray((tmp_path / "2.kv").read_bytes())
        data[-1] ^= 1
        (tmp_path / "2.kv").write_bytes(data)
    else:
        other = SavedKV(tmp_path, ROOM)
        frame = other.read(2)
        assert frame is not None
        other.put(2, CONTEXT, frame.replace(b"sim-1", b"sim-0"))
    with caplog.at_level(logging.WARNING):
        residency, one = restarted(tmp_path), demand(2, [*CONTEXT, 90])
        residency.run([one])
    assert (one.start, one.fed) == (0, 51)
    assert "saved KV of process 2" in caplog.text and not list(tmp_path.iterdir())
    residency.check_integrity()


def test_what_is_in_swap_is_saved_from_there(tmp_path: Path) -> None:
    residency = Residency(Sim(num_sequences=1), swap=SwapSpace(ROOM, saved=SavedKV(tmp_path, ROOM)))
    residency.run([demand(2, list(CONTEXT))])
    residency.run([demand(3, [99] * 40)])
    assert residency.swap.holds(2)
    kv = residency.unsaved(2)
    assert kv is not None and kv[0] == CONTEXT
    residency.swap.save(2, *kv)
    one = demand(2, [*CONTEXT, 90])
    again = restarted(tmp_path)
    again.run([one])
    assert one.start == 50
