"""`llmasos serve`: one kernel over the state directory, until TERM or ^C.

- `main(order)` runs in the foreground and gives the exit code; its log is stderr or a file, a line a request.
- `served(kernel, order)` is the same around a kernel of yours, without the signals.
- The model loads, in a process of its own, while the libraries of the web are imported: half a second each.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import threading
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import anyio

from llmasos.apps.daemon.log import Write, log_in_lines, open_log
from llmasos.apps.daemon.notify import notify
from llmasos.apps.daemon.order import Order
from llmasos.apps.quick_imports import quick_imports
from llmasos.boot import Kernel
from llmasos.client import find, runs_here
from llmasos.config import Config, load_config
from llmasos.errors import LLMasOSError, StateLocked, UsageError

if TYPE_CHECKING:
    from llmasos.apps.daemon.state import Daemon

LEAD_SECONDS = 0.01  # until the model's process has been started
STOP_SECONDS = 4.5  # until we leave whatever still runs


def main(order: Order) -> int:
    """Serve until told to stop. Raises LLMasOSError."""
    _check(order)
    config = load_config()
    if (other := find(config.home)) is not None:  # at once: a kernel would wait a while for its lock
        raise StateLocked(f"{config.home}: {runs_here(other.pid)}")
    with open_log(order.log_file, config.daemon) as write:
        log_in_lines(write)
        anyio.run(_serve, order, config, write)
    return 0


def unit(order: Order, *, installs: bool) -> str:
    """The service unit that serves so, or what to do once it is written. Raises UsageError."""
    from llmasos.apps.daemon import units

    _check(order)
    made = units.unit(order.words, home=load_config().home)
    return units.install(made) if installs else made.text.rstrip()


@contextlib.asynccontextmanager
async def served(kernel: Kernel, order: Order, write: Write) -> AsyncIterator[Daemon]:
    """What `serve.running` is, with the model on its way already."""
    kernel.group.start_soon(_load, kernel)
    await anyio.sleep(LEAD_SECONDS)
    # It holds up the event loop, in which nobody is served yet. In a thread it would take longer: agents go on already.
    with quick_imports():
        from llmasos.apps.daemon import serve

    gc.freeze()  # what is there now stays: no collection has to look through it again
    async with serve.running(kernel, order, write) as daemon:
        yield daemon


async def _load(kernel: Kernel) -> None:
    with contextlib.suppress(LLMasOSError):  # the daemon asks for it too, and says what is wrong
        await kernel.model(kernel.default_model)


def _check(order: Order) -> None:
    if order.token_file is not None and order.http is None:
        raise UsageError("--token-file goes with --http: the Unix socket needs no token")
    if order.http is not None:
        from llmasos.apps.daemon.listeners import tcp_address

        tcp_address(order.http)


async def _serve(order: Order, config: Config, write: Write) -> None:
    async with Kernel.boot(config, keeps=True) as kernel, served(kernel, order, write) as daemon:
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


def _leave_in_time(write: Write) -> None:
    """A native library that holds a thread must not hold the end: by then only memory is left to be freed."""

    def leave() -> None:
        write("stopped without waiting for the model")
        os._exit(0)

    timer = threading.Timer(STOP_SECONDS, leave)
    timer.daemon = True
    timer.start()
