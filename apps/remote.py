"""A process of a running daemon, as `run` and `attach` show it: like one of a kernel of our own.

- `run(daemon, order, ...)` spawns and follows it; who goes away takes it along, unless with `--detach`.
- `attach(pid)` follows one from its beginning; what is typed or piped is its input.
- ^C interrupts the process, a second one leaves it; the exit code is the process's.
"""

from __future__ import annotations

import io
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import anyio
import anyio.abc
from anyio.streams.memory import MemoryObjectSendStream

from llmasos import Limits
from llmasos.apps.approvals import Decide, elsewhere, in_place
from llmasos.apps.printable import one_line
from llmasos.apps.programs import Chosen
from llmasos.apps.questions import Ask, Consent, Unanswered
from llmasos.apps.run import Order
from llmasos.apps.screen import Screen, follow, terminal_ask
from llmasos.apps.terminal import Lines
from llmasos.client import TIMEOUT_S, Daemon, find
from llmasos.config import load_config
from llmasos.errors import LLMasOSError, NoDaemon, NoSuchProcess, UsageError
from llmasos.events import Asked, CallEnded, Event, Exited, StateChanged
from llmasos.installed import LOAD_S

DOCUMENT = ("pid", "app", "model", "exit_code", "answer", "syscalls", "usage")
USAGE = ("prompt_tokens", "cached_tokens", "completion_tokens", "forced_tokens", "page_faults", "seconds")


class ProcessEnded(LLMasOSError):
    """What ended a process of the daemon, with its exit code."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def run(daemon: Daemon, order: Order, chosen: Chosen, limits: Limits | None, folder: Path) -> int:
    """Run to the end, or leave it running; the exit code. Raises LLMasOSError."""
    if chosen.file is not None:
        raise UsageError(
            f"the daemon (pid {daemon.pid}) runs installed apps, and none from files: llmasos install {chosen.file}"
        )
    body = {
        "app": chosen.app,
        "request": chosen.request,
        "model": order.model,
        "capabilities": list(order.capabilities) or None,
        "limits": asdict(limits) if limits is not None else None,
        "nice": order.nice,
        "breaks": list(order.breaks),
        "workspace": str(folder),
        "attended": attended(order) and not order.detach,
    }
    pid = daemon.request("POST", "/api/processes", body, timeout_s=LOAD_S + TIMEOUT_S)["pid"]
    if order.detach:
        print(json.dumps({"pid": pid}) if order.json else pid)
        return 0
    return anyio.run(_attend, daemon, pid, order)


def attach(pid: int, *, verbose: bool) -> int:
    """Raises NoSuchProcess, LLMasOSError."""
    home = load_config().home
    daemon = find(home)
    if daemon is None:
        raise NoDaemon("no daemon runs: attach follows its processes; llmasos logs has those of the past")
    return anyio.run(_attach, daemon, pid, Order([], verbose=verbose))


async def attend_to_end(daemon: Daemon, pid: int, order: Order | None = None) -> int:
    """One that was started some other way, as `run` follows its own. Raises ProcessEnded."""
    return await _attend(daemon, pid, order or Order([]))


async def _attend(daemon: Daemon, pid: int, order: Order) -> int:
    screen = _screen(order)

    async def answer(question: str) -> str | None:
        return "yes" if order.yes else await terminal_ask(screen, question)

    async def ask(question: str) -> str | None:
        reply = await answer(question)
        await _send(daemon, pid, "input", {"reply": reply or ""})
        return reply

    async def approval(question: str) -> str | None:
        return "yes" if order.yes else await terminal_ask(screen, question, fresh=True)

    consent = in_place(screen, approval, decider(daemon)) if attended(order) else elsewhere(screen)
    async with anyio.create_task_group() as group:
        await group.start(_forward_signals, daemon, pid)
        await _show(daemon.events(pid, hold=True), screen, ask, consent)
        group.cancel_scope.cancel()
    return await _outcome(daemon, pid, order)


async def _attach(daemon: Daemon, pid: int, order: Order) -> int:
    screen = _screen(order)
    typed = _Typed(daemon, pid)

    async def ask(question: str) -> str | None:
        screen.note(f"? {one_line(question, 500)}")  # `typed` has the answer
        return None

    async with anyio.create_task_group() as group:
        await group.start(_forward_signals, daemon, pid)
        group.start_soon(typed.forward)
        await _show(typed.heard(daemon.events(pid)), screen, ask, typed.consent(screen))
        group.cancel_scope.cancel()
    return await _outcome(daemon, pid, order)


class _Typed:
    """What is typed to a process: the answer to the approval that stands there, else to what it asked, else a turn."""

    def __init__(self, daemon: Daemon, pid: int) -> None:
        self._daemon, self._pid = daemon, pid
        self._lines = Lines(sys.stdin.fileno())
        self._asked = False
        self._over = False  # at the end of the input
        self._answer: MemoryObjectSendStream[str] | None = None  # to the approval that stands there: one at a time

    async def heard(self, events: AsyncIterator[Event]) -> AsyncIterator[Event]:
        """The events, listened to in passing."""
        async for event in events:
            if isinstance(event, Asked | CallEnded):
                self._asked = isinstance(event, Asked)
            yield event

    def consent(self, screen: Screen) -> Consent:
        """Puts a question; `forward` hears its answer."""

        async def ask(question: str) -> str | None:
            self._lines.forget()
            screen.note(f"? {question}")
            self._answer, answers = anyio.create_memory_object_stream[str](1)
            with self._answer, answers:
                try:
                    if not self._over:
                        return await answers.receive()
                except anyio.EndOfStream:
                    pass
                finally:
                    self._answer = None
            screen.note("nothing more is typed here: llmasos approve, or llmasos deny, answers it")
            await anyio.sleep_forever()  # until one of them has
            return None

        return in_place(screen, ask, decider(self._daemon))

    async def forward(self) -> None:
        while (line := await self._lines.read()) is not None:
            if (answer := self._answer) is not None:
                self._answer = None  # one line is one answer
                answer.send_nowait(line)
                continue
            asked, self._asked = self._asked, False
            await _send(self._daemon, self._pid, "input", {"reply" if asked else "text": line})
        self._over = True
        if self._answer is not None:
            self._answer.close()
        await _send(self._daemon, self._pid, "input", {"close": True})


def decider(daemon: Daemon) -> Decide:
    async def decide(question: str, approved: bool, scope: str) -> None:
        body = {"approve": approved, "scope": scope}
        await anyio.to_thread.run_sync(daemon.request, "POST", f"/api/approvals/{question}", body)

    return decide


def attended(order: Order) -> bool:
    """Whether somebody is there to answer what it asks."""
    return order.yes or (sys.stdin.isatty() and sys.stderr.isatty())


def _screen(order: Order) -> Screen:
    """Without its text when only the document is wanted."""
    screen = Screen.for_terminal(verbose=order.verbose)
    if order.json:
        screen.out = io.StringIO()
    return screen


async def _show(events: AsyncIterator[Event], screen: Screen, ask: Ask, consent: Consent) -> None:
    """Follow it to its exit."""
    still = Unanswered()
    while not isinstance(event := await follow(events, screen, ask, _replied, consent, still), Exited | None):
        if isinstance(event, StateChanged):
            screen.note(stopped_words(event))
    screen.finish()


def _replied(_: str | None) -> None:
    """`ask` itself has told the daemon."""


def stopped_words(event: StateChanged) -> str:
    pid, reason = event.pid, f" on {event.waiting_on}" if event.waiting_on else ""
    return f"process {pid} stopped{reason}; llmasos kill -CONT {pid} goes on, llmasos step {pid} N by N tokens"


async def _outcome(daemon: Daemon, pid: int, order: Order) -> int:
    """The document, if it was wanted, and the exit code. Raises ProcessEnded."""
    facts = await anyio.to_thread.run_sync(daemon.request, "GET", f"/api/processes/{pid}")
    if order.json:
        print(json.dumps(_document(facts), ensure_ascii=False))
    if facts.get("error") is not None:
        raise ProcessEnded(facts["error"], facts["exit_code"])
    return int(facts["exit_code"])


def _document(facts: dict[str, Any]) -> dict[str, Any]:
    """What `run --json` prints of a process of its own, in its order."""
    shown = {key: facts[key] for key in DOCUMENT}
    shown["usage"] = {key: facts["usage"][key] for key in USAGE}
    first = {key: shown.pop(key) for key in ("pid", "app", "model")}
    error = {"error": facts["error"]} if facts.get("error") is not None else {}
    return {**first, "status": "exited", **shown, **error}


async def _send(daemon: Daemon, pid: int, what: str, body: dict[str, Any]) -> None:
    """What comes too late for the process is nobody's error."""
    with suppress(NoSuchProcess):
        await anyio.to_thread.run_sync(daemon.request, "POST", f"/api/processes/{pid}/{what}", body)


async def _forward_signals(daemon: Daemon, pid: int, *, task_status: anyio.abc.TaskStatus[None]) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        task_status.started()
        told = 0
        async for number in signals:
            told += 1
            if told > 1:
                raise ProcessEnded(f"process {pid} was left running", 128 + number)
            await _send(daemon, pid, "signal", {"signal": "INT" if number == signal.SIGINT else "TERM"})
