"""Swapped KV: in memory, in the file, given up; and a process that comes back exactly as it went."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmasos.boot import embedded_nano
from llmasos.drivers.llama_cpp import LlamaCpp
from llmasos.drivers.sampling import Sampling, TokenSampler
from llmasos.drivers.sim import Sim
from llmasos.memory.demand import Demand
from llmasos.memory.residency import Residency
from llmasos.memory.swap import SwapSpace
from llmasos.memory.waits import READER, Waits

New = Callable[..., SwapSpace]


@pytest.fixture
def new_space(tmp_path: Path) -> Iterator[New]:
    with ExitStack() as stack:
        yield lambda ram, disk, *more: stack.enter_context(closing(SwapSpace(ram, disk, tmp_path, None, *more)))


def demand(pid: int, tokens: list[int]) -> Demand:
    return Demand(pid, tokens, TokenSampler(Sampling()), 1_000)


def test_what_was_put_first_goes_first_to_the_file_and_from_it_for_good(new_space: New) -> None:
    space = new_space(100, 100)
    for pid in range(1, 6):
        space.put(pid, [pid], bytes([pid]) * 50)
    assert [space.tokens(pid) for pid in range(1, 6)] == [[], [2], [3], [4], [5]]
    assert (space.ram_used, space.disk_used, space.num_dropped) == (100, 100, 1)
    assert all(space.read(pid) == bytes([pid]) * 50 for pid in range(2, 6))
    space.check_integrity()


def test_who_waits_outside_takes_no_memory_while_the_file_has_room(new_space: New) -> None:
    space = new_space(100, 100, lambda pid: True)
    for pid in range(1, 4):
        space.put(pid, [pid], bytes([pid]) * 50)
    assert (space.ram_used, space.disk_used, space.num_dropped) == (50, 100, 0), "nobody is given up for that"
    assert all(space.read(pid) == bytes([pid]) * 50 for pid in range(1, 4))
    space.check_integrity()


def test_who_waits_outside_stays_in_memory_where_the_disk_refuses(
    new_space: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = new_space(100, 100, lambda pid: True)
    monkeypatch.setattr(os, "pwrite", lambda *_: 7)  # a part of it
    space.put(1, [1], b"1" * 50)
    assert (space.ram_used, space.disk_used, space.num_dropped) == (50, 0, 0) and space.read(1) == b"1" * 50
    space.check_integrity()


def test_the_file_has_no_name(new_space: New, tmp_path: Path) -> None:
    space = new_space(0, 100)
    space.put(1, [1], b"x" * 50)
    assert space.read(1) == b"x" * 50 and not list(tmp_path.iterdir())


def test_without_room_nothing_is_held(new_space: New) -> None:
    assert not SwapSpace().has_room
    space = new_space(10, 20)
    space.put(1, [1], b"x" * 50)
    assert not len(space) and space.num_dropped == 1
    space.check_integrity()


def test_a_disk_that_refuses_costs_the_entry_and_no_more(new_space: New, monkeypatch: pytest.MonkeyPatch) -> None:
    space = new_space(50, 100)

    def refuse(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", refuse)
        space.put(1, [1], b"1" * 50)
        space.put(2, [2], b"2" * 50)
    assert not space.tokens(1) and space.read(2) == b"2" * 50 and space.num_dropped == 1
    space.put(3, [3], b"3" * 50)
    monkeypatch.setattr(os, "pread", refuse)
    assert space.read(2) is None and not space.tokens(2)
    space.check_integrity()


@settings(max_examples=200, deadline=None)
@given(
    ram=st.integers(0, 60),
    disk=st.integers(0, 60),
    acts=st.lists(st.tuples(st.sampled_from(["put", "read", "drop"]), st.integers(1, 5), st.integers(1, 40))),
)
def test_what_is_held_is_what_was_put(
    tmp_path_factory: pytest.TempPathFactory, ram: int, disk: int, acts: list[tuple[str, int, int]]
) -> None:
    outside = {4, 5}.__contains__
    with closing(SwapSpace(ram, disk, tmp_path_factory.getbasetemp(), is_outside=outside)) as space:
        put: dict[int, bytes] = {}
        for n, (act, pid, size) in enumerate(acts):
            if act == "put":
                put[pid] = bytes([n % 256]) * size
                space.put(pid, [n], put[pid])
            elif act == "drop":
                space.drop(pid)
                assert not space.tokens(pid)
            elif space.tokens(pid):
                assert space.read(pid) == put[pid]
            space.check_integrity()


def test_an_evicted_process_comes_back_without_prefill() -> None:
    sim = Sim(num_sequences=1)
    residency = Residency(sim, swap=SwapSpace(1 << 20))
    one, other = demand(2, list(range(32, 82))), demand(3, [99] * 40)
    residency.run([one])
    one.tokens.append(40)
    residency.run([other])
    assert residency.num_resident(2) == 0 and residency.swap.tokens(2) == one.tokens[:50]
    one.max_tokens = 1_000
    residency.run([one])
    assert (one.start, one.fed) == (50, 1)
    assert residency.swap.tokens(3) == other.tokens and not residency.swap.tokens(2)
    residency.check_integrity()
    residency.release(3)
    assert not len(residency.swap)


def test_who_waits_for_its_reader_leaves_the_device_for_the_file(tmp_path: Path) -> None:
    sim, waits = Sim(num_sequences=1), Waits()
    with closing(SwapSpace(1 << 20, 1 << 20, tmp_path, is_outside=waits.is_outside)) as swap:
        residency = Residency(sim, swap=swap, away=waits.left)
        one, other = demand(2, list(range(32, 82))), demand(3, [99] * 40)
        residency.run([one])
        waits.begin(2, READER)
        residency.run([other])
        assert swap.tokens(2) == one.tokens and swap.ram_used == 0 < swap.disk_used
        waits.end(2)
        waits.begin(3, "calculate")
        one.tokens.append(40)
        one.max_tokens = 1_000
        residency.run([one])
        assert (one.start, one.fed) == (50, 1) and swap.disk_used == 0 < swap.ram_used, "a call is soon over"
        residency.check_integrity()


def test_who_finds_no_place_in_a_step_keeps_what_it_has_in_swap() -> None:
    """Three for two sequences, all in one step: the last waits for another, and then nothing is computed again."""
    sim = Sim(num_sequences=2)
    residency = Residency(sim, swap=SwapSpace(1 << 20))
    three = [demand(pid, [40 + pid] * 64) for pid in (2, 3, 4)]
    for one in three:
        residency.run([one])
    for step in range(6):
        wanted = three[step % 3 :] + three[: step % 3]  # each is the last of the step in turn
        for one in wanted:
            one.tokens.append(50 + step)
        residency.run(wanted)
        assert sum(one.fed for one in wanted) <= 2 * (1 + step), "what they said since, and nothing of before"
        residency.check_integrity()
    assert residency.swap.num_dropped == 0


def test_a_changed_context_keeps_what_still_holds() -> None:
    sim = Sim(num_sequences=1)
    residency = Residency(sim, swap=SwapSpace(1 << 20))
    for one in (demand(2, list(range(32, 82))), demand(3, [99] * 40)):
        residency.run([one])
    changed = demand(2, [*range(32, 72), 99, 98])
    residency.run([changed])
    assert (changed.start, changed.fed) == (40, 2)
    residency.check_integrity()


def test_damaged_kv_is_computed_again() -> None:
    sim = Sim(num_sequences=1)
    residency = Residency(sim, swap=SwapSpace(1 << 20))
    one = demand(2, list(range(32, 82)))
    for each in (one, demand(3, [99] * 40)):
        residency.run([each])
    entry = residency.swap._entries[2]
    assert entry.data is not None
    entry.data[-1] ^= 1
    one.tokens.append(40)
    one.max_tokens = 1_000
    residency.run([one])
    assert (one.start, one.fed) == (0, 51) and residency.swap.num_dropped == 1
    residency.check_integrity()


def test_on_a_real_model_the_answer_is_the_same_with_swap_and_without_eviction() -> None:
    """Four processes on one sequence, one row at a time, against four that keep theirs: token for token."""

    def generate(num_sequences: int, swap: SwapSpace) -> tuple[list[list[int]], Residency]:
        driver = LlamaCpp.load(embedded_nano(), num_sequences=num_sequences, window_tokens=256, threads=1)
        try:
            residency = Residency(driver, swap=swap)
            demands = [demand(pid, driver.tokenizer.encode(f"tell me about thing {pid} " * 8)) for pid in range(2, 6)]
            for _ in range(12):
                for one in demands:
                    one.max_tokens = 1_000
                    residency.run([one])
                    assert one.sample is not None
                    one.tokens.append(one.sample.token)
            residency.check_integrity()
            return [one.tokens for one in demands], residency
        finally:
            driver.shutdown()

    swapped, residency = generate(1, SwapSpace(64 << 20))
    kept, _ = generate(4, SwapSpace())
    assert swapped == kept
    assert residency.swap.num_ins >= 4 * 11 and residency.swap.num_dropped == 0
