"""A kernel, served over HTTP: what `llmasos serve` (start.py) has around its own.

- `async with running(kernel, order) as daemon`; the log is a line a request.
- Life: the kernel (which locks the state directory), then the listeners, then `daemon.json`, by which others find us.
- The end: every process gets TERM, streams end with them, connections are closed, the kernel goes last. What is not
  done by then is left: the journal is whole at any moment, so nothing is lost by leaving.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import socket
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import anyio
import uvicorn

from llmasos import Kernel
from llmasos.apps.daemon import page_routes, schedule_routes
from llmasos.apps.daemon.application import application
from llmasos.apps.daemon.gate import Door, Gate
from llmasos.apps.daemon.housekeeping import keep_house
from llmasos.apps.daemon.listeners import (
    PeerProtocol,
    host_names,
    read_token,
    tcp_address,
    tcp_socket,
    unix_socket,
)
from llmasos.apps.daemon.log import Write, to_stderr
from llmasos.apps.daemon.order import Order
from llmasos.apps.daemon.state import Daemon
from llmasos.client import RUNNING_FILE, SOCKET_FILE
from llmasos.schedules import Timer, Timetable

TOKEN_FILE = "token"
CLOSE_SECONDS = 2  # for connections to end by themselves
HEADER_BYTES = 64 * 1024


class Server(uvicorn.Server):
    """Signals are ours: uvicorn would raise each of them again when it has ended."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up, self.told, self.down = anyio.Event(), anyio.Event(), anyio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().serve(sockets)
        finally:
            self.down.set()

    def stop(self) -> None:
        self.should_exit = True
        self.told.set()

    async def main_loop(self) -> None:
        """uvicorn's looks ten times a second whether it should stop; only the date in its answers needs a clock."""
        while not await self.on_tick(0):
            with anyio.move_on_after(1.0):
                await self.told.wait()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


@contextlib.asynccontextmanager
async def running(kernel: Kernel, order: Order, write: Write = to_stderr) -> AsyncIterator[Daemon]:
    """A kernel, served for as long as the block lasts; its agents are suspended with it, other processes end."""
    daemon = Daemon(kernel)
    daemon.timetable = await anyio.to_thread.run_sync(Timetable, kernel.journal)
    daemon.timer = Timer(kernel, daemon.timetable, functools.partial(schedule_routes.start, kernel), write)
    doors = _doors(order, kernel.config.home, daemon)
    app = application(daemon)
    servers = [_server(Gate(app, door, daemon, write)) for door, _ in doors]
    try:
        async with anyio.create_task_group() as group, anyio.create_task_group() as aside:
            aside.start_soon(daemon.prepare)
            aside.start_soon(daemon.timer.run)
            aside.start_soon(keep_house, kernel, write)
            for server, (_, listening) in zip(servers, doors, strict=True):
                group.start_soon(server.serve, [listening])
                await server.up.wait()
            try:
                with _findable(kernel.config.home, daemon):
                    yield daemon
            finally:
                aside.cancel_scope.cancel()
                with anyio.CancelScope(shield=True):
                    daemon.ending.set()
                    await _end(kernel, servers)
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(_close, daemon, [listening for _, listening in doors])


def _close(daemon: Daemon, listeners: Sequence[socket.socket]) -> None:
    """Blocks."""
    for listening in listeners:
        listening.close()
    Path(daemon.socket).unlink(missing_ok=True)
    daemon.close()


async def _end(kernel: Kernel, servers: Sequence[Server]) -> None:
    """Nobody comes any more; streams end with their processes, connections with their streams."""
    for server in servers:
        server.stop()
    await kernel.leave()
    for server in servers:
        await server.down.wait()


def _doors(order: Order, home: Path, daemon: Daemon) -> list[tuple[Door, socket.socket]]:
    """The listeners, bound. Raises UsageError, LLMasOSError."""
    path = (order.socket or home / SOCKET_FILE).absolute()
    doors = [(Door(), unix_socket(path))]
    daemon.socket = str(path)
    if order.http is not None:
        host, port = tcp_address(order.http)
        token_file = (order.token_file or home / TOKEN_FILE).absolute()
        token = read_token(token_file)
        listening = tcp_socket(host, port)
        port = listening.getsockname()[1]  # of 0 the system has made one
        daemon.http = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        daemon.token_file = str(token_file)
        doors.append((Door.tcp(host_names(host), port, token, page_routes.PATHS), listening))
    return doors


def _server(app: Any) -> Server:
    return Server(
        uvicorn.Config(
            app,
            http=PeerProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=CLOSE_SECONDS,
            h11_max_incomplete_event_size=HEADER_BYTES,
        )
    )


@contextlib.contextmanager
def _findable(home: Path, daemon: Daemon) -> Iterator[None]:
    """`daemon.json` says where we are, for as long as we answer; it is believed only while we hold the lock."""
    file = home / RUNNING_FILE
    facts = {"pid": os.getpid(), "socket": daemon.socket, "http": daemon.http, "started": time.time()}
    partial = file.with_suffix(".new")
    partial.write_text(json.dumps(facts))
    partial.chmod(0o600)
    partial.replace(file)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
