"""Frames over a real socket, of any size, whole or not at all."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import pytest

from llmasos.drivers.wire import BULK_BYTES, Unplugged, Wire


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


@pytest.mark.parametrize("data", [b"", b"\x02\0\0", b"\xff" * 12, b"\x02\0\0\0" + bytes(8) + b"{x"])
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
