"""`llmasos serve`: one kernel over the state directory, until TERM or ^C.

- `main(order)` runs in the foreground and gives the exit code; its log is stderr or a file, a line a request.
- `running(kernel, order)` is the same around a kernel of yours, without the signals.
- Life: the kernel (which locks the state directory), then the listeners, then `daemon.json`, by which others find us.
- The end: every process gets TERM, streams end with them, connections are closed, the kernel goes last. What is not
  done by then is left: the journal is whole at any moment, so nothing is lost by leaving.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import signal
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import uvicorn

from llmasos import Kernel
from llmasos.apps.daemon import schedule_routes, units
from llmasos.apps.daemon.application import application
from llmasos.apps.daemon.gate import Door, Gate, to_stderr
from llmasos.apps.daemon.housekeeping import keep_house
from llmasos.apps.daemon.listeners import (
    PeerProtocol,
    host_names,
    read_token,
    tcp_address,
    tcp_socket,
    unix_socket,
)
from llmasos.apps.daemon.log import Write, log_in_lines, open_log
from llmasos.apps.daemon.notify import notify
from llmasos.apps.daemon.state import Daemon
from llmasos.client import RUNNING_FILE, SOCKET_FILE, find
from llmasos.config import Config, load_config
from llmasos.errors import StateLocked, UsageError
from llmasos.schedules import Timer, Timetable

TOKEN_FILE = "token"
CLOSE_SECONDS = 2  # for connections to end by themselves
STOP_SECONDS = 4.5  # until we leave whatever still runs
HEADER_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Order:
    """What the command line asked for."""

    socket: Path | None = None
    http: str | None = None
    token_file: Path | None = None
    log_file: Path | None = None

    @property
    def words(self) -> list[str]:
        """The command line again, with paths that hold from any folder."""
        paths = {"--socket": self.socket, "--token-file": self.token_file, "--log-file": self.log_file}
        named = [word for flag, path in paths.items() if path is not None for word in (flag, str(path.absolute()))]
        return ["serve", *named, *(["--http", self.http] if self.http is not None else [])]


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


def main(order: Order) -> int:
    """Serve until told to stop. Raises LLMasOSError."""
    _check(order)
    config = load_config()
    if (other := find(config.home)) is not None:  # at once: a kernel would wait a while for its lock
        raise StateLocked(f"{config.home} is in use by pid {other.pid}")
    with open_log(order.log_file, config.daemon) as write:
        log_in_lines(write)
        anyio.run(_serve, order, config, write)
    return 0


def unit(order: Order, *, installs: bool) -> str:
    """The service unit that serves so, or what to do once it is written. Raises UsageError."""
    _check(order)
    made = units.unit(order.words, home=load_config().home)
    return units.install(made) if installs else made.text.rstrip()


def _check(order: Order) -> None:
    if order.token_file is not None and order.http is None:
        raise UsageError("--token-file goes with --http: the Unix socket needs no token")
    if order.http is not None:
        tcp_address(order.http)


async def _serve(order: Order, config: Config, write: Write) -> None:
    async with Kernel.boot(config, keeps=True) as kernel, running(kernel, order, write) as daemon:
        places = " and ".join(place for place in (daemon.socket, daemon.http) if place)
        write(f"llmasos daemon, pid {os.getpid()}, on {places}")
        notify("READY=1")
        write(f"stopping: {await _told_to_stop()}")
        notify("STOPPING=1")
        _leave_in_time(write)


async def _told_to_stop() -> str:
    """The name of the signal. The next one finds no handler, and waits for nothing."""
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for number in signals:
            return number.name
    raise AssertionError("signals do not end")


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
        token = read_token(order.token_file or home / TOKEN_FILE)
        listening = tcp_socket(host, port)
        port = listening.getsockname()[1]  # of 0 the system has made one
        daemon.http = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        doors.append((Door.tcp(host_names(host), port, token), listening))
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


def _leave_in_time(write: Write) -> None:
    """A native library that holds a thread must not hold the end: by then only memory is left to be freed."""

    def leave() -> None:
        write("stopped without waiting for the model")
        os._exit(0)

    timer = threading.Timer(STOP_SECONDS, leave)
    timer.daemon = True
    timer.start()


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
