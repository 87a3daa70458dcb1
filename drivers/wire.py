"""Frames between a driver's proxy and its process: a head of JSON and a body of bytes, over a stream socket.

- `Wire(socket).send(head, body)` and `receive() -> (head, body)`, on both sides; one frame is under way at a time.
- A large body (KV on its way to swap) goes through `bulk`, a file in memory that both sides have: half the time that
  the socket takes. The file is empty again when it has been read.
- `send_numbers` is a frame of whole numbers alone, which `receive` gives as an `array`: a step is one there and one
  back, and after it has been through the weights every line of Python comes from memory anew (100 us of 370).
- With `eager_s` a side looks for a frame that long before it sleeps, of which one is woken late: 1 % of a short step.
- `send_soon()` says that a frame comes at once: who sleeps is awake when it does, 100 us earlier than by the frame.
- With `waiting` a side that waits is asked every `TICK_S` whether it should go on: it raises what ends the wait.
- JSON, because the other side runs native code over files from anywhere: what it says is read, never executed.
- It does not know the verbs, or what the numbers of a step say (`step_numbers.py`).
"""

from __future__ import annotations

import json
import os
import select
import socket
import struct
import time
from array import array
from collections.abc import Callable
from typing import Any, TypeAlias

TICK_S = 0.5
_SIZES = struct.Struct("<IQ")  # bytes of head and body
_MOST_HEAD, _MOST_BODY = 2**28, 2**36
BULK_BYTES = 2**18
_SOON = _SIZES.pack(0, 0)  # in front of a frame
_SOON_S = 0.001  # that a frame is looked for then
_encoded = json.JSONEncoder(separators=(",", ":")).encode  # made once: each step sends two
_AT_ONCE = 65536  # most frames come in one piece


Numbers: TypeAlias = "array[int]"


class Unplugged(Exception):
    """The other side has gone, or says what cannot be read; caught by whoever owns the wire."""


class Wire:
    def __init__(
        self, end: socket.socket, bulk: int, waiting: Callable[[], None] | None = None, eager_s: float = 0.0
    ) -> None:
        """`bulk`: the descriptor of a file, as large as it likes, that is the same on both sides.

        `eager_s`: seconds that a frame is looked for before sleep, of which one is woken late.
        """
        self._end = end
        self._bulk = bulk
        self._waiting = waiting
        self._eager_s = eager_s
        end.settimeout(TICK_S if waiting is not None else None)

    def send(self, head: Any, body: bytes = b"") -> None:
        """Raises Unplugged, and what `waiting` raises."""
        text = _encoded(head).encode()
        frame = _SIZES.pack(len(text), len(body)) + text
        if len(body) < BULK_BYTES:
            frame += body
        else:
            self._lay(body)
        self._send(frame)

    def send_numbers(self, numbers: Numbers) -> None:
        """At least one. Raises Unplugged, and what `waiting` raises."""
        body = numbers.tobytes()
        self._send(_SIZES.pack(0, len(body)) + body)

    def send_soon(self) -> None:
        """Once before a frame. Raises Unplugged, and what `waiting` raises."""
        self._send(_SOON)

    def receive(self) -> tuple[Any, bytes]:
        """A head of JSON and a body, or numbers and none. Raises Unplugged, and what `waiting` raises."""
        if self._eager_s:
            self._look(self._eager_s)
        data = self._at_least(b"", _SIZES.size)
        if data.startswith(_SOON):
            data = data[len(_SOON) :]
            if not data:
                self._look(_SOON_S)
            data = self._at_least(data, _SIZES.size)
        num_head, num_body = _SIZES.unpack_from(data)
        if num_head > _MOST_HEAD or num_body > _MOST_BODY:
            raise Unplugged("sizes that cannot be")
        if not num_head and num_body <= _MOST_HEAD:
            return _numbers(self._at_least(data, _SIZES.size + num_body)[_SIZES.size :]), b""
        end = _SIZES.size + num_head
        data = self._at_least(data, end + (num_body if num_body < BULK_BYTES else 0))
        try:
            head = json.loads(data[_SIZES.size : end])
        except (ValueError, RecursionError):
            raise Unplugged("a frame that is not JSON") from None
        return head, data[end:] if num_body < BULK_BYTES else self._fetch(num_body)

    def _look(self, seconds: float) -> None:
        poll = select.poll()
        poll.register(self._end, select.POLLIN)
        until = time.perf_counter() + seconds
        while time.perf_counter() < until and not poll.poll(0):
            os.sched_yield()  # to the other side, if it has no processor of its own

    def _lay(self, body: bytes) -> None:
        view, at = memoryview(body), 0
        while at < len(view):
            at += os.pwrite(self._bulk, view[at:], at)

    def _fetch(self, size: int) -> bytes:
        parts: list[bytes] = []
        while (at := sum(map(len, parts))) < size:
            part = os.pread(self._bulk, size - at, at)
            if not part:
                raise Unplugged("a body that is cut short")
            parts.append(part)
        os.ftruncate(self._bulk, 0)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _at_least(self, data: bytes, size: int) -> bytes:
        """What has come of a frame, and more of it until it is so many bytes."""
        if len(data) >= size:
            return data
        parts, missing = [data], size - len(data)
        while missing > 0:
            parts.append(self._patiently(self._end.recv, _AT_ONCE))
            missing -= len(parts[-1])
        return b"".join(parts)

    def _send(self, frame: bytes) -> None:
        sent = self._patiently(self._end.send, frame)
        while sent < len(frame):
            sent += self._patiently(self._end.send, memoryview(frame)[sent:])

    def _patiently(self, call: Callable[[Any], Any], argument: Any) -> Any:
        """A call of the socket's, made until it comes to something."""
        while True:
            try:
                done = call(argument)
            except TimeoutError:
                if self._waiting is not None:
                    self._waiting()
                continue
            except OSError as error:
                raise Unplugged(error.strerror or "the connection is broken") from None
            if not done:
                raise Unplugged("the connection was closed")
            return done


def _numbers(data: bytes) -> Numbers:
    """Raises Unplugged."""
    found: Numbers = array("q")
    if not data or len(data) % found.itemsize:
        raise Unplugged("numbers that are none")
    found.frombytes(data)
    return found
