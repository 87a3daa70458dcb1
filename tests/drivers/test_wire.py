"""Frames over a real socket, of any size, whole or not at all."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
import time
from array import array
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmasos.drivers.choice import Choice
from llmasos.drivers.step_numbers import CHOICE, Asked, numbers_of, rows_of
from llmasos.drivers.wire import BULK_BYTES, Unplugged, Wire

INT64 = st.integers(-(2**63), 2**63 - 1)


class Pair(NamedTuple):
    left: Wire
    right: Wire
    ends: tuple[socket.socket, socket.socket]
    bulk: BinaryIO


@pytest.fixture
def pair() -> Iterator[Pair]:
    ends = socket.socketpair()
    with ends[0], ends[1], tempfile.TemporaryFile() as bulk:
        yield Pair(Wire(ends[0], bulk.fileno()), Wire(ends[1], bulk.fileno()), ends, bulk)


@pytest.mark.parametrize("size", [0, 1, 70_000, BULK_BYTES - 1, BULK_BYTES, 3_000_000])
def test_a_frame_arrives_as_it_was_sent(pair: Pair, size: int) -> None:
    head, body = ["verb", {"a": [1, 2, None, "ü"]}, "x" * size], os.urandom(size)
    sender = threading.Thread(target=pair.left.send, args=(head, body))
    sender.start()
    assert pair.right.receive() == (head, body)
    sender.join()
    assert os.fstat(pair.bulk.fileno()).st_size == 0, "what has been read is freed"


def test_frames_one_after_the_other_do_not_mix(pair: Pair) -> None:
    for i in range(50):
        pair.left.send([i], bytes([i]) * i)
        assert pair.right.receive() == ([i], bytes([i]) * i)
        pair.right.send([-i])
        assert pair.left.receive() == ([-i], b"")


TOKENS = st.integers(0, 2**31)
FRACTIONS = st.floats(allow_nan=False)
BIASES = st.dictionaries(TOKENS, st.floats(width=32, allow_nan=False), max_size=3)


@st.composite
def asked_rows(draw: st.DrawFn) -> Asked:
    row = Asked(draw(INT64), draw(st.integers(0, 3)), draw(st.lists(INT64, max_size=5)))
    if row.want != CHOICE:
        return row
    bias = draw(BIASES)
    ids, values = np.array(list(bias), dtype=np.intp), np.array(list(bias.values()), dtype=np.float32)
    mask = draw(st.binary(max_size=40))
    uniform, temperature, top_p, min_p = (draw(FRACTIONS) for _ in range(4))
    return row._replace(choice=Choice(uniform, temperature, draw(TOKENS), top_p, min_p, ids, values, mask))


def comparable(row: Asked) -> tuple[object, ...]:
    """Bits behind a mask's last byte say nothing."""
    choice = row.choice
    plain = choice._replace(bias_ids=np.empty(0, np.intp), bias=np.empty(0, np.float32), mask=choice.mask.rstrip(b"\0"))
    return *row[:3], choice.bias_ids.tolist(), choice.bias.tolist(), repr(plain)


@given(st.lists(asked_rows(), min_size=1, max_size=9))
def test_the_rows_of_a_step_are_read_as_they_were_written(rows: list[Asked]) -> None:
    numbers = numbers_of(rows)
    assert [*map(comparable, rows_of(numbers))] == [*map(comparable, rows)]
    ends = socket.socketpair()
    with ends[0], ends[1]:
        left, right = (Wire(end, -1) for end in ends)
        left.send_numbers(numbers)
        assert right.receive() == (numbers, b"")


@pytest.mark.parametrize("behind_s", [0.0, 0.05])
def test_a_frame_that_was_announced_arrives_behind_or_with_its_announcement(pair: Pair, behind_s: float) -> None:
    def say() -> None:
        pair.left.send_soon()
        time.sleep(behind_s)
        pair.left.send_numbers(array("q", [1, 2]))

    sender = threading.Thread(target=say)
    sender.start()
    if not behind_s:
        sender.join()
    assert pair.right.receive() == (array("q", [1, 2]), b"")
    sender.join()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x02\0\0",
        b"\xff" * 12,
        b"\x02\0\0\0" + bytes(8) + b"{x",
        bytes(12),
        bytes(24),
        bytes(4) + b"\x07" + bytes(7) + bytes(7),
    ],
)
def test_what_cannot_be_read_is_unplugged(pair: Pair, data: bytes) -> None:
    pair.ends[0].sendall(data)
    pair.ends[0].close()
    with pytest.raises(Unplugged):
        pair.right.receive()


def test_a_body_that_was_promised_and_is_not_there_is_unplugged(pair: Pair) -> None:
    pair.ends[0].sendall(b"\x02\0\0\0" + BULK_BYTES.to_bytes(8, "little") + b"[]")
    with pytest.raises(Unplugged, match="cut short"):
        pair.right.receive()


def test_who_waits_is_asked_whether_to_go_on(pair: Pair) -> None:
    asked = []

    def waiting() -> None:
        asked.append(1)
        if len(asked) == 2:
            raise KeyError("enough")

    with pytest.raises(KeyError):
        Wire(pair.ends[0], pair.bulk.fileno(), waiting).receive()
    asked.clear()
    with pytest.raises(KeyError):
        Wire(pair.ends[0], pair.bulk.fileno(), waiting).send(["x" * 10_000_000])  # nobody reads it
