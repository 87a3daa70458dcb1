"""The messages of one MCP server, to and fro through its standard streams, and never more of them than was allowed.

- `async with Pipe(process).opened() as (read, write):` are the streams that mcp's `ClientSession` takes.
- `allow()` before each call: so much may be read from here on. What a server writes past it ends it.
- `ended` is set when nothing more will come, `fault` says why if the server is to blame, `last_words` what it wrote to
  its standard error. A line that is no message is left out; too many of them are a fault.
- It does not know what messages mean, and kills nobody.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
from anyio.abc import ByteReceiveStream, Process
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from llmasos.syscalls.sandbox_process import last_line

if TYPE_CHECKING:
    from mcp.client._transport import TransportStreams
    from mcp.shared.message import SessionMessage

MAX_LINE_BYTES = 4 << 20  # one message: a result of 1 MiB, escaped
ALLOWED_BYTES, ALLOWED_MESSAGES, ALLOWED_JUNK = 8 << 20, 10_000, 100  # from one call to the next
TURN = 64  # messages between two of other people's turns
UNSENT = 64  # messages to one that does not read: nobody waits for it to take up a cancellation
WORDS_BYTES = 4096
WORDS_S = 0.5
PAUSE_S = 0.01  # between two reads of its standard error, which nobody waits for


class Pipe:
    def __init__(self, process: Process) -> None:
        self._process = process
        self.ended = anyio.Event()
        self.silent = anyio.Event()  # its standard error has ended, too
        self.fault = ""
        self._words = b""
        self.allow()

    def allow(self) -> None:
        self._bytes, self._messages, self._junk = ALLOWED_BYTES, ALLOWED_MESSAGES, ALLOWED_JUNK

    @property
    def last_words(self) -> str:
        return last_line(self._words.decode(errors="replace"))

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[TransportStreams]:
        incoming, received = anyio.create_memory_object_stream["SessionMessage | Exception"](0)
        sent, outgoing = anyio.create_memory_object_stream["SessionMessage"](UNSENT)
        async with anyio.create_task_group() as group:
            group.start_soon(self._read, incoming)
            group.start_soon(self._write, outgoing)
            group.start_soon(self._listen)
            try:
                yield received, sent
            finally:
                group.cancel_scope.cancel()
                for stream in (incoming, received, sent, outgoing):
                    stream.close()

    async def _read(self, incoming: MemoryObjectSendStream[SessionMessage | Exception]) -> None:
        assert self._process.stdout is not None
        with incoming:
            try:
                async for line in self._lines(self._process.stdout):
                    await self._deliver(line, incoming)
                    if self.fault:
                        break
            except (anyio.BrokenResourceError, anyio.ClosedResourceError, ConnectionError):
                pass  # it, or we, went away
            if not self.fault:
                with anyio.move_on_after(WORDS_S):  # why it ended is said there, if anywhere
                    await self.silent.wait()
            self.ended.set()

    async def _lines(self, stream: ByteReceiveStream) -> AsyncIterator[bytes]:
        """Whole lines, until there are no more or there is a fault."""
        parts: list[bytes] = []
        size = 0
        async for chunk in stream:
            self._bytes -= len(chunk)
            if self._bytes < 0:
                self.fault = f"it wrote more than {ALLOWED_BYTES} bytes for one call"
                return
            *lines, rest = chunk.split(b"\n")
            for line in lines:
                yield b"".join([*parts, line])
                parts, size = [], 0
            parts.append(rest)
            size += len(rest)
            if size > MAX_LINE_BYTES:
                self.fault = f"it wrote a line of more than {MAX_LINE_BYTES} bytes"
                return

    async def _deliver(self, line: bytes, incoming: MemoryObjectSendStream[SessionMessage | Exception]) -> None:
        from mcp.shared.message import SessionMessage
        from mcp_types import jsonrpc_message_adapter

        self._messages -= 1
        if self._messages < 0:
            self.fault = f"it wrote more than {ALLOWED_MESSAGES} lines for one call"
        elif self._messages % TURN == 0:
            await anyio.lowlevel.checkpoint()
        try:
            message = jsonrpc_message_adapter.validate_json(line, by_name=False)
        except ValueError:
            self._junk -= bool(line.strip())
            if self._junk < 0:
                self.fault = f"it wrote more than {ALLOWED_JUNK} lines that are no messages"
            return
        await incoming.send(SessionMessage(message))

    async def _write(self, outgoing: MemoryObjectReceiveStream[SessionMessage]) -> None:
        assert self._process.stdin is not None
        try:
            async for message in outgoing:
                text = message.message.model_dump_json(by_alias=True, exclude_unset=True)
                await self._process.stdin.send(text.encode(errors="replace") + b"\n")
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, ConnectionError):
            self.ended.set()

    async def _listen(self) -> None:
        """Its standard error, no faster than a program that has something to say would write."""
        assert self._process.stderr is not None
        with contextlib.suppress(anyio.BrokenResourceError, anyio.ClosedResourceError, ConnectionError):
            async for part in self._process.stderr:
                self._words = (self._words + part)[-WORDS_BYTES:]
                await anyio.sleep(PAUSE_S)
        self.silent.set()
